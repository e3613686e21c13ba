//! The records of outputs as the public may see them. It must not say more than the public JSON does.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::super::Api;
use super::super::problem::Result;
use super::super::represent::{references, represent};
use super::super::shape::{self, Wanted};
use super::super::site::Site;
use super::super::tags::Tags;
use crate::content::ContentType;
use crate::content::bibliography::{Author, Kind, Record};
use crate::published::{Document, tag};

/// The records of these outputs, in their order: two statements, however many there are. What they show
/// is put to `tags`.
pub(in crate::api) async fn records(
    api: &Api,
    site: &Site,
    documents: &[Document],
    tags: &mut Tags,
) -> Result<Vec<Record>> {
    let Some(content_type) = documents.first().map(|document| document.content_type) else {
        return Ok(Vec::new());
    };
    let faces = faces(api, content_type, documents, tags).await?;
    let mut wanted: Vec<String> = faces.iter().flat_map(related).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let related = api.store.titles(&wanted).await?;
    Ok(faces
        .into_iter()
        .zip(documents)
        .map(|(face, document)| record(api, face, document, site, &related))
        .collect())
}

/// The items with every property that the API shows of them. What they show is put to `tags`.
pub(in crate::api) async fn faces(
    api: &Api,
    content_type: &'static ContentType,
    documents: &[Document],
    tags: &mut Tags,
) -> Result<Vec<Map<String, Json>>> {
    let everything = Wanted::by_default(shape::alone(content_type));
    let shown: Vec<(&Document, &Wanted)> = documents.iter().map(|document| (document, &everything)).collect();
    let references = references(&api.store, &shown).await?;
    for document in documents {
        tags.show(&tag(content_type.name, &document.id));
        tags.show(&references.tags(&document.json).join(","));
    }
    Ok(documents.iter().map(|document| represent(document, &references, &everything)).collect())
}

/// The ids of what says more than its face: the type and the people.
fn related(face: &Map<String, Json>) -> Vec<String> {
    let people = face.get("authors").and_then(Json::as_array).into_iter().flatten();
    let people = people.filter_map(|row| row.get("person"));
    let ids = face.get("type").into_iter().chain(people).filter_map(|item| item.get("id"));
    ids.filter_map(Json::as_str).map(str::to_owned).collect()
}

fn record(
    api: &Api,
    face: Map<String, Json>,
    document: &Document,
    site: &Site,
    related: &HashMap<String, Document>,
) -> Record {
    // Only an open output's face has it.
    let file = face.get("file").and_then(|file| file.get("url")?.as_str()).map(|path| api.file(path));
    let whole = |item: &Json| related.get(item.get("id")?.as_str()?);
    let term = face.get("type").and_then(whole);
    let said = |name: &str| {
        let text = term.and_then(|term| term.json.get(name)).and_then(Json::as_str);
        text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let csl_type = said("csl_type");
    let rows = face.get("authors").and_then(Json::as_array).into_iter().flatten();
    let authors = rows
        .map(|row| {
            let credited = row.get("name").and_then(Json::as_str).unwrap_or_default();
            let person = row.get("person").and_then(whole);
            let orcid = person.and_then(|person| person.json.get("orcid")).and_then(Json::as_str);
            Author {
                orcid: orcid.map(str::to_owned),
                page: person.map(|person| site.at(&person.path)),
                ..Author::read(credited)
            }
        })
        .collect();
    Record {
        kind: csl_type.as_deref().map_or(Kind::Other, Kind::of),
        csl_type,
        coar_type: said("coar_type"),
        type_label: term.map(|term| term.title.clone()).unwrap_or_default(),
        authors,
        page: site.at(&document.path),
        file,
        face,
    }
}
