//! Outputs as people cite them, in the well-known styles. Each citation stands for itself: no
//! numbers in front, no letters after the year, so that a list may be cut and sorted anyhow.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::response::Response;
use hayagriva::archive::ArchivedStyle;
use hayagriva::citationberg::json::Item;
use hayagriva::citationberg::{
    FontStyle, FontWeight, IndependentStyle, Locale, LocaleCode, Style as AnyStyle, VerticalAlign,
};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationItem, CitationRequest, ElemChild, ElemChildren,
    ElemMeta, Formatted,
};
use serde_json::{Map, Value as Json, json};
use url::Url;

use super::super::item::{self, Found};
use super::super::list::{self, Selected, Ways, Within};
use super::super::parameters::parameters_of_citations;
use super::super::problem::{Faults, Problem, Result};
use super::super::query::Query;
use super::super::respond::Answer;
use super::super::site::Site;
use super::super::tags::Tags;
use super::super::{Api, grammar};
use super::{elsewhere, records};
use crate::content::bibliography::{self, Record};
use crate::content::types::OUTPUT;
use crate::error::Error;

/// A style, read when it is first asked for.
pub(in crate::api) struct Style {
    /// What requests call it.
    pub(in crate::api) name: &'static str,
    /// What people call it.
    pub(in crate::api) title: &'static str,
    read: LazyLock<Option<IndependentStyle>>,
}

const fn style(name: &'static str, title: &'static str, read: fn() -> Option<IndependentStyle>) -> Style {
    Style { name, title, read: LazyLock::new(read) }
}

fn independent(style: ArchivedStyle) -> Option<IndependentStyle> {
    match style.get() {
        AnyStyle::Independent(style) => Some(style),
        AnyStyle::Dependent(_) => None,
    }
}

/// The styles that can be asked for; the first when nobody says.
pub(in crate::api) static STYLES: [Style; 9] = [
    style("apa", "APA, 7th edition", || independent(ArchivedStyle::AmericanPsychologicalAssociation)),
    style("ama", "American Medical Association, 11th edition", || {
        independent(ArchivedStyle::AmericanMedicalAssociation)
    }),
    style("chicago-author-date", "Chicago, 18th edition, author and date", || {
        independent(ArchivedStyle::ChicagoAuthorDate)
    }),
    style("chicago-notes", "Chicago, 18th edition, bibliography to notes", || {
        independent(ArchivedStyle::ChicagoNotes)
    }),
    style("harvard-cite-them-right", "Harvard, as in Cite Them Right, 12th edition", || {
        independent(ArchivedStyle::HarvardCiteThemRight)
    }),
    style("ieee", "IEEE", || independent(ArchivedStyle::InstituteOfElectricalAndElectronicsEngineers)),
    style("mhra", "Modern Humanities Research Association, 4th edition", || {
        independent(ArchivedStyle::ModernHumanitiesResearchAssociationNotes)
    }),
    style("mla", "MLA, 9th edition", || independent(ArchivedStyle::ModernLanguageAssociation)),
    // The library leaves the authors out of the National Library of Medicine's own style.
    style("vancouver", "Vancouver, as Elsevier’s journals set it", || {
        independent(ArchivedStyle::ElsevierVancouver)
    }),
];

/// The languages of the words between: the first when nobody says.
pub(in crate::api) const LOCALES: [&str; 8] =
    ["en-GB", "en-US", "cy-GB", "de-DE", "es-ES", "fr-FR", "it-IT", "nl-NL"];

static WORDS: LazyLock<Vec<Locale>> = LazyLock::new(|| {
    let known = |locale: &Locale| {
        locale.lang.as_ref().is_some_and(|code| LOCALES.contains(&code.to_string().as_str()))
    };
    hayagriva::archive::locales().into_iter().filter(known).collect()
});

/// A style and a language, as asked for.
#[derive(Clone, Copy)]
struct Manner {
    style: &'static Style,
    locale: &'static str,
}

/// The parameters that say how to cite.
const PARAMETERS: [&str; 2] = ["style", "locale"];

impl Manner {
    fn read(query: &Query, faults: &mut Faults) -> Self {
        let [first, ..] = &STYLES;
        let mut manner = Self { style: first, locale: LOCALES[0] };
        if let Some(typed) = grammar::single("style", query, faults) {
            match STYLES.iter().find(|style| style.name == typed) {
                Some(style) => manner.style = style,
                None => {
                    let allowed = STYLES.iter().map(|style| style.name.to_owned()).collect();
                    faults.add_with("style", "not_a_choice", "Ask for one of these styles.", allowed);
                }
            }
        }
        if let Some(typed) = grammar::single("locale", query, faults) {
            match LOCALES.iter().find(|locale| **locale == typed) {
                Some(locale) => manner.locale = locale,
                None => {
                    let allowed = LOCALES.map(str::to_owned).into();
                    faults.add_with("locale", "not_a_choice", "Ask for one of these languages.", allowed);
                }
            }
        }
        manner
    }
}

/// A citation, ready to print.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Citation {
    /// With no other elements than `i`, `b`, `sup`, `sub` and `a`.
    html: String,
    /// Without any.
    text: String,
}

/// Answers with one output's citation.
pub(super) async fn one(api: &Api, reference: &str, raw: Option<&str>) -> Result<Response> {
    let query = Query::read(raw)?;
    let mut faults = Faults::default();
    grammar::refuse_unknown(&query, &PARAMETERS, &mut faults);
    let manner = Manner::read(&query, &mut faults);
    faults.or(())?;
    let document = match item::find(api, &OUTPUT, reference, &["citation"], &query).await? {
        Found::Here(document) => *document,
        Found::Elsewhere(response) => return Ok(response),
    };
    let site = Site::load(api).await?;
    let mut tags = Tags::item(&OUTPUT, &document.id);
    let records = records(api, &site, &[document], &mut tags).await?;
    let data = cite(&records, manner).await?.pop().ok_or(Problem::Internal)?;
    let path = api.path(&[OUTPUT.plural, reference, "citation"]);
    let body = json!({ "data": data, "links": { "self": query.link(&path) } });
    Answer { body: body.to_string(), tags, ..Answer::default() }.respond(api.clock.now())
}

/// Answers with a part of a list, each output as its citation.
pub(super) async fn bibliography(api: &Api, within: Option<Within<'_>>, query: &Query) -> Result<Response> {
    let mut faults = Faults::default();
    let manner = Manner::read(query, &mut faults);
    let inverse = within.map(|within| within.inverse);
    let parameters = parameters_of_citations(&OUTPUT, inverse);
    let asked = grammar::read_some(&OUTPUT, inverse, query, &parameters, &PARAMETERS, faults)?;
    if let Some(response) = elsewhere(api, within, SUFFIX, query).await? {
        return Ok(response);
    }
    let now = api.clock.now();
    let selected = list::select(api, &OUTPUT, within, query, &asked, now).await?;
    let Selected { select, path, mut tags, .. } = match selected {
        Ok(selected) => selected,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = api.store.list(&select).await?;
    let site = Site::load(api).await?;
    let records = records(api, &site, &page.items, &mut tags).await?;
    let data = cite(&records, manner).await?;
    let path = format!("{path}{SUFFIX}");
    let data: Vec<String> = data.iter().map(Json::to_string).collect();
    let data = list::join(data.iter().map(String::as_str));
    let (body, link) = list::envelope(&data, &Ways::of(&page, &select), asked.limit, query, &path);
    Answer { body, link, tags, ..Answer::default() }.respond(now)
}

/// What the address of a list of citations ends with.
pub(in crate::api) const SUFFIX: &str = ".bibliography";

/// The citations of these outputs, each with the way to its output. Styles are programs of their
/// own, so they run where they hold nobody up, and what they cannot do is our fault, not a panic.
async fn cite(records: &[Record], manner: Manner) -> Result<Vec<Json>> {
    let items: Vec<Map<String, Json>> = records.iter().map(bibliography::csl).collect();
    let written = tokio::task::spawn_blocking(move || {
        items.into_iter().map(|item| write(item, manner)).collect::<Option<Vec<Citation>>>()
    });
    let written = written.await.map_err(Error::internal)?.ok_or(Problem::Internal)?;
    let cited = records.iter().zip(written).map(|(record, citation)| {
        let mut data = Map::new();
        for name in ["id", "object", "slug", "path"] {
            data.extend(record.face.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        data.insert("style".to_owned(), json!(manner.style.name));
        data.insert("locale".to_owned(), json!(manner.locale));
        data.insert("html".to_owned(), json!(citation.html));
        data.insert("text".to_owned(), json!(citation.text));
        Json::Object(data)
    });
    Ok(cited.collect())
}

/// One citation; `None` where the style cannot be used at all.
fn write(item: Map<String, Json>, manner: Manner) -> Option<Citation> {
    let year = item.get("issued").and_then(|issued| issued.pointer("/date-parts/0/0")).map(Json::to_string);
    let item: Item = serde_json::from_value(Json::Object(item)).ok()?;
    let style = manner.style.read.as_ref()?;
    let locale = LocaleCode(manner.locale.to_owned());
    let mut driver = BibliographyDriver::new();
    let wanted = vec![CitationItem::with_entry(&item)];
    driver.citation(CitationRequest::new(wanted, style, Some(locale.clone()), &WORDS, None));
    let rendered = driver.finish(BibliographyRequest::new(style, Some(locale), &WORDS));
    let entry = rendered.bibliography?.items.into_iter().next()?;
    let mut citation = Citation { html: String::new(), text: String::new() };
    // A field that is set apart in front is the number, which is the list's to give.
    if let Some(first) = &entry.first_field {
        child(first, &mut citation);
    }
    children(&entry.content, &mut citation);
    // APA sets a day after the year of what appears on the web; the library sets its comma even
    // where there is no day.
    let [loose, right] = [",)", ")"].map(|end| format!("{}{end}", year.as_deref().unwrap_or_default()));
    citation.html = citation.html.trim().replace(&loose, &right);
    citation.text = citation.text.trim().replace(&loose, &right);
    Some(citation)
}

fn children(children: &ElemChildren, citation: &mut Citation) {
    children.0.iter().for_each(|one| child(one, citation));
}

fn child(one: &ElemChild, citation: &mut Citation) {
    match one {
        ElemChild::Text(text) => formatted(text, citation),
        ElemChild::Elem(elem) => {
            if elem.meta == Some(ElemMeta::CitationNumber) {
                return;
            }
            if elem.display.is_some() && !citation.text.is_empty() && !citation.text.ends_with(' ') {
                plain(" ", citation);
            }
            children(&elem.children, citation);
        }
        ElemChild::Markup(text) => plain(text, citation),
        ElemChild::Link { text, url } => {
            let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            if let Some(url) = &url {
                // Writing to a String cannot fail.
                let _ = write!(citation.html, "<a href=\"{}\">", escape(url.as_str()));
            }
            formatted(text, citation);
            if url.is_some() {
                citation.html.push_str("</a>");
            }
        }
        ElemChild::Transparent { .. } => {}
    }
}

fn plain(text: &str, citation: &mut Citation) {
    // Some styles set spaces on both sides of a seam.
    let text = if citation.text.ends_with(' ') { text.trim_start_matches(' ') } else { text };
    citation.html.push_str(&escape(text));
    citation.text.push_str(text);
}

fn formatted(text: &Formatted, citation: &mut Citation) {
    let format = text.formatting;
    let align = match format.vertical_align {
        VerticalAlign::Sup => Some("sup"),
        VerticalAlign::Sub => Some("sub"),
        _ => None,
    };
    let elements = [
        (format.font_style == FontStyle::Italic).then_some("i"),
        (format.font_weight == FontWeight::Bold).then_some("b"),
        align,
    ];
    let elements: Vec<&str> = elements.into_iter().flatten().collect();
    for element in &elements {
        let _ = write!(citation.html, "<{element}>");
    }
    plain(&text.text, citation);
    for element in elements.iter().rev() {
        let _ = write!(citation.html, "</{element}>");
    }
}

/// Text between tags or in a quoted attribute.
pub(in crate::api) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_style_and_language_can_be_read() {
        for style in &STYLES {
            assert!(style.read.is_some(), "{}", style.name);
        }
        assert_eq!(WORDS.len(), LOCALES.len());
    }

    #[test]
    fn a_year_without_a_day_ends_without_a_comma() {
        let item = json!({
            "id": "1", "type": "webpage", "title": "Turning up", "issued": { "date-parts": [[2026]] },
            "author": [{ "family": "Lomas", "given": "G" }],
        });
        let Json::Object(item) = item else { unreachable!() };
        for style in &STYLES {
            let citation = write(item.clone(), Manner { style, locale: LOCALES[0] }).unwrap();
            assert!(!citation.text.contains("2026,)"), "{}: {}", style.name, citation.text);
            assert!(!citation.html.contains("2026,)"), "{}: {}", style.name, citation.html);
        }
    }
}
