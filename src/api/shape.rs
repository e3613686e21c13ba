//! `fields`: which properties a request wants. It must not take a name that is not declared.

use super::problem::Faults;
pub(super) use crate::content::shape::{BREADCRUMBS, Property, Wanted, alone, has_path, in_lists};

/// What `fields=a,b(c,d)` names, and the id.
pub(super) fn read(properties: Vec<Property>, typed: &str, faults: &mut Faults) -> Wanted {
    let Some(mut named) = parse(typed) else {
        let detail = "Name properties with commas between them, and what is wanted inside one in \
                          brackets after it: title,lead(name).";
        faults.add("fields", "malformed", detail);
        return Wanted::chosen(Vec::new());
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
    Wanted::chosen(wanted)
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
}
