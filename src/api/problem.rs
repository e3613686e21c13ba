//! What goes wrong, as RFC 9457 problem documents. It must not tell causes, and must say the same of
//! what never existed and of what is not public.

use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value as Json, json};

use crate::error::Error;

/// Names that were typed are told back up to this length.
const TOLD: usize = 100;

/// The methods that the API knows.
const METHODS: &str = "GET, HEAD, OPTIONS";

/// One parameter that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Which one; `None` where it is the query as a whole.
    parameter: Option<String>,
    /// Stable, for programs.
    code: &'static str,
    /// For people: what would be right.
    detail: String,
    /// What can be said instead, where that is a closed set.
    allowed: Vec<String>,
}

/// All parameters that cannot be taken, told at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one.
    pub(super) fn add(&mut self, parameter: &str, code: &'static str, detail: impl Into<String>) {
        self.add_with(parameter, code, detail, Vec::new());
    }

    /// Adds one, with what can be said instead.
    pub(super) fn add_with(
        &mut self,
        parameter: &str,
        code: &'static str,
        detail: impl Into<String>,
        allowed: Vec<String>,
    ) {
        let parameter = Some(parameter.chars().take(TOLD).collect());
        self.0.push(Fault { parameter, code, detail: detail.into(), allowed });
    }

    /// One of the query as a whole.
    pub(super) fn whole(code: &'static str, detail: impl Into<String>) -> Self {
        Self(vec![Fault { parameter: None, code, detail: detail.into(), allowed: Vec::new() }])
    }

    /// What was read, if nothing is wrong.
    pub(super) fn or<T>(self, read: T) -> Result<T> {
        if self.0.is_empty() { Ok(read) } else { Err(Problem::Parameters(self)) }
    }
}

/// Why a request has no other answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The query says what we do not know.
    Parameters(Faults),
    /// Nothing public is there.
    NotFound,
    /// Something public was there and was withdrawn.
    Gone,
    /// The API is for reading.
    Method,
    /// Too much was made for this address already; in so many seconds there is more.
    TooMany(u64),
    /// Something that we need is away for now.
    Unavailable,
    /// A fault of ours.
    Internal,
}

/// What everything in the API that can fail gives.
pub(super) type Result<T, E = Problem> = std::result::Result<T, E>;

impl From<Faults> for Problem {
    fn from(faults: Faults) -> Self {
        Self::Parameters(faults)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::Unavailable(_) => Self::Unavailable,
            error => {
                tracing::error!(error = ?error, "a public request failed");
                Self::Internal
            }
        }
    }
}

/// What each problem is called: status, the end of its type, title, detail. The one list of them;
/// the API's description is made of it too.
pub(super) const KINDS: [(StatusCode, &str, &str, &str); 7] = [
    (
        StatusCode::BAD_REQUEST,
        "invalid-parameters",
        "The query cannot be taken",
        "Each entry of `errors` says which parameter is wrong and what would be right.",
    ),
    (StatusCode::NOT_FOUND, "not-found", "Not found", "Nothing public is at this address."),
    (StatusCode::GONE, "gone", "Gone", "What was at this address is no longer public."),
    (
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Method not allowed",
        "This API is for reading: use GET or HEAD.",
    ),
    (
        StatusCode::TOO_MANY_REQUESTS,
        "too-many-requests",
        "Too many requests",
        "Your address has asked for more than is made for one at a time. Wait as `Retry-After` says.",
    ),
    (
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "Unavailable",
        "The service cannot answer for the moment. Please try again shortly.",
    ),
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Internal error",
        "Something went wrong on our side. It has been recorded.",
    ),
];

/// How long a cache may keep a problem. It never says nothing: 404, 405 and 410 are kept then, for as
/// long as the cache likes (RFC 9110 §15.1).
///
/// What can come where there was an answer before must be kept for a moment. A cache that shows the old
/// answer while it asks again (nginx: `proxy_cache_use_stale updating`) has nothing to put in its place
/// otherwise, and shows what was withdrawn for ever. What only says that we could not answer must not
/// take an answer's place.
pub(super) fn caching(status: StatusCode) -> &'static str {
    match status {
        // Withdrawn; it is seldom published again.
        StatusCode::GONE => "public, max-age=60",
        // What is published next must be seen soon.
        StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => "public, max-age=5",
        _ => "no-store",
    }
}

impl Problem {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Parameters(_) => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn document(&self) -> Json {
        let status = self.status();
        let mut document = Map::new();
        for (_, name, title, detail) in KINDS.into_iter().filter(|kind| kind.0 == status) {
            document.insert("type".to_owned(), json!(format!("/problems/{name}")));
            document.insert("title".to_owned(), json!(title));
            document.insert("status".to_owned(), json!(status.as_u16()));
            document.insert("detail".to_owned(), json!(detail));
        }
        if let Self::Parameters(faults) = self {
            document.insert("errors".to_owned(), faults.0.iter().map(Fault::document).collect());
        }
        Json::Object(document)
    }
}

impl Fault {
    fn document(&self) -> Json {
        let mut document = Map::new();
        if let Some(parameter) = &self.parameter {
            document.insert("parameter".to_owned(), json!(parameter));
        }
        document.insert("code".to_owned(), json!(self.code));
        document.insert("detail".to_owned(), json!(self.detail));
        if !self.allowed.is_empty() {
            document.insert("allowed".to_owned(), json!(self.allowed));
        }
        Json::Object(document)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.document().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(caching(self.status())));
        match self {
            Self::Method => headers.insert(ALLOW, HeaderValue::from_static(METHODS)),
            Self::TooMany(seconds) => headers.insert(RETRY_AFTER, HeaderValue::from(seconds)),
            Self::Unavailable => headers.insert(RETRY_AFTER, HeaderValue::from_static("5")),
            _ => None,
        };
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_says_how_long_it_may_be_kept() {
        for (problem, kept) in [
            (Problem::Parameters(Faults::default()), "public, max-age=5"),
            (Problem::NotFound, "public, max-age=5"),
            (Problem::Gone, "public, max-age=60"),
            (Problem::Method, "no-store"),
            (Problem::TooMany(3), "no-store"),
            (Problem::Unavailable, "no-store"),
            (Problem::Internal, "no-store"),
        ] {
            let told = problem.clone().into_response();
            assert_eq!(told.headers()[CACHE_CONTROL], kept, "{problem:?}");
        }
    }
}
