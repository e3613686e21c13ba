//! Importing outputs: files as other programs write them, whom and what they mean, what is there
//! already, taking over and taking back, and who may.

mod apart;
mod files;
mod hostile;
mod lookup;
mod pages;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use recto::content::types::{OUTPUT, PERSON, TERM};
use recto::content::{Id, Value};
use recto::editing::import::{self, Choices, Chosen, Fate, Preview};
use recto::editing::{Desk, Edit, User, Verb, publish, save};
use recto::error::Error;
use recto::import::{Hints, Sheet, Source, read};
use recto::published::Select;
use recto::store::{Role, State, Stored};

use crate::support::build::{self, output, person, theme};
use crate::support::{Backend, TestDesk, backends};

/// The table of the page that Recto began with.
pub(crate) const PAGE: &str = "Title\tOutputs type\tLead academic\tYear\tTo note\n\
    From blame to praise in policing: Implications for leadership and the public conversation\tAction research report\tTomkins, L\t2020\t\n\
    From blame to praise in policing: Implications for strategy, culture, process and well-being\tAction research report\tTomkins, L\t2020\t\n\
    Asymmetries of leadership: Agency, response and reason\tAcademic paper\tTomkins, L\t2019\tAvailable on request\n\
    Learning and well-being: Safety, failure, fault and blame\tBoard report\tTomkins, L\t2019\tAvailable on request\n\
    Empowering learning\tBoard report\tBristow, A\t2019\tAvailable on request\n\
    Leadership and organisational learning\tBoard report\tTomkins, L\t2019\tAvailable on request\n";

fn sheet(text: &str) -> Sheet {
    read(Source::Clipboard { html: "", text }, None, Hints::default()).unwrap()
}

async fn look(desk: &Desk, sheet: &Sheet, project: Option<Id>, choices: &Choices) -> Preview {
    import::understand(desk, &User::system(), sheet, project, choices).await.unwrap()
}

async fn take(desk: &Desk, preview: &Preview) -> import::Imported {
    import::take(desk, &User::system(), preview, &|_, _| ()).await.unwrap()
}

async fn project(desk: &Desk, code: &str) -> Stored {
    let theme = theme(desk, code.len() as i64, code).draft(desk).await;
    build::project(desk, &theme, code, "Organisational learning").draft(desk).await
}

async fn table(desk: &Desk, project: &Stored) -> Vec<Stored> {
    let field = OUTPUT.field("projects").unwrap();
    let all = desk.store.linking(&OUTPUT, field, project.item.id).await.unwrap();
    all.into_iter().filter(|output| output.state() != State::Trashed).collect()
}

#[tokio::test]
async fn the_table_of_the_page_becomes_six_outputs() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let project = project(&desk, "3.07").await;
        let leah = person(&desk, "Leah", "Tomkins").text("honorific", "Dr").draft(&desk).await;
        output(&desk, Some(&project), "There before", 2001).await.draft(&desk).await;
        let sheet = sheet(PAGE);
        let preview = look(&desk, &sheet, Some(project.item.id), &Choices::default()).await;
        assert_eq!((preview.count(Fate::New), preview.blocked()), (6, 0));
        let imported = take(&desk, &preview).await;
        assert_eq!((imported.new, imported.changed, imported.unchanged), (6, 0, 0));

        let rows = table(&desk, &project).await;
        let titles: Vec<&str> = rows.iter().map(|row| row.item.text("title")).collect();
        assert_eq!(titles[0], "There before", "new rows come behind those that stand there");
        assert_eq!(titles[5], "Empowering learning");
        let availability: Vec<&str> = rows.iter().map(|row| row.item.text("availability")).collect();
        assert_eq!(
            availability[1..],
            ["open", "open", "on_request", "on_request", "on_request", "on_request"]
        );
        let lead = |at: usize| rows[at].item.rows("authors")[0].target;
        assert_eq!(lead(1), Some(leah.item.id), "‘Tomkins, L’ is Dr Leah Tomkins");
        assert_eq!(lead(5), None, "nobody is called ‘Bristow, A’");
        assert!(rows.iter().all(|row| row.item.one("type").is_some() && row.item.integer("year").is_some()));
        let entry = desk.store.audit(Some(rows[1].item.id), 1).await.unwrap().remove(0);
        assert_eq!((entry.verb.as_str(), entry.detail.as_str()), ("import", imported.batch.as_str()));

        // The same once more says that all of it is there.
        let again = look(&desk, &sheet, Some(project.item.id), &Choices::default()).await;
        assert_eq!(again.count(Fate::Same), 6);
        assert_eq!(take(&desk, &again).await.batch, "");

        let undone = import::undo(&desk, &User::system(), &imported.batch).await.unwrap();
        assert_eq!((undone.trashed, undone.restored, undone.stayed.len()), (6, 0, 0));
        assert_eq!(table(&desk, &project).await.len(), 1);
        let twice = import::undo(&desk, &User::system(), &imported.batch).await.unwrap();
        assert_eq!((twice.trashed, twice.stayed.len()), (0, 0));
    }
}

#[tokio::test]
async fn what_was_worked_on_since_stays() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let project = project(&desk, "3.07").await;
        let there = output(&desk, None, "Empowering learning", 2019).await.draft(&desk).await;
        let mut choices = Choices::default();
        choices.people.insert("tomkins, l".to_owned(), Chosen::New);
        let preview = look(&desk, &sheet(PAGE), Some(project.item.id), &choices).await;
        assert_eq!((preview.count(Fate::New), preview.count(Fate::Link)), (5, 1));
        let imported = take(&desk, &preview).await;
        assert_eq!((imported.new, imported.changed, imported.people), (5, 1, 1));
        let rows = table(&desk, &project).await;
        let tomkins = rows[0].item.rows("authors")[0].target.expect("she was made");
        assert_eq!(rows[4].item.id, there.item.id);

        let mut changed = rows[0].item.clone();
        changed.set("note", Value::Text("Somebody's work".into()));
        save(&desk, &User::system(), &[Edit::of(&rows[0], changed)]).await.unwrap();
        publish(&desk, &User::system(), rows[1].item.id, None, &[]).await.unwrap();
        let undone = import::undo(&desk, &User::system(), &imported.batch).await.unwrap();
        assert_eq!((undone.trashed, undone.restored), (3, 1));
        let mut why: Vec<(Id, &str)> =
            undone.stayed.iter().map(|one| (one.stored.item.id, one.why)).collect();
        why.sort();
        let mut wanted = vec![
            (rows[0].item.id, "It was changed since."),
            (rows[1].item.id, "It was published since."),
            (tomkins, "Something else links to it by now."),
        ];
        wanted.sort();
        assert_eq!(why, wanted);
        let back = desk.store.items(&OUTPUT, &[there.item.id]).await.unwrap().remove(0);
        assert_eq!(back.item, there.item);
        assert_eq!(back.meta.version, 3, "taking back is a version of its own");
    }
}

#[tokio::test]
async fn ambiguous_names_ask_and_answers_are_kept() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let lara = person(&desk, "Lara Jane", "Tomkins").draft(&desk).await;
    person(&desk, "Leah Ann", "Tomkins").draft(&desk).await;
    person(&desk, "Jörg", "Müller").draft(&desk).await;
    let sheet = sheet(
        "Title\tAuthors\nOne\tTomkins, L; Muller, J.\nTwo\tL Tomkins\nThree\tTomkins, Leah\nFour\tTomkins, LJ\n",
    );
    let preview = look(&desk, &sheet, None, &Choices::default()).await;
    let names: Vec<(&str, bool, usize)> =
        preview.people.iter().map(|one| (one.text.as_str(), one.asks, one.candidates.len())).collect();
    assert_eq!(
        names,
        [
            ("Tomkins, L", true, 2),
            ("Muller, J.", false, 1),
            ("Tomkins, Leah", false, 1),
            ("Tomkins, LJ", false, 1)
        ]
    );
    assert_eq!(preview.people[0].rows, 2, "‘L Tomkins’ is the same name, and asks no second time");
    assert!(!preview.rows[0].is_blocked(), "a name can be credited without a person");
    let mut choices = Choices::default();
    choices.people.insert("tomkins, l".to_owned(), Chosen::Item(lara.item.id));
    // Somebody who cannot be meant is not taken from a form.
    choices.people.insert("muller, j".to_owned(), Chosen::Item(lara.item.id));
    let preview = look(&desk, &sheet, None, &choices).await;
    for row in [0, 1] {
        assert_eq!(preview.rows[row].item.rows("authors")[0].target, Some(lara.item.id));
    }
    assert_ne!(preview.rows[0].item.rows("authors")[1].target, Some(lara.item.id));
}

#[tokio::test]
async fn types_are_matched_by_label_kind_and_slip() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let sheet =
        sheet("Title\tType\nA\tboard report\nB\tBoard raport\nC\tjournalArticle\nD\tReport\nE\tPodcast\n");
    let mut choices = Choices::default();
    choices.types.insert("podcast".to_owned(), Chosen::New);
    let preview = look(&desk, &sheet, None, &choices).await;
    let named = |at: usize| match preview.types[at].chosen {
        Chosen::Item(id) => {
            preview.types[at].candidates.iter().find(|one| one.id == id).unwrap().title.clone()
        }
        other => format!("{other:?}"),
    };
    assert_eq!(
        [named(0), named(1), named(2), named(3), named(4)],
        ["Board report", "Board report", "Academic paper", "Nothing", "New"]
    );
    assert!(preview.types[3].asks && !preview.types[4].asks);
    let imported = take(&desk, &preview).await;
    assert_eq!((imported.new, imported.types), (5, 1));
    let terms = desk
        .lists()
        .list(&Select { search: Some("Podcast".into()), order: None, ..Select::of(&TERM) })
        .await
        .unwrap();
    assert_eq!(terms.items[0].json["vocabulary"], "output_type");
    import::undo(&desk, &User::system(), &imported.batch).await.unwrap();
    let terms = desk.store.items(&TERM, &[terms.items[0].id.parse().unwrap()]).await.unwrap();
    assert_eq!(terms[0].state(), State::Trashed, "nothing else uses it");
}

#[tokio::test]
async fn what_is_there_is_found_by_doi_or_title_and_year() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let project = project(&desk, "3.07").await;
        let build = output(&desk, None, "Something quite different", 2010).await;
        build.text("doi", "10.5555/one").draft(&desk).await;
        output(&desk, None, "Learning and well-being: Safety, failure, fault and blame", 2019)
            .await
            .draft(&desk)
            .await;
        output(&desk, None, "Annual report 2019", 2019).await.draft(&desk).await;
        let sheet = sheet(
            "Title\tYear\tDOI\nBy its DOI\t2020\thttps://doi.org/10.5555/ONE\n\
             Learning and Wellbeing – safety, failure, fault and blame\t2020\t\n\
             Annual report 2020\t2020\t\nLearning and well-being: Safety, failure, fault and blame\t2011\t\nTwice\t2020\t\ntwice.\t2020\t\n",
        );
        let preview = look(&desk, &sheet, Some(project.item.id), &Choices::default()).await;
        let fates: Vec<Fate> = preview.rows.iter().map(|row| row.fate).collect();
        assert_eq!(fates, [Fate::Link, Fate::Link, Fate::New, Fate::New, Fate::New, Fate::Same]);
        assert!(preview.rows[0].twin.as_ref().unwrap().certain);
        let choices = Choices { made_new: [0, 1, 5].into(), ..Choices::default() };
        let preview = look(&desk, &sheet, Some(project.item.id), &choices).await;
        let fates: Vec<Fate> = preview.rows.iter().map(|row| row.fate).collect();
        assert_eq!(fates[0], Fate::Link, "there cannot be two of one DOI");
        assert_eq!((fates[1], fates[5]), (Fate::New, Fate::New));
        // Outside a project there is nothing to do with what is there.
        let preview = look(&desk, &sheet, None, &Choices::default()).await;
        assert_eq!((preview.count(Fate::Same), preview.count(Fate::New)), (3, 3));
    }
}

#[tokio::test]
async fn a_title_with_a_slip_is_found_in_a_crowd_of_its_words() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let title = "Leadership and learning in public services";
    output(&desk, None, title, 2019).await.draft(&desk).await;
    output(&desk, None, "Bulletin 12: Leadership, learning", 2019).await.draft(&desk).await;
    // All hold the same long words, and are as short or shorter; the series differs in its numbers.
    for at in 0..30 {
        let other = ["Services", "Public learning", "Public services", "Learning services"][at % 4];
        output(&desk, None, &format!("{other}, leadership, public {}", "x".repeat(at)), 2019)
            .await
            .draft(&desk)
            .await;
        output(&desk, None, &format!("Bulletin {}: Leadership, learning", at + 13), 2019)
            .await
            .draft(&desk)
            .await;
    }
    for typed in [
        title,
        "leadership and LEARNING in public services.",
        "Leadership and learnings in public services",
        "Leadership & learning in public services",
        "Leadership and learning in the public services",
        "Leadersip and learning in public services",
        "Leadership and learning in public service",
        "Léadership and learning in public services",
        "Bulletin 12 – leadership, learning",
        "Bulletin 12: Leadership, lerning",
    ] {
        let rows = sheet(&format!("Title\tYear\n{typed}\t2020\n"));
        let preview = look(&desk, &rows, None, &Choices::default()).await;
        let twin = preview.rows[0].twin.as_ref().map(|twin| twin.title.clone()).unwrap_or_default();
        let expected = if typed.contains("12") { "Bulletin 12: Leadership, learning" } else { title };
        assert!(twin.starts_with(expected), "{typed}: {twin}");
    }
    for typed in ["Bulletin 99: Leadership, learning", "Leadership and learning in private companies"] {
        let rows = sheet(&format!("Title\tYear\n{typed}\t2020\n"));
        let preview = look(&desk, &rows, None, &Choices::default()).await;
        assert!(preview.rows[0].twin.is_none(), "{typed}: {:?}", preview.rows[0].twin);
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_cell_by_cell_and_nothing_is_taken() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    let sheet = sheet(
        "Title\tYear\tDOI\tISBN\tAvailability\nGood\t2019\t\t\tOpen\n\t2019\t\t\t\nBad\tsoon\tnope\t978-0\tperhaps\n",
    );
    let preview = look(&desk, &sheet, None, &Choices::default()).await;
    assert_eq!((preview.blocked(), preview.writing()), (2, 3));
    let columns: Vec<(Option<usize>, bool)> =
        preview.rows[2].problems.iter().map(|problem| (problem.column, problem.blocks)).collect();
    assert_eq!(columns, [(Some(1), true), (Some(4), true), (Some(2), true), (Some(3), false)]);
    let error = import::take(&desk, &User::system(), &preview, &|_, _| ()).await.unwrap_err();
    let Error::Invalid(problems) = error else { panic!("{error}") };
    assert_eq!(problems.0[0].field, "rows.1");
    assert_eq!(desk.lists().list(&Select::of(&OUTPUT)).await.unwrap().total, 0);
    let choices = Choices { left_out: [1, 2].into(), ..Choices::default() };
    let preview = look(&desk, &sheet, None, &choices).await;
    assert_eq!(take(&desk, &preview).await.new, 1);
}

/// How many statements looking at so many rows takes.
async fn statements(rows: usize) -> (usize, u64) {
    let count = Arc::new(AtomicUsize::new(0));
    let told = count.clone();
    let watch: recto::store::Statement = Arc::new(move |_: &str| {
        told.fetch_add(1, Ordering::Relaxed);
    });
    let desk = TestDesk::watched(&Backend::Sqlite, Some(watch)).await;
    let project = project(&desk, "3.07").await;
    for at in 0..3 {
        output(&desk, None, &format!("Number {at} of a long series of things"), 2019)
            .await
            .draft(&desk)
            .await;
        person(&desk, "Leah", &format!("Name{at}")).draft(&desk).await;
    }
    let text = (0..rows).fold("Title\tAuthors\tType\tYear\tDOI\tProject\n".to_owned(), |text, at| {
        text + &format!("Number {at} of a long series of things\tName{at}, L; Other{at}, X\tKind {at}\t2019\t10.5555/{at}\t3.07\n")
    });
    let sheet = sheet(&text);
    count.store(0, Ordering::Relaxed);
    let before = desk.lists().statements();
    let preview = look(&desk, &sheet, Some(project.item.id), &Choices::default()).await;
    assert_eq!(preview.count(Fate::Link), 3.min(rows));
    (count.load(Ordering::Relaxed), desk.lists().statements() - before)
}

#[tokio::test]
async fn looking_at_many_rows_takes_no_more_statements_than_at_a_few() {
    let few = statements(3).await;
    assert_eq!(statements(200).await, few);
    assert!(few.0 <= 12 && few.1 <= 10, "{few:?}");
}

#[tokio::test]
async fn contributors_import_into_their_own_projects_alone() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let (mine, theirs) = (project(&desk, "3.07").await, project(&desk, "13.08").await);
        let foreign = output(&desk, Some(&theirs), "Empowering learning", 2019).await.draft(&desk).await;
        // An account of its own, so that the imports are somebody's.
        let someone = User {
            account: Some("0199c0de-7a7e-7000-8000-3f0f6f1d2c5b".to_owned()),
            name: "Connie".to_owned(),
            role: Role::Contributor,
            assigned: [mine.item.id].into(),
        };
        let sheet = sheet(PAGE);
        let choices = Choices::default();
        for (project, may) in [(Some(mine.item.id), true), (Some(theirs.item.id), false), (None, false)] {
            let looked = import::understand(&desk, &someone, &sheet, project, &choices).await;
            assert_eq!(looked.is_ok(), may, "{project:?}");
            assert!(may || matches!(looked.unwrap_err(), Error::Denied(_)));
        }
        let viewer = User { role: Role::Viewer, ..someone.clone() };
        let denied = import::understand(&desk, &viewer, &sheet, Some(mine.item.id), &choices).await;
        assert!(matches!(denied.unwrap_err(), Error::Denied(_)));

        let preview =
            import::understand(&desk, &someone, &sheet, Some(mine.item.id), &choices).await.unwrap();
        assert_eq!((preview.count(Fate::New), preview.count(Fate::Same)), (5, 1));
        assert!(!preview.rows[4].is_blocked(), "what is in somebody else's project stays there");
        let imported = import::take(&desk, &someone, &preview, &|_, _| ()).await.unwrap();
        assert_eq!(desk.store.items(&OUTPUT, &[foreign.item.id]).await.unwrap()[0], foreign);

        // A preview of another project, taken over by whoever may not: the verb itself refuses.
        let sneaky = look(&desk, &sheet, Some(theirs.item.id), &choices).await;
        let denied = import::take(&desk, &someone, &sneaky, &|_, _| ()).await.unwrap_err();
        assert!(matches!(denied, Error::Denied(_)), "{denied}");
        let mut with_person = Choices::default();
        with_person.people.insert("tomkins, l".to_owned(), Chosen::New);
        let text = "Title\tLead academic\nAnother\tTomkins, L\n";
        let preview =
            import::understand(&desk, &someone, &self::sheet(text), Some(mine.item.id), &with_person)
                .await
                .unwrap();
        assert!(matches!(
            import::take(&desk, &someone, &preview, &|_, _| ()).await.unwrap_err(),
            Error::Denied(_)
        ));
        assert!(!someone.may(Verb::Create, PERSON.name));

        let other =
            User { account: Some("0199c0de-7a7e-7000-8000-3f0f6f1d2c5c".to_owned()), ..someone.clone() };
        assert!(matches!(import::undo(&desk, &other, &imported.batch).await.unwrap_err(), Error::Denied(_)));
        assert_eq!(import::undo(&desk, &someone, &imported.batch).await.unwrap().trashed, 5);
    }
}
