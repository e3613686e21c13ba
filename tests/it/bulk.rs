//! Many items at once: published, unpublished, trashed, one field set, part by part under one number, and all
//! of it taken back; on both databases.

mod pages;

use recto::content::types::{ORGANISATION, OUTPUT, PERSON, PROJECT, SITE, TERM};
use recto::content::{ContentType, Field, Id, Value};
use recto::editing::bulk::{self, Chosen, Fate, MOST, PART, Wish, act, look, settable};
use recto::editing::import::Undone;
use recto::editing::{Desk, Edit, User, permission, publish, save, take_back, trash, unpublish, untrash};
use recto::error::Error;
use recto::store::{Role, State, Stored};

use crate::support::build::{self, news, output, person, theme};
use crate::support::{TestDesk, backends, now};

fn somebody(role: Role, projects: &[Id]) -> User {
    let account = Some(format!("account-of-a-{}", role.name()));
    User { account, name: "Somebody".into(), role, assigned: projects.iter().copied().collect() }
}

/// What the public reads in a field of it; nothing where it sees no such item.
async fn public(desk: &Desk, stored: &Stored, field: &str) -> Option<serde_json::Value> {
    let found = desk.published.reader().get(&stored.item.id.to_string()).await.unwrap()?;
    Some(found.json.get(field).cloned().unwrap_or_default())
}

/// Saves a text of it.
async fn write(desk: &Desk, stored: &Stored, field: &str, text: &str) -> Stored {
    let stored = now(desk, stored).await;
    let mut item = stored.item.clone();
    item.set(field, Value::Text(text.into()));
    save(desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap().remove(0)
}

fn seen(items: &[&Stored]) -> Vec<Chosen> {
    items.iter().map(|stored| Chosen { id: stored.item.id, seen: stored.meta.version }).collect()
}

fn set(content_type: &'static ContentType, name: &str, value: Value) -> Wish {
    Wish::Set(content_type.field(name).unwrap(), value)
}

/// Does it to all of one type as they are by now, and gives the number.
async fn done_by(desk: &Desk, user: &User, wish: &Wish, items: &[&Stored]) -> Id {
    let (batch, content_type) = (Id::new(desk.clock.now()), items[0].item.content_type);
    let ids: Vec<Id> = items.iter().map(|stored| stored.item.id).collect();
    let current = desk.store.items(content_type, &ids).await.unwrap();
    act(desk, user, batch, content_type, wish, &seen(&current.iter().collect::<Vec<_>>())).await.unwrap();
    batch
}

async fn done(desk: &Desk, wish: &Wish, items: &[&Stored]) -> Id {
    done_by(desk, &User::system(), wish, items).await
}

async fn back(desk: &Desk, batch: Id) -> Undone {
    take_back(desk, &User::system(), &batch.to_string()).await.unwrap()
}

async fn fates(desk: &Desk, user: &User, wish: &Wish, items: &[&Stored]) -> Vec<Fate> {
    let ids: Vec<Id> = items.iter().map(|stored| stored.item.id).collect();
    let judged = look(desk, user, items[0].item.content_type, wish, &ids).await.unwrap();
    assert_eq!(judged.iter().map(|one| one.stored.item.id).collect::<Vec<_>>(), ids, "in their order");
    judged.into_iter().map(|one| one.fate).collect()
}

fn stays(why: &str) -> Fate {
    Fate::Stays(why.to_owned())
}

/// Outputs in every state: a draft, a public one, a public one with changes, an incomplete one, one in the trash.
struct Every {
    draft: Stored,
    seen: Stored,
    changed: Stored,
    half: Stored,
    gone: Stored,
}

impl Every {
    async fn new(desk: &Desk) -> Self {
        let make = async |title| output(desk, None, title, 2020).await;
        let changed = make("Changed").await.published(desk).await;
        let half = make("Half").await;
        let mut item = half.item.clone();
        item.set("year", Value::None);
        let gone = make("Gone").await.draft(desk).await;
        Self {
            draft: make("Draft").await.draft(desk).await,
            seen: make("Seen").await.published(desk).await,
            changed: write(desk, &changed, "note", "Not public yet").await,
            half: save(desk, &User::system(), &[Edit::new(item)]).await.unwrap().remove(0),
            gone: trash(desk, &User::system(), gone.item.id).await.unwrap(),
        }
    }

    fn all(&self) -> [&Stored; 5] {
        [&self.draft, &self.seen, &self.changed, &self.half, &self.gone]
    }

    async fn states(&self, desk: &Desk) -> [State; 5] {
        let mut states = [State::Draft; 5];
        for (state, stored) in states.iter_mut().zip(self.all()) {
            *state = now(desk, stored).await.state();
        }
        states
    }
}

const BEFORE: [State; 5] = [State::Draft, State::Published, State::Changed, State::Draft, State::Trashed];

#[tokio::test]
async fn what_is_published_is_whole_and_is_taken_back_to_what_the_public_saw() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let every = Every::new(&desk).await;
        let incomplete = stays("Year is needed to publish.");
        assert_eq!(
            fates(&desk, &User::system(), &Wish::Publish, &every.all()).await,
            [
                Fate::Happens,
                Fate::AsIs,
                Fate::Happens,
                incomplete,
                stays("It is in the trash; take it out first.")
            ]
        );
        assert_eq!(every.states(&desk).await, BEFORE, "looking changes nothing");

        let batch = done(&desk, &Wish::Publish, &every.all()).await;
        let after = [State::Published, State::Published, State::Published, State::Draft, State::Trashed];
        assert_eq!(every.states(&desk).await, after);
        assert_eq!(public(&desk, &every.draft, "title").await, Some("Draft".into()));
        assert_eq!(public(&desk, &every.changed, "note").await, Some("Not public yet".into()));
        assert_eq!(public(&desk, &every.half, "title").await, None);
        let deeds = desk.store.deeds(&batch.to_string()).await.unwrap();
        assert_eq!(deeds.len(), 2, "what was not done is no part of it");
        let audit = desk.store.audit(Some(every.draft.item.id), 10).await.unwrap();
        assert_eq!(audit.iter().filter(|entry| entry.verb == "publish").count(), 1, "said once");

        let undone = back(&desk, batch).await;
        assert_eq!((undone.restored, undone.stayed.len()), (2, 0));
        assert_eq!(every.states(&desk).await, BEFORE);
        assert_eq!(public(&desk, &every.draft, "title").await, None);
        assert_eq!(public(&desk, &every.changed, "note").await, Some(serde_json::Value::Null));
        let twice = back(&desk, batch).await;
        assert_eq!((twice.restored, twice.stayed.len()), (0, 0));
    }
}

#[tokio::test]
async fn what_is_unpublished_comes_back_as_the_public_saw_it() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let every = Every::new(&desk).await;
        // A draft's address is not public before the draft is.
        let stored = now(&desk, &every.changed).await;
        let mut item = stored.item.clone();
        item.slug = "a-secret-address".to_owned();
        save(&desk, &User::system(), &[Edit::of(&stored, item)]).await.unwrap();
        let fate = fates(&desk, &User::system(), &Wish::Unpublish, &every.all()).await;
        assert_eq!(fate, [Fate::AsIs, Fate::Happens, Fate::Happens, Fate::AsIs, Fate::AsIs]);

        let batch = done(&desk, &Wish::Unpublish, &every.all()).await;
        for stored in every.all() {
            assert_eq!(public(&desk, stored, "title").await, None);
        }
        let undone = back(&desk, batch).await;
        assert_eq!((undone.restored, undone.stayed.len()), (2, 0));
        assert_eq!(every.states(&desk).await, BEFORE);
        assert_eq!(public(&desk, &every.changed, "slug").await, Some("changed".into()));
        assert_eq!(public(&desk, &every.changed, "note").await, Some(serde_json::Value::Null));
        let known = desk.store.publication(every.changed.item.id).await.unwrap().unwrap().slugs;
        assert_eq!(known, ["changed"], "the draft’s address is not known in public");
    }
}

#[tokio::test]
async fn the_trash_is_filled_and_emptied_again() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let every = Every::new(&desk).await;
        let fate = fates(&desk, &User::system(), &Wish::Trash, &every.all()).await;
        assert_eq!(fate, [Fate::Happens, Fate::Happens, Fate::Happens, Fate::Happens, Fate::AsIs]);
        let batch = done(&desk, &Wish::Trash, &every.all()).await;
        assert_eq!(every.states(&desk).await, [State::Trashed; 5]);
        assert_eq!(public(&desk, &every.seen, "title").await, None);

        // One is taken out and trashed again by somebody else, who has reasons.
        let later = desk.clock.now() + chrono::TimeDelta::seconds(5);
        let desk_later = Desk { clock: recto::clock::Clock::held(later), ..desk.desk.clone() };
        untrash(&desk, &User::system(), every.half.item.id).await.unwrap();
        trash(&desk_later, &User::system(), every.half.item.id).await.unwrap();
        let undone = back(&desk, batch).await;
        assert_eq!(undone.restored, 3);
        assert_eq!(undone.stayed[0].why, "It was moved to the trash again since.");
        let [draft, seen, changed, half, gone] = every.states(&desk).await;
        assert_eq!([draft, seen, changed, gone], [BEFORE[0], BEFORE[1], BEFORE[2], BEFORE[4]]);
        assert_eq!(half, State::Trashed);
        assert_eq!(public(&desk, &every.changed, "note").await, Some(serde_json::Value::Null));

        let out = [&every.half, &every.gone, &every.draft];
        let fate = fates(&desk, &User::system(), &Wish::Untrash, &out).await;
        assert_eq!(fate, [Fate::Happens, Fate::Happens, Fate::AsIs]);
        let batch = done(&desk, &Wish::Untrash, &out).await;
        write(&desk, &every.gone, "note", "Worked on").await;
        let undone = back(&desk, batch).await;
        assert_eq!((undone.restored, undone.stayed[0].why), (1, "It was changed since."));
        assert_eq!(now(&desk, &every.half).await.state(), State::Trashed);
        assert_eq!(now(&desk, &every.gone).await.state(), State::Draft);
    }
}

#[tokio::test]
async fn what_somebody_has_decided_since_stays() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let system = User::system();
        let made: Vec<Stored> = {
            let mut made = Vec::new();
            for title in ["Again", "Withdrawn", "Worked on"] {
                made.push(output(&desk, None, title, 2020).await.draft(&desk).await);
            }
            made
        };
        let [again, withdrawn, worked] = made.as_slice() else { panic!("three") };
        let later = |seconds| {
            let clock = recto::clock::Clock::held(desk.clock.now() + chrono::TimeDelta::seconds(seconds));
            Desk { clock, ..desk.desk.clone() }
        };
        let batch = done(&desk, &Wish::Publish, &[again, withdrawn, worked]).await;
        unpublish(&desk, &system, withdrawn.item.id).await.unwrap();
        // The same version, but somebody has decided anew.
        unpublish(&desk, &system, again.item.id).await.unwrap();
        publish(&later(9), &system, again.item.id, None, &[]).await.unwrap();
        write(&desk, worked, "note", "A draft beside it").await;
        let undone = back(&desk, batch).await;
        assert_eq!(undone.restored, 1);
        assert_eq!(undone.stayed.len(), 1);
        assert_eq!(undone.stayed[0].stored.item.id, again.item.id);
        assert_eq!(undone.stayed[0].why, "It was published again since.");
        assert_eq!(now(&desk, again).await.state(), State::Published);
        assert_eq!(now(&desk, worked).await.state(), State::Draft);
        assert_eq!(now(&desk, worked).await.item.text("note"), "A draft beside it");

        let batch = done(&desk, &Wish::Unpublish, &[again]).await;
        write(&desk, again, "note", "Newer").await;
        publish(&desk, &system, again.item.id, None, &[]).await.unwrap();
        assert_eq!(back(&desk, batch).await.stayed[0].why, "It was published again since.");
        let batch = done(&desk, &Wish::Unpublish, &[again]).await;
        trash(&desk, &system, again.item.id).await.unwrap();
        assert_eq!(back(&desk, batch).await.stayed[0].why, "It was moved to the trash since.");
        assert_eq!(public(&desk, again, "title").await, None);
    }
}

#[tokio::test]
async fn a_field_is_set_in_drafts_and_put_back_where_nobody_has_changed_it_since() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let every = Every::new(&desk).await;
        let wish = set(&OUTPUT, "availability", Value::Text("open".into()));
        let trashed = stays("It is in the trash; take it out first.");
        let happens = Fate::Happens;
        assert_eq!(
            fates(&desk, &User::system(), &wish, &every.all()).await,
            [happens.clone(), happens.clone(), happens.clone(), happens, trashed]
        );
        let batch = done(&desk, &wish, &every.all()).await;
        let after = [State::Draft, State::Changed, State::Changed, State::Draft, State::Trashed];
        assert_eq!(every.states(&desk).await, after);
        assert_eq!(now(&desk, &every.seen).await.item.text("availability"), "open");
        assert_eq!(public(&desk, &every.seen, "availability").await, Some("on_request".into()));
        assert_eq!(now(&desk, &every.gone).await.item.text("availability"), "on_request");
        let said = fates(&desk, &User::system(), &wish, &[&every.seen]).await;
        assert_eq!(said, [Fate::AsIs], "it says so already");

        write(&desk, &every.draft, "availability", "unavailable").await;
        write(&desk, &every.half, "note", "Another field").await;
        let undone = back(&desk, batch).await;
        assert_eq!(undone.restored, 3);
        assert_eq!(undone.stayed.len(), 1);
        assert_eq!(undone.stayed[0].why, "Somebody has changed the same field since.");
        assert_eq!(now(&desk, &every.draft).await.item.text("availability"), "unavailable");
        assert_eq!(now(&desk, &every.half).await.item.text("availability"), "on_request");
        assert_eq!(now(&desk, &every.half).await.item.text("note"), "Another field");
        assert_eq!(every.states(&desk).await, BEFORE, "what is as in public is without changes");
        assert_eq!(back(&desk, batch).await.restored, 0);

        // What the public never sees changes nothing for it.
        let flag = person(&desk, "Leah", "Tomkins").published(&desk).await;
        let batch = done(&desk, &set(&PERSON, "email_public", Value::Flag(true)), &[&flag]).await;
        assert!(now(&desk, &flag).await.item.flag("email_public"));
        assert_eq!(now(&desk, &flag).await.state(), State::Published);
        assert_eq!(back(&desk, batch).await.restored, 1);
        assert!(!now(&desk, &flag).await.item.flag("email_public"));
        assert_eq!(now(&desk, &flag).await.state(), State::Published);
    }
}

#[tokio::test]
async fn only_what_can_be_the_same_in_many_is_set_and_only_to_what_there_is() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let system = User::system();
        let names = |content_type| -> Vec<&str> { settable(content_type).map(|field| field.name).collect() };
        assert_eq!(names(&OUTPUT), ["type", "year", "availability", "embargo_until"]);
        assert_eq!(names(&PROJECT), ["theme", "status", "start", "end"]);
        assert_eq!(names(&PERSON), ["organisation", "standing", "email_public"]);

        let one = output(&desk, None, "One", 2020).await.draft(&desk).await;
        let terms = desk.store.items(&OUTPUT, &[one.item.id]).await.unwrap()[0].item.one("type").unwrap();
        let kinds = desk.lists().search("University", 1).await.unwrap();
        let other_list: Id = kinds[0].id.parse().unwrap();
        let gone = build::item(&desk, &TERM).text("vocabulary", "output_type").text("label", "Gone");
        let gone = gone.draft(&desk).await;
        trash(&desk, &system, gone.item.id).await.unwrap();
        let ids = [one.item.id];
        for bad in [one.item.id, other_list, gone.item.id, Id::new(desk.clock.now())] {
            let error = look(&desk, &system, &OUTPUT, &set(&OUTPUT, "type", Value::One(bad)), &ids).await;
            let Err(Error::Invalid(problems)) = error else { panic!("{bad}: {error:?}") };
            assert_eq!((problems.0[0].field.as_str(), problems.0[0].code), ("type", "unknown"));
            let batch = Id::new(desk.clock.now());
            let wish = set(&OUTPUT, "type", Value::One(bad));
            let error = act(&desk, &system, batch, &OUTPUT, &wish, &seen(&[&one])).await.unwrap_err();
            assert!(matches!(error, Error::Invalid(_)));
        }
        assert_eq!(
            fates(&desk, &system, &set(&OUTPUT, "type", Value::One(terms)), &[&one]).await,
            [Fate::AsIs]
        );
        // Needed to publish: not emptied by the dozen. Others are.
        let error = look(&desk, &system, &OUTPUT, &set(&OUTPUT, "year", Value::None), &ids).await;
        assert!(matches!(error, Err(Error::Invalid(_))));
        let wish = set(&OUTPUT, "embargo_until", Value::None);
        assert_eq!(fates(&desk, &system, &wish, &[&one]).await, [Fate::AsIs]);
        for (content_type, name) in
            [(&OUTPUT, "title"), (&OUTPUT, "doi"), (&OUTPUT, "file"), (&OUTPUT, "projects")]
        {
            let error = look(&desk, &system, content_type, &set(content_type, name, Value::None), &ids).await;
            assert!(matches!(error, Err(Error::NotFound)), "{name}: {error:?}");
        }
        let foreign: &Field = PROJECT.field("status").unwrap();
        let wish = Wish::Set(foreign, Value::Text("active".into()));
        assert!(matches!(look(&desk, &system, &OUTPUT, &wish, &ids).await, Err(Error::NotFound)));
        assert!(matches!(look(&desk, &system, &SITE, &Wish::Publish, &[]).await, Err(Error::NotFound)));

        // What would not be saved alone is not saved among many.
        let theme = theme(&desk, 1, "One").draft(&desk).await;
        let project =
            build::project(&desk, &theme, "1.1", "Late").text("start", "2024-05-01").draft(&desk).await;
        let end = Value::Date("2023-01-01".parse().unwrap());
        let fate = fates(&desk, &system, &set(&PROJECT, "end", end), &[&project]).await;
        assert_eq!(fate, [stays("The end comes before the start; change one of them.")]);
        // A link that is found, and emptied again.
        let centre = build::item(&desk, &ORGANISATION).text("name", "The centre").draft(&desk).await;
        let leah = person(&desk, "Leah", "Tomkins").draft(&desk).await;
        done(&desk, &set(&PERSON, "organisation", Value::One(centre.item.id)), &[&leah]).await;
        assert_eq!(now(&desk, &leah).await.item.one("organisation"), Some(centre.item.id));
        let batch = done(&desk, &set(&PERSON, "organisation", Value::None), &[&leah]).await;
        assert_eq!(now(&desk, &leah).await.item.one("organisation"), None);
        back(&desk, batch).await;
        assert_eq!(now(&desk, &leah).await.item.one("organisation"), Some(centre.item.id));
    }
}

#[tokio::test]
async fn each_item_is_asked_for_by_the_rules_of_its_own() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let theme = theme(&desk, 1, "One").draft(&desk).await;
        let mine = build::project(&desk, &theme, "1.1", "Mine").draft(&desk).await;
        let theirs = build::project(&desk, &theme, "1.2", "Theirs").draft(&desk).await;
        let my_output = output(&desk, Some(&mine), "My output", 2020).await.draft(&desk).await;
        let their_output = output(&desk, Some(&theirs), "Their output", 2020).await.draft(&desk).await;
        let both = [&my_output, &their_output];
        let ids = both.map(|stored| stored.item.id);
        let me = somebody(Role::Contributor, &[mine.item.id]);
        let (viewer, editor) = (somebody(Role::Viewer, &[]), somebody(Role::Editor, &[]));
        let year = set(&OUTPUT, "year", Value::Integer(2021));

        let fate = fates(&desk, &me, &year, &both).await;
        assert_eq!(fate[0], Fate::Happens);
        let foreign = permission::allow(&me, permission::Verb::Save, &their_output).unwrap_err();
        assert_eq!(fate[1], stays(&foreign.to_string()));
        let batch = done_by(&desk, &me, &year, &both).await;
        assert_eq!(now(&desk, &my_output).await.item.integer("year"), Some(2021));
        assert_eq!(now(&desk, &their_output).await.item.integer("year"), Some(2020));

        for wish in [Wish::Publish, Wish::Unpublish, Wish::Trash, Wish::Untrash] {
            for user in [&me, &viewer] {
                let error = look(&desk, user, &OUTPUT, &wish, &ids).await.unwrap_err();
                assert!(matches!(error, Error::Denied(_)), "{wish:?}");
                let new = Id::new(desk.clock.now());
                let error = act(&desk, user, new, &OUTPUT, &wish, &seen(&both)).await.unwrap_err();
                assert!(matches!(error, Error::Denied(_)), "{wish:?}");
            }
        }
        let new = Id::new(desk.clock.now());
        assert!(matches!(
            act(&desk, &viewer, new, &OUTPUT, &year, &seen(&both)).await,
            Err(Error::Denied(_))
        ));
        assert!(matches!(take_back(&desk, &viewer, &batch.to_string()).await, Err(Error::Denied(_))));
        // Another contributor, and then one who has lost the project.
        let other = User { account: Some("another".into()), ..me.clone() };
        assert!(matches!(take_back(&desk, &other, &batch.to_string()).await, Err(Error::Denied(_))));
        let lost = User { assigned: Default::default(), ..me.clone() };
        let undone = take_back(&desk, &lost, &batch.to_string()).await.unwrap();
        assert_eq!((undone.restored, undone.stayed[0].why), (0, "It is not yours to change any more."));
        assert_eq!(take_back(&desk, &me, &batch.to_string()).await.unwrap().restored, 1);
        assert_eq!(now(&desk, &my_output).await.item.integer("year"), Some(2020));

        // Whoever has published may be no editor any more.
        let batch = done_by(&desk, &editor, &Wish::Publish, &[&my_output]).await;
        let was = User { role: Role::Contributor, assigned: me.assigned.clone(), ..editor.clone() };
        assert!(matches!(take_back(&desk, &was, &batch.to_string()).await, Err(Error::Denied(_))));
        assert_eq!(now(&desk, &my_output).await.state(), State::Published);
        // Terms are the administrators'.
        let term = build::item(&desk, &TERM).text("vocabulary", "output_type").text("label", "Podcast");
        let term = term.draft(&desk).await;
        let error = look(&desk, &editor, &TERM, &Wish::Publish, &[term.item.id]).await.unwrap_err();
        assert!(matches!(error, Error::Denied(_)));
        let batch = done(&desk, &Wish::Publish, &[&term]).await;
        assert!(matches!(take_back(&desk, &editor, &batch.to_string()).await, Err(Error::Denied(_))));
    }
}

#[tokio::test]
async fn a_part_may_be_sent_twice_and_a_number_belongs_to_one_deed() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let editor = somebody(Role::Editor, &[]);
        let mut made = Vec::new();
        for number in 0..3 {
            made.push(output(&desk, None, &format!("Output {number}"), 2020).await.draft(&desk).await);
        }
        let items: Vec<&Stored> = made.iter().collect();
        let batch = done_by(&desk, &editor, &Wish::Trash, &items[..2]).await;
        let again = async |wish: &Wish, user: &User, items: &[&Stored]| {
            act(&desk, user, batch, &OUTPUT, wish, &seen(items)).await
        };
        again(&Wish::Trash, &editor, &items[..2]).await.unwrap();
        assert_eq!(desk.store.deeds(&batch.to_string()).await.unwrap().len(), 2);
        // Taken back in another window, then sent once more: not done again, but for what was not done yet.
        back(&desk, batch).await;
        again(&Wish::Trash, &editor, &items).await.unwrap();
        let mut states = Vec::new();
        for stored in &items {
            states.push(now(&desk, stored).await.state());
        }
        assert_eq!(states, [State::Draft, State::Draft, State::Trashed]);

        let other = User { account: Some("another".into()), ..editor.clone() };
        for (wish, user) in [(&Wish::Trash, &other), (&Wish::Publish, &editor)] {
            let error = again(wish, user, &items[..1]).await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
        }
        let story = news(&desk, "Story", "2026-01-01").draft(&desk).await;
        let error = act(&desk, &editor, batch, story.item.content_type, &Wish::Trash, &seen(&[&story])).await;
        assert!(matches!(error, Err(Error::Refused(_))));
        assert_eq!(now(&desk, &story).await.state(), State::Draft);
        // Of another type: not found among these, and left alone.
        let batch = Id::new(desk.clock.now());
        act(&desk, &editor, batch, &OUTPUT, &Wish::Trash, &seen(&[&story])).await.unwrap();
        assert_eq!(now(&desk, &story).await.state(), State::Draft);

        let many = vec![seen(&items[..1])[0]; PART + 1];
        let error = act(&desk, &editor, batch, &OUTPUT, &Wish::Publish, &many).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)));
        let ids = vec![items[0].item.id; MOST + 1];
        let error = look(&desk, &editor, &OUTPUT, &Wish::Publish, &ids).await.unwrap_err();
        assert!(matches!(error, Error::Refused(_)));
    }
}

#[tokio::test]
async fn what_nobody_has_looked_at_is_not_published() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let one = output(&desk, None, "One", 2020).await.draft(&desk).await;
        let two = output(&desk, None, "Two", 2020).await.draft(&desk).await;
        let batch = Id::new(desk.clock.now());
        let chosen = seen(&[&one, &two]);
        write(&desk, &one, "note", "Written meanwhile").await;
        act(&desk, &User::system(), batch, &OUTPUT, &Wish::Publish, &chosen).await.unwrap();
        assert_eq!(public(&desk, &one, "title").await, None);
        assert_eq!(public(&desk, &two, "title").await, Some("Two".into()));
        let left = bulk::left(&desk, &User::system(), batch, &OUTPUT, &Wish::Publish, &chosen).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].fate, stays("Somebody has changed it since you looked; look again."));
    }
}

/// Every statement costs a way to the database: few for each item, and few for all of them.
#[tokio::test]
async fn many_items_cost_few_statements_each() {
    for backend in backends() {
        let (desk, counted) = TestDesk::counted(&backend).await;
        let mut made = Vec::new();
        for number in 0..PART {
            made.push(output(&desk, None, &format!("Output {number}"), 2020).await.draft(&desk).await);
        }
        let items: Vec<&Stored> = made.iter().collect();
        let (few, many) = (5_u64, u64::try_from(PART).unwrap());
        let cost = async |wish: &Wish, number: u64, most: u64| {
            let items = &items[..usize::try_from(number).unwrap()];
            let before = counted.sent();
            let batch = done(&desk, wish, items).await;
            let deed = counted.sent() - before;
            let undone = back(&desk, batch).await;
            assert_eq!(undone.restored, items.len());
            let undo = counted.sent() - before - deed;
            assert!(deed <= 16 + number * most, "{wish:?} of {number}: {deed}");
            assert!(undo <= 12 + number * (most + 2), "{wish:?} of {number} taken back: {undo}");
        };
        for number in [few, many] {
            cost(&Wish::Publish, number, 7).await;
            cost(&Wish::Trash, number, 4).await;
            cost(&set(&OUTPUT, "year", Value::Integer(2021)), number, 7).await;
        }
        done(&desk, &Wish::Publish, &items).await;
        cost(&Wish::Unpublish, many, 7).await;
        cost(&Wish::Trash, many, 9).await;
        let before = counted.sent();
        let ids: Vec<Id> = items.iter().map(|stored| stored.item.id).collect();
        look(&desk, &User::system(), &OUTPUT, &Wish::Publish, &ids).await.unwrap();
        assert!(counted.sent() - before <= 5);
    }
}
