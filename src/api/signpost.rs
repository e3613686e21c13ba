//! Typed links from an item to what machines look for: its DOI, its descriptions, its authors, its
//! licence, as `Link` headers (FAIR Signposting, level 1: <https://signposting.org/FAIR/>). It must
//! not link to what the answer does not show.

use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value as Json};
use url::Url;

use super::export::Format;
use super::{Api, SEGMENT};
use crate::content::ContentType;
use crate::content::types::{OUTPUT, PROJECT};
use crate::published::Whole;

/// The most authors that are linked: headers have to stay small.
const AUTHORS: usize = 20;

/// The most projects that are linked.
const COLLECTIONS: usize = 20;

/// One typed link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    /// The relation (RFC 8288; signposting.org).
    pub(super) rel: &'static str,
    /// Where it leads.
    pub(super) href: String,
    /// What is there, where that is known.
    pub(super) media: Option<&'static str>,
}

/// The types whose items have a head, and so links.
pub(super) const TYPES: [&str; 6] = ["output", "project", "person", "organisation", "news", "event"];

/// The links of an item with this face.
pub(super) fn links(api: &Api, content_type: &ContentType, face: &Map<String, Json>) -> Vec<Link> {
    let text = |name: &str| face.get(name).and_then(Json::as_str);
    // Ids stay; slugs and codes may not.
    let path = api.path(&[content_type.plural, text("id").unwrap_or_default()]);
    let mut links = Vec::new();
    let mut put = |rel, href: Option<String>, media| {
        links.extend(href.map(|href| Link { rel, href, media }));
    };
    put("cite-as", text("doi").map(doi), None);
    put("cite-as", text("orcid").map(orcid), None);
    put("cite-as", text("ror").and_then(safe), None);
    put("type", Some(format!("https://schema.org/{}", kind(face))), None);
    let rows = face.get("authors").and_then(Json::as_array).into_iter().flatten();
    let authors = rows.filter_map(|row| row.get("person")?.get("orcid")?.as_str());
    for author in authors.take(AUTHORS) {
        put("author", Some(orcid(author)), None);
    }
    if content_type.name == OUTPUT.name {
        for format in Format::OF_ONE {
            put("describedby", Some(format!("{path}{}", format.suffix())), Some(format.essence()));
        }
        // Only an open output's face has it.
        let file = face.get("file").and_then(|file| file.get("url")?.as_str());
        put("item", file.map(|path| api.file(path)), None);
        let rows = face.get("projects").and_then(Json::as_array).into_iter().flatten();
        for id in rows.filter_map(|row| row.get("project")?.get("id")?.as_str()).take(COLLECTIONS) {
            put("collection", Some(api.path(&[PROJECT.plural, id])), Some("application/json"));
        }
    }
    put("describedby", Some(format!("{path}/head")), Some("application/json"));
    put("license", text("licence").and_then(licence), None);
    links
}

/// The links as a header.
pub(super) fn header(api: &Api, content_type: &ContentType, face: &Map<String, Json>) -> Option<String> {
    if !TYPES.contains(&content_type.name) {
        return None;
    }
    let written: Vec<String> = links(api, content_type, face)
        .into_iter()
        .map(|Link { rel, href, media }| match media {
            Some(media) => format!("<{href}>; rel=\"{rel}\"; type=\"{media}\""),
            None => format!("<{href}>; rel=\"{rel}\""),
        })
        .collect();
    Some(written.join(", "))
}

/// The same for an item that was prepared. Only what can have links of its own is parsed.
pub(super) fn prepared(api: &Api, content_type: &ContentType, whole: &Whole) -> Option<String> {
    if ["doi", "orcid", "ror", "licence"].iter().any(|name| content_type.field(name).is_some()) {
        return header(api, content_type, &serde_json::from_str(&whole.json).ok()?);
    }
    let face = [("id", whole.id.as_str()), ("object", content_type.name)];
    let face = face.map(|(name, value)| (name.to_owned(), Json::from(value)));
    header(api, content_type, &face.into_iter().collect())
}

/// What schema.org calls the item.
pub(super) fn kind(face: &Map<String, Json>) -> String {
    let text = |name: &str| face.get(name).and_then(Json::as_str);
    match text("object") {
        Some("output") => {
            let said = face.get("type").and_then(|term| term.get("schema_type")?.as_str());
            let known = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
            said.filter(known).unwrap_or("CreativeWork").to_owned()
        }
        Some("project") => "ResearchProject".to_owned(),
        Some("person") => "Person".to_owned(),
        Some("organisation") => "Organization".to_owned(),
        Some("news") => "NewsArticle".to_owned(),
        Some("event") => "Event".to_owned(),
        _ => "Thing".to_owned(),
    }
}

/// The address of a DOI (DOI Handbook §2.6.2: what an address cannot hold is percent-encoded).
pub(super) fn doi(doi: &str) -> String {
    let parts: Vec<String> =
        doi.split('/').map(|part| utf8_percent_encode(part, SEGMENT).to_string()).collect();
    format!("https://doi.org/{}", parts.join("/"))
}

/// The address of an ORCID iD.
pub(super) fn orcid(orcid: &str) -> String {
    format!("https://orcid.org/{orcid}")
}

/// An address as headers and attributes may hold it.
pub(super) fn safe(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// The address of a licence: one that is an address already, or a Creative Commons licence by its
/// usual name, `CC BY-NC 4.0`.
pub(super) fn licence(name: &str) -> Option<String> {
    if let Some(address) = safe(name) {
        return Some(address);
    }
    let name = name.trim().to_ascii_lowercase().replace(['‑', '–'], "-");
    let (kind, version) = name.strip_prefix("cc")?.trim_start_matches([' ', '-']).rsplit_once([' ', '-'])?;
    let kind = kind.trim().replace(' ', "-");
    let numbered = matches!(version, "1.0" | "2.0" | "2.5" | "3.0" | "4.0");
    match kind.as_str() {
        "by" | "by-sa" | "by-nd" | "by-nc" | "by-nc-sa" | "by-nc-nd" if numbered => {
            Some(format!("https://creativecommons.org/licenses/{kind}/{version}/"))
        }
        "zero" | "0" if version == "1.0" => {
            Some("https://creativecommons.org/publicdomain/zero/1.0/".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_have_addresses() {
        let by = |kind: &str| Some(format!("https://creativecommons.org/{kind}/"));
        assert_eq!(licence("CC BY 4.0"), by("licenses/by/4.0"));
        assert_eq!(licence("CC-BY-NC-ND 4.0"), by("licenses/by-nc-nd/4.0"));
        assert_eq!(licence("cc by-sa 3.0"), by("licenses/by-sa/3.0"));
        assert_eq!(licence("CC0 1.0"), by("publicdomain/zero/1.0"));
        assert_eq!(licence("https://example.org/l"), Some("https://example.org/l".to_owned()));
        for none in ["", "CC", "CC BY", "CC XX 4.0", "All rights reserved", "javascript:alert(1)"] {
            assert_eq!(licence(none), None, "{none}");
        }
    }

    #[test]
    fn addresses_hold_any_doi() {
        assert_eq!(doi("10.1000/1<2>\"é(3)"), "https://doi.org/10.1000/1%3C2%3E%22%C3%A9%283%29");
    }
}
