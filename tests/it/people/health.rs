//! What is worth a look: found, counted, listed, and gone once it is mended.

use std::collections::BTreeMap;

use recto::content::{Row, Value};
use recto::editing::{Edit, User, publish, save, trash, unpublish, untrash};
use recto::published::{Filter, Found, Scalar, Select};
use recto::store::Stored;

use super::{author, by, now};
use crate::support::build::{self, output, person, theme};
use crate::support::files::{media, pdf, png};
use crate::support::{Backend, TestDesk, backends};

/// The day of the tests' clock.
const TODAY: &str = "2026-03-02";

async fn found(desk: &TestDesk, today: &str) -> BTreeMap<String, i64> {
    let found = desk.lists().found(today).await.unwrap();
    let numbers = found.iter().map(|one| (format!("{}.{}", one.object, one.name), one.number));
    let numbers: BTreeMap<String, i64> = numbers.collect();
    // However it is counted, it is the same: by the tally, and one by one, walking or not.
    for one in &found {
        let content_type = recto::content::by_name(&one.object).unwrap();
        for common in [false, true] {
            let states = ["draft", "published", "changed"].map(|state| Scalar::Text(state.to_owned()));
            let filter = Filter::Found { name: one.name.clone(), today: today.to_owned(), common };
            let select = Select {
                filters: vec![Filter::Key("_state", states.to_vec()), filter],
                ..Select::of(content_type)
            };
            let page = desk.lists().list(&select).await.unwrap();
            assert_eq!((page.total, i64::try_from(page.items.len()).unwrap()), (one.number, one.number));
        }
    }
    let first = desk.lists().found_first(&found, today, 3).await.unwrap();
    for (at, document) in &first {
        assert_eq!(document.content_type.name, found[*at].object);
    }
    assert!(found.iter().enumerate().all(|(at, _)| first.iter().any(|(one, _)| *one == at)));
    numbers
}

async fn change(desk: &TestDesk, stored: &Stored, name: &str, value: Value) {
    let stored = now(desk, stored).await;
    let mut item = stored.item.clone();
    item.set(name, value);
    save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
}

fn counts(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
    of.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
}

#[tokio::test]
async fn each_finding_is_found_and_gone_once_it_is_mended() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let theme = theme(&desk, 1, "One").published(&desk).await;
        let project =
            build::project(&desk, &theme, "1.1", "Late").text("end", "2026-03-01").draft(&desk).await;
        let today = build::project(&desk, &theme, "1.2", "Ends today").text("end", TODAY).draft(&desk).await;
        let bare = build::item(&desk, recto::content::by_name("output").unwrap()).text("title", "Bare");
        let bare = bare.draft(&desk).await;
        let embargoed = output(&desk, None, "Embargoed", 2025).await.text("availability", "embargoed");
        embargoed.text("embargo_until", "2026-03-02").draft(&desk).await;
        let image = media(&desk, "door.png", png(70, 30)).await.text("alternative_text", "");
        let image = image.draft(&desk).await;
        // Readers of documents need none.
        media(&desk, "paper.pdf", pdf("x")).await.text("alternative_text", "").draft(&desk).await;
        let news = build::item(&desk, recto::content::by_name("news").unwrap()).text("title", "News");
        let news = news.draft(&desk).await;
        let nameless = build::item(&desk, recto::content::by_name("person").unwrap());
        let nameless = nameless.text("family_name", "Hull").draft(&desk).await;
        // In the past, and still scheduled: that is what events are.
        build::event(&desk, "Over", "2020-01-01T10:00").draft(&desk).await;
        let all = counts(&[
            ("media.no_alternative_text", 1),
            ("news.no_summary", 1),
            ("output.embargo_over", 1),
            ("output.no_lead", 1),
            ("output.no_year", 1),
            ("person.no_citation_name", 1),
            ("project.past_end", 1),
        ]);
        assert_eq!(found(&desk, TODAY).await, all);
        assert_eq!(found(&desk, "2026-03-01").await.get("output.embargo_over"), None);
        assert_eq!(found(&desk, "2026-03-03").await["project.past_end"], 2);

        // In the trash nothing is looked for; taken out, it is.
        trash(&desk, &User::system(), bare.item.id).await.unwrap();
        assert_eq!(found(&desk, TODAY).await.get("output.no_year"), None);
        untrash(&desk, &User::system(), bare.item.id).await.unwrap();
        desk.rebuild(&|_, _| ()).await.unwrap();
        assert_eq!(found(&desk, TODAY).await, all);

        let text = |text: &str| Value::Text(text.into());
        change(&desk, &project, "status", text("complete")).await;
        change(&desk, &today, "end", Value::None).await;
        change(&desk, &bare, "year", Value::Integer(2020)).await;
        change(&desk, &bare, "authors", Value::Many(vec![author("Hull, P", None, true)])).await;
        change(&desk, &image, "alternative_text", text("A door")).await;
        change(&desk, &news, "summary", text("What it is")).await;
        change(&desk, &nameless, "citation_name", text("Hull")).await;
        assert_eq!(found(&desk, "2026-03-03").await, counts(&[("output.embargo_over", 1)]));
        assert!(
            desk.published.reader().found("9999-12-31").await.unwrap().is_empty(),
            "nothing of it is public"
        );
    }
}

#[tokio::test]
async fn a_public_link_at_what_is_not_public_is_found_from_both_ends() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let leah = person(&desk, "Leah", "Tomkins").draft(&desk).await;
        let credited = |lead| vec![author("Tomkins, L", Some(&leah), lead)];
        let one = by(&desk, "One", credited(true)).await.published(&desk).await;
        by(&desk, "Draft", credited(true)).await.draft(&desk).await;
        let key = "output.unpublished_link";
        let number = async |desk: &TestDesk| found(desk, TODAY).await.get(key).copied().unwrap_or(0);
        assert_eq!(number(&desk).await, 1);
        publish(&desk, &User::system(), leah.item.id, None, &[]).await.unwrap();
        assert_eq!(number(&desk).await, 0);
        change(&desk, &leah, "job_title", Value::Text("Reader".into())).await;
        assert_eq!(number(&desk).await, 0, "what has changes is public all the same");
        unpublish(&desk, &User::system(), leah.item.id).await.unwrap();
        assert_eq!(number(&desk).await, 1);
        trash(&desk, &User::system(), leah.item.id).await.unwrap();
        assert_eq!(number(&desk).await, 1);
        desk.rebuild(&|_, _| ()).await.unwrap();
        assert_eq!(number(&desk).await, 1);
        change(&desk, &one, "authors", Value::Many(vec![author("Tomkins, L", None, true)])).await;
        assert_eq!(number(&desk).await, 0);
        change(&desk, &one, "authors", Value::Many(credited(true))).await;
        assert_eq!(number(&desk).await, 1);
        unpublish(&desk, &User::system(), one.item.id).await.unwrap();
        assert_eq!(number(&desk).await, 0);
    }
}

#[tokio::test]
async fn credits_are_counted_once_for_each_output_and_follow_every_change() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let rows =
            || vec![author("Lewis, A", None, true), author("A Lewis", None, false), author("", None, false)];
        let one = by(&desk, "One", rows()).await.draft(&desk).await;
        let two = by(&desk, "Two", rows()).await.draft(&desk).await;
        let credited = async || desk.lists().credited(&[], "", 0, 9).await.unwrap();
        let (names, total) = credited().await;
        assert_eq!(
            (names[0].key.as_str(), names[0].said.as_str(), names[0].number),
            ("lewis, a", "Lewis, A", 2)
        );
        assert_eq!((names.len(), total), (1, 1));
        assert_eq!(desk.lists().credited(&[], "lew", 0, 9).await.unwrap().1, 1);
        assert!(desk.lists().credited(&[], "hart", 0, 9).await.unwrap().0.is_empty());
        assert!(desk.lists().credited(&["lewis, a".to_owned()], "", 0, 9).await.unwrap().0.is_empty());
        let titles: Vec<String> =
            desk.lists().crediting("lewis, a", 9).await.unwrap().into_iter().map(|one| one.title).collect();
        assert_eq!(titles, ["One", "Two"]);
        trash(&desk, &User::system(), two.item.id).await.unwrap();
        assert_eq!(credited().await.0[0].number, 1);
        change(&desk, &one, "authors", Value::Many(Vec::<Row>::new())).await;
        assert!(credited().await.0.is_empty());
        untrash(&desk, &User::system(), two.item.id).await.unwrap();
        desk.rebuild(&|_, _| ()).await.unwrap();
        assert_eq!(credited().await.0[0].number, 1);
    }
}

#[tokio::test]
async fn no_statement_walks_through_a_table() {
    let desk = TestDesk::new(&Backend::Sqlite).await;
    by(&desk, "One", vec![author("Lewis, A", None, true)]).await.draft(&desk).await;
    let lists = desk.lists();
    lists.note_statements();
    let finding = Found { name: "no_year".to_owned(), object: "output".to_owned(), number: 1 };
    lists.found(TODAY).await.unwrap();
    lists.found_first(&[finding], TODAY, 3).await.unwrap();
    lists.credited(&[], "lew", 0, 9).await.unwrap();
    lists.credited_count(&[]).await.unwrap();
    lists.crediting("lewis, a", 9).await.unwrap();
    lists.linking("x", 9).await.unwrap();
    lists.linking_count("x").await.unwrap();
    for common in [true, false] {
        let filters = vec![Filter::Found { name: "no_year".to_owned(), today: TODAY.to_owned(), common }];
        let select = Select { filters, ..Select::of(&recto::content::types::OUTPUT) };
        lists.list(&select).await.unwrap();
    }
    let mut wrong = Vec::new();
    for sql in lists.noted_statements() {
        for step in lists.explain(&sql).await.unwrap() {
            // Small, or walked in the order of an index and no further than the page.
            let own = ["found", "credit", "here", "place", "newest", "json_each", "(subquery"];
            if let Some(scanned) = step.detail.strip_prefix("SCAN ")
                && !own.iter().any(|own| scanned.starts_with(own))
                && !scanned.contains("INDEX document_output_")
                && !scanned.contains("CONSTANT ROW")
            {
                wrong.push(format!("{}\n{sql}", step.detail));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
