//! Items as schema.org says them, in JSON-LD 1.1. It must only use types and properties that
//! schema.org has, and leave out what has no value.

use serde_json::{Map, Value as Json, json};

use super::super::Api;
use super::super::signpost::{doi, kind, licence, orcid, safe};
use super::super::site::Site;
use crate::content::bibliography::{Author, Kind, Record};
use crate::content::types::OPEN;

/// An object without what has no value.
fn object(properties: Json) -> Json {
    match properties {
        Json::Object(map) => map.into_iter().filter(|(_, value)| !empty(value)).collect::<Map<_, _>>().into(),
        other => other,
    }
}

fn empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(entries) => entries.is_empty(),
        _ => false,
    }
}

/// An output.
pub(super) fn output(record: &Record) -> Json {
    let text = |name: &str| record.text(name);
    let license = text("licence").map(|name| licence(name).unwrap_or_else(|| name.to_owned()));
    let address = text("doi").map(doi);
    let mut same: Vec<String> = address.iter().cloned().collect();
    same.extend(text("link").and_then(safe));
    let identifier =
        text("doi").map(|doi| json!({ "@type": "PropertyValue", "propertyID": "doi", "value": doi }));
    let book = record.kind == Kind::Book;
    object(json!({
        "@context": "https://schema.org",
        "@type": kind(&record.face),
        "@id": address.as_deref().unwrap_or(&record.page),
        "name": record.title(),
        "headline": record.title(),
        "author": record.authors.iter().map(author).collect::<Json>(),
        "datePublished": record.year().map(|year| format!("{year:04}")),
        "publisher": text("publisher").map(|name| json!({ "@type": "Organization", "name": name })),
        "isPartOf": container(record),
        "pagination": text("pages"),
        "isbn": text("isbn").filter(|_| book),
        "identifier": identifier,
        "abstract": text("abstract"),
        "genre": record.type_label,
        "license": license,
        "isAccessibleForFree": text("availability") == Some(OPEN),
        "conditionsOfAccess": text("to_note"),
        "encoding": record.file().and_then(safe).map(|file| json!({ "@type": "MediaObject", "contentUrl": file })),
        "url": record.page,
        "sameAs": same,
        "dateModified": text("updated_at"),
    }))
}

/// A credited name: of one piece, it is an institution's.
fn author(author: &Author) -> Json {
    object(json!({
        "@type": if author.given.is_some() { "Person" } else { "Organization" },
        "@id": author.orcid.as_deref().map(orcid),
        "name": author.straight(),
        "familyName": author.given.as_ref().map(|_| &author.family),
        "givenName": author.given,
        "url": author.page,
    }))
}

/// What an output is published in: an issue of a volume of a periodical, or a whole.
fn container(record: &Record) -> Option<Json> {
    let name = record.text("container")?;
    if record.kind != Kind::Article {
        let (kind, isbn) = match record.kind {
            Kind::Chapter => ("Book", record.text("isbn")),
            Kind::Book | Kind::Report => ("CreativeWorkSeries", None),
            _ => ("CreativeWork", record.text("isbn")),
        };
        return Some(object(json!({ "@type": kind, "name": name, "isbn": isbn })));
    }
    let mut part = object(json!({ "@type": "Periodical", "name": name, "issn": record.text("issn") }));
    if let Some(volume) = record.text("volume") {
        part = json!({ "@type": "PublicationVolume", "volumeNumber": volume, "isPartOf": part });
    }
    if let Some(issue) = record.text("issue") {
        part = json!({ "@type": "PublicationIssue", "issueNumber": issue, "isPartOf": part });
    }
    Some(part)
}

/// An item of another type.
pub(super) fn item(api: &Api, face: &Map<String, Json>, page: &str, site: &Site) -> Json {
    let text = |name: &str| face.get(name).and_then(Json::as_str);
    let centre = object(json!({ "@type": "ResearchOrganization", "name": site.name, "url": site.address }));
    let mut said = Map::new();
    said.insert("@context".to_owned(), json!("https://schema.org"));
    said.insert("@type".to_owned(), json!(kind(face)));
    said.insert("@id".to_owned(), json!(page));
    let own = match text("object") {
        Some("project") => project(api, face, site, &centre),
        Some("person") => person(api, face),
        Some("organisation") => organisation(api, face),
        Some("news") => news(api, face, site, &centre),
        Some("event") => event(face, &centre),
        _ => Json::Null,
    };
    said.insert("url".to_owned(), json!(page));
    if let Json::Object(own) = own {
        said.extend(own);
    }
    Json::Object(said)
}

fn texts<'face>(face: &'face Map<String, Json>) -> impl Fn(&str) -> Option<&'face str> {
    |name| face.get(name).and_then(Json::as_str)
}

/// What a list of items, or of rows about items, says of them.
fn linked<'face>(
    face: &'face Map<String, Json>,
    list: &str,
    inner: &'face str,
) -> Vec<(&'face Json, &'face Json)> {
    let rows = face.get(list).and_then(Json::as_array).into_iter().flatten();
    rows.map(|row| (row, row.get(inner).unwrap_or(row))).collect()
}

/// A person by their short face.
fn short_person(person: &Json, site: &Site) -> Json {
    let text = |name: &str| person.get(name).and_then(Json::as_str);
    object(json!({
        "@type": "Person",
        "@id": text("orcid").map(orcid),
        "name": text("display_name"),
        "url": text("path").map(|path| site.at(path)),
    }))
}

fn short_organisation(organisation: &Json) -> Json {
    let text = |name: &str| organisation.get(name).and_then(Json::as_str);
    object(json!({ "@type": "Organization", "name": text("name"), "url": text("web") }))
}

fn project(api: &Api, face: &Map<String, Json>, site: &Site, centre: &Json) -> Json {
    let text = texts(face);
    let partners = linked(face, "partners", "organisation");
    let with = |funders: bool| {
        let mine = partners.iter().filter(|(row, _)| (row["role"] == "funder") == funders);
        mine.map(|(_, organisation)| short_organisation(organisation)).collect::<Vec<_>>()
    };
    let mut members: Vec<Json> =
        linked(face, "team", "person").iter().map(|(_, person)| short_person(person, site)).collect();
    members.extend(with(false));
    object(json!({
        "name": text("title"),
        "identifier": text("code"),
        "description": text("summary"),
        "foundingDate": text("start"),
        "dissolutionDate": text("end"),
        "member": members,
        "funder": with(true),
        "parentOrganization": centre,
        "email": text("contact_email"),
        "image": image(api, face, "image"),
    }))
}

fn person(api: &Api, face: &Map<String, Json>) -> Json {
    let text = texts(face);
    let orcid = text("orcid").map(orcid);
    let mut same: Vec<String> = orcid.iter().cloned().collect();
    same.extend(text("web").and_then(safe));
    object(json!({
        "@id": orcid,
        "name": text("display_name"),
        "givenName": text("given_names"),
        "familyName": text("family_name"),
        "honorificPrefix": text("honorific"),
        "honorificSuffix": text("post_nominals"),
        "jobTitle": text("job_title"),
        "affiliation": face.get("organisation").map(short_organisation),
        "email": text("email"),
        "sameAs": same,
        "image": image(api, face, "photo"),
    }))
}

fn organisation(api: &Api, face: &Map<String, Json>) -> Json {
    let text = texts(face);
    let same: Vec<String> = ["ror", "web"].into_iter().filter_map(|name| safe(text(name)?)).collect();
    object(json!({
        "@id": text("ror"),
        "name": text("name"),
        "alternateName": text("short_name"),
        "address": text("country").map(|country| json!({ "@type": "PostalAddress", "addressCountry": country })),
        "sameAs": same,
        "logo": image(api, face, "logo"),
    }))
}

fn news(api: &Api, face: &Map<String, Json>, site: &Site, centre: &Json) -> Json {
    let text = texts(face);
    let authors = linked(face, "authors", "person");
    object(json!({
        "headline": text("title"),
        "description": text("summary"),
        "datePublished": text("date"),
        "dateModified": text("updated_at"),
        "author": authors.iter().map(|(_, person)| short_person(person, site)).collect::<Json>(),
        "publisher": centre,
        "image": image(api, face, "image"),
    }))
}

fn event(face: &Map<String, Json>, centre: &Json) -> Json {
    let text = texts(face);
    let all_day = face.get("all_day") == Some(&Json::Bool(true));
    let day = |name: &str| text(name).and_then(|time| time.get(..10));
    let (start, end) = match all_day {
        true => (day("start"), day("end")),
        false => (text("start_at"), text("end").and(text("end_at"))),
    };
    let status = match text("state") {
        Some("cancelled") => "EventCancelled",
        Some("postponed") => "EventPostponed",
        _ => "EventScheduled",
    };
    let (venue, online) = (text("venue").or(text("address")), text("online_link").and_then(safe));
    let mode = match (venue.is_some(), online.is_some()) {
        (true, true) => Some("MixedEventAttendanceMode"),
        (false, true) => Some("OnlineEventAttendanceMode"),
        (true, false) => Some("OfflineEventAttendanceMode"),
        (false, false) => None,
    };
    let mut places = Vec::new();
    if let Some(venue) = venue {
        places.push(object(json!({ "@type": "Place", "name": venue, "address": text("address") })));
    }
    places.extend(online.map(|url| json!({ "@type": "VirtualLocation", "url": url })));
    object(json!({
        "name": text("title"),
        "description": text("summary"),
        "startDate": start,
        "endDate": end,
        "eventStatus": format!("https://schema.org/{status}"),
        "eventAttendanceMode": mode.map(|mode| format!("https://schema.org/{mode}")),
        "location": places,
        "organizer": centre,
    }))
}

/// The address of a picture.
fn image(api: &Api, face: &Map<String, Json>, name: &str) -> Option<String> {
    safe(&api.file(face.get(name)?.get("url")?.as_str()?))
}
