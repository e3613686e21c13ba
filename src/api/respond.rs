//! Answers with the headers that caches and browsers need. It must not know what is in them.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LAST_MODIFIED, LINK, LOCATION,
    VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::memory::Lasting;
use super::problem::{Problem, Result};
use super::tags::Tags;

/// The longest that a cache may keep an answer without asking, in seconds. There is no time beyond it:
/// told `stale-while-revalidate` or `stale-if-error`, caches would show what was withdrawn for longer.
const FRESH: i64 = 60;

/// The names of what an answer shows, for caches that drop by name.
pub(super) const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");

/// What most answers are.
const JSON: &str = "application/json; charset=utf-8";

/// An answer and what is known of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    /// What is told.
    pub(super) body: String,
    /// Of which media type it is; JSON where nothing is said.
    pub(super) content_type: Option<&'static str>,
    /// What to call it where it is saved as a file.
    pub(super) file: Option<String>,
    /// When the newest of what is told was changed.
    pub(super) last_modified: Option<DateTime<Utc>>,
    /// When the answer changes by itself.
    pub(super) changes_at: Option<DateTime<Utc>>,
    /// Where the list goes on, as a `Link` header.
    pub(super) link: Option<String>,
    /// What must be published for the answer to change; anything where nothing is said.
    pub(super) tags: Tags,
}

impl Answer {
    /// The response with the whole answer. Whether somebody has it already, and in which coding it is
    /// sent, is for `memory` to see.
    pub(super) fn respond(self, now: DateTime<Utc>) -> Result<Response> {
        let mut headers = vec![
            (CONTENT_TYPE, self.content_type.unwrap_or(JSON).to_owned()),
            (ETAG, tag(self.body.as_bytes())),
            (VARY, "accept-encoding".to_owned()),
            (CACHE_TAG, self.tags.header()),
        ];
        headers.extend(self.link.map(|link| (LINK, link)));
        headers.extend(self.file.map(|file| (CONTENT_DISPOSITION, attachment(&file))));
        if let Some(modified) = self.last_modified {
            headers.push((LAST_MODIFIED, modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        }
        let mut response = build(StatusCode::OK, headers, Body::from(self.body))?;
        response.headers_mut().insert(CACHE_CONTROL, caching(self.changes_at, now));
        response.extensions_mut().insert(Lasting { changes_at: self.changes_at });
        Ok(response)
    }
}

/// That what was asked for has another address.
pub(super) fn moved(to: String) -> Result<Response> {
    let mut response = build(StatusCode::PERMANENT_REDIRECT, vec![(LOCATION, to)], Body::empty())?;
    response.headers_mut().insert(CACHE_CONTROL, caching(None, DateTime::UNIX_EPOCH));
    Ok(response)
}

/// The same, for those who look before they follow.
pub(super) fn moved_telling(to: String, told: &serde_json::Value) -> Result<Response> {
    let mut response = moved(to)?;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    *response.body_mut() = Body::from(told.to_string());
    Ok(response)
}

fn build(status: StatusCode, headers: Vec<(HeaderName, String)>, body: Body) -> Result<Response> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in headers {
        let value = HeaderValue::try_from(value).map_err(|error| {
            tracing::error!(%error, header = %name, "a header of ours cannot be sent");
            Problem::Internal
        })?;
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// How long an answer may be kept that time alone changes then.
pub(super) fn caching(changes_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> HeaderValue {
    const USUAL: HeaderValue = HeaderValue::from_static("public, max-age=60");
    let left = changes_at.map_or(FRESH, |at| (at - now).num_seconds());
    if left >= FRESH {
        return USUAL;
    }
    HeaderValue::try_from(format!("public, max-age={}", left.max(0))).unwrap_or(USUAL)
}

/// That the answer is a file of this name. Only letters, digits, dots and hyphens get through, so
/// that no quoting is needed (RFC 6266 §4).
fn attachment(file: &str) -> String {
    let safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let file: String = file.chars().filter(safe).collect();
    format!("attachment; filename=\"{}\"", file.trim_start_matches('.'))
}

/// A strong entity tag: the same for the same bytes, whenever and wherever they were made.
fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Whether the asker has this already (RFC 9110 §13.1.2: compared weakly, `*` is anything).
pub(super) fn knows(request: &HeaderMap, tag: &str) -> bool {
    let fields = request.get_all(IF_NONE_MATCH).iter().filter_map(|field| field.to_str().ok());
    fields.flat_map(tags).any(|known| known == "*" || known == tag)
}

/// The entity tags of a list, without their `W/`. Ours hold no comma, so others may fall apart.
fn tags(field: &str) -> impl Iterator<Item = &str> {
    field.split(',').map(|one| one.trim()).map(|one| one.strip_prefix("W/").unwrap_or(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let asked = |field: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, HeaderValue::from_static(field));
            knows(&headers, "\"ab\"")
        };
        for known in ["\"ab\"", "W/\"ab\"", "*", "\"x\", \"ab\"", "\"x\",W/\"ab\" , \"y\""] {
            assert!(asked(known), "{known}");
        }
        for other in ["", "ab", "\"a\"", "\"abc\"", "W/ab", "\"x\" \"ab\""] {
            assert!(!asked(other), "{other}");
        }
    }

    #[test]
    fn nothing_is_kept_longer_than_it_is_right() {
        let now = DateTime::UNIX_EPOCH;
        let told = |millis: i64| {
            let changes_at = Some(now + chrono::TimeDelta::milliseconds(millis));
            caching(changes_at, now).to_str().unwrap().to_owned()
        };
        assert_eq!(told(90_000), "public, max-age=60");
        assert_eq!(told(59_999), "public, max-age=59");
        assert_eq!(told(-5_000), "public, max-age=0");
    }
}
