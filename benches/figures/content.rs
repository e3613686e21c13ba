//! Content of a given size, made and published through the verbs, the same each time.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::Duration;
use recto::app::{DRAFTS_FILE, PUBLIC_FILE};
use recto::clock::Clock;
use recto::content::{Id, Item, Row, Value, by_name, text};
use recto::editing::{Desk, Edit, GAP, User, publish, save, set_up};
use recto::published::Follower;
use recto::store::{Statement, Store};

/// How many there are of what does not grow.
pub const PROJECTS: usize = 200;
const THEMES: usize = 8;
const PEOPLE: usize = 500;
const ORGANISATIONS: usize = 120;
const NEWS: usize = 500;
const EVENTS: usize = 300;

/// The first projects have [`THEIR_OUTPUTS`] each, however many there are in all.
pub const STEADY_PROJECTS: usize = 20;
const THEIR_OUTPUTS: usize = 50;

/// The first and the last year of outputs.
const YEARS: [usize; 2] = [2014, 2025];

/// How many items one save takes.
const BATCH: usize = 2_500;

/// What titles are made of.
const WORDS: [&str; 40] = [
    "accountability",
    "analytics",
    "authority",
    "behaviour",
    "blame",
    "capability",
    "citizens",
    "community",
    "confidence",
    "courage",
    "culture",
    "custody",
    "data",
    "decisions",
    "demand",
    "digital",
    "ethics",
    "evidence",
    "failure",
    "fairness",
    "fatigue",
    "foresight",
    "governance",
    "harm",
    "identity",
    "innovation",
    "judgement",
    "justice",
    "knowledge",
    "leadership",
    "legitimacy",
    "neighbourhoods",
    "patrol",
    "prevention",
    "resilience",
    "risk",
    "safety",
    "trust",
    "vulnerability",
    "well-being",
];

/// Opens the databases of this directory; statements on the editorial one are counted.
pub async fn open(dir: &Path, counter: &Arc<AtomicU64>) -> Desk {
    let counted = counter.clone();
    let watch: Statement = Arc::new(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let url = format!("sqlite:{}", dir.join("recto.db").display());
    let desk = Desk {
        store: Store::open(&url, Some(watch)).await.unwrap(),
        published: Follower::open(&dir.join(PUBLIC_FILE)).await.unwrap(),
        drafts: Follower::open(&dir.join(DRAFTS_FILE)).await.unwrap(),
        media: recto::media::Library::open(&dir.join("media"), recto::media::Limits::default()).unwrap(),
        clock: Clock::system(),
    };
    // The read stores learn whose they are.
    desk.catch_up(&|_, _| ()).await.unwrap();
    set_up(&desk, "Centre", "https://www.example.org", "Europe/London").await.unwrap();
    desk
}

/// Closes them.
pub async fn close(desk: Desk) {
    desk.published.close().await;
    desk.drafts.close().await;
    desk.store.close().await;
}

/// The code of a project by its number.
pub fn code(project: usize) -> String {
    format!("{}.{:02}", project % THEMES + 1, project / THEMES + 1)
}

/// Makes the centre with so many outputs, and gives these.
pub async fn build(desk: &Desk, outputs: usize) -> Vec<Id> {
    let themes = many(desk, THEMES, |number| {
        new(
            desk,
            "theme",
            &[("number", &(number + 1).to_string()), ("title", &format!("On {}", words(number, 2)))],
        )
    })
    .await;
    let organisations = many(desk, ORGANISATIONS, |number| {
        new(desk, "organisation", &[("name", &format!("Force {number}")), ("country", "GB")])
    })
    .await;
    let people = many(desk, PEOPLE, |number| {
        let family = family(number);
        new(
            desk,
            "person",
            &[("honorific", "Dr"), ("given_names", "Ada"), ("family_name", &family), ("standing", "current")],
        )
    })
    .await;
    let projects =
        many(desk, PROJECTS, |number| project(desk, number, &themes, &people, &organisations)).await;
    many(desk, NEWS, |number| {
        let date = (desk.clock.now() - Duration::days(number as i64)).format("%Y-%m-%d").to_string();
        let title = format!("News {number} of {}", words(number, 3));
        let summary = format!("What was said about {}.", words(number + 5, 2));
        let mut news = new(desk, "news", &[("title", &title), ("summary", &summary), ("date", &date)]);
        news.set("projects", Value::Many(vec![to(projects[number % PROJECTS])]));
        news
    })
    .await;
    many(desk, EVENTS, |number| event(desk, number, &projects)).await;
    let kinds = kinds(desk).await;
    many(desk, outputs, |number| output(desk, number, &kinds, &people, &projects)).await
}

fn project(desk: &Desk, number: usize, themes: &[Id], people: &[Id], organisations: &[Id]) -> Item {
    let body = "<p>What is asked, how it is answered, and with whom.</p>".repeat(20);
    let title = format!("Project {number} on {}", words(number, 2));
    let code = code(number);
    let fields = [("code", code.as_str()), ("title", &title), ("status", "active"), ("body", &body)];
    let mut project = new(desk, "project", &fields);
    project.set("theme", Value::One(themes[number % THEMES]));
    let role = |id: Id, role: &str| Row { target: Some(id), values: vec![Value::Text(role.into())] };
    let member = |at: usize| role(people[at % PEOPLE], "Researcher");
    project.set("team", Value::Many(vec![member(number), member(number + 7), member(number + 19)]));
    let partner = |at: usize, kind| role(organisations[at % ORGANISATIONS], kind);
    project.set(
        "partners",
        Value::Many(vec![partner(number, "policing_partner"), partner(number + 3, "funder")]),
    );
    project
}

/// Half of them are to come.
fn event(desk: &Desk, number: usize, projects: &[Id]) -> Item {
    let days = number as i64 - EVENTS as i64 / 2;
    let start = (desk.clock.now() + Duration::days(days)).format("%Y-%m-%dT10:30").to_string();
    let title = format!("Workshop {number} on {}", words(number, 2));
    let fields = [
        ("title", title.as_str()),
        ("start", &start),
        ("time_zone", "Europe/London"),
        ("state", "scheduled"),
        ("venue", "Main building"),
    ];
    let mut event = new(desk, "event", &fields);
    event.set("projects", Value::Many(vec![to(projects[number % PROJECTS])]));
    event
}

/// An output of each type and year in turn, with two authors, in one table.
fn output(desk: &Desk, number: usize, kinds: &[Id], people: &[Id], projects: &[Id]) -> Item {
    let year = (YEARS[0] + number % (YEARS[1] - YEARS[0] + 1)).to_string();
    let title = format!("Output {number}: a report on learning, leadership and {}", words(number, 4));
    let availability = if number.is_multiple_of(3) { "open" } else { "on_request" };
    let fields =
        [("title", title.as_str()), ("year", &year), ("availability", availability), ("note", "Ask us")];
    let mut output = new(desk, "output", &fields);
    output.set("type", Value::One(kinds[number / 7 % kinds.len()]));
    let author = |at: usize, lead: bool| Row {
        target: Some(people[at % PEOPLE]),
        values: vec![Value::Text(format!("{}, A", family(at % PEOPLE)).into()), Value::Flag(lead)],
    };
    output.set("authors", Value::Many(vec![author(number, true), author(number + 13, false)]));
    let steady = STEADY_PROJECTS * THEIR_OUTPUTS;
    let project = match number {
        few if few < steady => few % STEADY_PROJECTS,
        more => STEADY_PROJECTS + more % (PROJECTS - STEADY_PROJECTS),
    };
    let place = GAP * i64::try_from(number / STEADY_PROJECTS + 1).unwrap();
    let row = Row { target: Some(projects[project]), values: vec![Value::Integer(place)] };
    output.set("projects", Value::Many(vec![row]));
    output
}

/// The types that outputs have.
async fn kinds(desk: &Desk) -> Vec<Id> {
    let mut kinds = Vec::new();
    for label in ["Board report", "Action research report", "Academic paper", "Book chapter"] {
        let found = desk.lists().search(label, 1).await.unwrap();
        kinds.push(found[0].id.parse().unwrap());
    }
    kinds
}

fn family(number: usize) -> String {
    format!("Family{number}")
}

/// So many different words, others for each number.
fn words(number: usize, many: usize) -> String {
    let word = |at: usize| WORDS[(number * 31 + at * 17 + number / 40 * at) % WORDS.len()];
    (0..many).map(word).collect::<Vec<_>>().join(" ")
}

fn to(id: Id) -> Row {
    Row { target: Some(id), values: Vec::new() }
}

/// A new item with these fields, as they would be typed.
fn new(desk: &Desk, content_type: &str, fields: &[(&str, &str)]) -> Item {
    let mut item = Item::new(by_name(content_type).unwrap(), Id::new(desk.clock.now()));
    for (name, typed) in fields {
        let kind = item.content_type.field(name).unwrap().kind;
        item.set(name, text::parse(&kind, typed).unwrap());
    }
    item
}

/// Saves and publishes so many, some at a time.
async fn many(desk: &Desk, number: usize, make: impl Fn(usize) -> Item) -> Vec<Id> {
    let user = User::system();
    let mut all = Vec::with_capacity(number);
    for first in (0..number).step_by(BATCH) {
        let edits: Vec<Edit> =
            (first..number.min(first + BATCH)).map(|number| Edit::new(make(number))).collect();
        let ids: Vec<Id> = edits.iter().map(|edit| edit.item.id).collect();
        save(desk, &user, &edits).await.unwrap();
        publish(desk, &user, ids[0], None, &ids[1..]).await.unwrap();
        all.extend(ids);
    }
    all
}
