//! Identifiers of the scholarly record, each checked as its registry says.

use std::fmt;
use std::str::FromStr;

use crate::text::is_unfit;

/// Why a text is not a value of its type: a whole sentence that says what would be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub &'static str);

/// Removes any of the prefixes under which people paste an identifier, ignoring case.
fn without_prefix<'text>(text: &'text str, prefixes: &[&str]) -> &'text str {
    let mut rest = text.trim();
    for prefix in prefixes {
        if let Some(head) = rest.get(..prefix.len())
            && head.eq_ignore_ascii_case(prefix)
        {
            rest = rest.get(prefix.len()..).unwrap_or_default();
        }
    }
    rest.trim()
}

macro_rules! shown {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}
shown!(Orcid, Doi, Ror, Isbn, Issn);

/// An ORCID iD, `0000-0002-1825-0097`; its last character is an ISO 7064 MOD 11-2 check digit
/// (<https://support.orcid.org/hc/en-us/articles/360006897674>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orcid(String);

impl FromStr for Orcid {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let rest = without_prefix(text, &["https://", "http://", "orcid.org/"]);
        let plain: String = rest.chars().filter(|c| *c != '-' && *c != ' ').collect();
        let (digits, check) = match (plain.get(..15), plain.get(15..)) {
            (Some(digits), Some(check)) if check.len() == 1 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                (digits, check.to_ascii_uppercase())
            }
            _ => return Err(Malformed("An ORCID iD has 16 digits: 0000-0002-1825-0097.")),
        };
        let total = digits.bytes().fold(0_u32, |total, b| (total + u32::from(b - b'0')) * 2);
        let wanted = match (12 - total % 11) % 11 {
            10 => "X".to_owned(),
            digit => digit.to_string(),
        };
        if check != wanted {
            return Err(Malformed("This ORCID iD has a typing error: its check digit is wrong."));
        }
        let full = format!("{digits}{check}");
        let parts: Vec<&str> =
            [0..4, 4..8, 8..12, 12..16].into_iter().filter_map(|part| full.get(part)).collect();
        Ok(Self(parts.join("-")))
    }
}

/// A DOI without resolver, in lower case (DOIs compare without case: DOI Handbook §2.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doi(String);

impl FromStr for Doi {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed = Malformed("A DOI begins with 10. and has a slash: 10.1000/182.");
        let rest =
            without_prefix(text, &["https://", "http://", "dx.doi.org/", "www.doi.org/", "doi.org/", "doi:"])
                .to_lowercase();
        let (prefix, suffix) = rest.split_once('/').ok_or(SHAPE)?;
        let registrant = prefix.strip_prefix("10.").ok_or(SHAPE)?;
        let digits = registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let visible = suffix.chars().all(|c| !c.is_whitespace() && !is_unfit(c));
        if registrant.len() < 4 || !digits || suffix.is_empty() || !visible || rest.len() > 300 {
            return Err(SHAPE);
        }
        Ok(Self(rest))
    }
}

/// A ROR id as its address, `https://ror.org/05mzfcs16`: a nought, six characters of Crockford's
/// base 32, two digits of ISO 7064 MOD 97-10 (<https://ror.readme.io/docs/identifier>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ror(String);

impl FromStr for Ror {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let id = without_prefix(text, &["https://", "http://", "www.", "ror.org/"]).to_lowercase();
        let base = |b: u8| b"0123456789abcdefghjkmnpqrstvwxyz".iter().position(|c| *c == b);
        let number =
            id.bytes().take(7).try_fold(0_u64, |total, b| Some(total * 32 + u64::try_from(base(b)?).ok()?));
        let check = id.get(7..).filter(|check| check.len() == 2 && check.bytes().all(|b| b.is_ascii_digit()));
        let right = match (number, check.and_then(|check| check.parse::<u64>().ok())) {
            (Some(number), Some(check)) => id.starts_with('0') && 98 - (number * 100) % 97 == check,
            _ => false,
        };
        if right {
            Ok(Self(format!("https://ror.org/{id}")))
        } else {
            Err(Malformed("A ROR id looks like https://ror.org/05mzfcs16; check it for typing errors."))
        }
    }
}

/// An ISBN as 13 digits without hyphens (ISO 2108); ten-digit ones are converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isbn(String);

fn isbn13_check(first12: &str) -> u32 {
    let sum: u32 =
        first12.bytes().zip([1, 3].into_iter().cycle()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    (10 - sum % 10) % 10
}

impl FromStr for Isbn {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed = Malformed("An ISBN has 13 digits (or 10); check it for typing errors.");
        let rest = without_prefix(text, &["urn:isbn:", "isbn-13", "isbn-10", "isbn", ":"]);
        let plain: String =
            rest.chars().filter(|c| !matches!(c, '-' | ' ' | '–')).collect::<String>().to_uppercase();
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        match plain.len() {
            13 if digits(&plain) && (plain.starts_with("978") || plain.starts_with("979")) => {
                let first = plain.get(..12).ok_or(SHAPE)?;
                if format!("{first}{}", isbn13_check(first)) == plain { Ok(Self(plain)) } else { Err(SHAPE) }
            }
            10 => {
                let first = plain.get(..9).filter(|first| digits(first)).ok_or(SHAPE)?;
                let sum: u32 =
                    first.bytes().zip((2..=10).rev()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
                let wanted = match (11 - sum % 11) % 11 {
                    10 => "X".to_owned(),
                    digit => digit.to_string(),
                };
                if plain.get(9..) != Some(wanted.as_str()) {
                    return Err(SHAPE);
                }
                let first = format!("978{first}");
                let check = isbn13_check(&first);
                Ok(Self(format!("{first}{check}")))
            }
            _ => Err(SHAPE),
        }
    }
}

/// An ISSN, `0317-8471`, with its check digit (ISO 3297).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issn(String);

impl FromStr for Issn {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed =
            Malformed("An ISSN has eight digits: 0317-8471; check it for typing errors.");
        let rest = without_prefix(text, &["urn:issn:", "e-issn", "eissn", "issn", ":"]);
        let plain: String =
            rest.chars().filter(|c| !matches!(c, '-' | ' ' | '–')).collect::<String>().to_uppercase();
        let first = plain.get(..7).filter(|first| first.bytes().all(|b| b.is_ascii_digit())).ok_or(SHAPE)?;
        let sum: u32 = first.bytes().zip((2..=8).rev()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
        let wanted = match (11 - sum % 11) % 11 {
            10 => "X".to_owned(),
            digit => digit.to_string(),
        };
        if plain.get(7..) != Some(wanted.as_str()) {
            return Err(SHAPE);
        }
        let (head, tail) = (plain.get(..4).ok_or(SHAPE)?, plain.get(4..).ok_or(SHAPE)?);
        Ok(Self(format!("{head}-{tail}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical<T: FromStr<Err = Malformed> + fmt::Display>(text: &str) -> Option<String> {
        text.parse::<T>().ok().map(|value| value.to_string())
    }

    #[test]
    fn orcids_are_checked() {
        let known = Some("0000-0002-1825-0097".to_owned());
        assert_eq!(canonical::<Orcid>("https://orcid.org/0000-0002-1825-0097"), known);
        assert_eq!(canonical::<Orcid>("0000000218250097"), known);
        assert_eq!(canonical::<Orcid>("0000-0002-1694-233x").as_deref(), Some("0000-0002-1694-233X"));
        assert_eq!(canonical::<Orcid>("0000-0002-1825-0096"), None);
        assert_eq!(canonical::<Orcid>("0000-0002-1825-009"), None);
    }

    #[test]
    fn dois_lose_their_resolver_and_case() {
        assert_eq!(canonical::<Doi>("https://doi.org/10.1000/ABC.1").as_deref(), Some("10.1000/abc.1"));
        assert_eq!(canonical::<Doi>("doi:10.5555/12345678").as_deref(), Some("10.5555/12345678"));
        for bad in [
            "10.1000",
            "11.1000/1",
            "10.x/1",
            "10.1000/a b",
            "10.1000/\u{fffe}",
            "https://example.org/10.1000/1",
        ] {
            assert_eq!(canonical::<Doi>(bad), None, "{bad}");
        }
    }

    #[test]
    fn ror_ids_are_checked() {
        let known = Some("https://ror.org/05mzfcs16".to_owned());
        assert_eq!(canonical::<Ror>("ror.org/05mzfcs16"), known);
        assert_eq!(canonical::<Ror>("05MZFCS16"), known);
        assert_eq!(canonical::<Ror>("05mzfcs17"), None);
    }

    #[test]
    fn book_and_serial_numbers_are_checked() {
        assert_eq!(canonical::<Isbn>("978-0-306-40615-7").as_deref(), Some("9780306406157"));
        assert_eq!(canonical::<Isbn>("ISBN 0-306-40615-2").as_deref(), Some("9780306406157"));
        assert_eq!(canonical::<Isbn>("978-0-306-40615-8"), None);
        assert_eq!(canonical::<Issn>("0317 8471").as_deref(), Some("0317-8471"));
        assert_eq!(canonical::<Issn>("2434-561x").as_deref(), Some("2434-561X"));
        assert_eq!(canonical::<Issn>("0317-8472"), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_parser(text in "\\PC{0,60}") {
            let _ = (canonical::<Orcid>(&text), canonical::<Doi>(&text), canonical::<Ror>(&text));
            let _ = (canonical::<Isbn>(&text), canonical::<Issn>(&text));
        }

        #[test]
        fn canonical_spellings_stay(number in "[0-9]{15}") {
            for last in "0123456789X".chars() {
                if let Some(orcid) = canonical::<Orcid>(&format!("{number}{last}")) {
                    prop_assert_eq!(canonical::<Orcid>(&orcid), Some(orcid));
                }
            }
        }
    }
}
