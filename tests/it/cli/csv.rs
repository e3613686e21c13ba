//! Outputs as CSV: what is exported is imported again without any change, whatever stands in it;
//! what is wrong is said with its row and column, and nothing is taken over then.

use proptest::prelude::*;
use recto::cli::{Wishes, export_outputs, import_outputs};
use recto::content::types::OUTPUT;
use recto::content::{Row, Value, by_name};
use recto::editing::import::Imported;
use recto::editing::{Desk, User, trash};
use recto::error::Error;
use recto::published::{Filter, Scalar, Select};
use recto::store::Stored;

use crate::support::build::{self, output, theme};
use crate::support::{Backend, TestDesk, backends, reader};

async fn export(desk: &Desk, project: Option<&str>) -> String {
    let mut csv = Vec::new();
    export_outputs(desk, project, &mut csv).await.unwrap();
    String::from_utf8(csv).unwrap()
}

async fn import(desk: &Desk, csv: &str) -> Result<Imported, String> {
    let imported = import_outputs(desk, csv.as_bytes(), wishes()).await;
    // The number by which it can be taken back is another each time.
    let numbers = |imported| Imported { batch: String::new(), ..imported };
    imported.map(numbers).map_err(|error| match error {
        Error::Invalid(problems) => {
            problems.0.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    })
}

async fn outputs(desk: &Desk) -> Vec<Stored> {
    let project = desk.lists().search("3.07", 5).await.unwrap();
    let project = project.iter().find(|one| one.content_type.name == "project").unwrap().id.parse().unwrap();
    let output = by_name("output").unwrap();
    desk.store.linking(output, output.field("projects").unwrap(), project).await.unwrap()
}

async fn project(desk: &Desk) -> Stored {
    let theme = theme(desk, 3, "Leadership").published(desk).await;
    build::project(desk, &theme, "3.07", "Organisational learning; and (more)*").draft(desk).await
}

fn wishes() -> Wishes<'static> {
    Wishes { reader: Some(reader()), ..Wishes::default() }
}

fn into(project: &str) -> Wishes<'_> {
    Wishes { project: Some(project), ..wishes() }
}

fn new(number: usize) -> Imported {
    Imported { new: number, ..Imported::default() }
}

#[tokio::test]
async fn the_demonstration_comes_back_unchanged() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        recto::cli::demo::load(&desk).await.unwrap();
        let csv = export(&desk, None).await;
        let whole = Imported { unchanged: 325, ..Imported::default() };
        assert_eq!(import(&desk, &csv).await, Ok(whole.clone()));
        // As a spreadsheet on Windows saves it.
        let windows = format!("\u{feff}{}", csv.replace('\n', "\r\n"));
        assert_eq!(import(&desk, &windows).await, Ok(whole));
        assert_eq!(export(&desk, Some("3.07")).await.lines().count(), 7);
    }
}

#[tokio::test]
async fn rows_make_and_change_outputs() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let project = project(&desk).await;
        let first = output(&desk, Some(&project), "First", 2018).await.draft(&desk).await;
        let tomkins = build::person(&desk, "Leah", "Tomkins").draft(&desk).await;
        let csv = "\
year,title,type,authors,availability,projects\r
2019,Empowering learning,board report,\"Bristow, A*; Tomkins, L\",Available on request,3.07\r
,,,,,\r
2020,\"Quoted \"\"title\"\", with comma\",Book,\"Tomkins, L*\",open,3.07\r
";
        assert_eq!(import(&desk, csv).await, Ok(new(2)));
        let there = outputs(&desk).await;
        let titles: Vec<&str> = there.iter().map(|one| one.item.text("title")).collect();
        assert_eq!(titles, ["First", "Empowering learning", "Quoted \"title\", with comma"]);
        let authors = there[1].item.rows("authors");
        assert_eq!(authors[0].target, None);
        assert_eq!(authors[1].target, Some(tomkins.item.id));
        assert_eq!(authors[0].values, [Value::Text("Bristow, A".into()), Value::Flag(true)]);

        // By id and by slug, other columns untouched.
        let csv = format!("id,slug,year\n{},,2017\n,empowering-learning,2021\n", first.item.id);
        let changed = Imported { changed: 2, ..Imported::default() };
        assert_eq!(import(&desk, &csv).await, Ok(changed));
        let there = outputs(&desk).await;
        let years: Vec<_> = there.iter().map(|one| one.item.integer("year")).collect();
        assert_eq!(years, [Some(2017), Some(2021), Some(2020)]);
        assert_eq!(there[1].item.text("title"), "Empowering learning");
    }
}

#[tokio::test]
async fn a_project_can_be_given_for_all_rows() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    project(&desk).await;
    let csv = "title\nOne\nTwo\n".as_bytes();
    assert_eq!(import_outputs(&desk, csv, Wishes { dry_run: true, ..into("3.07") }).await.unwrap(), new(2));
    assert!(outputs(&desk).await.is_empty(), "a dry run changes nothing");
    import_outputs(&desk, csv, into("3.07")).await.unwrap();
    let titles: Vec<String> = outputs(&desk).await.iter().map(|one| one.item.title()).collect();
    assert_eq!(titles, ["One", "Two"]);
    let missing = import_outputs(&desk, csv, into("9.99")).await.unwrap_err();
    assert!(missing.to_string().contains("There is no project 9.99"));
}

#[tokio::test]
async fn every_problem_is_told_and_nothing_is_taken_over() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let project = project(&desk).await;
    let gone = output(&desk, Some(&project), "Gone", 2018).await.draft(&desk).await;
    trash(&desk, &User::system(), gone.item.id).await.unwrap();
    let csv = format!(
        "id,title,type,year,authors,doi\n\
         ,Good,Book,2019,\"A, B*\",10.5555/1\n\
         ,Bad year,Book,219,\"A, B*\",\n\
         ,Bad type,Buch,2019,\"A, B*; C, D*\",10.5555/1\n\
         ,,Book,2019,\"A, B*\",\n\
         nonsense,X,Book,2019,\"A, B*\",\n\
         {},Y,Book,2019,\"A, B*\",\n\
         ,too,few\n",
        gone.item.id
    );
    let said = import(&desk, &csv).await.unwrap_err();
    for wanted in [
        "Row 3, column year: Year: Write the year with four digits: 2019.",
        "Row 4, column type: Outputs type: nothing is called ‘Buch’.",
        "Row 4, column authors: Only one author can be the lead; unmark the others.",
        "Row 5, column title: A new output needs a title.",
        "Row 6, column id: No output has this id. Leave the cell empty to make a new one.",
        "Row 7: This output lies in the trash. Take it out in the admin first.",
        "Row 8: It has 3 cells, but the header names 6 columns.",
    ] {
        assert!(said.lines().any(|line| line == wanted), "no ‘{wanted}’ in\n{said}");
    }
    assert_eq!(said.lines().count(), 7, "{said}");
    assert!(desk.lists().search("Good", 5).await.unwrap().is_empty());

    let twice = "title,doi\nOne,10.5555/1\nTwo,https://doi.org/10.5555/1\n";
    assert_eq!(
        import(&desk, twice).await.unwrap_err(),
        "Row 3, column doi: Row 2 has the DOI 10.5555/1 already."
    );
    assert_eq!(import(&desk, "title,doi\nOne,10.5555/1\n").await, Ok(new(1)));
    let taken = import(&desk, "title,doi\nTwo,10.5555/1\n").await.unwrap_err();
    assert_eq!(taken, "Row 2, column doi: ‘One’ has this already.");
}

#[tokio::test]
async fn a_file_too_large_for_one_save_is_saved_in_parts() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let rows = |number: usize, last: &str| {
        (0..number)
            .fold("title,doi\n".to_owned(), |csv, row| csv + "Output number " + &row.to_string() + ",\n")
            + last
    };
    let dry = Wishes { dry_run: true, ..wishes() };
    let file = rows(3_001, "");
    assert_eq!(import_outputs(&desk, file.as_bytes(), dry).await.unwrap(), new(3_001));
    assert!(desk.lists().search("Output", 5).await.unwrap().is_empty());
    let imported = import_outputs(&desk, file.as_bytes(), wishes()).await.unwrap();
    assert_eq!(imported.new, 3_001);
    assert_eq!(desk.lists().list(&Select { limit: 1, ..Select::of(&OUTPUT) }).await.unwrap().total, 3_001);

    // The last part cannot be saved: all others are taken back.
    assert_eq!(import(&desk, "title,doi\nHolder,10.5555/1\n").await, Ok(new(1)));
    let said = import(&desk, &rows(3_001, "Taken,10.5555/1\n")).await.unwrap_err();
    assert_eq!(said, "Row 3003, column doi: ‘Holder’ has this already.");
    let filters = vec![Filter::Key("_state", vec![Scalar::Text("draft".to_owned())])];
    let drafts = desk.lists().list(&Select { filters, limit: 1, ..Select::of(&OUTPUT) }).await.unwrap();
    assert_eq!(drafts.total, 3_002);
}

#[tokio::test]
async fn files_that_are_no_tables_of_outputs_are_refused() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    for (csv, wanted) in [
        ("", "There is nothing in it."),
        ("PK\u{3}\u{4}", "workbook"),
        ("title,title\nX,Y\n", "The column ‘title’ is there twice."),
    ] {
        let said = import(&desk, csv).await.unwrap_err();
        assert!(said.contains(wanted), "{said}");
    }
}

#[tokio::test]
async fn a_name_that_several_have_is_refused_and_an_id_is_not() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let theme = theme(&desk, 3, "Leadership").published(&desk).await;
    let first = build::project(&desk, &theme, "3.01", "Same").draft(&desk).await;
    build::project(&desk, &theme, "3.02", "Same").draft(&desk).await;
    let said = import(&desk, "title,projects\nX,Same\n").await.unwrap_err();
    assert!(said.contains("Several are called ‘Same’; write the id"), "{said}");
    let csv = format!("title,projects\nX,{}\n", first.item.id);
    assert_eq!(import(&desk, &csv).await, Ok(new(1)));
}

/// Text that a table could trip over.
fn odd() -> impl Strategy<Value = String> {
    let bits = prop::sample::select(vec![
        "a", "Ä", "\"", "'", ";", ",", "*", "(", ")", " (", "=", "+", "-", "@", "\n", "\t", "\r", "\u{feff}",
        " ", "0123", "3.10", "true", "\\", "漢",
    ]);
    prop::collection::vec(bits, 0..8).prop_map(|bits| bits.concat())
}

#[test]
fn odd_texts_come_back_unchanged() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (desk, project, person) = runtime.block_on(async {
        let desk = TestDesk::new(&Backend::Sqlite).await;
        let project = project(&desk).await;
        let person = build::person(&desk, "Odd; (name)", "=Family*").draft(&desk).await;
        (desk, project, person)
    });
    let config = ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(title in odd(), note in odd(), summary in odd(), name in odd(), linked: bool, lead: bool)| {
        runtime.block_on(async {
            let target = linked.then_some(person.item.id);
            let name = recto::content::text::parse(&recto::content::Kind::Line(200), &name).unwrap();
            let authors = vec![
                Row { target, values: vec![name, Value::Flag(lead)] },
                Row { target: None, values: vec![Value::Text("Last, A".into()), Value::Flag(false)] },
            ];
            output(&desk, Some(&project), "x", 2019).await
                .text("title", &title)
                .text("note", &note)
                .text("abstract", &summary)
                .rows("authors", authors)
                .draft(&desk)
                .await;
            let csv = export(&desk, None).await;
            let there = csv::Reader::from_reader(csv.as_bytes()).records().count();
            let whole = Imported { unchanged: there, ..Imported::default() };
            assert_eq!(import(&desk, &csv).await, Ok(whole), "{}", csv);
        });
    });
}
