//! Examples of answers, shortened: items of the demonstration, so that what is asked for by them is
//! there. A test holds them to the schemas and asks the demonstration for them.

use std::sync::LazyLock;

use serde_json::{Map, Value as Json, json};

use crate::api::shape::{self, BREADCRUMBS, Property};
use crate::content::types::MEDIA;
use crate::content::types::media::FILES;
use crate::content::{ContentType, Field, Kind, by_name};

/// One item of each type with all that is its own. A type without one has no examples.
static ITEMS: LazyLock<Json> =
    LazyLock::new(|| serde_json::from_str(include_str!("example.json")).unwrap_or_default());

/// When the examples were published.
const AT: &str = "2026-03-02T09:00:00.000Z";

/// The item's own property of this name.
fn own(content_type: &ContentType, name: &str) -> Option<&'static Json> {
    ITEMS.get(content_type.name)?.get(name)
}

/// The example's property, where it has one.
fn property(content_type: &ContentType, property: &Property) -> Option<Json> {
    let name = property.name.as_str();
    if let Some(inverse) = content_type.inverses.iter().find(|inverse| inverse.name == name) {
        let from = by_name(inverse.from).filter(|from| *from != content_type);
        return Some(from.and_then(entry).into_iter().collect());
    }
    match name {
        "published_at" | "updated_at" => Some(json!(AT)),
        BREADCRUMBS => own(content_type, name).cloned().or_else(|| {
            let (title, path) = (own(content_type, content_type.title_name)?, own(content_type, "path")?);
            Some(json!([{ "title": "Home", "path": "/" }, { "title": title, "path": path }]))
        }),
        _ => own(content_type, name).cloned(),
    }
}

fn with(content_type: &ContentType, properties: Vec<Property>) -> Option<Json> {
    ITEMS.get(content_type.name)?;
    let shown = properties.into_iter().filter(|property| !property.detail);
    let shown: Map<String, Json> =
        shown.filter_map(|one| Some((one.name.clone(), property(content_type, &one)?))).collect();
    Some(Json::Object(shown))
}

/// An item as it stands in lists.
fn entry(content_type: &ContentType) -> Option<Json> {
    with(content_type, shape::in_lists(content_type))
}

/// What a request for one item answers.
pub(super) fn one(content_type: &ContentType) -> Option<Json> {
    let data = with(content_type, shape::alone(content_type))?;
    let mut link = format!("/api/v1/{}", content_type.plural);
    if !content_type.single {
        link = format!("{link}/{}", reference(content_type)?);
    }
    Some(json!({ "data": data, "links": { "self": link } }))
}

/// The hash and the name of the example's file.
pub(super) fn file() -> Option<(&'static str, &'static str)> {
    own(&MEDIA, "url")?.as_str()?.strip_prefix(FILES)?.split_once('/')
}

/// What a list at this address answers.
pub(super) fn list(content_type: &ContentType, address: &str) -> Option<Json> {
    let page = json!({ "next": null, "prev": null, "limit": 20, "total": 1 });
    Some(json!({ "data": [entry(content_type)?], "page": page, "links": { "self": address } }))
}

/// What an item is called in an address: its code, or its slug.
pub(in crate::api) fn reference(content_type: &ContentType) -> Option<&'static str> {
    own(content_type, "code").or_else(|| own(content_type, "slug"))?.as_str()
}

/// What a filter by this field may ask for.
pub(super) fn value(content_type: &ContentType, field: &Field) -> Option<Json> {
    match field.kind {
        Kind::One { to, .. } | Kind::Many { to, .. } => {
            own(content_type, field.name).filter(|value| **value != json!([]))?;
            by_name(to).and_then(reference).map(Json::from)
        }
        _ => own(content_type, field.name).cloned(),
    }
}

/// The item, as little of it as its face anywhere.
fn face(content_type: &ContentType, names: &[&str]) -> Json {
    let told = names.iter().filter_map(|name| Some(((*name).to_owned(), own(content_type, name)?.clone())));
    Json::Object(told.collect())
}

/// What `GET /api/v1/search` answers.
pub(super) fn hits() -> Json {
    let hit = |(name, snippet): (&str, &str)| {
        let mut hit = face(by_name(name)?, &["id", "object", "slug", "path", "title"]);
        super::put(&mut hit, "object_label", json!(by_name(name)?.label));
        super::put(&mut hit, "snippet", json!(snippet));
        Some(hit)
    };
    let found = [
        ("project", "How a large organisation <mark>learns</mark> from what goes wrong"),
        ("output", "Empowering <mark>learning</mark>"),
    ];
    let hits: Json = found.into_iter().filter_map(hit).collect();
    let page = json!({ "next": null, "prev": null, "limit": 20, "total": found.len() });
    json!({ "data": hits, "page": page, "links": { "self": "/api/v1/search?q=learning" } })
}

/// What `GET /api/v1/pages?path=…` answers where the item has moved.
pub(super) fn moved(project: &ContentType) -> Json {
    let path = own(project, "path");
    json!({
        "data": face(project, &["id", "object", "slug", "path"]),
        "links": {
            "self": "/api/v1/pages?path=%2Fresearch%2Fleadership-management-and-organisation%2Forganisational-learning",
            "canonical": format!("https://www.example.org{}", path.and_then(Json::as_str).unwrap_or_default()),
        },
    })
}

/// What `GET /api/v1/outputs/empowering-learning/citation` answers.
pub(super) fn citation(output: &ContentType) -> Json {
    let mut citation = face(output, &["id", "object", "slug", "path"]);
    let told = json!({
        "style": "apa",
        "locale": "en-GB",
        "html": "Bristow, A. (2019). <i>Empowering learning</i> [Board report].",
        "text": "Bristow, A. (2019). Empowering learning [Board report].",
    });
    if let (Some(citation), Json::Object(told)) = (citation.as_object_mut(), told) {
        citation.extend(told);
    }
    citation
}

/// What `GET /api/v1/…/head` answers.
pub(super) fn head(content_type: &ContentType, address: &str) -> Option<Json> {
    let title = own(content_type, content_type.title_name)?;
    let url = format!("https://www.example.org{}", own(content_type, "path")?.as_str()?);
    let json_ld = json!({ "@context": "https://schema.org", "@id": url, "name": title, "url": url });
    let html = format!("<script type=\"application/ld+json\">{json_ld}</script>\n");
    let data = json!({ "json_ld": json_ld, "meta": [], "links": [], "html": html });
    Some(json!({ "data": data, "links": { "self": address } }))
}

/// What a request that cannot be taken is told.
pub(super) fn faults() -> Json {
    json!([
        {
            "parameter": "tpye",
            "code": "unknown_parameter",
            "detail": "There is no such parameter here.",
            "allowed": ["limit", "cursor", "sort"],
        },
        { "parameter": "limit", "code": "malformed", "detail": "Write a whole number from 1 to 100." },
    ])
}

/// What `GET /oai?verb=ListMetadataFormats` answers.
pub(super) const HARVEST: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><responseDate>2026-03-02T09:00:00Z</responseDate>\
    <request verb=\"ListMetadataFormats\">https://api.example.org/oai</request><ListMetadataFormats><metadataFormat>\
    <metadataPrefix>oai_dc</metadataPrefix><schema>http://www.openarchives.org/OAI/2.0/oai_dc.xsd</schema>\
    <metadataNamespace>http://www.openarchives.org/OAI/2.0/oai_dc/</metadataNamespace></metadataFormat>\
    </ListMetadataFormats></OAI-PMH>";

/// What `GET /api/v1/navigation` answers.
pub(super) fn navigation() -> Json {
    json!({
        "data": {
            "home": {
                "id": "01890a5d-ac96-774b-bcce-b302099a8060", "object": "page", "slug": "home", "path": "/", "title": "Home",
            },
            "themes": [{
                "id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "object": "theme",
                "slug": "leadership-management-and-organisation",
                "path": "/research/leadership-management-and-organisation",
                "number": 3,
                "title": "Leadership, management and organisation",
                "projects": 7,
            }],
            "pages": [{
                "id": "01890a5d-ac96-774b-bcce-b302099a8061",
                "object": "page",
                "slug": "about",
                "path": "/about",
                "title": "About",
                "children": [],
            }],
            "counts": {
                "themes": 6, "organisations": 12, "people": 34, "projects": 41, "outputs": 210, "news": 18, "events": 9,
                "pages": 7,
            },
        },
        "links": { "self": "/api/v1/navigation" },
    })
}

/// What `GET /api/v1/changes` answers.
pub(super) fn changes() -> Json {
    json!({
        "data": [{
            "id": "01890a5d-ac96-774b-bcce-b302099a805b",
            "object": "output",
            "slug": "empowering-learning",
            "change": "published",
            "at": "2026-03-02T09:00:00.000Z",
            "paths": ["/outputs/empowering-learning", "/outputs/learning"],
            "tags": [
                "output:01890a5d-ac96-774b-bcce-b302099a805b",
                "outputs",
                "project:01890a5d-ac96-774b-bcce-b302099a805a",
            ],
        }],
        "page": { "next": "YWZ0ZXIgMTI", "more": false, "latest": "YWZ0ZXIgMTI", "limit": 20 },
        "links": { "self": "/api/v1/changes?since=YWZ0ZXIgMTE" },
    })
}

/// What `GET /api/v1/changes/stream` answers.
pub(super) const STREAM: &str = "id: YWZ0ZXIgMTE\nretry: 5000\n\nid: YWZ0ZXIgMTI\nevent: change\n\
    data: {\"id\":\"01890a5d-ac96-774b-bcce-b302099a805b\",\"object\":\"output\"}\n\n";

/// What `GET /api/v1/news.atom` answers.
pub(super) fn atom() -> Json {
    json!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\">\
        <id>urn:uuid:01890a5d-ac96-574b-bcce-b302099a8062</id><title>Centre for Policing: News</title>\
        <updated>2026-03-02T09:00:00.000Z</updated></feed>"
    )
}

/// What `GET /api/v1/news.json` answers.
pub(super) fn json_feed() -> Json {
    json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Centre for Policing: News",
        "home_page_url": "https://www.example.org/",
        "feed_url": "https://api.example.org/api/v1/news.json",
        "authors": [{ "name": "Centre for Policing", "url": "https://www.example.org/" }],
        "items": [{
            "id": "urn:uuid:01890a5d-ac96-774b-bcce-b302099a8063",
            "url": "https://www.example.org/news/a-report",
            "title": "A report",
            "summary": "Our report is out.",
            "content_text": "Our report is out.",
            "date_published": "2026-03-02T00:00:00.000Z",
            "date_modified": "2026-03-02T09:00:00.000Z",
        }],
    })
}

/// What `GET /api/v1/events.ics` answers.
pub(super) const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Recto//Recto//EN\r\n\
    BEGIN:VEVENT\r\nDTEND:20240115T130000Z\r\nDTSTAMP:20260302T090000Z\r\nDTSTART:20240115T110000Z\r\n\
    SEQUENCE:12\r\nSTATUS:CONFIRMED\r\nSUMMARY:Research Priority workshop\r\n\
    UID:01890a5d-ac96-774b-bcce-b302099a8064\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// What `GET /sitemap.xml` answers.
pub(super) const SITEMAP: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
    <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\"><url><loc>https://www.example.org/</loc>\
    <lastmod>2026-03-02T09:00:00.000Z</lastmod></url></urlset>";
