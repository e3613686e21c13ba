//! Which parameters each list takes: what `grammar` reads and the OpenAPI document describes. It must
//! not read what was asked for.

use std::borrow::Cow;

use super::moment::When;
use crate::content::{ContentType, Field, Inverse, by_name};
use crate::published::Order;

/// The most values that one filter takes.
pub(super) const VALUES: usize = 20;

/// The most characters of a search.
pub(super) const WORDS: usize = 200;

/// The most items of one answer.
pub(super) const LIMIT: i64 = 100;

/// How many they are when nobody says.
pub(super) const LIMIT_DEFAULT: i64 = 20;

/// One parameter that a list takes.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    /// Its name in the query.
    pub(super) name: Cow<'static, str>,
    /// What it is.
    pub(super) takes: Takes,
}

/// What a parameter is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    /// How many.
    Limit,
    /// From where on.
    Cursor,
    /// In which order.
    Sort,
    /// Which words.
    Words,
    /// Which properties.
    Fields,
    /// Upcoming or past.
    When,
    /// Which path of the public site; not a list then, but what lives there.
    Path,
    /// What a field must be equal to.
    Filter(&'static Field),
    /// What a field must not be less than.
    From(&'static Field),
    /// What a field must not be greater than.
    To(&'static Field),
    /// What something that a field links to must itself link to.
    Through(&'static Field, &'static ContentType, &'static Field),
}

/// The parameters that lists of this type take, in the order in which they are described; or lists
/// of this type that belong to an item.
pub(super) fn parameters(content_type: &'static ContentType, within: Option<&Inverse>) -> Vec<Parameter> {
    let named = |name: &'static str, takes| Parameter { name: Cow::Borrowed(name), takes };
    let bound = |name: String, takes| Parameter { name: Cow::Owned(name), takes };
    let mut parameters = vec![
        named("limit", Takes::Limit),
        named("cursor", Takes::Cursor),
        named("sort", Takes::Sort),
        named("fields", Takes::Fields),
    ];
    if is_searched(content_type) {
        parameters.push(named("q", Takes::Words));
    }
    if content_type.name == "page" && within.is_none() {
        parameters.push(named("path", Takes::Path));
    }
    if When::fits(content_type) {
        parameters.push(named("when", Takes::When));
    }
    for field in content_type.fields.iter().filter(|field| field.public) {
        if field.filter {
            parameters.push(named(field.name, Takes::Filter(field)));
        }
        if field.range {
            parameters.push(bound(format!("{}[gte]", field.name), Takes::From(field)));
            parameters.push(bound(format!("{}[lte]", field.name), Takes::To(field)));
        }
    }
    for (name, near, far) in content_type.through {
        let through = content_type.field(near).and_then(|near| {
            let next = by_name(near.target()?)?;
            Some(Takes::Through(near, next, next.field(far)?))
        });
        parameters.extend(through.map(|takes| named(name, takes)));
    }
    parameters
}

/// Whether lists of this type can be searched for words.
pub(super) fn is_searched(content_type: &ContentType) -> bool {
    content_type.fields.iter().any(|field| field.public && field.search.is_some())
}

/// The parameters of a list that is told whole: those that say which items, and in which order.
pub(super) fn parameters_of_whole(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
) -> Vec<Parameter> {
    let mut parameters = parameters(content_type, within);
    parameters.retain(|one| !matches!(one.takes, Takes::Limit | Takes::Cursor | Takes::Fields));
    parameters
}

/// The parameters of a list of citations: there is nothing to choose of each.
pub(super) fn parameters_of_citations(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
) -> Vec<Parameter> {
    let mut parameters = parameters(content_type, within);
    parameters.retain(|one| !matches!(one.takes, Takes::Fields));
    parameters
}

/// By what a list may be sorted; by place where each row has one in the list of an item.
pub(super) fn sorts(
    content_type: &'static ContentType,
    within: Option<&Inverse>,
) -> Vec<(&'static str, Order)> {
    let named = |key| (key, Order { key, descending: false });
    let mut sorts: Vec<_> = Order::names(content_type).into_iter().map(named).collect();
    if within.and_then(Order::of) == Some(Order::PLACE) {
        sorts.retain(|(name, _)| *name != "position");
        sorts.insert(0, ("position", Order::PLACE));
    }
    sorts
}

/// The order of a list when nobody says.
pub(super) fn default_order(content_type: &'static ContentType, within: Option<&Inverse>) -> Option<Order> {
    within.and_then(Order::of).or_else(|| Order::parse(content_type, content_type.order))
}
