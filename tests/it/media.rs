//! The media library: what is taken and what is not, who sees which file, and what stays when
//! something breaks.

mod admin;
mod hostile;
mod kept;
mod office;
mod public;
mod reach;
mod removed;

use axum::body::Body;
use axum::http::{Request, header};

use crate::support::app::{Client, Page};

const BOUNDARY: &str = "xxBOUNDARYxx";

/// What a form sends: a name and a text, or a name, a file's name and its bytes.
pub enum Part<'part> {
    Text(&'part str, &'part str),
    File(&'part str, &'part str, Vec<u8>),
}

pub fn multipart(parts: Vec<Part<'_>>) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; ").into_bytes());
        let bytes = match part {
            Part::Text(name, text) => {
                body.extend(format!("name=\"{name}\"\r\n\r\n").into_bytes());
                text.as_bytes().to_vec()
            }
            Part::File(name, file, bytes) => {
                let head = format!("name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: text/html\r\n\r\n");
                body.extend(head.into_bytes());
                bytes
            }
        };
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

pub async fn send(client: &mut Client, path: &str, accept: &str, parts: Vec<Part<'_>>) -> Page {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::ACCEPT, accept)
        .body(Body::from(multipart(parts)))
        .unwrap();
    client.send(request).await
}
