//! Random content: valid values of every kind, items of every type, and JSON of no kind at all.

use proptest::prelude::*;
use proptest::sample::select;
use recto::content::{ContentType, Field, Id, Item, Kind, Row, TYPES, Value, text};
use serde_json::{Value as Json, json};

/// What breaks formats, and a few plain words between.
const ODD: [&str; 48] = [
    ";",
    "; ",
    "*",
    "* ",
    "(",
    " (",
    ")",
    ") ",
    "()",
    "=",
    " = ",
    "\\",
    "\\;",
    "'",
    "'=",
    "\"",
    "\"\"",
    "+",
    "-",
    "@",
    ",",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "\u{b}",
    "\u{1}",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "\u{200b}",
    "\u{301}",
    "é",
    "Σ",
    "İ",
    "𝒳",
    "中",
    "<b>",
    "</p>",
    "&amp;",
    "&#1;",
    " ",
    "  ",
    "Tomkins, L",
    "L",
    "true",
    "0",
    "{slug}",
];

/// Tags that parsers treat in their own ways, allowed and not.
const TAGS: [&str; 42] = [
    "<p>",
    "</p>",
    "<a href=\"/x>y\">",
    "<a href=\"java&#1;script:x\">",
    "</a>",
    "<b>",
    "</b>",
    "<em>",
    "</em>",
    "<h2>",
    "</h2>",
    "<ul>",
    "<li>",
    "</li>",
    "<ol start=2>",
    "<table>",
    "<tr>",
    "<td colspan=2>",
    "</td>",
    "</table>",
    "<caption>",
    "<thead>",
    "<blockquote>",
    "<button>",
    "</button>",
    "<object>",
    "</object>",
    "<svg>",
    "<math>",
    "<style>",
    "</style>",
    "<select>",
    "<template>",
    "<script>",
    "</script>",
    "<br>",
    "<hr>",
    "<!--",
    "-->",
    "<sub>",
    "<a href=\"recto:01890000-0000-7000-8000-000000000001\">",
    "<img src=\"recto:01890000-0000-7000-8000-000000000001\" alt=\"x\">",
];

/// Text that somebody pasted from somewhere.
pub fn odd() -> BoxedStrategy<String> {
    prop_oneof![
        3 => prop::collection::vec(select(ODD.to_vec()), 0..8).prop_map(|parts| parts.concat()),
        1 => any::<String>(),
        1 => "[A-Z][a-z]{1,9}( [a-z]{1,9}){0,3}",
    ]
    .boxed()
}

/// Markup that somebody pasted from somewhere.
pub fn markup() -> BoxedStrategy<String> {
    let part = prop_oneof![4 => select(TAGS.to_vec()), 3 => select(ODD.to_vec()), 1 => Just("word")];
    prop::collection::vec(part, 0..14).prop_map(|parts| parts.concat()).boxed()
}

/// The ids of the items of a type that random links lead to.
pub fn known(to: &str) -> Vec<Id> {
    let hash = to.bytes().fold(7_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (1..=4).map(|number| format!("01890000-0000-7000-8000-{hash:08x}{number:04x}").parse().unwrap()).collect()
}

/// The one completion of `start` that the kind takes: its check digit is right.
fn checked(
    kind: Kind,
    start: impl Strategy<Value = String> + 'static,
    ends: Vec<String>,
) -> BoxedStrategy<String> {
    start
        .prop_filter_map("no check digit fits", move |start| {
            ends.iter().map(|end| format!("{start}{end}")).find(|typed| text::parse(&kind, typed).is_ok())
        })
        .boxed()
}

/// What somebody could type into a field of this kind; it is taken.
fn typed(kind: Kind) -> BoxedStrategy<String> {
    let digits = || (0..=9).map(|digit: u32| digit.to_string()).chain(["X".to_owned()]).collect::<Vec<_>>();
    let day = || (1000..3000_i32, 1..=12_u32, 1..=28_u32);
    match kind {
        Kind::Line(max) | Kind::Lines(max) => {
            odd().prop_map(move |text| text.chars().take(max).collect()).boxed()
        }
        Kind::Html => prop_oneof![markup(), odd()].boxed(),
        Kind::Integer(min, max) => (min..=max).prop_map(|number| number.to_string()).boxed(),
        Kind::Position => (1 - (1_i64 << 53)..1 << 53).prop_map(|number| number.to_string()).boxed(),
        Kind::Year => (1000..3000_i64).prop_map(|year| year.to_string()).boxed(),
        Kind::Flag => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
        Kind::Choice(choices) => select(choices).prop_map(|choice| choice.value.to_owned()).boxed(),
        Kind::Date => day().prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")).boxed(),
        Kind::WallTime => (day(), 0..24_u32, 0..60_u32)
            .prop_map(|((year, month, day), hour, minute)| format!("{year}-{month}-{day} {hour}:{minute}"))
            .boxed(),
        Kind::Zone => select(chrono_tz::TZ_VARIANTS.to_vec()).prop_map(|zone| zone.name().to_owned()).boxed(),
        Kind::Code => {
            (0..1000_u16, 0..1000_u16).prop_map(|(theme, number)| format!("{theme}.{number}")).boxed()
        }
        Kind::Orcid => checked(kind, "[0-9]{15}", digits()),
        Kind::Doi => "(https://doi\\.org/)?10\\.[0-9]{4,6}/[!-~éΣİ]{1,20}".boxed(),
        Kind::Ror => {
            checked(kind, "0[0-9a-hj-km-np-tv-z]{6}", (2..=98).map(|check| format!("{check:02}")).collect())
        }
        Kind::Isbn => {
            prop_oneof![checked(kind, "97[89][0-9]{9}", digits()), checked(kind, "[0-9]{9}", digits())]
                .boxed()
        }
        Kind::Issn => checked(kind, "[0-9]{7}", digits()),
        Kind::Email => "[a-zA-Z0-9]{1,12}(\\+[a-z]{1,4})?@[A-Za-zÄ]{1,10}\\.[a-zA-Z]{2,5}".boxed(),
        Kind::Url => "https?://[a-zA-Zä]{1,10}(\\.[a-z]{2,5}){1,2}(:[0-9]{2,4})?/[!-~ éΣ]{0,20}".boxed(),
        Kind::File => prop_oneof![
            "[0-9a-f]{64}/[a-z]{1,8}\\.(pdf|csv|docx)\\?size=[1-9][0-9]{0,6}",
            "[0-9a-f]{64}/[a-z]{1,8}\\.(jpg|png)\\?size=[1-9][0-9]{0,6}&width=[4-9][0-9]{2}&height=[1-9][0-9]{0,3}&widths=(320)?",
        ]
        .boxed(),
        Kind::Country => "[a-zA-Z]{2}".boxed(),
        Kind::Pattern => "/[a-z-]{1,8}(/\\{theme\\})?/(\\{slug\\}|\\{code\\})/?".boxed(),
        Kind::One { to, .. } => select(known(to)).prop_map(|id| id.to_string()).boxed(),
        Kind::Many { .. } => unreachable!("rows are not typed"),
    }
}

/// A value that a field can hold, or that it holds nothing.
pub fn value(field: &'static Field) -> BoxedStrategy<Value> {
    let kind = field.kind;
    if let Kind::Many { to, free, columns } = kind {
        return prop::collection::vec(row(to, free, columns), 0..4).prop_map(Value::Many).boxed();
    }
    let taken = typed(kind).prop_map(move |typed| {
        text::parse(&kind, &typed).unwrap_or_else(|error| panic!("{kind:?} refuses {typed:?}: {error:?}"))
    });
    prop_oneof![1 => Just(Value::empty(&kind)), 5 => taken].boxed()
}

fn row(to: &'static str, free: bool, columns: &'static [Field]) -> BoxedStrategy<Row> {
    let linked = select(known(to)).prop_map(Some);
    let target = if free { prop_oneof![Just(None), linked].boxed() } else { linked.boxed() };
    let values: Vec<_> = columns.iter().map(value).collect();
    (target, values).prop_map(|(target, values)| Row { target, values }).boxed()
}

/// An item of this type, complete or not.
pub fn item(content_type: &'static ContentType) -> BoxedStrategy<Item> {
    let values: Vec<_> = content_type.fields.iter().map(value).collect();
    let slug = prop_oneof![1 => Just(String::new()), 4 => "[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}"];
    (select(known(content_type.name)), slug, values)
        .prop_map(move |(id, slug, values)| Item { content_type, id, slug, values })
        .boxed()
}

/// An item of any type.
pub fn any_item() -> BoxedStrategy<Item> {
    select(TYPES.to_vec()).prop_flat_map(item).boxed()
}

/// JSON of no known shape, under names that documents use.
pub fn any_json() -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        odd().prop_map(Json::from),
        Just(json!("embargoed")),
        Just(json!("2026-01-01")),
        Just(json!(known("person")[0].to_string())),
        Just(json!({ "$ref": known("person")[0].to_string() })),
        Just(json!({ "$html": ["<p>", { "$ref": known("person")[0].to_string(), "words": "x" }, 1, {}] })),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let mut names = vec!["$ref", "$row", "_title", "id", "position", "person", "project", "name", "{}"];
        names.extend(TYPES.iter().flat_map(|one| one.fields).map(|field| field.name));
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((select(names), inner), 0..8).prop_map(|pairs| Json::Object(
                pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
    .boxed()
}

/// JSON that has some value under each name that a type declares.
pub fn json_like(content_type: &'static ContentType) -> BoxedStrategy<Json> {
    let names: Vec<&str> = content_type.fields.iter().map(|field| field.name).collect();
    prop::collection::vec(any_json(), names.len())
        .prop_map(move |values| {
            Json::Object(names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), value)).collect())
        })
        .boxed()
}
