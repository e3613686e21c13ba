//! Output: a publication record, edited as a row of its projects' outputs tables.

use chrono::NaiveDate;
use serde_json::{Map, Value as Json, json};

use super::super::{
    Choice, Computed, ContentType, Field, Item, Kind, Part, Problems, Row, Value, Weight, text,
};

/// Anyone may have it.
pub const OPEN: &str = "open";
/// The centre sends it to who asks.
pub const ON_REQUEST: &str = "on_request";
/// It will be open from a date on.
pub const EMBARGOED: &str = "embargoed";
/// It cannot be had.
pub const UNAVAILABLE: &str = "unavailable";

static AVAILABILITY: [Choice; 4] = [
    Choice { value: OPEN, label: "Open" },
    Choice { value: ON_REQUEST, label: "Available on request" },
    Choice { value: EMBARGOED, label: "Embargoed" },
    Choice { value: UNAVAILABLE, label: "Unavailable" },
];

static AUTHORS: [Field; 2] = [
    Field::new("name", "Name as credited", Kind::Line(200))
        .help("As on the publication: Tomkins, L")
        .required(),
    Field::new("lead", "Lead", Kind::Flag),
];

static PROJECTS: [Field; 1] = [Field::new("position", "Place in the table", Kind::Position)];

/// The output type.
pub static OUTPUT: ContentType = ContentType {
    name: "output",
    plural: "outputs",
    label: "Output",
    labels: "Outputs",
    help: "Outputs are the reports, papers and books that came out of your projects. The quickest way to add them is the table in a project.",
    fields: &[
        Field::new("title", "Title", Kind::Line(500)).required().list().sort().search(Weight::Title),
        Field::new("type", "Outputs type", Kind::One { to: "term", vocabulary: Some("output_type") })
            .required()
            .list()
            .filter(),
        Field::new("authors", "Authors", Kind::Many { to: "person", free: true, columns: &AUTHORS })
            .help("In the order of the publication; mark the lead academic.")
            .required()
            .list()
            .search(Weight::Text)
            .filter(),
        Field::new("year", "Year", Kind::Year).required().list().sort().filter().range(),
        Field::new("availability", "Availability", Kind::Choice(&AVAILABILITY)).required().list().filter(),
        Field::new("embargo_until", "Embargoed until", Kind::Date)
            .help("Only for embargoed outputs.")
            .range(),
        Field::new("note", "To note", Kind::Line(300))
            .help("Free text beside the availability.")
            .search(Weight::Text),
        Field::new("projects", "Projects", Kind::Many { to: "project", free: false, columns: &PROJECTS })
            .help("The tables in which it stands.")
            .group("Project tables")
            .filter(),
        Field::new("link", "Link", Kind::Url).group("Where it is"),
        Field::new("doi", "DOI", Kind::Doi)
            .help("It begins with 10.; a whole address is shortened to it.")
            .unique(),
        Field::new("file", "File", Kind::One { to: "media", vocabulary: None })
            .help("The public gets it while the output is open."),
        Field::new("licence", "Licence", Kind::Line(100)).help("For example CC BY 4.0."),
        Field::new("abstract", "Abstract", Kind::Lines(10_000))
            .group("About it")
            .detail()
            .search(Weight::Text),
        Field::new("container", "Published in", Kind::Line(300))
            .help("Journal, book or series.")
            .search(Weight::Text),
        Field::new("publisher", "Publisher", Kind::Line(200)),
        Field::new("volume", "Volume", Kind::Line(40)),
        Field::new("issue", "Issue", Kind::Line(40)),
        Field::new("pages", "Pages", Kind::Line(40)),
        Field::new("isbn", "ISBN", Kind::Isbn),
        Field::new("issn", "ISSN", Kind::Issn),
    ],
    computed: &[
        Computed {
            name: "lead",
            help: "The lead academic: the name as credited and, where there is a public record, the person.",
            json_type: "object",
            parts: &[("name", Part::Text), ("person", Part::Item("person"))],
            value: |item| {
                lead(item).map_or(Json::Null, |row| {
                    let mut lead = Map::new();
                    lead.insert("name".to_owned(), json!(text::print(item.cell("authors", row, "name"))));
                    if let Some(id) = row.target {
                        lead.insert("person".to_owned(), json!({ "$ref": id.to_string() }));
                    }
                    Json::Object(lead)
                })
            },
            sort: false,
        },
        Computed {
            name: "to_note",
            help: "What the public table says beside the output: the availability in words, then the note.",
            json_type: "string",
            parts: &[],
            value: |item| {
                let until = match item.get("embargo_until") {
                    Value::Date(until) => Some(*until),
                    _ => None,
                };
                to_note(item.text("availability"), until, item.text("note")).map_or(Json::Null, Json::String)
            },
            sort: false,
        },
    ],
    title: |item| item.text("title").to_owned(),
    subtitle: |item| {
        let name = lead(item).map(|row| text::print(item.cell("authors", row, "name"))).unwrap_or_default();
        let year = item.integer("year").map(|year| year.to_string()).unwrap_or_default();
        [name, year].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    },
    title_name: "title",
    embedded: &["title", "year"],
    check,
    on_day,
    order: "-year",
    inverses: &[],
    through: &[("theme", "projects", "theme")],
    single: false,
};

/// The author marked as lead.
fn lead(item: &Item) -> Option<&Row> {
    item.rows("authors").iter().find(|row| *item.cell("authors", row, "lead") == Value::Flag(true))
}

/// What the public table says, if anything: the availability in words, where it is not plainly
/// open, then the note.
fn to_note(availability: &str, until: Option<NaiveDate>, note: &str) -> Option<String> {
    let words = match (availability, until) {
        (OPEN, _) => String::new(),
        (EMBARGOED, Some(until)) => format!("Embargoed until {}", until.format("%-d %B %Y")),
        _ => text::label(&AVAILABILITY, availability).unwrap_or_default().to_owned(),
    };
    let said: Vec<&str> = [words.as_str(), note].into_iter().filter(|part| !part.is_empty()).collect();
    (!said.is_empty()).then(|| said.join(". "))
}

/// From the day on which the embargo ends, the output is open. Only of an open one the file is named.
fn on_day(document: &mut Map<String, Json>, day: NaiveDate) {
    let read = |name: &str| document.get(name).and_then(Json::as_str).unwrap_or_default();
    if read("availability") == OPEN {
        return;
    }
    let embargoed = read("availability") == EMBARGOED;
    let until = read("embargo_until").parse::<NaiveDate>().ok().filter(|_| embargoed);
    if until.is_none_or(|until| until > day) {
        document.shift_remove("file");
        return;
    }
    let note = to_note(OPEN, None, read("note"));
    document.insert("availability".to_owned(), json!(OPEN));
    document.insert("availability_label".to_owned(), json!("Open"));
    match note {
        Some(note) => document.insert("to_note".to_owned(), json!(note)),
        None => document.shift_remove("to_note"),
    };
}

/// The day from which on an output is open that is not open yet, if there is one.
#[must_use]
pub fn embargo(item: &Item) -> Option<NaiveDate> {
    match item.get("embargo_until") {
        Value::Date(until) if item.text("availability") == EMBARGOED => Some(*until),
        _ => None,
    }
}

fn check(item: &Item, publishing: bool, problems: &mut Problems) {
    let leads = item
        .rows("authors")
        .iter()
        .filter(|row| *item.cell("authors", row, "lead") == Value::Flag(true))
        .count();
    if leads > 1 {
        problems.add("authors", "several_leads", "Only one author can be the lead; unmark the others.");
    }
    if publishing && leads == 0 && !item.rows("authors").is_empty() {
        problems.add("authors", "missing", "Mark one author as the lead.");
    }
    let embargoed = item.text("availability") == EMBARGOED;
    if publishing && embargoed && item.get("embargo_until").is_none() {
        problems.add("embargo_until", "missing", "Say until when the output is embargoed.");
    }
}
