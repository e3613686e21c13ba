//! The shape of `examples/demo/content.json`. It must read that file and nothing else; every
//! name in it that is not known here is an error.

use serde::Deserialize;

/// The file.
pub(super) const CONTENT: &str = include_str!("../../../examples/demo/content.json");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub site: Site,
    pub terms: Vec<Term>,
    pub organisations: Vec<Organisation>,
    pub people: Vec<Person>,
    pub themes: Vec<Theme>,
    pub projects: Vec<Project>,
    pub news: Vec<News>,
    pub events: Vec<Event>,
    pub pages: Vec<Page>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub name: String,
    pub address: String,
    pub time_zone: String,
    pub contact_email: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Term {
    pub vocabulary: String,
    pub slug: String,
    pub label: String,
    pub csl_type: Option<String>,
    pub schema_type: Option<String>,
    pub coar_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisation {
    pub key: String,
    pub name: String,
    pub ror: Option<String>,
    pub short_name: Option<String>,
    pub kind: String,
    pub web: Option<String>,
    pub country: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub key: String,
    pub honorific: Option<String>,
    pub given_names: String,
    pub family_name: String,
    pub orcid: Option<String>,
    pub post_nominals: Option<String>,
    pub job_title: Option<String>,
    pub organisation: Option<String>,
    pub biography: Option<String>,
    pub former: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Theme {
    pub number: i64,
    pub title: String,
    pub summary: String,
    pub body: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub code: String,
    pub title: String,
    pub theme: i64,
    pub status: String,
    pub summary: String,
    pub body: String,
    pub start: Option<String>,
    pub end: Option<String>,
    pub contact_email: Option<String>,
    pub team: Vec<Member>,
    pub partners: Vec<Partner>,
    pub outputs: Vec<Output>,
    pub publish: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub person: String,
    pub role: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Partner {
    pub organisation: String,
    pub role: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    pub title: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub year: i64,
    pub availability: String,
    /// So many days from today.
    pub embargo_days: Option<i64>,
    /// What its file is called, without ending.
    pub file: Option<String>,
    /// Whether it was public and is not any more.
    #[serde(default)]
    pub withdrawn: bool,
    pub note: Option<String>,
    pub link: Option<String>,
    pub doi: Option<String>,
    #[serde(rename = "abstract")]
    pub summary: Option<String>,
    pub container: Option<String>,
    pub publisher: Option<String>,
    pub volume: Option<String>,
    pub issue: Option<String>,
    pub pages: Option<String>,
    pub authors: Vec<Author>,
    pub publish: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Author {
    pub name: String,
    pub person: Option<String>,
    #[serde(default)]
    pub lead: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct News {
    pub title: String,
    pub summary: String,
    pub body: Option<String>,
    pub date: Option<String>,
    /// So many days from today, where no date is given.
    pub days: Option<i64>,
    pub authors: Vec<String>,
    pub projects: Vec<String>,
    pub people: Vec<String>,
    pub publish: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    pub title: String,
    pub summary: Option<String>,
    pub body: Option<String>,
    pub date: Option<String>,
    /// So many days from today, where no date is given.
    pub days: Option<i64>,
    pub start_time: Option<String>,
    pub end_time: Option<String>,
    #[serde(default)]
    pub all_day: bool,
    pub state: String,
    pub venue: Option<String>,
    pub address: Option<String>,
    pub online_link: Option<String>,
    pub registration_link: Option<String>,
    pub projects: Vec<String>,
    pub publish: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    pub key: String,
    pub title: String,
    pub parent: Option<String>,
    pub summary: Option<String>,
    pub body: Option<String>,
    #[serde(default)]
    pub in_navigation: bool,
}
