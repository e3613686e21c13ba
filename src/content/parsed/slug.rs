//! Slugs: what an item is called in addresses; and folding, by which text is sorted.

use std::fmt;
use std::str::FromStr;

use super::Malformed;

/// The longest slug, in characters: long enough for a title, short enough for an address.
const LONGEST: usize = 80;

/// Lower-case Latin letters, digits and single inner hyphens; 1 to 80 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl FromStr for Slug {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let text = text.trim();
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(allowed) {
            return Err(Malformed("Use lower-case letters, digits and hyphens only, at most 80 of them."));
        }
        if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return Err(Malformed("Put single hyphens between words, none at the ends."));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A slug made of any text: letters of other scripts are transliterated, the rest is left out.
/// `None` where nothing is left.
#[must_use]
pub fn slugify(text: &str) -> Option<Slug> {
    let mut slug = String::new();
    for c in deunicode::deunicode(text).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if c != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.len() > LONGEST {
        slug.truncate(LONGEST);
        // A word cut in half reads badly in an address.
        if let Some(end) = slug.rfind('-').filter(|&end| end > LONGEST / 2) {
            slug.truncate(end);
        }
    }
    slug.trim_end_matches('-').parse().ok()
}

/// Text as it is sorted: Latin letters without case or marks, white space collapsed.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain = deunicode::deunicode(text).to_lowercase();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_addresses() {
        let slug = |text: &str| slugify(text).map(|slug| slug.to_string());
        assert_eq!(slug("Organisational learning").as_deref(), Some("organisational-learning"));
        assert_eq!(slug("  Ein Überblick: Größe & Maß ").as_deref(), Some("ein-uberblick-grosse-mass"));
        assert_eq!(slug("What's next?").as_deref(), Some("whats-next"));
        assert_eq!(slug("…!"), None);
    }

    proptest! {
        #[test]
        fn whatever_is_made_is_a_slug(text in "\\PC{0,200}") {
            if let Some(slug) = slugify(&text) {
                prop_assert_eq!(slug.to_string().parse::<Slug>(), Ok(slug));
            }
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,80}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
