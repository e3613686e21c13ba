//! One operation on the page: its address, a request to try, its parameters and its answers.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::schema::kind;
use super::text::{example, prose, request, value};
use super::{Here, entries, resolve, told};
use crate::api::query::Query;

/// An operation of the document.
#[derive(Clone)]
pub(super) struct Operation<'json> {
    path: &'json str,
    method: &'json str,
    json: &'json Json,
}

impl<'json> Operation<'json> {
    /// All of them.
    pub(super) fn all(document: &'json Json) -> Vec<Self> {
        let paths = entries(document, "paths");
        let operations = paths.flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, json)| Self { path, method, json })
        });
        operations.collect()
    }

    /// The heading under which it stands.
    pub(super) fn tag(&self) -> &'json str {
        self.json.pointer("/tags/0").and_then(Json::as_str).unwrap_or_default()
    }

    pub(super) fn id(&self) -> &'json str {
        told(self.json, "operationId")
    }

    /// What tells it from the others under its heading; a long one breaks where a name begins.
    pub(super) fn short(&self) -> Markup {
        let path = self.path.trim_start_matches("/api/v1");
        html! {
            @if self.method != "get" { (self.method.to_uppercase()) " " }
            @for part in path.split_inclusive(['/', '.']) { (part) wbr; }
        }
    }

    fn parameters(&self, document: &'json Json) -> Vec<&'json Json> {
        let parameters = self.json.get("parameters").and_then(Json::as_array).into_iter().flatten();
        parameters.map(|parameter| resolve(document, parameter)).collect()
    }

    /// A request that has an answer, as far as anything is published.
    fn request(&self, document: &Json, here: &Here) -> String {
        let mut path = self.path.to_owned();
        let mut written = Vec::new();
        for parameter in self.parameters(document) {
            let name = told(parameter, "name");
            let shown = parameter.get("example").map(value).unwrap_or_default();
            match told(parameter, "in") {
                "path" => {
                    let plural = self.path.split('/').nth(3).unwrap_or_default();
                    let known = here.known.get(plural).unwrap_or(&shown);
                    path = path.replace(&format!("{{{name}}}"), known);
                }
                "query" if parameter.get("required") == Some(&Json::Bool(true)) => {
                    written.push(format!("{name}={shown}"));
                }
                "query" if name == "limit" => written.push("limit=3".to_owned()),
                _ => {}
            }
        }
        // Ours, so that it can always be read.
        let query = Query::read(Some(&written.join("&"))).unwrap_or_default();
        query.link(&format!("{}{path}", here.origin))
    }

    pub(super) fn show(&self, document: &Json, here: &Here) -> Markup {
        let parameters = self.parameters(document);
        let name = format!("{}-name", self.id());
        html! {
            article #(self.id()) aria-labelledby=(name) {
                h3 #(name) { (told(self.json, "summary")) }
                @if is_deprecated(self.json) { p.note { "Deprecated: its answers say since when and what to ask instead." } }
                p.address { span.method { (self.method.to_uppercase()) } " " code { (self.path) } }
                @if !told(self.json, "description").is_empty() { p { (prose(told(self.json, "description"))) } }
                @if self.method == "get" { (request(&self.request(document, here))) }
                @if !parameters.is_empty() { (table(document, &parameters)) }
                (self.form(document))
                (self.answers(document))
            }
        }
    }

    /// What is sent as a form.
    fn form(&self, document: &Json) -> Markup {
        let content = self.json.pointer("/requestBody/content").unwrap_or(&Json::Null);
        html! {
            @for (media, content) in content.as_object().into_iter().flatten() {
                h4 { "Body: " code { (media) } }
                @if let Some(schema) = content.get("schema") { (super::schema::properties(document, schema)) }
            }
        }
    }

    fn answers(&self, document: &Json) -> Markup {
        let answers: Vec<(&String, &Json)> =
            entries(self.json, "responses").map(|(status, one)| (status, resolve(document, one))).collect();
        let whole = answers.iter().filter(|(status, _)| status.as_str() == "200");
        let others = answers.iter().filter(|(status, _)| status.as_str() != "200");
        html! {
            h4 { "Answers" }
            @for (_, answer) in whole {
                @for (media, content) in entries(answer, "content") {
                    p {
                        code.status { "200" } " " code { (media) }
                        @if let Some(schema) = content.get("schema") { ": " (kind(schema)) }
                    }
                    @if let Some(shown) = content.get("example") { (example("Example", shown)) }
                }
            }
            ul.others {
                @for (status, answer) in others {
                    li {
                        code.status { (status) } " "
                        @let about = told(answer, "description").split_inclusive(". ").next().unwrap_or_default();
                        @if is_problem(answer) { a href={ "#problem-" (status) } { (prose(about.trim_end_matches(['.', ' ']))) } }
                        @else { (prose(about)) }
                    }
                }
            }
        }
    }
}

/// Whether something says of itself that it will go.
pub(super) fn is_deprecated(json: &Json) -> bool {
    json.get("deprecated") == Some(&Json::Bool(true))
}

fn is_problem(answer: &Json) -> bool {
    answer.pointer("/content/application~1problem+json").is_some()
}

fn table(document: &Json, parameters: &[&Json]) -> Markup {
    html! {
        table {
            caption { "Parameters" }
            thead { tr { th scope="col" { "Name" } th scope="col" { "Takes" } th scope="col" { "Meaning" } } }
            tbody {
                @for parameter in parameters {
                    @let schema = parameter.get("schema").unwrap_or(&Json::Null);
                    tr {
                        th scope="row" {
                            code { (told(parameter, "name")) }
                            @match told(parameter, "in") {
                                "path" => { span.note { "in the path" } }
                                "header" => { span.note { "a header" } }
                                _ => { @if parameter.get("required") == Some(&Json::Bool(true)) { span.note { "required" } } }
                            }
                            @if is_deprecated(parameter) { span.note { "deprecated" } }
                        }
                        td {
                            (super::schema::takes(document, schema))
                            @if let Some(default) = schema.get("default").filter(|one| !one.is_null()) {
                                span.note { "without: " code { (value(default)) } }
                            }
                        }
                        td {
                            (prose(told(parameter, "description")))
                            @if let Some(shown) = parameter.get("example") {
                                span.note { "such as " code { (value(shown)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What comes where there is no answer; the same for every operation.
pub(super) fn problems(document: &Json) -> Markup {
    let responses = document.pointer("/components/responses").and_then(Json::as_object);
    let problems = responses.into_iter().flatten().filter(|(_, response)| is_problem(response));
    html! {
        section aria-labelledby="problems" {
            h2 #problems { "When something is wrong" }
            p {
                "Errors are " code { "application/problem+json" } " (RFC 9457): "
                a href="#schema-Problem" { "Problem" } ". Other methods than GET and HEAD are answered with 405."
            }
            @for (_, response) in problems {
                @let shown = response.pointer("/content/application~1problem+json/example").unwrap_or(&Json::Null);
                @let status = shown.get("status").map(value).unwrap_or_default();
                article #{ "problem-" (status) } aria-labelledby={ "problem-" (status) "-name" } {
                    h3 #{ "problem-" (status) "-name" } { (status) " " (told(shown, "title")) }
                    p { (prose(told(shown, "detail"))) }
                    @let headers: Vec<_> = entries(response, "headers").collect();
                    @if !headers.is_empty() {
                        ul { @for (name, header) in headers {
                            li { code { (name) } ": " (prose(told(resolve(document, header), "description"))) }
                        } }
                    }
                    (example("Example", shown))
                }
            }
        }
    }
}
