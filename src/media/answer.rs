//! Answering with a file: its type and nothing else for browsers to guess, ranges (RFC 9110 §14),
//! conditions, caching. It must not ask whether somebody may have it.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::response::Builder;
use axum::http::{HeaderMap, HeaderName, Method, Response, StatusCode};
use object_store::GetRange;

use super::Files;
use crate::content::parsed::{MediaType, Upload};
use crate::error::{Error, Result};

/// What is asked for.
#[derive(Debug)]
pub struct Asked<'request> {
    /// `GET` or `HEAD`.
    pub method: &'request Method,
    /// The request's headers.
    pub headers: &'request HeaderMap,
    /// Which variant; `None` is the file itself.
    pub width: Option<u32>,
}

/// How long a public file may be kept without asking: two minutes, then a `304` costs little. Its
/// address lasts, for it holds the hash; that the public may have it does not.
const REVOCABLE: &str = "public, max-age=120";

/// Who may keep the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// Everybody, as long as a file can be kept that may be withdrawn.
    Public,
    /// Whoever asked, as long as they ask again each time.
    Private,
}

/// The answer with a file; `None` where there is no such file or variant.
///
/// # Errors
/// Where the file cannot be read.
pub async fn answer(
    files: &Files,
    file: &Upload,
    asked: &Asked<'_>,
    caching: Caching,
) -> Result<Option<Response<Body>>> {
    let widths = file.picture().map(|picture| picture.widths.as_slice()).unwrap_or_default();
    if asked.width.is_some_and(|width| !widths.contains(&width)) {
        return Ok(None);
    }
    let Some(length) = files.length(file.hash(), asked.width).await? else {
        tracing::error!(hash = file.hash(), width = asked.width, "a file of the library is missing");
        return Ok(None);
    };
    let tag = match asked.width {
        Some(width) => format!("\"{}-{width}\"", file.hash()),
        None => format!("\"{}\"", file.hash()),
    };
    let response = common(file, &tag, caching);
    if matches(asked.headers, &IF_NONE_MATCH, &tag) {
        return built(response.status(StatusCode::NOT_MODIFIED), Body::empty());
    }
    let get = *asked.method == Method::GET;
    // A range counts only for GET (§14.2), and only for the bytes that were seen (§13.1.5).
    let unchanged = !asked.headers.contains_key(IF_RANGE) || matches(asked.headers, &IF_RANGE, &tag);
    let range = asked.headers.get(RANGE).filter(|_| get && unchanged).and_then(|range| range.to_str().ok());
    let part = match range.and_then(parse) {
        None => 0..length,
        Some(range) => match range.as_range(length) {
            Ok(part) if !part.is_empty() => part,
            _ => return built(no_such_part(length), Body::empty()),
        },
    };
    let whole = part == (0..length);
    let mut response = response.header(CONTENT_LENGTH, part.end - part.start);
    if !whole {
        let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
        response = response.status(StatusCode::PARTIAL_CONTENT).header(CONTENT_RANGE, range);
    }
    if !get {
        return built(response, Body::empty());
    }
    let wanted = (!whole).then_some(GetRange::Bounded(part));
    match files.get(file.hash(), asked.width, wanted).await? {
        Some(found) => built(response, Body::from_stream(found.into_stream())),
        None => Ok(None),
    }
}

/// What every answer with a file says.
fn common(file: &Upload, tag: &str, caching: Caching) -> Builder {
    let media_type = file.media_type();
    let shown = media_type.is_image() || media_type == MediaType::Pdf;
    let disposition = if shown { "inline" } else { "attachment" };
    // Browsers show PDF in a viewer of their own, which a sandbox forbids; it has no access to us.
    let policy =
        if media_type == MediaType::Pdf { "default-src 'none'" } else { "default-src 'none'; sandbox" };
    let (caching, embedding) = match caching {
        Caching::Public => (REVOCABLE, "cross-origin"),
        Caching::Private => ("private, no-cache", "same-origin"),
    };
    Response::builder()
        .header(CONTENT_TYPE, media_type.essence())
        .header(CONTENT_DISPOSITION, format!("{disposition}; filename=\"{}\"", file.name()))
        .header(CONTENT_SECURITY_POLICY, policy)
        .header(X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(HeaderName::from_static("cross-origin-resource-policy"), embedding)
        .header(CACHE_CONTROL, caching)
        .header(ETAG, tag)
        .header(ACCEPT_RANGES, "bytes")
}

/// That the file ends before the part that was asked for: an error, so nothing for caches.
fn no_such_part(length: u64) -> Builder {
    Response::builder()
        .status(StatusCode::RANGE_NOT_SATISFIABLE)
        .header(CONTENT_RANGE, format!("bytes */{length}"))
        .header(CACHE_CONTROL, "no-store")
}

fn built(response: Builder, body: Body) -> Result<Option<Response<Body>>> {
    response.body(body).map(Some).map_err(Error::internal)
}

/// Whether a header names this tag. For `If-Range` a weak one never matches; ours are strong.
fn matches(headers: &HeaderMap, name: &HeaderName, tag: &str) -> bool {
    let listed = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|value| value.split(',')).map(str::trim).any(|one| {
        one == tag || (*name == IF_NONE_MATCH && (one == "*" || one.strip_prefix("W/") == Some(tag)))
    })
}

/// One range of bytes. Several at once, and what cannot be understood, are answered with the whole
/// file, as a server may (§14.2).
fn parse(range: &str) -> Option<GetRange> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.trim().split_once('-')?;
    let number = |text: &str| text.trim().parse::<u64>().ok();
    match (first.trim(), last.trim()) {
        ("", "") => None,
        ("", last) => number(last).map(GetRange::Suffix),
        (first, "") => number(first).map(GetRange::Offset),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then(|| GetRange::Bounded(first..last.saturating_add(1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_understood() {
        assert_eq!(parse("bytes=0-0"), Some(GetRange::Bounded(0..1)));
        assert_eq!(parse("bytes=5-"), Some(GetRange::Offset(5)));
        assert_eq!(parse("bytes=-5"), Some(GetRange::Suffix(5)));
        for other in ["bytes=0-1,3-4", "bytes=4-3", "bytes=-", "lines=0-1", "bytes=a-b", "", "bytes=--1"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
