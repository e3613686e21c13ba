//! The description of what is told in the formats of others: exports, citations, heads, harvesting.
//! It must not know formats, styles or parameters that `export` does not.

use serde_json::{Map, Value as Json, json};

use super::operation::{LOCATED, caching_headers, responses, shared, success};
use super::parameter::{describe, reference};
use super::schemas::{face, list, object};
use super::{HARVESTED, example, put, schema};
use crate::api::export::{Format, LOCALES, MOST, STYLES, SUFFIX};
use crate::api::parameters::{Parameter, parameters_of_citations, parameters_of_whole};
use crate::content::types::OUTPUT;
use crate::content::{ContentType, Inverse};

/// Where a list of outputs belongs to.
type Of = Option<(&'static ContentType, &'static Inverse)>;

impl Format {
    const ALL: [Self; 4] = Self::OF_LISTS;

    /// What it is called.
    const fn title(self) -> &'static str {
        match self {
            Self::Bibtex => "BibTeX",
            Self::Ris => "RIS",
            Self::Csl => "CSL-JSON",
            Self::Csv => "CSV",
        }
    }

    /// Its part of the name of an operation.
    const fn id(self) -> &'static str {
        match self {
            Self::Bibtex => "bibtex",
            Self::Ris => "ris",
            Self::Csl => "csl_json",
            Self::Csv => "csv",
        }
    }

    /// One output in it.
    fn example(self) -> Json {
        match self {
            Self::Bibtex => json!(
                "@techreport{empowering-learning,\n  author = {Bristow, A},\n  title = {Empowering learning},\n  \
                 year = {2019},\n  type = {Board report},\n  \
                 url = {https://www.example.org/outputs/empowering-learning},\n  \
                 note = {Available on request},\n}\n"
            ),
            Self::Ris => json!(
                "TY  - RPRT\r\nID  - empowering-learning\r\nAU  - Bristow, A\r\nTI  - Empowering learning\r\n\
                 PY  - 2019\r\nUR  - https://www.example.org/outputs/empowering-learning\r\n\
                 M3  - Board report\r\nN1  - Available on request\r\nER  - \r\n\r\n"
            ),
            Self::Csl => json!([{
                "id": "empowering-learning",
                "type": "report",
                "title": "Empowering learning",
                "author": [{ "family": "Bristow", "given": "A" }],
                "issued": { "date-parts": [[2019]] },
                "genre": "Board report",
                "URL": "https://www.example.org/outputs/empowering-learning",
                "note": "Available on request",
            }]),
            Self::Csv => json!("id,slug,title,type,authors,lead,year,availability,…\r\n"),
        }
    }

    /// An answer in it.
    fn success(self, also: &[&str]) -> Json {
        let schema = match self {
            Self::Csl => {
                json!({ "type": "array", "items": { "type": "object", "additionalProperties": true } })
            }
            _ => json!({ "type": "string" }),
        };
        let mut headers = caching_headers();
        for header in ["Content-Disposition"].iter().chain(also) {
            put(&mut headers, header, shared("headers", header));
        }
        let content = json!({ self.essence(): { "schema": schema, "example": self.example() } });
        json!({ "description": "The answer.", "headers": headers, "content": content })
    }
}

/// The addresses under which a list of outputs is told otherwise.
pub(super) fn lists(paths: &mut Map<String, Json>, address: &str, of: Of) {
    let id = match of {
        Some((of, inverse)) => format!("{}_{}", of.name, inverse.name),
        None => OUTPUT.plural.to_owned(),
    };
    let tag = of.map_or(OUTPUT.labels, |(of, _)| of.labels);
    let inverse = of.map(|(_, inverse)| inverse);
    let located: &[(&str, &str)] = if of.is_some() { &LOCATED } else { &[] };
    for format in Format::ALL {
        let operation = json!({ "get": {
            "operationId": format!("export_{id}_{}", format.id()),
            "summary": format!("Outputs as {}, the whole list", format.title()),
            "description": format!(
                "The filters and orders of the list in JSON. At most {MOST} outputs; a longer list is refused."
            ),
            "tags": [tag],
            "parameters": parameters(&parameters_of_whole(&OUTPUT, inverse), of),
            "responses": responses(format.success(&[]), located),
        } });
        paths.insert(format!("{address}{}", format.suffix()), operation);
    }
    let mut wanted = parameters(&parameters_of_citations(&OUTPUT, inverse), of);
    wanted.extend(manner());
    let page = json!({ "next": null, "prev": null, "limit": 20, "total": 1 });
    let link = format!("/api/v1/outputs{SUFFIX}");
    let citations = json!({ "data": [example::citation(&OUTPUT)], "page": page, "links": { "self": link } });
    let cited = json!({ "get": {
        "operationId": format!("cite_{id}"),
        "summary": "Outputs as citations, a part at a time",
        "tags": [tag],
        "parameters": wanted,
        "responses": responses(success("CitationList", Some(citations), &["Link"]), located),
    } });
    paths.insert(format!("{address}{SUFFIX}"), cited);
}

fn parameters(parameters: &[Parameter], of: Of) -> Vec<Json> {
    let reference = of.map(|(of, _)| reference(of));
    let inverse = of.map(|(_, inverse)| inverse);
    let others = parameters.iter().map(|parameter| describe(&OUTPUT, inverse, parameter));
    reference.into_iter().chain(others).collect()
}

/// The addresses under which one output is told otherwise.
pub(super) fn one(paths: &mut Map<String, Json>, address: &str) {
    for format in Format::OF_ONE {
        let operation = json!({ "get": {
            "operationId": format!("export_output_{}", format.id()),
            "summary": format!("One output as {}", format.title()),
            "tags": [OUTPUT.labels],
            "parameters": [reference(&OUTPUT)],
            "responses": responses(format.success(&["Last-Modified", "Link"]), &LOCATED),
        } });
        paths.insert(format!("{address}{}", format.suffix()), operation);
    }
    let link = format!("/api/v1/outputs/{}/citation", example::reference(&OUTPUT).unwrap_or_default());
    let citation = json!({ "data": example::citation(&OUTPUT), "links": { "self": link } });
    let mut parameters = vec![reference(&OUTPUT)];
    parameters.extend(manner());
    let cited = json!({ "get": {
        "operationId": "cite_output",
        "summary": "One output as a citation, ready to print",
        "tags": [OUTPUT.labels],
        "parameters": parameters,
        "responses": responses(success("CitationAnswer", Some(citation), &[]), &LOCATED),
    } });
    paths.insert(format!("{address}/citation"), cited);
}

/// In which style and language.
fn manner() -> [Json; 2] {
    let styles: Vec<&str> = STYLES.iter().map(|style| style.name).collect();
    let titles: Vec<String> =
        STYLES.iter().map(|style| format!("`{}`: {}", style.name, style.title)).collect();
    [
        json!({
            "name": "style",
            "in": "query",
            "description": format!("In which style. {}.", titles.join("; ")),
            "schema": { "type": "string", "enum": styles, "default": styles.first() },
        }),
        json!({
            "name": "locale",
            "in": "query",
            "description": "In which language the words between are.",
            "schema": { "type": "string", "enum": LOCALES, "default": LOCALES[0] },
        }),
    ]
}

/// `GET /api/v1/outputs/{reference}/head`.
pub(super) fn head(content_type: &ContentType) -> Json {
    let what = content_type.label.to_lowercase();
    let address = format!(
        "/api/v1/{}/{}/head",
        content_type.plural,
        example::reference(content_type).unwrap_or_default()
    );
    let answer = success("HeadAnswer", example::head(content_type, &address), &["Last-Modified"]);
    json!({ "get": {
        "operationId": format!("get_{}_head", content_type.name),
        "summary": format!("What the page of one {what} says in its head: JSON-LD, meta tags, typed links"),
        "tags": [content_type.labels],
        "parameters": [reference(content_type)],
        "responses": responses(answer, &LOCATED),
    } })
}

/// `GET /oai` and `POST /oai`.
pub(super) fn harvest() -> Json {
    let verbs =
        ["Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords"];
    let verb = json!({ "type": "string", "enum": verbs });
    let arguments = [
        ("identifier", "What a record is called: oai:www.example.org:01890a5d-…"),
        ("metadataPrefix", "Always oai_dc."),
        ("from", "Not before this day or second: 2024-01-31 or 2024-01-31T12:00:00Z."),
        ("until", "Not after this day or second."),
        ("set", "There are no sets."),
        ("resumptionToken", "Where a list goes on."),
    ];
    let text = json!({ "type": "string" });
    let mut parameters = vec![json!({
        "name": "verb",
        "in": "query",
        "required": true,
        "description": "What is asked for.",
        "schema": verb,
        "example": "ListMetadataFormats",
    })];
    let mut properties = Map::from_iter([("verb".to_owned(), verb)]);
    for (name, description) in arguments {
        parameters.push(json!({ "name": name, "in": "query", "description": description, "schema": text }));
        properties.insert(name.to_owned(), json!({ "type": "string", "description": description }));
    }
    let answers = json!({
        "200": {
            "description": "The answer; also where the protocol calls something an error.",
            "content": { "text/xml": { "schema": text, "example": example::HARVEST } },
        },
        "429": shared("responses", "too-many-requests"),
        "500": shared("responses", "internal"),
        "503": shared("responses", "unavailable"),
    });
    let form = json!({ "type": "object", "properties": properties, "required": ["verb"] });
    json!({
        "get": {
            "operationId": "harvest",
            "summary": "The outputs for harvesters, by OAI-PMH 2.0",
            "tags": [HARVESTED],
            "parameters": parameters,
            "responses": answers,
        },
        "post": {
            "operationId": "harvest_by_form",
            "summary": "The same, the arguments as a form",
            "tags": [HARVESTED],
            "requestBody": { "required": true, "content": { "application/x-www-form-urlencoded": { "schema": form } } },
            "responses": answers,
        },
    })
}

/// The schemas of the answers that are JSON of ours.
pub(super) fn schemas() -> Map<String, Json> {
    let text = || json!({ "type": "string" });
    let styles: Vec<&str> = STYLES.iter().map(|style| style.name).collect();
    let citation = object(face(json!({
        "style": { "type": "string", "enum": styles },
        "locale": { "type": "string", "enum": LOCALES },
        "html": { "type": "string", "description": "With no other elements than i, b, sup, sub and a." },
        "text": { "type": "string", "description": "The same without any." },
    })));
    let meta = object(json!({ "name": text(), "content": text() }));
    let link = json!({
        "type": "object",
        "required": ["rel", "href"],
        "properties": { "rel": text(), "href": text(), "type": text() },
    });
    let head = object(json!({
        "json_ld": { "type": "object", "additionalProperties": true, "description": "What schema.org says of the item (JSON-LD 1.1)." },
        "meta": { "type": "array", "items": meta, "description": "For outputs with Highwire’s citation_ tags." },
        "links": { "type": "array", "items": link, "description": "Typed links (signposting.org)." },
        "html": { "type": "string", "description": "All of it as HTML, to print as it is." },
    }));
    let answer = |data: &str| object(json!({ "data": schema(data), "links": schema("Links") }));
    [
        ("Citation", citation),
        ("CitationAnswer", answer("Citation")),
        ("CitationList", list("Citation")),
        ("Head", head),
        ("HeadAnswer", answer("Head")),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .collect()
}
