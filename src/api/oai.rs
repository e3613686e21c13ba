//! Harvesting of the outputs by OAI-PMH 2.0
//! (<https://www.openarchives.org/OAI/openarchivesprotocol.html>), as Dublin Core. Withdrawn outputs
//! are told as deleted for good. It must not keep anything between two requests.

mod request;
mod token;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, SubsecRound as _, Utc};
use url::Url;

use self::request::{Request, Span as Asked};
use self::token::Token;
use self::write::{Entry, Reply, Said};
use super::export::records;
use super::problem::Result;
use super::query::Query;
use super::site::Site;
use super::tags::Tags;
use super::{Api, Shared};
use crate::content::bibliography::Record;
use crate::content::types::OUTPUT;
use crate::published::{Datestamp, Span};

/// The one metadata format.
const PREFIX: &str = "oai_dc";

/// How many records one answer has.
const PART: i64 = 100;

/// What is wrong with a request, as the protocol calls it (§3.6), and for people.
type Fault = (&'static str, &'static str);

/// The longest form, in bytes.
const LONGEST: usize = 8_192;

/// Where harvesters come to.
pub(super) fn routes() -> Router<Arc<Api>> {
    Router::new().route("/oai", axum::routing::get(get).post(post)).layer(DefaultBodyLimit::max(LONGEST))
}

/// Answers a request by GET.
async fn get(State(api): Shared, RawQuery(query): RawQuery) -> Result<Response> {
    answer(&api, query.as_deref()).await
}

/// Answers a request by POST: the arguments are the body (§3.1.1.2).
async fn post(
    State(api): Shared,
    headers: HeaderMap,
    body: std::result::Result<Bytes, BytesRejection>,
) -> Result<Response> {
    let form = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
    let form = form.is_some_and(|media| media.starts_with("application/x-www-form-urlencoded"));
    // What is too long or no form has no verb.
    let body = body.ok().filter(|_| form).unwrap_or_default();
    answer(&api, std::str::from_utf8(&body).ok()).await
}

async fn answer(api: &Api, raw: Option<&str>) -> Result<Response> {
    let now = api.clock.now();
    let api = &api.at_one_moment().await?;
    let archive = Archive::load(api).await?;
    let (arguments, said) = match Query::read(raw) {
        Ok(query) => match Request::read(&query) {
            Ok(request) => (request::arguments(&query), archive.say(&request, now).await?),
            Err(fault) => (request::repeated(&query, fault), Said::Fault(fault)),
        },
        Err(_) => (Vec::new(), Said::Fault(request::UNREADABLE)),
    };
    let reply = Reply { at: now.trunc_subsecs(0), base: &archive.base, arguments, said };
    let mut response = write::reply(&reply).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    // Each answer says when it was made.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// What is harvested, and what it is called.
struct Archive<'api> {
    api: &'api Api,
    site: Site,
    base: String,
    /// The host of the public site, which makes identifiers unique in the world.
    host: String,
}

impl<'api> Archive<'api> {
    async fn load(api: &'api Api) -> Result<Self> {
        let site = Site::load(api).await?;
        let base = format!("{}/oai", api.config.address.as_deref().unwrap_or_default().trim_end_matches('/'));
        let host = Url::parse(&site.address).ok().and_then(|url| url.host_str().map(str::to_owned));
        Ok(Self { api, site, base, host: host.unwrap_or_else(|| "localhost".to_owned()) })
    }

    /// What an output is called (OAI identifier format, 2006).
    fn identifier(&self, id: &str) -> String {
        format!("oai:{}:{id}", self.host)
    }

    /// The output that is called this, if it ever was public.
    async fn find(&self, identifier: &str) -> Result<Option<Datestamp>> {
        let id = identifier.strip_prefix("oai:").and_then(|rest| rest.strip_prefix(self.host.as_str()));
        match id.and_then(|id| id.strip_prefix(':')) {
            Some(id) => Ok(self.api.store.datestamp(&OUTPUT, id).await?),
            None => Ok(None),
        }
    }

    async fn say(&self, request: &Request, now: DateTime<Utc>) -> Result<Said> {
        Ok(match request {
            Request::Identify => {
                let first = self.api.store.datestamps(&OUTPUT, &Span::default(), 1).await?;
                Said::Archive {
                    name: self.site.name.clone(),
                    // Every mail domain has a postmaster (RFC 5321 §4.5.1).
                    email: self.site.email.clone().unwrap_or_else(|| format!("postmaster@{}", self.host)),
                    earliest: first.first().map_or(now, |first| first.at),
                }
            }
            Request::ListMetadataFormats { identifier } => match identifier {
                Some(identifier) if self.find(identifier).await?.is_none() => unknown(),
                _ => Said::Formats,
            },
            Request::GetRecord { identifier } => match self.find(identifier).await? {
                Some(found) => match self.entries(vec![found], true).await?.pop() {
                    Some(entry) => Said::One(Box::new(entry)),
                    None => unknown(),
                },
                None => unknown(),
            },
            Request::List { headers, span } => self.list(*headers, span).await?,
        })
    }

    async fn list(&self, headers: bool, asked: &Asked) -> Result<Said> {
        let span = Span { from: asked.from, until: asked.until, after: asked.after.clone() };
        let mut found = self.api.store.datestamps(&OUTPUT, &span, PART + 1).await?;
        let more = found.len() > usize::try_from(PART).unwrap_or(usize::MAX);
        if more {
            found.pop();
        }
        let begun = asked.after.is_some();
        let token = match found.last().filter(|_| more) {
            Some(last) => Token::new(headers, asked, last).map(|token| token.print()),
            // What completes a list that was begun says so by an empty token (§3.5).
            None => begun.then(String::new),
        };
        let entries = self.entries(found, !headers).await?;
        if entries.is_empty() && !begun {
            return Ok(Said::Fault(("noRecordsMatch", "Nothing was published or withdrawn in this time.")));
        }
        Ok(Said::List { headers, entries, token })
    }

    /// What these items are; with their records, where they are wanted.
    async fn entries(&self, found: Vec<Datestamp>, whole: bool) -> Result<Vec<Entry>> {
        let mut there: HashMap<String, Record> = HashMap::new();
        if whole {
            let ids: Vec<String> =
                found.iter().filter(|one| !one.withdrawn).map(|one| one.id.clone()).collect();
            let documents: Vec<_> = self.api.store.titles(&ids).await?.into_values().collect();
            for record in records(self.api, &self.site, &documents, &mut Tags::default()).await? {
                there.insert(record.text("id").unwrap_or_default().to_owned(), record);
            }
        }
        let entries = found.into_iter().filter_map(|one| {
            let record = there.remove(&one.id);
            // What was withdrawn a moment ago is told next time.
            if whole && !one.withdrawn && record.is_none() {
                return None;
            }
            Some(Entry { identifier: self.identifier(&one.id), at: one.at, withdrawn: one.withdrawn, record })
        });
        Ok(entries.collect())
    }
}

fn unknown() -> Said {
    Said::Fault(("idDoesNotExist", "There is no output of this identifier."))
}
