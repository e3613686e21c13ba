//! Which properties the public face of a type has, and which of them a request wants. It must not
//! hold values.

use super::problem::Faults;
use crate::content::{ContentType, Kind, by_name};

/// One property of an item's public face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Property {
    /// Its name.
    pub(super) name: String,
    /// What can be chosen inside it.
    pub(super) inner: Vec<String>,
    /// Whether it is left out of lists unless it is asked for.
    pub(super) detail: bool,
    /// Whether it is a list even where it is empty.
    pub(super) list: bool,
}

impl Property {
    fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), inner: Vec::new(), detail: false, list: false }
    }
}

/// The properties of an item in a list, in the order in which they are shown.
pub(super) fn in_lists(content_type: &ContentType) -> Vec<Property> {
    let mut properties: Vec<Property> = ["id", "object", "slug", "path"].map(Property::plain).into();
    for field in content_type.fields.iter().filter(|field| field.public) {
        let inner = match field.kind {
            Kind::One { to, .. } => face(to),
            Kind::Many { to, columns: &[], .. } => face(to),
            Kind::Many { to, columns, .. } => {
                let columns = columns.iter().filter(|column| column.public);
                let names = columns
                    .flat_map(|column| std::iter::once(column.name.to_owned()).chain(companion(column)));
                names.chain([to.to_owned()]).collect()
            }
            _ => Vec::new(),
        };
        let list = matches!(field.kind, Kind::Many { .. });
        properties.push(Property { name: field.name.to_owned(), inner, detail: field.detail, list });
        let own = companion(field).map(|name| Property { detail: field.detail, ..Property::plain(name) });
        properties.extend(own);
    }
    for computed in content_type.computed {
        let inner = computed.parts.iter().map(|(name, _)| (*name).to_owned()).collect();
        properties.push(Property { inner, ..Property::plain(computed.name) });
    }
    properties.extend(["published_at", "updated_at"].map(Property::plain));
    properties
}

/// The properties of an item's own answer: with the way to it, and what links to it.
pub(super) fn alone(content_type: &ContentType) -> Vec<Property> {
    let mut properties: Vec<Property> =
        in_lists(content_type).into_iter().map(|property| Property { detail: false, ..property }).collect();
    if has_path(content_type) {
        let crumbs = Property {
            inner: ["title", "path"].map(str::to_owned).into(),
            list: true,
            ..Property::plain(BREADCRUMBS)
        };
        properties.insert(4, crumbs);
    }
    let inverses = content_type.inverses.iter().filter_map(|inverse| {
        let inner = in_lists(by_name(inverse.from)?).into_iter().map(|property| property.name).collect();
        Some(Property { inner, list: true, ..Property::plain(inverse.name) })
    });
    let end = properties.len().saturating_sub(2);
    properties.splice(end..end, inverses);
    properties
}

/// The property that is the way from the root to an item.
pub(super) const BREADCRUMBS: &str = "breadcrumbs";

/// Whether items of the type live at an address of their own, below the root.
pub(super) fn has_path(content_type: &ContentType) -> bool {
    !content_type.single && !matches!(content_type.name, "term" | "media")
}

/// A field's second property: the label of a choice, the plain text of rich text.
fn companion(field: &crate::content::Field) -> Option<String> {
    match field.kind {
        Kind::Choice(_) => Some(format!("{}_label", field.name)),
        Kind::Html => Some(format!("{}_text", field.name)),
        _ => None,
    }
}

/// What stands for an item of this type inside another.
fn face(name: &str) -> Vec<String> {
    let Some(content_type) = by_name(name) else { return Vec::new() };
    ["id", "object", "slug", "path"]
        .iter()
        .chain(content_type.embedded)
        .map(|&name| name.to_owned())
        .collect()
}

/// The properties that a request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted(Vec<(Property, Option<Vec<String>>)>);

impl Wanted {
    /// Everything that is not too long.
    pub(super) fn by_default(properties: Vec<Property>) -> Self {
        let wanted = properties.into_iter().filter(|property| !property.detail);
        Self(wanted.map(|property| (property, None)).collect())
    }

    /// What `fields=a,b(c,d)` names, and the id.
    pub(super) fn read(properties: Vec<Property>, typed: &str, faults: &mut Faults) -> Self {
        let Some(mut named) = parse(typed) else {
            let detail = "Name properties with commas between them, and what is wanted inside one in \
                          brackets after it: title,lead(name).";
            faults.add("fields", "malformed", detail);
            return Self(Vec::new());
        };
        let mut wanted = Vec::new();
        let names: Vec<String> = properties.iter().map(|property| property.name.clone()).collect();
        for property in properties {
            let at = named.iter().position(|(name, _)| *name == property.name);
            let Some((_, inner)) = at.map(|at| named.remove(at)) else {
                if property.name == "id" {
                    wanted.push((property, None));
                }
                continue;
            };
            let mut chosen = None;
            if let Some(inner) = inner {
                for name in inner.iter().filter(|name| !property.inner.iter().any(|known| known == *name)) {
                    let detail = format!("There is no ‘{}’ inside ‘{}’.", told(name), property.name);
                    faults.add_with("fields", "unknown_field", detail, property.inner.clone());
                }
                chosen = Some(inner.into_iter().map(str::to_owned).collect());
            }
            wanted.push((property, chosen));
        }
        for (name, _) in named {
            let (code, detail) = if names.iter().any(|known| known == name) {
                ("repeated", format!("‘{}’ is named twice.", told(name)))
            } else {
                ("unknown_field", format!("There is no property ‘{}’ here.", told(name)))
            };
            faults.add_with("fields", code, detail, names.clone());
        }
        Self(wanted)
    }

    /// The wanted properties, each with what is wanted inside it; `None` is everything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Property, Option<&[String]>)> {
        self.0.iter().map(|(property, inner)| (property, inner.as_deref()))
    }

    /// Whether this property is wanted.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(property, _)| property.name == name)
    }

    /// What is wanted inside a property.
    pub(super) fn inside(&self, name: &str, properties: Vec<Property>) -> Self {
        match self.iter().find(|(property, _)| property.name == name) {
            Some((_, Some(inner))) => {
                let wanted = properties
                    .into_iter()
                    .filter(|property| property.name == "id" || inner.contains(&property.name));
                Self(wanted.map(|property| (property, None)).collect())
            }
            _ => Self::by_default(properties),
        }
    }
}

fn told(name: &str) -> String {
    name.chars().take(60).collect()
}

/// A name, and what is wanted inside it.
type Named<'typed> = (&'typed str, Option<Vec<&'typed str>>);

/// `a,b(c,d)`; one level of brackets, no name empty.
fn parse(typed: &str) -> Option<Vec<Named<'_>>> {
    let mut named = Vec::new();
    let mut rest = typed;
    loop {
        let end = rest.find([',', '(', ')']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        if name.is_empty() {
            return None;
        }
        let after = match after.strip_prefix('(') {
            None => {
                named.push((name, None));
                after
            }
            Some(inside) => {
                let (inner, after) = inside.split_once(')')?;
                let inner: Vec<&str> = inner.split(',').collect();
                if inner.iter().any(|name| name.is_empty() || name.contains('(')) {
                    return None;
                }
                named.push((name, Some(inner)));
                after
            }
        };
        if after.is_empty() {
            return Some(named);
        }
        rest = after.strip_prefix(',')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_go_one_level_deep() {
        assert_eq!(parse("a"), Some(vec![("a", None)]));
        assert_eq!(parse("a,b(c,d),e"), Some(vec![("a", None), ("b", Some(vec!["c", "d"])), ("e", None)]));
        for bad in ["", ",", "a,", ",a", "a(", "a()", "a(b", "a)b", "a(b(c))", "a(b)c", "(a)", "a(b,)"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_property_has_two_meanings() {
        for content_type in crate::content::TYPES {
            let mut names: Vec<String> =
                alone(content_type).into_iter().map(|property| property.name).collect();
            let all = names.len();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), all, "{}", content_type.name);
        }
    }
}
