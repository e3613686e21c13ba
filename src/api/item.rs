//! One item with all that its page needs. It must not take more statements for more rows.

use axum::response::Response;
use serde_json::{Map, Value as Json, json};

use super::problem::{Faults, Problem, Result};
use super::query::Query;
use super::represent::{choose, newest, references, represent};
use super::respond::{self, Answer};
use super::shape::{self, BREADCRUMBS, Wanted};
use super::tags::Tags;
use super::{Api, grammar, signpost};
use crate::content::{ContentType, Inverse, by_name};
use crate::published::{self, Crumb, Document, Located, Select, tag};

/// What an address leads to.
#[derive(Debug)]
pub(super) enum Found {
    /// The item.
    Here(Box<Document>),
    /// Where it is now.
    Elsewhere(Response),
}

/// What is under this address; `rest` is what follows the reference in it.
pub(super) async fn find(
    api: &Api,
    content_type: &'static ContentType,
    reference: &str,
    rest: &[&str],
    query: &Query,
) -> Result<Found> {
    match api.store.locate(content_type, reference).await? {
        Located::Here(document) => Ok(Found::Here(document)),
        Located::Moved(document) => {
            let path = [&[content_type.plural, &document.slug], rest].concat();
            Ok(Found::Elsewhere(respond::moved(query.link(&api.path(&path)))?))
        }
        Located::Gone => Err(Problem::Gone),
        Located::Unknown => Err(Problem::NotFound),
    }
}

/// Answers with one item; `None` is the one of a type that has only one.
pub(super) async fn show(
    api: &Api,
    content_type: &'static ContentType,
    reference: Option<&str>,
    raw: Option<&str>,
) -> Result<Response> {
    let query = Query::read(raw)?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &["fields"], &mut faults);
    let chosen = grammar::chosen(|| shape::alone(content_type), &query, &mut faults);
    let chosen = faults.or(chosen)?;
    if chosen.is_none()
        && let Some(whole) = api.store.whole(content_type, reference).await?
    {
        let path = match reference {
            Some(reference) => api.path(&[content_type.plural, reference]),
            None => api.path(&[content_type.plural]),
        };
        let body = assemble(content_type, &whole, &query.link(&path));
        let mut tags = Tags::item(content_type, &whole.id);
        tags.show(&whole.tags);
        whole.parts.iter().for_each(|part| tags.show(&part.tags));
        whole.crumbs.iter().for_each(|crumb| tags.show(&crumb.tag()));
        let link = signpost::prepared(api, content_type, &whole);
        let last_modified = whole.updated_at;
        return Answer { body, last_modified, link, tags, ..Answer::default() }.respond(api.clock.now());
    }
    let api = &api.at_one_moment().await?;
    let (document, path) = match reference {
        Some(reference) => match find(api, content_type, reference, &[], &query).await? {
            Found::Here(document) => (*document, api.path(&[content_type.plural, reference])),
            Found::Elsewhere(response) => return Ok(response),
        },
        None => {
            let mut page = api.store.list(&Select { limit: 1, ..Select::of(content_type) }).await?;
            (page.items.pop().ok_or(Problem::NotFound)?, api.path(&[content_type.plural]))
        }
    };
    let links = json!({ "self": query.link(&path) });
    whole(api, &document, chosen, &links).await
}

/// The answer out of what was prepared: the same bytes as [`whole`] makes of the documents.
fn assemble(content_type: &ContentType, whole: &published::Whole, link: &str) -> String {
    let listed: usize = whole.parts.iter().map(|part| part.json.len() + part.name.len() + 8).sum();
    let mut body = String::with_capacity(whole.json.len() + listed + 1_024);
    body += "{\"data\":";
    body += whole.json.strip_suffix('}').unwrap_or(&whole.json);
    if shape::has_path(content_type) {
        body += ",\"breadcrumbs\":";
        body += &told(&whole.crumbs).to_string();
    }
    for part in &whole.parts {
        body += ",\"";
        body += part.name;
        body += "\":[";
        body += &part.json;
        body.push(']');
    }
    body += "},\"links\":";
    body += &json!({ "self": link }).to_string();
    body.push('}');
    body
}

/// What links to an item, and what is wanted of it.
struct Part {
    inverse: &'static Inverse,
    wanted: Wanted,
    documents: Vec<Document>,
}

/// The answer with a document of which this was chosen, or all that is shown of it.
pub(super) async fn whole(
    api: &Api,
    document: &Document,
    chosen: Option<Wanted>,
    links: &Json,
) -> Result<Response> {
    let is_whole = chosen.is_none();
    let wanted = &chosen.unwrap_or_else(|| Wanted::by_default(shape::alone(document.content_type)));
    let mut parts = Vec::new();
    for inverse in document.content_type.inverses.iter().filter(|inverse| wanted.has(inverse.name)) {
        let Some(from) = by_name(inverse.from) else { continue };
        let inside = wanted.inside(inverse.name, shape::in_lists(from));
        let documents = api.store.inverse(inverse, &document.id).await?;
        parts.push(Part { inverse, wanted: inside, documents });
    }
    let mut shown = vec![(document, wanted)];
    for part in &parts {
        shown.extend(part.documents.iter().map(|document| (document, &part.wanted)));
    }
    let references = references(&api.store, &shown).await?;

    let mut tags = Tags::item(document.content_type, &document.id);
    for (shown, _) in &shown {
        tags.show(&tag(shown.content_type.name, &shown.id));
        tags.show(&references.tags(&shown.json).join(","));
    }
    let face = represent(document, &references, wanted);
    let mut lists = Map::new();
    for part in &parts {
        let entries =
            part.documents.iter().map(|document| represent(document, &references, &part.wanted).into());
        lists.insert(part.inverse.name.to_owned(), Json::Array(entries.collect()));
    }
    if wanted.has(BREADCRUMBS) {
        let way = breadcrumbs(api, document).await?;
        way.iter().for_each(|crumb| tags.show(&crumb.tag()));
        lists.insert(BREADCRUMBS.to_owned(), told(&way));
    }
    // What is not the item's own stood as an empty list in its place.
    let mut data = Map::new();
    for (name, value) in face {
        let inner = wanted.iter().find(|(property, _)| property.name == name).and_then(|(_, inner)| inner);
        let value = match lists.remove(&name) {
            Some(list) if name == BREADCRUMBS => choose(list, inner),
            Some(list) => list,
            None => value,
        };
        data.insert(name, value);
    }
    let last_modified = newest(shown.iter().map(|(document, _)| *document));
    let link = if is_whole { signpost::header(api, document.content_type, &data) } else { None };
    let body = json!({ "data": data, "links": links });
    Answer { body: body.to_string(), last_modified, link, tags, ..Answer::default() }.respond(api.clock.now())
}

/// The way from the root to the item, through what is public on it.
async fn breadcrumbs(api: &Api, document: &Document) -> Result<Vec<Crumb>> {
    if document.path.is_empty() {
        return Ok(Vec::new());
    }
    let ends = document.path.match_indices('/').map(|(at, _)| at.max(1));
    let above: Vec<String> = ends
        .filter_map(|end| document.path.get(..end))
        .filter(|path| *path != document.path)
        .map(str::to_owned)
        .collect();
    let mut way = if above.is_empty() { Vec::new() } else { api.store.at_paths(&above).await? };
    way.push(Crumb {
        title: document.title.clone(),
        path: document.path.clone(),
        object: document.content_type.name.to_owned(),
        id: document.id.clone(),
    });
    Ok(way)
}

/// The way as answers show it.
fn told(way: &[Crumb]) -> Json {
    way.iter().map(|crumb| json!({ "title": crumb.title, "path": crumb.path })).collect()
}
