//! People under several names: names bound to people and learned, names that are nobody's, two people or
//! organisations made one, and all of it taken back; on both databases.

mod health;
mod pages;

use recto::content::types::{CREDITED_AS, ORGANISATION, OUTPUT, PERSON, PROJECT};
use recto::content::{Id, Item, Row, Value};
use recto::editing::import::{Choices, Chosen, understand};
use recto::editing::merge::{self, Merge, Merged};
use recto::editing::{
    Binding, Bound, Desk, Edit, User, bind, publish, save, set_outsiders, take_back, trash,
};
use recto::error::Error;
use recto::import::{Hints, Source, read};
use recto::published::Located;
use recto::store::{Role, State, Stored};

use crate::support::build::{self, Build, output, person, theme};
use crate::support::{TestDesk, backends, now};

pub(crate) fn author(name: &str, person: Option<&Stored>, lead: bool) -> Row {
    Row {
        target: person.map(|person| person.item.id),
        values: vec![Value::Text(name.into()), Value::Flag(lead)],
    }
}

/// An output that credits these names.
pub(crate) async fn by(desk: &Desk, title: &str, authors: Vec<Row>) -> Build {
    output(desk, None, title, 2020).await.rows("authors", authors)
}

fn all<'name>(said: &'name str, person: &Stored) -> Binding<'name> {
    Binding { said, person: Some(person.item.id), outputs: None, publish: true }
}

async fn bound(desk: &Desk, binding: &Binding<'_>) -> Bound {
    bind(desk, &User::system(), binding).await.unwrap()
}

fn targets(output: &Stored) -> Vec<Option<Id>> {
    output.item.rows("authors").iter().map(|row| row.target).collect()
}

async fn public(desk: &Desk, stored: &Stored) -> serde_json::Value {
    desk.published.reader().get(&stored.item.id.to_string()).await.unwrap().expect("it is public").json
}

async fn unresolved(desk: &Desk) -> Vec<(String, i64)> {
    let outsiders = desk.store.outsiders().await.unwrap();
    let (names, total) = desk.lists().credited(&outsiders, "", 0, 50).await.unwrap();
    assert_eq!(desk.lists().credited_count(&outsiders).await.unwrap(), total);
    names.into_iter().map(|name| (name.key, name.number)).collect()
}

#[tokio::test]
async fn a_name_is_bound_wherever_it_is_credited_and_the_next_import_knows_it() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let jean = person(&desk, "Jean", "Hartley").published(&desk).await;
        let other = person(&desk, "Janet", "Hartley").draft(&desk).await;
        let draft =
            by(&desk, "A", vec![author("Hartley, J. E.", None, true), author("Nobody, N", None, false)]);
        let draft = draft.await.draft(&desk).await;
        let seen = by(&desk, "B", vec![author("Hartley JE", None, true)]).await.published(&desk).await;
        // Public, and changed since.
        let worked = by(&desk, "C", vec![author("hartley, j e", None, true)]).await.published(&desk).await;
        let mut item = worked.item.clone();
        item.set("note", Value::Text("Not public yet".into()));
        save(&desk, &User::system(), &[Edit::of(&worked, item)]).await.unwrap();
        assert_eq!(unresolved(&desk).await, [("hartley, j e".to_owned(), 3), ("nobody, n".to_owned(), 1)]);

        let done = bound(&desk, &all("Hartley, J. E.", &jean)).await;
        assert_eq!((done.bound, done.left), (3, 0));
        assert_eq!(unresolved(&desk).await, [("nobody, n".to_owned(), 1)]);
        assert_eq!(targets(&now(&desk, &draft).await), [Some(jean.item.id), None]);
        assert_eq!(now(&desk, &draft).await.state(), State::Draft);
        for (output, state) in [(&seen, State::Published), (&worked, State::Changed)] {
            let stored = now(&desk, output).await;
            assert_eq!((stored.state(), targets(&stored)), (state, vec![Some(jean.item.id)]));
            let document = public(&desk, output).await;
            assert_eq!(document["authors"][0]["person"]["$ref"], jean.item.id.to_string());
            assert!(document.get("note").is_none(), "what was not public stays so: {document}");
        }
        assert_eq!(now(&desk, &worked).await.item.text("note"), "Not public yet");
        // Learned, without a change that the public could see.
        let learned = now(&desk, &jean).await;
        assert_eq!(learned.item.text(CREDITED_AS), "Hartley, J. E.");
        assert_eq!(learned.state(), State::Published);
        assert!(!public(&desk, &jean).await.to_string().contains("J. E."));

        // Both could be J; only one of them is J. E.
        let text = "Title\tAuthors\tYear\nNew\tHartley J.E.\t2021\nOther\tHartley, J\t2021\n";
        let sheet = read(Source::Clipboard { html: "", text }, None, Hints::default()).unwrap();
        let (system, choices) = (User::system(), Choices::default());
        let preview = understand(&desk, &system, &sheet, None, &choices).await.unwrap();
        let chosen: Vec<_> = preview.people.iter().map(|one| (one.chosen, one.asks)).collect();
        assert_eq!(chosen, [(Chosen::Item(jean.item.id), false), (Chosen::Nothing, true)]);
        assert_eq!(preview.people[1].candidates.len(), 2);
        assert!(preview.people[1].candidates.iter().any(|one| one.id == other.item.id));

        let undone = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!((undone.restored, undone.stayed.len()), (4, 0));
        assert_eq!(unresolved(&desk).await[0], ("hartley, j e".to_owned(), 3));
        assert_eq!(now(&desk, &jean).await.item.text(CREDITED_AS), "");
        assert!(public(&desk, &seen).await["authors"][0].get("person").is_none());
        assert_eq!(now(&desk, &worked).await.item.text("note"), "Not public yet");
        assert!(public(&desk, &worked).await["authors"][0].get("person").is_none());
        let twice = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!((twice.restored, twice.trashed, twice.stayed.len()), (0, 0, 0));
    }
}

#[tokio::test]
async fn one_output_is_bound_alone_and_a_person_is_made_for_a_name() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let one = by(&desk, "One", vec![author("Lewis, Ada", None, true)]).await.draft(&desk).await;
        let two = by(&desk, "Two", vec![author("Lewis, Ada", None, true)]).await.draft(&desk).await;
        let binding =
            Binding { said: "Lewis, Ada", person: None, outputs: Some(vec![one.item.id]), publish: true };
        let done = bound(&desk, &binding).await;
        assert_eq!(done.bound, 1);
        let made = targets(&now(&desk, &one).await)[0].expect("it is bound");
        let made = desk.store.items(&PERSON, &[made]).await.unwrap().remove(0);
        assert_eq!([made.item.text("given_names"), made.item.text("family_name")], ["Ada", "Lewis"]);
        assert_eq!(made.item.text(CREDITED_AS), "", "the name is the person’s own");
        assert_eq!(targets(&now(&desk, &two).await), [None]);

        let undone = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!((undone.restored, undone.trashed), (1, 1));
        assert_eq!(now(&desk, &made).await.state(), State::Trashed);
        // Once another output names her, she stays.
        let done = bound(&desk, &binding).await;
        let made = targets(&now(&desk, &one).await)[0].unwrap();
        let mut item = two.item.clone();
        item.set("authors", Value::Many(vec![Row { target: Some(made), ..author("Lewis, A", None, true) }]));
        save(&desk, &User::system(), &[Edit::of(&two, item)]).await.unwrap();
        let undone = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!((undone.restored, undone.trashed), (1, 0));
        assert_eq!(undone.stayed[0].why, "Something else links to it by now.");
    }
}

#[tokio::test]
async fn a_name_that_is_nobodys_leaves_the_queue_and_is_not_asked_about() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        person(&desk, "Leah", "Tomkins").draft(&desk).await;
        person(&desk, "Lara", "Tomkins").draft(&desk).await;
        by(&desk, "A", vec![author("Tomkins, L.", None, true)]).await.draft(&desk).await;
        assert_eq!(unresolved(&desk).await.len(), 1);
        let said = ["Tomkins, L.".to_owned()];
        set_outsiders(&desk, &User::system(), &said, true).await.unwrap();
        set_outsiders(&desk, &User::system(), &said, true).await.unwrap();
        assert!(unresolved(&desk).await.is_empty());
        let mut names = [recto::editing::meant::Match::of("Tomkins L", "tomkins, l".to_owned())];
        recto::editing::meant::people(&desk, &mut names).await.unwrap();
        assert!(!names[0].asks && names[0].candidates.len() == 2);
        set_outsiders(&desk, &User::system(), &said, false).await.unwrap();
        assert_eq!(unresolved(&desk).await.len(), 1);
        for role in [Role::Contributor, Role::Viewer] {
            let error = set_outsiders(&desk, &somebody(role, &[]), &said, true).await.unwrap_err();
            assert!(matches!(error, Error::Denied(_)));
        }
    }
}

pub(crate) fn somebody(role: Role, projects: &[Id]) -> User {
    User { account: None, name: "Somebody".into(), role, assigned: projects.iter().copied().collect() }
}

#[tokio::test]
async fn contributors_bind_in_their_own_projects_and_change_nobody_else() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let theme = theme(&desk, 1, "One").draft(&desk).await;
        let mine = build::project(&desk, &theme, "1.1", "Mine").draft(&desk).await;
        let theirs = build::project(&desk, &theme, "1.2", "Theirs").draft(&desk).await;
        let leah = person(&desk, "Leah", "Tomkins").draft(&desk).await;
        let my_output = output(&desk, Some(&mine), "My output", 2020).await.published(&desk).await;
        let their_output = output(&desk, Some(&theirs), "Their output", 2020).await.draft(&desk).await;
        let me = somebody(Role::Contributor, &[mine.item.id]);
        let done = bind(&desk, &me, &all("Tomkins, L", &leah)).await.unwrap();
        assert_eq!((done.bound, done.left), (1, 1));
        assert_eq!(targets(&now(&desk, &their_output).await), [None]);
        assert_eq!(now(&desk, &my_output).await.state(), State::Changed, "an editor publishes it");
        assert_eq!(now(&desk, &leah).await, leah, "and the person stays");

        let foreign = Binding { outputs: Some(vec![their_output.item.id]), ..all("Tomkins, L", &leah) };
        assert!(matches!(bind(&desk, &me, &foreign).await.unwrap_err(), Error::Refused(_)));
        let made = Binding { person: None, ..all("Tomkins, L", &leah) };
        assert!(matches!(bind(&desk, &me, &made).await.unwrap_err(), Error::Denied(_)));
        let viewer = somebody(Role::Viewer, &[]);
        assert!(matches!(
            bind(&desk, &viewer, &all("Tomkins, L", &leah)).await.unwrap_err(),
            Error::Denied(_)
        ));
        assert!(matches!(take_back(&desk, &viewer, &done.batch).await.unwrap_err(), Error::Denied(_)));
        let twin = person(&desk, "L", "Tomkins").draft(&desk).await;
        for user in [me, viewer] {
            let error = merge::merge(&desk, &user, &merging(&leah, &twin, &[])).await.unwrap_err();
            assert!(matches!(error, Error::Denied(_)));
            let error = merge::plan(&desk, &user, leah.item.id, twin.item.id).await.unwrap_err();
            assert!(matches!(error, Error::Denied(_)));
        }
        assert_eq!(now(&desk, &twin).await, twin);
        // Nothing credits the name any more, no such person, and an output is nobody.
        let nobody = Binding { person: Some(my_output.item.id), ..all("Tomkins, L", &leah) };
        assert!(matches!(bind(&desk, &User::system(), &nobody).await.unwrap_err(), Error::NotFound));
        let blank = Binding { said: " , ", ..all("", &leah) };
        assert!(matches!(bind(&desk, &User::system(), &blank).await.unwrap_err(), Error::Refused(_)));
    }
}

fn merging(keep: &Stored, merge: &Stored, take: &[&str]) -> Merge {
    Merge {
        keep: (keep.item.id, keep.meta.version),
        merge: (merge.item.id, merge.meta.version),
        take: take.iter().map(|name| (*name).to_owned()).collect(),
    }
}

async fn merged(desk: &Desk, keep: &Stored, merge: &Stored, take: &[&str]) -> Merged {
    merge::merge(desk, &User::system(), &merging(keep, merge, take)).await.unwrap()
}

/// Two records of one person, and everything that links to the second.
struct Twins {
    kept: Stored,
    twin: Stored,
    project: Stored,
    seen: Stored,
    worked: Stored,
    news: Stored,
}

async fn twins(desk: &Desk) -> Twins {
    let theme = theme(desk, 1, "One").published(desk).await;
    let kept = person(desk, "Leah", "Tomkins").text("job_title", "Lecturer").published(desk).await;
    let twin = person(desk, "L A", "Tomkins")
        .text("orcid", "0000-0002-1825-0097")
        .text("web", "https://tomkins.example.org/")
        .text("job_title", "Reader")
        .text("email", "leah@example.org")
        .published(desk)
        .await;
    let project = build::project(desk, &theme, "1.1", "Both").links("team", &[&twin, &kept]).published(desk);
    let project = project.await;
    let credited = || vec![author("Tomkins, L A", Some(&twin), true)];
    let seen = by(desk, "Seen", credited()).await.published(desk).await;
    let worked = by(desk, "Worked on", credited()).await.published(desk).await;
    let mut item = worked.item.clone();
    item.set("note", Value::Text("Not public yet".into()));
    let worked = save(desk, &User::system(), &[Edit::of(&worked, item)]).await.unwrap().remove(0);
    let news = build::news(desk, "News", "2026-01-01").links("authors", &[&twin]).links("people", &[&twin]);
    let news = news.draft(desk).await;
    Twins { kept, twin, project, seen, worked, news }
}

async fn nothing_links(desk: &Desk, id: Id) {
    for from in recto::content::TYPES {
        for field in from.fields.iter().filter(|field| field.target().is_some()) {
            assert!(
                desk.store.linking(from, field, id).await.unwrap().is_empty(),
                "{}.{}",
                from.name,
                field.name
            );
        }
    }
    assert!(desk.lists().linking(&id.to_string(), 9).await.unwrap().is_empty());
    assert!(desk.published.reader().linking(&id.to_string(), 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_people_become_one_and_two_again() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let Twins { kept, twin, project, seen, worked, news } = twins(&desk).await;
        let before = [&kept, &twin, &project, &seen, &worked, &news];
        let plan = merge::plan(&desk, &User::system(), kept.item.id, twin.item.id).await.unwrap();
        let offers: Vec<(&str, bool)> =
            plan.offers.iter().map(|offer| (offer.field.name, offer.lacking)).collect();
        assert_eq!(
            offers,
            [("given_names", false), ("job_title", false), ("orcid", true), ("web", true), ("email", true)]
        );
        assert_eq!((plan.linking.len(), plan.linking_number, plan.kept_linking), (4, 4, 1));

        let take = ["orcid", "web", "email", "biography", "family_name"];
        let done = merged(&desk, &kept, &twin, &take).await;
        assert_eq!(done.relinked, 4);
        nothing_links(&desk, twin.item.id).await;
        let one = now(&desk, &kept).await;
        assert_eq!(one.state(), State::Published);
        assert_eq!(one.item.text("job_title"), "Lecturer");
        assert_eq!(one.item.text("orcid"), "0000-0002-1825-0097");
        assert_eq!(one.item.text(CREDITED_AS), "Tomkins, LA");
        assert_eq!(public(&desk, &kept).await["web"], "https://tomkins.example.org/");
        let gone = now(&desk, &twin).await;
        assert_eq!((gone.state(), gone.item.text("orcid")), (State::Trashed, ""));
        assert_eq!(now(&desk, &project).await.item.rows("team").len(), 1);
        assert_eq!(public(&desk, &project).await["team"].as_array().unwrap().len(), 1);
        for (output, state) in [(&seen, State::Published), (&worked, State::Changed)] {
            assert_eq!(now(&desk, output).await.state(), state);
            let document = public(&desk, output).await;
            assert_eq!(document["authors"][0]["person"]["$ref"], kept.item.id.to_string());
            assert_eq!(document["authors"][0]["name"], "Tomkins, L A");
            assert!(document.get("note").is_none());
        }
        assert_eq!(now(&desk, &worked).await.item.text("note"), "Not public yet");
        // Whoever asks for the merged one, by slug, id or path, is led to the kept one.
        let reader = desk.published.reader();
        for reference in [twin.item.slug.clone(), twin.item.id.to_string()] {
            let found = reader.locate(&PERSON, &reference).await.unwrap();
            assert!(matches!(&found, Located::Moved(to) if to.id == kept.item.id.to_string()), "{found:?}");
        }
        let found = reader.at(&format!("/people/{}", twin.item.slug)).await.unwrap();
        assert!(matches!(&found, Located::Moved(to) if to.path == "/people/leah-tomkins"), "{found:?}");
        // The same from a store that is built anew.
        desk.rebuild(&|_, _| ()).await.unwrap();
        let found = reader.locate(&PERSON, &twin.item.slug).await.unwrap();
        assert!(matches!(&found, Located::Moved(to) if to.id == kept.item.id.to_string()), "{found:?}");
        let entries = desk.store.audit(Some(twin.item.id), 1).await.unwrap();
        assert_eq!((entries[0].verb.as_str(), entries[0].detail.as_str()), ("merge", done.batch.as_str()));

        let undone = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!((undone.restored, undone.stayed.len()), (6, 0));
        for was in before {
            let is = now(&desk, was).await;
            assert_eq!((&is.item, is.state()), (&was.item, was.state()), "{}", was.item.title());
        }
        for was in [&twin, &project, &seen, &worked] {
            let document = public(&desk, was).await.to_string();
            assert!(
                !document.contains(&kept.item.id.to_string()) || was.item.id == project.item.id,
                "{document}"
            );
        }
        let found = reader.locate(&PERSON, &twin.item.slug).await.unwrap();
        assert!(matches!(&found, Located::Here(there) if there.id == twin.item.id.to_string()), "{found:?}");
        let twice = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!((twice.restored, twice.stayed.len()), (0, 0));
    }
}

#[tokio::test]
async fn a_link_in_a_text_follows_a_merge_and_its_undoing() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let kept = person(&desk, "Leah", "Tomkins").published(&desk).await;
        let twin = person(&desk, "L A", "Tomkins").published(&desk).await;
        let link = |person: &Stored, words: &str| format!("<a href=\"recto:{}\">{words}</a>", person.item.id);
        let text = |twin: &Stored| {
            format!("<p>{} and {}, {}.</p>", link(&kept, "she"), link(twin, "<em>Leah</em>"), link(twin, "L"))
        };
        let news = build::news(&desk, "News", "2026-01-01").text("body", &text(&twin)).published(&desk).await;
        let biography = format!("<p>Is {}.</p>", link(&twin, "Leah"));
        let self_told = person(&desk, "Jean", "Hartley").text("biography", &biography).draft(&desk).await;
        let shown = async || public(&desk, &news).await["body"].to_string();
        let ids = [&kept, &twin].map(|person| person.item.id.to_string());
        let done = merged(&desk, &kept, &twin, &[]).await;
        assert_eq!(done.relinked, 2);
        let now_news = now(&desk, &news).await;
        assert_eq!((now_news.item.text("body"), now_news.state()), (text(&kept).as_str(), State::Published));
        assert_eq!(now(&desk, &self_told).await.item.text("biography"), biography.replace(&ids[1], &ids[0]));
        assert_eq!((shown().await.matches(&ids[0]).count(), shown().await.matches(&ids[1]).count()), (3, 0));
        nothing_links(&desk, twin.item.id).await;

        let undone = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert!(undone.stayed.is_empty());
        for was in [&kept, &twin, &news, &self_told] {
            let is = now(&desk, was).await;
            assert_eq!((&is.item, is.state()), (&was.item, was.state()), "{}", was.item.title());
        }
        assert_eq!((shown().await.matches(&ids[0]).count(), shown().await.matches(&ids[1]).count()), (1, 2));
    }
}

#[tokio::test]
async fn what_was_worked_on_since_a_merge_stays_and_is_told() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let Twins { kept, twin, seen, news, .. } = twins(&desk).await;
        let done = merged(&desk, &kept, &twin, &["orcid"]).await;
        // Another field: the link is put back all the same.
        let stored = now(&desk, &seen).await;
        let mut item = stored.item.clone();
        item.set("title", Value::Text("A better title".into()));
        save(&desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
        // The same field: it stays.
        let stored = now(&desk, &news).await;
        let mut item = stored.item.clone();
        item.set("authors", Value::Many(Vec::new()));
        save(&desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
        let undone = take_back(&desk, &User::system(), &done.batch).await.unwrap();
        let told: Vec<Id> = undone.stayed.iter().map(|one| one.stored.item.id).collect();
        assert_eq!(told, [news.item.id]);
        let output = now(&desk, &seen).await;
        assert_eq!(output.item.text("title"), "A better title");
        assert_eq!(targets(&output), [Some(twin.item.id)]);
        assert_eq!(public(&desk, &seen).await["title"], "Seen", "nobody has published the title");
        assert_eq!(public(&desk, &seen).await["authors"][0]["person"]["$ref"], twin.item.id.to_string());
        let news = now(&desk, &news).await;
        assert!(news.item.rows("authors").is_empty());
        assert_eq!(news.item.rows("people")[0].target, Some(twin.item.id));
    }
}

#[tokio::test]
async fn a_draft_that_is_kept_becomes_public_for_the_merged_one() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let half = build::item(&desk, &PERSON).text("family_name", "Tomkins").draft(&desk).await;
        let whole = person(&desk, "Leah", "Tomkins").published(&desk).await;
        let error = merge::merge(&desk, &User::system(), &merging(&half, &whole, &[])).await.unwrap_err();
        assert!(
            matches!(&error, Error::Invalid(problems) if problems.at("given_names").is_some()),
            "{error:?}"
        );
        assert_eq!(now(&desk, &whole).await, whole);
        let done = merged(&desk, &half, &whole, &["given_names"]).await;
        assert_eq!(now(&desk, &half).await.state(), State::Published);
        // Merged once more: readers of the first are led all the way.
        let third = person(&desk, "L.", "Tomkins").published(&desk).await;
        let kept = now(&desk, &half).await;
        let again = merged(&desk, &third, &kept, &[]).await;
        let found = desk.published.reader().locate(&PERSON, &whole.item.slug).await.unwrap();
        assert!(matches!(&found, Located::Moved(to) if to.id == third.item.id.to_string()), "{found:?}");
        take_back(&desk, &User::system(), &again.batch).await.unwrap();
        take_back(&desk, &User::system(), &done.batch).await.unwrap();
        assert_eq!(now(&desk, &half).await.state(), State::Draft);
        assert_eq!(now(&desk, &half).await.item, half.item);
        assert_eq!(now(&desk, &whole).await.state(), State::Published);
        // Gone is gone: nobody is led to what is no longer public.
        merged(&desk, &now(&desk, &third).await, &now(&desk, &whole).await, &[]).await;
        trash(&desk, &User::system(), third.item.id).await.unwrap();
        let found = desk.published.reader().locate(&PERSON, &whole.item.slug).await.unwrap();
        assert!(matches!(found, Located::Gone), "{found:?}");
    }
}

#[tokio::test]
async fn organisations_are_merged_and_what_cannot_be_is_refused() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let named = |name: &str| build::item(&desk, &ORGANISATION).text("name", name);
        let kept = named("Thames Valley Police").draft(&desk).await;
        let twin = named("TVP").text("ror", "https://ror.org/045wgfr59").published(&desk).await;
        let theme = theme(&desk, 1, "One").published(&desk).await;
        let role = Value::Text("funder".into());
        let project = build::project(&desk, &theme, "1.1", "Funded")
            .rows("partners", vec![Row { target: Some(twin.item.id), values: vec![role.clone()] }]);
        let project = project.published(&desk).await;
        let worker = person(&desk, "Leah", "Tomkins").one("organisation", twin.item.id).draft(&desk).await;
        let system = User::system();

        let stale = Merge { keep: (kept.item.id, 0), ..merging(&kept, &twin, &[]) };
        let error = merge::merge(&desk, &system, &stale).await.unwrap_err();
        assert!(matches!(&error, Error::Conflict(ids) if *ids == [kept.item.id]), "{error:?}");
        let itself = merging(&kept, &kept, &[]);
        assert!(matches!(merge::merge(&desk, &system, &itself).await.unwrap_err(), Error::Refused(_)));
        let mixed = merging(&kept, &worker, &[]);
        assert!(matches!(merge::merge(&desk, &system, &mixed).await.unwrap_err(), Error::Refused(_)));
        let themes = merging(&theme, &theme, &[]);
        assert!(matches!(merge::merge(&desk, &system, &themes).await.unwrap_err(), Error::Denied(_)));

        let done = merged(&desk, &kept, &twin, &["ror"]).await;
        assert_eq!(done.relinked, 2);
        nothing_links(&desk, twin.item.id).await;
        let partners = now(&desk, &project).await.item.rows("partners").to_vec();
        assert_eq!(partners, [Row { target: Some(kept.item.id), values: vec![role] }]);
        assert_eq!(now(&desk, &worker).await.item.one("organisation"), Some(kept.item.id));
        assert_eq!(public(&desk, &kept).await["ror"], "https://ror.org/045wgfr59");
        let again = merging(&now(&desk, &kept).await, &now(&desk, &twin).await, &[]);
        assert!(matches!(merge::merge(&desk, &system, &again).await.unwrap_err(), Error::Refused(_)));
        assert!(matches!(take_back(&desk, &system, "nothing").await.unwrap_err(), Error::NotFound));
        take_back(&desk, &system, &done.batch).await.unwrap();
        assert_eq!(now(&desk, &project).await.item, project.item);
        assert_eq!(now(&desk, &twin).await.item, twin.item);
    }
}

#[tokio::test]
async fn drafts_are_rewritten_as_drafts() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let kept = person(&desk, "Leah", "Tomkins").published(&desk).await;
        let twin = person(&desk, "L", "Tomkins").draft(&desk).await;
        let theme = theme(&desk, 1, "One").published(&desk).await;
        // Linked in the draft alone: what the public sees has nothing to follow.
        let project = build::project(&desk, &theme, "1.1", "Both").published(&desk).await;
        let mut item: Item = project.item.clone();
        item.set("team", Value::Many(vec![Row { target: Some(twin.item.id), values: vec![Value::None] }]));
        save(&desk, &User::system(), &[Edit::of(&project, item)]).await.unwrap();
        let sequence = desk.published.sequence().await.unwrap();
        merged(&desk, &kept, &twin, &[]).await;
        let stored = now(&desk, &project).await;
        assert_eq!(stored.state(), State::Changed);
        assert_eq!(stored.item.rows("team")[0].target, Some(kept.item.id));
        assert_eq!(desk.published.sequence().await.unwrap(), sequence, "nothing in public has changed");
        publish(&desk, &User::system(), project.item.id, None, &[]).await.unwrap();
        assert_eq!(public(&desk, &project).await["team"].as_array().unwrap().len(), 1);
        let found = desk.published.reader().locate(&PERSON, &twin.item.slug).await.unwrap();
        assert!(matches!(found, Located::Unknown), "a draft’s address was never known: {found:?}");
        assert!(OUTPUT.field("authors").is_some() && PROJECT.field("team").is_some());
    }
}
