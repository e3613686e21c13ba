//! What is worth a look in content that is there: out of date, incomplete, leading nowhere. It must not
//! ask what else there is; what takes two items to see is named here and found by the drafts store.

use chrono::{Datelike as _, NaiveDate};

use super::types::{EMBARGOED, MEDIA, NEWS, OUTPUT, PERSON, PROJECT};
use super::{ContentType, Item, Value, validate};

/// Something that items of one type can have to be looked at for.
pub struct Finding {
    /// Stable, `snake_case`; the value of a list's parameter.
    pub name: &'static str,
    /// Of which type.
    pub content_type: &'static ContentType,
    /// What editors read of several: ‘Outputs without a year’.
    pub label: &'static str,
    /// The field that mends it.
    pub field: &'static str,
    /// From when on it holds.
    holds: fn(&Item) -> Holds,
}

impl std::fmt::Debug for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Since when something holds of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// It does not, whatever the day.
    Never,
    /// It does, whatever the day.
    Always,
    /// From this day on.
    From(NaiveDate),
}

/// The finding that no item shows by itself: it is public, and links to something that is not.
pub const DEAD_LINK: &str = "unpublished_link";

/// Everything that is looked for, the most pressing first.
pub static FINDINGS: [Finding; 7] = [
    Finding {
        name: "past_end",
        content_type: &PROJECT,
        label: "Active projects past their end date",
        field: "status",
        holds: |project| match project.get("end") {
            Value::Date(end) if project.text("status") == "active" => after(*end),
            _ => Holds::Never,
        },
    },
    Finding {
        name: "embargo_over",
        content_type: &OUTPUT,
        label: "Outputs whose embargo is over",
        field: "availability",
        // The public sees them as open from that day on; what is kept still says otherwise.
        holds: |output| match output.get("embargo_until") {
            Value::Date(until) if output.text("availability") == EMBARGOED => Holds::From(*until),
            _ => Holds::Never,
        },
    },
    Finding {
        name: "no_year",
        content_type: &OUTPUT,
        label: "Outputs without a year",
        field: "year",
        holds: |output| lacks(output, "year"),
    },
    Finding {
        name: "no_lead",
        content_type: &OUTPUT,
        label: "Outputs without a lead academic",
        field: "authors",
        holds: |output| lacks(output, "authors"),
    },
    Finding {
        name: "no_alternative_text",
        content_type: &MEDIA,
        label: "Images without alternative text",
        field: "alternative_text",
        holds: |media| lacks(media, "alternative_text"),
    },
    Finding {
        name: "no_summary",
        content_type: &NEWS,
        label: "News without a summary",
        field: "summary",
        holds: |news| lacks(news, "summary"),
    },
    Finding {
        name: "no_citation_name",
        content_type: &PERSON,
        label: "People who cannot be cited: no given names, no citation name",
        field: "given_names",
        holds: |person| {
            let nameless = ["given_names", "citation_name"].iter().all(|name| person.text(name).is_empty());
            if nameless { Holds::Always } else { Holds::Never }
        },
    },
];

/// The finding of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Finding> {
    FINDINGS.iter().find(|finding| finding.name == name)
}

/// What is to be looked at in an item, each with the day from which on it holds; an empty day is any.
#[must_use]
pub fn of(item: &Item) -> Vec<(&'static str, String)> {
    let own = FINDINGS.iter().filter(|finding| finding.content_type == item.content_type);
    own.filter_map(|finding| match (finding.holds)(item) {
        Holds::Never => None,
        Holds::Always => Some((finding.name, String::new())),
        Holds::From(day) => Some((finding.name, day.to_string())),
    })
    .collect()
}

/// What publishing would ask for in this field.
fn lacks(item: &Item, field: &str) -> Holds {
    if validate::publication(item).at(field).is_some() { Holds::Always } else { Holds::Never }
}

/// From the day after this one on. Days beyond what people write sort wrongly as text.
fn after(day: NaiveDate) -> Holds {
    day.succ_opt().filter(|next| next.year() <= 9_999).map_or(Holds::Never, Holds::From)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Id, text};

    fn found(content_type: &'static ContentType, fields: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let mut item = Item::new(content_type, Id::nil());
        for (name, typed) in fields {
            let kind = content_type.field(name).unwrap().kind;
            item.set(name, text::parse(&kind, typed).unwrap());
        }
        of(&item)
    }

    #[test]
    fn what_holds_from_a_day_on_says_so() {
        let project = |status| found(&PROJECT, &[("status", status), ("end", "2024-02-29")]);
        assert_eq!(project("active"), [("past_end", "2024-03-01".to_owned())]);
        assert_eq!(project("complete"), []);
        let output = |availability| {
            let mut found =
                found(&OUTPUT, &[("availability", availability), ("embargo_until", "2027-01-01")]);
            found.retain(|(name, _)| *name == "embargo_over");
            found
        };
        assert_eq!(output("embargoed"), [("embargo_over", "2027-01-01".to_owned())]);
        assert_eq!(output("open"), []);
    }

    #[test]
    fn findings_name_fields_and_no_two_are_called_the_same() {
        for finding in &FINDINGS {
            assert!(finding.content_type.field(finding.field).is_some(), "{}", finding.name);
            assert_eq!(FINDINGS.iter().filter(|other| other.name == finding.name).count(), 1);
            assert_ne!(finding.name, DEAD_LINK);
        }
        let item =
            |content_type| found(content_type, &[]).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(item(&OUTPUT), ["no_year", "no_lead"]);
        assert_eq!(item(&NEWS), ["no_summary"]);
        assert_eq!(item(&PERSON), ["no_citation_name"]);
    }
}
