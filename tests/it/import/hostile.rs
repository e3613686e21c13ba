//! Texts that were written to hurt: each is answered with a page, what is good beside them is read, and
//! nothing of them reaches a database or a terminal that obeys it.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use recto::cli::{Wishes, import_outputs};
use recto::content::types::OUTPUT;
use recto::content::{Row, Value};
use recto::editing::Desk;
use recto::store::Stored;
use recto_reader::text::is_unfit;

use super::project;
use crate::support::{TestApp, TestDesk, backends, reader};

/// Inputs that have stopped the program once, or might have, as they are pasted.
fn texts() -> Vec<(&'static str, String)> {
    let good = "@misc{good, title={Good}, year=2019}\n";
    let strings: String =
        (1..=16).map(|at| format!("@string{{a{at} = a{0} # a{0} # a{0}}}\n", at - 1)).collect();
    let chain: String =
        (1..10_000).map(|at| format!("@book{{b{at}, crossref={{b{}}}, title={{T}}}}\n", at - 1)).collect();
    let of = |kind, text: String| (kind, text);
    vec![
        of("a circle of one", format!("@article{{x, crossref={{x}}, title={{t}}, year=2020}}\n{good}")),
        of("a circle of two", format!("@book{{x, crossref={{y}}}}\n@book{{y, crossref={{x}}}}\n{good}")),
        of(
            "a circle of xdata",
            format!("@xdata{{x, xdata={{y}}}}\n@xdata{{y, xdata={{x}}}}\n@misc{{z, xdata={{x}}}}\n{good}"),
        ),
        of("a string of itself", format!("@string{{a = a # a}}\n@misc{{x, title = a}}\n{good}")),
        of("strings of each other", format!("@string{{a=b}}@string{{b=a}}\n@misc{{x, title = a}}\n{good}")),
        of("growth", format!("@string{{a0 = \"xxxxxxxxxx\"}}\n{strings}@misc{{x, title = a16}}\n{good}")),
        of("a chain", format!("@book{{b0, title={{T}}}}\n{chain}@x{{\n{good}")),
        of("parts", format!("@misc{{x, title = {}}}\n{good}", vec!["\"\""; 100_000].join(" # "))),
        of("braces", format!("@misc{{x, title = {{{}}}}}\n{good}", "{}".repeat(100_000))),
        of(
            "commands",
            format!("@misc{{x, title = {{{}{}}}}}\n{good}", "\\a{".repeat(50_000), "}".repeat(50_000)),
        ),
        of(
            "a bound inside a character",
            format!(
                r#"[{{"title":"Good","abstract":"{}<divü>{}"}}]"#,
                "<div>".repeat(39_999),
                "<div>".repeat(50_000)
            ),
        ),
        of(
            "depth of JSON",
            format!(r#"[{{"title":"Good"}},{}{}]"#, "[".repeat(200_000), "]".repeat(200_000)),
        ),
        of("half a character in JSON", r#"[{"title":"\ud800"},{"title":"Good"}]"#.to_owned()),
        of("a list of nothing", format!("[{}{{\"title\":\"Good\"}}]", "0,".repeat(40_000))),
        of("cells", format!("Title{}\nGood{}\n", "\tx".repeat(100_000), "\ty".repeat(100_000))),
        of("tags of a reference", format!("TY  - JOUR\nTI  - Good\n{}ER  - \n", "AU  - \n".repeat(100_000))),
    ]
}

#[tokio::test]
async fn hostile_texts_are_answered_and_what_is_good_is_read() {
    for backend in backends() {
        let app = TestApp::new(&backend).await;
        let project = project(&app.desk, "3.07").await;
        let mut contributor = app.contributor(&[project.item.id]).await;
        let path = format!("/admin/projects/{}/outputs/import", project.item.id);
        for (kind, text) in texts() {
            let page = contributor.post(&path, &[("html", ""), ("text", &text)]).await;
            let read = page.texts(".import-rows .name").iter().any(|name| name == "Good");
            let told = page.status.is_client_error() && !page.texts(".flash").is_empty();
            // Where there are more rows than a page takes, that is said.
            assert!(!page.status.is_server_error() && (read || told), "{kind}: {}", page.status);
        }
    }
}

/// What no text may hold, and what a terminal obeys.
const ODD: [char; 11] = [
    '\0', '\u{1}', '\u{7}', '\u{8}', '\u{1b}', '\u{7f}', '\u{9b}', '\u{fdd0}', '\u{fffe}', '\u{ffff}',
    '\u{202e}',
];

/// A title, a name and a note with odd characters anywhere in them.
fn work() -> impl Strategy<Value = [String; 3]> {
    let odd = |words: &'static str| {
        prop::collection::vec((0..words.len(), prop::sample::select(ODD.to_vec())), 1..6).prop_map(
            move |places| {
                let mut text: Vec<char> = words.chars().collect();
                places.into_iter().for_each(|(at, c)| text.insert(at, c));
                text.into_iter().collect()
            },
        )
    };
    (odd("Empowering learning"), odd("Tomkins, Leah"), odd("Second edition")).prop_map(|(a, b, c)| [a, b, c])
}

/// The works in every format that takes them.
fn files(works: &[[String; 3]]) -> Vec<(&'static str, String)> {
    let each = |line: &dyn Fn(&[String; 3]) -> String| works.iter().map(line).collect::<Vec<_>>();
    let row = |mark: &str| {
        format!(
            "Title{mark}Authors{mark}Notes\n{}",
            each(&|[a, b, c]| format!("{a}{mark}\"{b}\"{mark}{c}\n")).concat()
        )
    };
    let own: Vec<String> = each(&|[a, b, c]| format!("{a},\"{b}\",{c}\n"));
    // Once as they are, once escaped, as JSON has it.
    let json = each(&|[a, b, c]| {
        let text = |text: &String| serde_json::to_string(text).unwrap();
        format!("{{\"title\":{},\"author\":[{{\"literal\":{}}}],\"note\":{}}}", text(a), text(b), text(c))
    });
    vec![
        ("csv", row(",")),
        ("tabs", row("\t")),
        ("own", format!("title,authors,note\n{}", own.concat())),
        ("lines", each(&|[a, ..]| format!("{a}\n")).concat()),
        (
            "bibtex",
            each(&|[a, b, c]| format!("@misc{{k, title={{{a}}}, author={{{b}}}, note={{{c}}}}}\n")).concat(),
        ),
        ("ris", each(&|[a, b, c]| format!("TY  - JOUR\nTI  - {a}\nAU  - {b}\nN1  - {c}\nER  - \n")).concat()),
        ("csl", format!("[{}]", json.join(","))),
        (
            "html",
            format!(
                "<table><tr><th>Title<th>Authors<th>Notes{}</table>",
                each(&|[a, b, c]| format!("<tr><td>{a}<td>{b}<td>{c}")).concat()
            ),
        ),
        (
            "html",
            format!(
                "<table><tr><th>Title<th>Authors<th>Notes{}</table>",
                each(&|[a, b, c]| {
                    let refer = |text: &String| {
                        text.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>()
                    };
                    format!("<tr><td>{}<td>{}<td>{}", refer(a), refer(b), refer(c))
                })
                .concat()
            ),
        ),
    ]
}

/// The texts of an output.
fn texts_of(output: &Stored) -> Vec<String> {
    fn of(value: &Value, all: &mut Vec<String>) {
        match value {
            Value::Text(text) => all.push(text.to_string()),
            Value::Many(rows) => {
                rows.iter().flat_map(|row: &Row| &row.values).for_each(|value| of(value, all));
            }
            _ => {}
        }
    }
    let mut all = vec![output.item.slug.clone()];
    output.item.values.iter().for_each(|value| of(value, &mut all));
    all
}

async fn outputs(desk: &Desk) -> Vec<Stored> {
    let mut select = recto::published::Select::of(&OUTPUT);
    select.limit = 10_000;
    let ids: Vec<_> =
        desk.lists().list(&select).await.unwrap().items.iter().map(|one| one.id.parse().unwrap()).collect();
    desk.store.items(&OUTPUT, &ids).await.unwrap()
}

#[tokio::test]
async fn what_is_kept_of_any_format_is_clean() {
    let mut runner = TestRunner::deterministic();
    let works: Vec<[String; 3]> = (0..12).map(|_| work().new_tree(&mut runner).unwrap().current()).collect();
    // Titles that differ in a number are never taken for one.
    let numbered = |place: usize| -> Vec<[String; 3]> {
        let rows = works.iter().enumerate();
        rows.map(|(at, [a, b, c])| [format!("{a} {}", place * 100 + at), b.clone(), c.clone()]).collect()
    };
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        for place in 0..files(&works).len() {
            let (format, file) = files(&numbered(place)).swap_remove(place);
            let wishes = Wishes { new_people: true, reader: Some(reader()), ..Wishes::default() };
            let imported = import_outputs(&desk, file.as_bytes(), wishes).await;
            let imported = imported.unwrap_or_else(|error| panic!("{format}: {error}"));
            assert_eq!(imported.new, works.len(), "{format}");
        }
        let all = outputs(&desk).await;
        assert_eq!(all.len(), files(&works).len() * works.len());
        for text in all.iter().flat_map(texts_of) {
            assert!(!text.contains(is_unfit), "{text:?}");
        }
        assert!(
            all.iter().flat_map(texts_of).any(|text| text.contains('\u{202e}')),
            "what people write stays"
        );
    }
}
