//! Serves the admin's own styles, scripts and fonts under hashed names; it must not serve anything else, nor read a request beyond its name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

/// The files that `build.rs` made. Debug builds read them from disk at run time.
#[derive(Embed)]
#[folder = "$RECTO_ADMIN_DIST_DIR"]
struct Dist;

/// Plain name to hashed name, as `build.mjs` wrote it.
static MANIFEST: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let file = Dist::get("manifest.json");
    file.and_then(|file| serde_json::from_slice(&file.data).ok()).unwrap_or_default()
});

/// The address of a built file by its plain name: `admin.css` gives `/admin/assets/admin-4F2K.css`.
pub fn url(name: &str) -> String {
    let hashed = MANIFEST.get(name).map_or(name, String::as_str);
    format!("/admin/assets/{hashed}")
}

/// `GET /admin/assets/{name}`: a file that never changes under its name, or 404.
pub async fn serve(Path(name): Path<String>) -> Response {
    let Some(file) = built(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(&name));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Only plain file names, and not the manifest, which keeps its name from build to build.
fn built(name: &str) -> Option<rust_embed::EmbeddedFile> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !plain || name == "manifest.json" {
        return None;
    }
    Dist::get(name)
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn built_files_are_served_for_ever_under_their_hashed_names() {
        for (name, kind) in
            [("admin.css", "text/css; charset=utf-8"), ("admin.js", "text/javascript; charset=utf-8")]
        {
            let address = url(name);
            assert_ne!(address, format!("/admin/assets/{name}"));
            let hashed = address.rsplit('/').next().unwrap_or_default().to_owned();
            let response = serve(Path(hashed)).await;
            assert_eq!(response.status(), StatusCode::OK);
            let value =
                |header| response.headers().get(header).and_then(|value: &HeaderValue| value.to_str().ok());
            assert_eq!(value(header::CONTENT_TYPE), Some(kind));
            assert_eq!(value(header::CACHE_CONTROL), Some("public, max-age=31536000, immutable"));
            assert_eq!(value(header::X_CONTENT_TYPE_OPTIONS), Some("nosniff"));
        }
    }

    #[tokio::test]
    async fn anything_else_is_not_found() {
        for name in ["admin.css", "manifest.json", "../Cargo.toml", "nothing.js", ""] {
            let response = serve(Path(name.to_owned())).await;
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
        }
    }
}
