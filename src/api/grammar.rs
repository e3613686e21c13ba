//! The closed grammar of lists: what was asked for with the parameters that a list takes. It must not
//! ask the store; references to other items are resolved by `list`.

use super::cursor::Place;
use super::moment::When;
use super::parameters::{
    LIMIT, LIMIT_DEFAULT, Parameter, Takes, VALUES, WORDS, default_order, parameters, sorts,
};
use super::problem::{Faults, Result};
use super::query::Query;
use super::shape::{self, Wanted};
use crate::content::parsed::{ProjectCode, fold};
use crate::content::{ContentType, Field, Inverse, Kind, Value, by_name, text};
use crate::published::{Filter, Order, Scalar};

/// A filter by other items, which are named as people name them.
#[derive(Clone, Debug)]
pub(super) struct Linked {
    /// The field that links.
    pub(super) field: &'static Field,
    /// Across which type and which of its fields, where it is not a link of the item's own.
    pub(super) through: Option<(&'static ContentType, &'static Field)>,
    /// The type of what is linked to.
    pub(super) to: &'static ContentType,
    /// Ids, slugs or codes.
    pub(super) references: Vec<String>,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// How many items.
    pub(super) limit: i64,
    /// Which words.
    pub(super) words: Option<String>,
    /// In which order; `None` is the best match first.
    pub(super) order: Option<Order>,
    /// From where on.
    pub(super) place: Option<Place>,
    /// Which properties, where somebody chose.
    pub(super) chosen: Option<Wanted>,
    /// Filters that can be used as they are.
    pub(super) filters: Vec<Filter>,
    /// Filters by other items.
    pub(super) linked: Vec<Linked>,
    /// Which events, as time goes by.
    pub(super) when: Option<When>,
}

/// Reads a list's query; all that is wrong with it is told at once.
pub(super) fn read(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
    query: &Query,
) -> Result<Asked> {
    read_some(content_type, within, query, &parameters(content_type, within), &[], Faults::default())
}

/// The same where a list takes other parameters; `also` are known and read elsewhere, where
/// `faults` come from.
pub(super) fn read_some(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
    query: &Query,
    parameters: &[Parameter],
    also: &[&str],
    mut faults: Faults,
) -> Result<Asked> {
    let known: Vec<&str> =
        parameters.iter().map(|one| one.name.as_ref()).chain(also.iter().copied()).collect();
    refuse_unknown(query, &known, &mut faults);
    let mut asked = Asked {
        limit: limit(query, &mut faults),
        words: words(query, &mut faults),
        order: None,
        place: None,
        chosen: chosen(|| shape::in_lists(content_type), query, &mut faults),
        filters: Vec::new(),
        linked: Vec::new(),
        when: None,
    };
    let mut sort = None;
    for Parameter { name, takes } in parameters {
        match takes {
            // A query with a path does not get here.
            Takes::Limit | Takes::Cursor | Takes::Words | Takes::Fields | Takes::Path => {}
            Takes::Sort => sort = read_sort(content_type, within, query, &mut faults),
            Takes::When => asked.when = when(query, &mut faults),
            Takes::Filter(field) => filter(field, query, &mut asked, &mut faults),
            Takes::From(field) => range(field, name, query, &mut asked, &mut faults),
            Takes::To(field) => range(field, name, query, &mut asked, &mut faults),
            Takes::Through(field, next, far) => {
                if let Some(to) = far.target().and_then(by_name) {
                    let references = values(name, query, &mut faults);
                    asked.linked.extend(linked(field, Some((next, far)), to, references));
                }
            }
        }
    }
    asked.order = sort
        .or_else(|| asked.when.and_then(|when| when.order(content_type)))
        .or_else(|| if asked.words.is_some() { None } else { default_order(content_type, within) });
    asked.place = place(asked.order, query, &mut faults);
    faults.or(asked)
}

/// `cursor`, of a list in this order; of best matches where there is none.
pub(super) fn place(order: Option<Order>, query: &Query, faults: &mut Faults) -> Option<Place> {
    let typed = single("cursor", query, faults)?;
    let place = Place::read(typed, order);
    if place.is_none() {
        let detail = "This cursor is none of ours, or of another order. Take it from ‘next’ or ‘prev’ of an \
                      answer to the same query, and begin without one.";
        faults.add("cursor", "malformed", detail);
    }
    place
}

/// Says of each parameter that is none what there is.
pub(super) fn refuse_unknown(query: &Query, known: &[&str], faults: &mut Faults) {
    for name in query.names().into_iter().filter(|name| !known.contains(name)) {
        let allowed = known.iter().map(|&name| name.to_owned()).collect();
        faults.add_with(name, "unknown_parameter", "There is no such parameter here.", allowed);
    }
}

/// Reads the query of an address that takes no parameters.
pub(super) fn read_nothing(raw: Option<&str>) -> Result<Query> {
    let query = Query::read(raw)?;
    let mut faults = Faults::default();
    refuse_unknown(&query, &[], &mut faults);
    faults.or(query)
}

/// The value of a parameter that is given once.
pub(super) fn single<'query>(
    name: &'query str,
    query: &'query Query,
    faults: &mut Faults,
) -> Option<&'query str> {
    let mut values = query.values(name);
    let value = values.next();
    if values.next().is_some() {
        faults.add(name, "repeated", "This parameter is given once.");
    }
    value
}

/// `limit`.
pub(super) fn limit(query: &Query, faults: &mut Faults) -> i64 {
    let Some(typed) = single("limit", query, faults) else { return LIMIT_DEFAULT };
    let digits = typed.len() <= 3 && typed.bytes().all(|digit| digit.is_ascii_digit());
    match typed.parse() {
        Ok(limit) if digits && (1..=LIMIT).contains(&limit) => limit,
        _ => {
            faults.add("limit", "malformed", format!("Write a whole number from 1 to {LIMIT}."));
            LIMIT_DEFAULT
        }
    }
}

/// `q`.
pub(super) fn words(query: &Query, faults: &mut Faults) -> Option<String> {
    let typed = single("q", query, faults)?;
    if typed.chars().count() > WORDS {
        faults.add("q", "too_long", format!("Search for at most {WORDS} characters."));
    } else if !typed.chars().any(char::is_alphanumeric) {
        faults.add("q", "malformed", "Search for at least one word.");
    }
    Some(typed.to_owned())
}

/// `fields`, out of these properties; `None` where nobody chose.
pub(super) fn chosen(
    properties: impl FnOnce() -> Vec<shape::Property>,
    query: &Query,
    faults: &mut Faults,
) -> Option<Wanted> {
    single("fields", query, faults).map(|typed| shape::read(properties(), typed, faults))
}

fn read_sort(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
    query: &Query,
    faults: &mut Faults,
) -> Option<Order> {
    let typed = single("sort", query, faults)?;
    let sorts = sorts(content_type, within);
    let (name, descending) = match typed.strip_prefix('-') {
        Some(name) => (name, true),
        None => (typed, false),
    };
    let found = sorts.iter().find(|(known, _)| *known == name);
    if found.is_none() {
        let allowed = sorts.iter().flat_map(|(name, _)| [(*name).to_owned(), format!("-{name}")]).collect();
        faults.add_with("sort", "not_a_choice", "The list cannot be sorted by this.", allowed);
    }
    found.map(|(_, order)| Order { descending, ..*order })
}

fn when(query: &Query, faults: &mut Faults) -> Option<When> {
    let typed = single("when", query, faults)?;
    let when = When::parse(typed);
    if when.is_none() {
        let allowed = When::NAMES.map(str::to_owned).into();
        faults.add_with("when", "not_a_choice", "Ask for one of these.", allowed);
    }
    when
}

/// The values of a parameter that may be repeated.
fn values(name: &str, query: &Query, faults: &mut Faults) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for value in query.values(name) {
        if value.is_empty() {
            faults.add(name, "malformed", "Say what to look for, or leave the parameter out.");
        } else if !values.iter().any(|known| known == value) {
            values.push(value.to_owned());
        }
    }
    if values.len() > VALUES {
        faults.add(name, "too_many", format!("Ask for at most {VALUES} values."));
    }
    values
}

fn linked(
    field: &'static Field,
    through: Option<(&'static ContentType, &'static Field)>,
    to: &'static ContentType,
    references: Vec<String>,
) -> Option<Linked> {
    (!references.is_empty()).then_some(Linked { field, through, to, references })
}

fn filter(field: &'static Field, query: &Query, asked: &mut Asked, faults: &mut Faults) {
    let typed = values(field.name, query, faults);
    if typed.is_empty() {
        return;
    }
    if let Some(to) = field.target().and_then(by_name) {
        asked.linked.extend(linked(field, None, to, typed));
        return;
    }
    let scalars: Vec<Scalar> =
        typed.iter().filter_map(|typed| scalar(field, field.name, typed, faults)).collect();
    asked.filters.push(Filter::Key(field.name, scalars));
}

fn range(field: &'static Field, name: &str, query: &Query, asked: &mut Asked, faults: &mut Faults) {
    let Some(typed) = single(name, query, faults) else { return };
    let upper = name.ends_with("[lte]");
    // A day stands for all of it.
    let day = matches!(field.kind, Kind::WallTime) && !typed.contains('T');
    let whole = match (day, upper) {
        (true, true) => format!("{typed}T23:59"),
        (true, false) => format!("{typed}T00:00"),
        _ => typed.to_owned(),
    };
    let Some(bound) = scalar(field, name, &whole, faults) else { return };
    asked.filters.push(match upper {
        true => Filter::Range(field.name, None, Some(bound)),
        false => Filter::Range(field.name, Some(bound), None),
    });
}

/// What was typed, in the spelling of the field's key.
fn scalar(field: &Field, parameter: &str, typed: &str, faults: &mut Faults) -> Option<Scalar> {
    let choices: &[&str] = match field.kind {
        Kind::Choice(choices) => &choices.iter().map(|choice| choice.value).collect::<Vec<_>>(),
        Kind::Flag => &["true", "false"],
        _ => &[],
    };
    if !choices.is_empty() && !choices.contains(&typed) {
        let allowed = choices.iter().map(|&choice| choice.to_owned()).collect();
        faults.add_with(parameter, "not_a_choice", "Ask for one of these.", allowed);
        return None;
    }
    let value = match text::parse(&field.kind, typed) {
        Ok(Value::None) => {
            faults.add(parameter, "malformed", "Say what to look for, or leave the parameter out.");
            return None;
        }
        Ok(value) => value,
        Err((detail, code)) => {
            faults.add(parameter, code, detail);
            return None;
        }
    };
    Some(match (&field.kind, &value) {
        (_, Value::Integer(number)) => Scalar::Integer(*number),
        (_, Value::Flag(flag)) => Scalar::Integer(i64::from(*flag)),
        (Kind::Line(_) | Kind::Lines(_), Value::Text(text)) => Scalar::Text(fold(text)),
        (Kind::Code, Value::Text(text)) => {
            Scalar::Text(text.parse::<ProjectCode>().map(ProjectCode::sort_key).unwrap_or_default())
        }
        _ => Scalar::Text(text::print(&value)),
    })
}
