//! Resumption tokens: what was asked for, and where to go on. They never expire, because nothing is
//! kept for them. They must not be trusted: a harvester can make its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Fault;
use super::request::Span;
use crate::content::Id;
use crate::published::Datestamp;

/// A place in a list.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Token {
    headers: bool,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    at: DateTime<Utc>,
    id: Id,
}

impl Token {
    /// The place after this item.
    pub(super) fn new(headers: bool, asked: &Span, last: &Datestamp) -> Option<Self> {
        let id = last.id.parse().ok()?;
        Some(Self { headers, from: asked.from, until: asked.until, at: last.at, id })
    }

    /// As harvesters hold it.
    pub(super) fn print(&self) -> String {
        // Text and moments cannot fail to be written.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// What a harvester gives back, to the verb that it was given by.
    pub(super) fn read(typed: &str, headers: bool) -> Result<Span, Fault> {
        let read = URL_SAFE_NO_PAD.decode(typed).ok();
        let token: Option<Self> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match token.filter(|token| token.headers == headers) {
            Some(token) => Ok(Span {
                from: token.from,
                until: token.until,
                after: Some((token.at, token.id.to_string())),
            }),
            None => Err(("badResumptionToken", "This token is none of ours, or of another verb.")),
        }
    }
}
