//! The registry: that the declarations hold together, with each other and with what is made of them.

pub mod generate;
mod table;
pub mod values;

use std::collections::HashSet;

use proptest::prelude::*;
use recto::content::types::{PAGE, TERM};
use recto::content::{
    Choice, ContentType, Field, Id, Item, Kind, Part, Problems, TYPES, Weight, by_name, by_plural, document,
    table as csv, validate,
};
use recto::published::{Order, PublishedStore};

/// Every field of every type with the path to it, the columns of rows too.
fn fields() -> Vec<(String, &'static Field)> {
    let mut all = Vec::new();
    for content_type in TYPES {
        for field in content_type.fields {
            let path = format!("{}.{}", content_type.name, field.name);
            all.extend(field.columns().iter().map(|column| (format!("{path}.{}", column.name), column)));
            all.push((path, field));
        }
    }
    all
}

fn is_snake_case(name: &str) -> bool {
    let mut words = name.split('_');
    words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
        && name.starts_with(|first: char| first.is_ascii_lowercase())
}

fn assert_unique<'a>(what: &str, names: impl IntoIterator<Item = &'a str>) {
    let mut seen = HashSet::new();
    for name in names {
        assert!(seen.insert(name), "{what}: {name} twice");
    }
}

/// What the public document of a type calls its things, references left out.
fn public_names(content_type: &ContentType) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for field in content_type.fields.iter().filter(|field| field.public) {
        names.push(field.name.to_owned());
        match field.kind {
            Kind::Html => names.push(format!("{}_text", field.name)),
            Kind::Choice(_) => names.push(format!("{}_label", field.name)),
            _ => {}
        }
    }
    names.extend(content_type.computed.iter().map(|computed| computed.name.to_owned()));
    names
}

#[test]
fn names_are_unique_and_spelled_alike() {
    assert_unique("types", TYPES.iter().map(|one| one.name));
    assert_unique("plurals", TYPES.iter().map(|one| one.plural));
    // A table of rows is called as its type and field are; no type may have that name.
    let tables =
        TYPES.iter().flat_map(|one| one.many().map(|(_, field)| format!("{}_{}", one.name, field.name)));
    let tables: Vec<String> = tables.chain(TYPES.iter().map(|one| one.name.to_owned())).collect();
    let fixed =
        ["item", "revision", "publication", "account", "session", "audit", "assignment", "one_time_link"];
    assert_unique("tables", tables.iter().map(String::as_str).chain(fixed));
    for content_type in TYPES {
        let name = content_type.name;
        assert!(is_snake_case(name), "{name}");
        assert!(is_snake_case(&content_type.plural.replace('-', "_")), "{}", content_type.plural);
        assert_eq!(by_name(name), Some(content_type));
        assert_eq!(by_plural(content_type.plural), Some(content_type));
        assert_unique(name, content_type.fields.iter().map(|field| field.name));
        let names = public_names(content_type);
        // Every document has these; `breadcrumbs` stands in answers, `search` is a route.
        let common = ["id", "object", "slug", "path", "published_at", "updated_at", "breadcrumbs"];
        let inverses = content_type.inverses.iter().map(|inverse| inverse.name);
        assert_unique(name, names.iter().map(String::as_str).chain(common).chain(inverses));
        let through = content_type.through.iter().map(|(name, ..)| *name);
        assert_unique(name, through.chain(content_type.fields.iter().map(|field| field.name)));
        assert!(!matches!(content_type.plural, "search" | "openapi.json"));
        for (_, field) in content_type.many() {
            let own = ["id", "owner_id", "place", "target_id", field.target().unwrap()];
            assert_unique(field.name, field.columns().iter().map(|column| column.name).chain(own));
        }
    }
    for (path, field) in fields() {
        assert!(is_snake_case(field.name), "{path}");
    }
}

#[test]
fn editors_are_told_what_things_are() {
    let sentence = |text: &str| {
        text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '{')
            && text.ends_with(['.', ':', '…'])
    };
    for content_type in TYPES {
        let labels = [content_type.label, content_type.labels];
        assert!(labels.iter().all(|label| label.starts_with(char::is_uppercase)), "{labels:?}");
        assert!(sentence(content_type.help), "{}: {}", content_type.name, content_type.help);
        assert_unique(content_type.name, content_type.fields.iter().map(|field| field.label));
        for inverse in content_type.inverses {
            assert!(inverse.label.starts_with(char::is_uppercase), "{}", inverse.name);
        }
        for computed in content_type.computed {
            assert!(sentence(computed.help), "{}: {}", computed.name, computed.help);
        }
    }
    for (path, field) in fields() {
        let proper = field.label.starts_with("schema.org");
        assert!(field.label.starts_with(char::is_uppercase) || proper, "{path}: {}", field.label);
        assert!(field.label.trim() == field.label && field.help.trim() == field.help, "{path}");
        assert!(field.group.is_none_or(|heading| heading.starts_with(char::is_uppercase)), "{path}");
        if let Kind::Choice(choices) = field.kind {
            assert_choices(&path, choices);
        }
    }
}

fn assert_choices(path: &str, choices: &[Choice]) {
    assert!(!choices.is_empty(), "{path}");
    // Whatever is typed means one of them: a label may be another's value in no case.
    let spellings =
        choices.iter().flat_map(|choice| [choice.value.to_lowercase(), choice.label.to_lowercase()]);
    let mut seen: Vec<(usize, String)> = Vec::new();
    for (at, spelling) in spellings.enumerate() {
        let clash = seen.iter().find(|(of, known)| *known == spelling && *of != at / 2);
        assert!(clash.is_none(), "{path}: {spelling} means two");
        seen.push((at / 2, spelling));
    }
    for choice in choices {
        assert!(is_snake_case(choice.value) && !choice.label.trim().is_empty(), "{path}: {choice:?}");
    }
}

#[test]
fn links_lead_to_types_that_stand_before() {
    for (at, content_type) in TYPES.into_iter().enumerate() {
        for field in content_type.fields {
            if let Some(to) = field.target() {
                let target = TYPES.iter().position(|one| one.name == to);
                let own_kind = content_type == &PAGE && to == PAGE.name;
                assert!(
                    target.is_some_and(|target| target < at) || own_kind,
                    "{}.{}",
                    content_type.name,
                    field.name
                );
                assert!(!by_name(to).unwrap().single, "{}.{}", content_type.name, field.name);
            }
            if let Kind::One { to, vocabulary: Some(vocabulary) } = field.kind {
                assert_eq!(to, TERM.name, "only terms have vocabularies");
                let Kind::Choice(known) = TERM.field("vocabulary").unwrap().kind else {
                    panic!("no vocabularies")
                };
                assert!(known.iter().any(|choice| choice.value == vocabulary), "there is no {vocabulary}");
            }
        }
    }
    for (path, field) in fields().iter().filter(|(path, _)| path.matches('.').count() == 2) {
        assert!(!matches!(field.kind, Kind::Many { .. }), "{path}: rows hold no rows");
        // `document::links` and the read stores know only a row's own item.
        assert!(!matches!(field.kind, Kind::One { .. }), "{path}: a row links to one item, its own");
        assert!(!(field.filter || field.range || field.sort || field.list || field.unique), "{path}");
        assert!(field.search.is_none() && field.group.is_none(), "{path}");
    }
}

#[test]
fn parts_are_played_by_kinds_that_can() {
    for content_type in TYPES {
        for field in content_type.fields {
            let path = format!("{}.{}", content_type.name, field.name);
            let text = matches!(field.kind, Kind::Line(_) | Kind::Lines(_) | Kind::Html);
            let credited = field
                .columns()
                .iter()
                .any(|column| column.name == "name" && matches!(column.kind, Kind::Line(_)));
            assert!(field.search.is_none() || text || credited, "{path} cannot be searched");
            let filter = matches!(
                field.kind,
                Kind::Choice(_)
                    | Kind::Flag
                    | Kind::Integer(..)
                    | Kind::Year
                    | Kind::Country
                    | Kind::One { .. }
                    | Kind::Many { .. }
            );
            assert!(!field.filter || filter, "{path} is no filter");
            let ordered = matches!(field.kind, Kind::Integer(..) | Kind::Year | Kind::Date | Kind::WallTime);
            assert!(!field.range || ordered, "{path} has no range");
            let sorts = ordered || matches!(field.kind, Kind::Line(_) | Kind::Code);
            assert!(!field.sort || sorts, "{path} cannot be sorted by");
            // A list that can be filtered or sorted by it tells of it.
            let told = field.filter || field.range || field.sort;
            assert!(field.public || !told, "{path} is private");
            assert!(!field.detail || (text && !told), "{path} is too long for lists");
            let alone = text || matches!(field.kind, Kind::Flag | Kind::Many { .. } | Kind::One { .. });
            assert!(
                !field.unique || !alone || matches!(field.kind, Kind::Line(_)),
                "{path} cannot be unique"
            );
            assert!(!(field.required && matches!(field.kind, Kind::Flag)), "{path}: a flag is never missing");
        }
    }
}

#[test]
fn what_a_type_names_is_there() {
    for content_type in TYPES {
        let name = content_type.name;
        let public = public_names(content_type);
        let is_public = |wanted: &str| public.iter().any(|known| known == wanted);
        assert!(is_public(content_type.title_name), "{name}: {}", content_type.title_name);
        assert!(content_type.embedded.contains(&content_type.title_name), "{name}");
        assert_unique(name, content_type.embedded.iter().copied());
        for embedded in content_type.embedded {
            assert!(is_public(embedded), "{name}: {embedded}");
            // What stands for an item has no references of its own.
            let links = content_type.field(embedded).is_some_and(|field| field.target().is_some());
            let computed = content_type.computed.iter().filter(|one| one.name == *embedded);
            let composed = computed.flat_map(|one| one.parts).any(|(_, part)| matches!(part, Part::Item(_)));
            assert!(!links && !composed, "{name}: {embedded}");
        }
        assert!(Order::parse(content_type, content_type.order).is_some(), "{name}: {}", content_type.order);
        for inverse in content_type.inverses {
            let from = by_name(inverse.from).unwrap_or_else(|| panic!("{name}.{}", inverse.name));
            let field = from.field(inverse.field).unwrap_or_else(|| panic!("{name}.{}", inverse.name));
            assert_eq!(field.target(), Some(name), "{}", inverse.name);
            assert!(field.public && inverse.limit > 0, "{name}.{}", inverse.name);
            assert!(Order::of(inverse).is_some(), "{name}.{}: {}", inverse.name, inverse.order);
            let placed = field.columns().iter().any(|column| matches!(column.kind, Kind::Position));
            assert_eq!(inverse.order == "position" && Order::of(inverse) == Some(Order::PLACE), placed);
        }
        for (through, field, next) in content_type.through {
            let to = content_type.field(field).and_then(Field::target).and_then(by_name);
            let far = to.and_then(|to| to.field(next)).unwrap_or_else(|| panic!("{name}?{through}"));
            assert!(far.target().is_some() && far.public, "{name}?{through}");
        }
        for sort in PublishedStore::sorts(content_type) {
            assert!(sort == "title" || sort == "updated_at" || is_public(sort), "{name}: {sort}");
        }
        for computed in content_type.computed {
            assert!(
                ["string", "object", "array", "integer", "boolean"].contains(&computed.json_type),
                "{name}.{}",
                computed.name
            );
            assert!(!computed.sort || computed.json_type == "string", "{name}.{}", computed.name);
        }
        assert!(content_type.fields.iter().any(|field| field.required), "{name}");
        let searched = content_type.fields.iter().any(|field| field.search == Some(Weight::Title));
        assert!(searched || content_type.single, "{name} cannot be found");
    }
}

/// Calls every function that a type names for itself.
fn call_everything(item: &Item) {
    let content_type = item.content_type;
    assert!(!item.title().trim().is_empty());
    let _ = (content_type.subtitle)(item);
    for publishing in [false, true] {
        (content_type.check)(item, publishing, &mut Problems::default());
    }
    let now: chrono::DateTime<chrono::Utc> = "2026-03-02T09:00:00Z".parse().unwrap();
    let mut document = document::public(item, now, now, now.date_naive()).as_object().unwrap().clone();
    for computed in content_type.computed {
        let value = (computed.value)(item);
        assert!(value.is_null() || values::is_type(computed.json_type, &value), "{}", computed.name);
    }
    (content_type.on_day)(&mut document, now.date_naive());
    let _ = (validate::draft(item), validate::publication(item));
    let _ = document::draft(item, "draft", now, None);
}

#[test]
fn an_empty_item_is_no_slip_and_lacks_what_is_required() {
    for content_type in TYPES {
        let empty = Item::new(content_type, Id::nil());
        call_everything(&empty);
        assert!(validate::draft(&empty).is_empty(), "a draft of a {} may be empty", content_type.name);
        let problems = validate::publication(&empty);
        for field in content_type.fields.iter().filter(|field| field.required) {
            let problem =
                problems.at(field.name).unwrap_or_else(|| panic!("{}.{}", content_type.name, field.name));
            assert!(problem.code == "missing" && problem.message.contains(field.label), "{problem:?}");
        }
        assert!(problems.at("slug").is_some());
    }
}

#[test]
fn tables_have_a_column_per_field() {
    for content_type in TYPES {
        let header = csv::header(content_type);
        assert_eq!(header[..2], ["id", "slug"]);
        let names: Vec<&str> = content_type.fields.iter().map(|field| field.name).collect();
        assert_eq!(header[2..], names);
        let cells = csv::write(&Item::new(content_type, Id::nil()), &table::Called::default());
        assert_eq!(cells.len(), header.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_item_is_a_slip(item in generate::any_item()) {
        call_everything(&item);
    }

    /// A snapshot may be of any release, or damaged.
    #[test]
    fn no_snapshot_breaks_anything(json in generate::any_json(), at in 0..TYPES.len()) {
        let item = recto::content::snapshot::read(TYPES[at], Id::nil(), &json);
        call_everything(&item);
    }

    #[test]
    fn no_damaged_snapshot_breaks_anything(
        (content_type, json) in prop::sample::select(TYPES.to_vec())
            .prop_flat_map(|one| (Just(one), generate::json_like(one)))
    ) {
        let item = recto::content::snapshot::read(content_type, Id::nil(), &json);
        call_everything(&item);
    }
}
