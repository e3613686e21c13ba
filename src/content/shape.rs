//! Shapes: which properties the public face of a type has, and which of them are wanted. It must
//! not hold values.

use super::{ContentType, Field, Kind, by_name};

/// One property of an item's public face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: String,
    /// What can be chosen inside it.
    pub inner: Vec<String>,
    /// Whether it is left out of lists unless it is asked for.
    pub detail: bool,
    /// Whether it is a list even where it is empty.
    pub list: bool,
}

impl Property {
    fn plain(name: impl Into<String>) -> Self {
        Self { name: name.into(), inner: Vec::new(), detail: false, list: false }
    }
}

/// The properties of an item in a list, in the order in which they are shown.
#[must_use]
pub fn in_lists(content_type: &ContentType) -> Vec<Property> {
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

/// The properties of an item's own answer: after its own the way to it, and what links to it.
#[must_use]
pub fn alone(content_type: &ContentType) -> Vec<Property> {
    let mut properties: Vec<Property> =
        in_lists(content_type).into_iter().map(|property| Property { detail: false, ..property }).collect();
    if has_path(content_type) {
        let crumbs = Property {
            inner: ["title", "path"].map(str::to_owned).into(),
            list: true,
            ..Property::plain(BREADCRUMBS)
        };
        properties.push(crumbs);
    }
    let inverses = content_type.inverses.iter().filter_map(|inverse| {
        let inner = in_lists(by_name(inverse.from)?).into_iter().map(|property| property.name).collect();
        Some(Property { inner, list: true, ..Property::plain(inverse.name) })
    });
    properties.extend(inverses);
    properties
}

/// The property that is the way from the root to an item.
pub const BREADCRUMBS: &str = "breadcrumbs";

/// Whether items of the type live at an address of their own, below the root.
#[must_use]
pub fn has_path(content_type: &ContentType) -> bool {
    !content_type.single && !matches!(content_type.name, "term" | "media")
}

/// A field's second property: the label of a choice, the plain text of rich text.
fn companion(field: &Field) -> Option<String> {
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
pub struct Wanted {
    properties: Vec<(Property, Option<Vec<String>>)>,
}

impl Wanted {
    /// Properties, each with what is wanted inside it; `None` is everything.
    #[must_use]
    pub fn chosen(properties: Vec<(Property, Option<Vec<String>>)>) -> Self {
        Self { properties }
    }

    /// Everything that is not too long.
    #[must_use]
    pub fn by_default(properties: Vec<Property>) -> Self {
        let wanted = properties.into_iter().filter(|property| !property.detail);
        Self { properties: wanted.map(|property| (property, None)).collect() }
    }

    /// The wanted properties, each with what is wanted inside it; `None` is everything.
    pub fn iter(&self) -> impl Iterator<Item = (&Property, Option<&[String]>)> {
        self.properties.iter().map(|(property, inner)| (property, inner.as_deref()))
    }

    /// Whether this property is wanted.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.properties.iter().any(|(property, _)| property.name == name)
    }

    /// What is wanted inside a property.
    #[must_use]
    pub fn inside(&self, name: &str, properties: Vec<Property>) -> Self {
        match self.iter().find(|(property, _)| property.name == name) {
            Some((_, Some(inner))) => {
                let wanted = properties
                    .into_iter()
                    .filter(|property| property.name == "id" || inner.contains(&property.name));
                Self::chosen(wanted.map(|property| (property, None)).collect())
            }
            _ => Self::by_default(properties),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
