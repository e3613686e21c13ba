//! New items from a name alone, as a picker or an importer meets it. Not saved yet.

use crate::clock::Clock;
use crate::content::{ContentType, Field, Id, Item, Kind, Value, text};
use crate::error::{Error, Result};

/// A new item of this type that is called so: 'Dr Leah Tomkins' or 'Tomkins, L' for a person.
///
/// # Errors
/// [`Error::Invalid`] where the name is blank or too long.
pub fn named(
    clock: &Clock,
    content_type: &'static ContentType,
    field: Option<&Field>,
    name: &str,
) -> Result<Item> {
    let mut item = Item::new(content_type, Id::new(clock.now()));
    if let Some(Field { kind: Kind::One { vocabulary: Some(vocabulary), .. }, .. }) = field {
        item.set("vocabulary", Value::Text((*vocabulary).into()));
    }
    if content_type.name == "person" {
        name_person(&mut item, name)?;
    } else {
        set(&mut item, content_type.title_name, name)?;
    }
    Ok(item)
}

fn set(item: &mut Item, field: &str, typed: &str) -> Result<()> {
    let Some(declared) = item.content_type.field(field) else { return Err(Error::NotFound) };
    let value = text::parse(&declared.kind, typed)
        .map_err(|(message, code)| Error::invalid(field, code, format!("{}: {message}", declared.label)))?;
    if value.is_none() {
        return Err(Error::invalid(field, "missing", "Type a name first."));
    }
    item.set(field, value);
    Ok(())
}

/// Takes a person's name apart: 'Family, Given', or honorific, given names and family name.
fn name_person(item: &mut Item, name: &str) -> Result<()> {
    const HONORIFICS: [&str; 10] =
        ["Dr", "Dr.", "Professor", "Prof", "Prof.", "Mr", "Mrs", "Ms", "Miss", "Mx"];
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let (given, family) = match name.split_once(',') {
        Some((family, given)) => (given.trim().to_owned(), family.trim().to_owned()),
        None => {
            let rest = match name.split_once(' ') {
                Some((first, rest)) if HONORIFICS.contains(&first) => {
                    set(item, "honorific", first)?;
                    rest
                }
                _ => name.as_str(),
            };
            match rest.rsplit_once(' ') {
                Some((given, family)) => (given.to_owned(), family.to_owned()),
                None => (String::new(), rest.to_owned()),
            }
        }
    };
    set(item, "family_name", &family)?;
    if !given.is_empty() {
        set(item, "given_names", &given)?;
    }
    item.set("standing", Value::Text("current".into()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::types::PERSON;

    #[test]
    fn names_are_taken_apart() {
        let clock = Clock::system();
        let parts = |name: &str| {
            let item = named(&clock, &PERSON, None, name).unwrap();
            [
                item.text("honorific").to_owned(),
                item.text("given_names").to_owned(),
                item.text("family_name").to_owned(),
            ]
        };
        assert_eq!(parts("Dr Leah Tomkins"), ["Dr", "Leah", "Tomkins"]);
        assert_eq!(parts("Tomkins, L"), ["", "L", "Tomkins"]);
        assert_eq!(parts("Professor  Jean Anne Hartley"), ["Professor", "Jean Anne", "Hartley"]);
        assert_eq!(parts("Hull"), ["", "", "Hull"]);
        assert!(named(&clock, &PERSON, None, "  ").is_err());
    }
}
