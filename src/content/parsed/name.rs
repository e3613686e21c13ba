//! Names of people as they are credited: taken apart, compared, and written in one way so that
//! spellings of one name meet. It must not know which people there are.

use super::fold;

/// `L`, `L.A.`, `J-P`, with a star or without.
#[must_use]
pub fn is_initials(text: &str) -> bool {
    let text = text.trim_end_matches('*').trim();
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    (1..=4).contains(&letters.len())
        && letters.iter().all(|c| c.is_uppercase())
        && text.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | ' '))
}

/// Titles in front of names.
const HONORIFICS: [&str; 14] = [
    "dr",
    "professor",
    "prof",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "sir",
    "dame",
    "lord",
    "lady",
    "rev",
    "emeritus",
];

/// Whether a word stands in front of names as a title: `Dr`, `Prof.`
#[must_use]
pub fn is_honorific(word: &str) -> bool {
    HONORIFICS.contains(&fold(word.trim_end_matches('.')).as_str())
}

/// A person's name taken apart: family name and given names, without titles.
#[must_use]
pub fn name_parts(credited: &str) -> (String, Vec<String>) {
    let given = |text: &str| -> Vec<String> {
        let mut parts = Vec::new();
        for word in text.split([' ', '.', '-']).map(str::trim).filter(|word| !word.is_empty()) {
            // ‘LA’ is two names, ‘Al’ is one.
            if is_initials(word) && word.chars().count() > 1 {
                parts.extend(word.chars().map(|c| fold(&c.to_string())));
            } else {
                parts.push(fold(word));
            }
        }
        parts
    };
    let titled = |word: &&str| is_honorific(word);
    if let Some((family, rest)) = credited.split_once(',') {
        let rest: Vec<&str> = rest.split_whitespace().filter(|word| !titled(word)).collect();
        return (fold(family), given(&rest.join(" ")));
    }
    let words: Vec<&str> = credited.split_whitespace().filter(|word| !titled(word)).collect();
    match words.as_slice() {
        [] => (String::new(), Vec::new()),
        // ‘Tomkins L’ and ‘Tomkins LA’, as medical journals write.
        [family @ .., last]
            if !family.is_empty() && is_initials(last) && !family.iter().any(|word| is_initials(word)) =>
        {
            (fold(&family.join(" ")), given(last))
        }
        [first @ .., last] => {
            // ‘Leah de Vries’: what is written small belongs to the family name.
            let small = first.iter().position(|word| word.chars().next().is_some_and(char::is_lowercase));
            let at = small.filter(|at| *at > 0).unwrap_or(first.len());
            let family: Vec<&str> = first.iter().skip(at).copied().chain([*last]).collect();
            let before: Vec<&str> = first.iter().take(at).copied().collect();
            (fold(&family.join(" ")), given(&before.join(" ")))
        }
    }
}

/// Whether given names as credited can be those of a person: `L` and `Leah`, `Leah` and `Leah Anne`.
#[must_use]
pub fn is_compatible(credited: &[String], known: &[String]) -> bool {
    credited.iter().zip(known).all(|(one, other)| {
        let short = one.chars().count() == 1 || other.chars().count() == 1;
        if short { one.chars().next() == other.chars().next() } else { one == other }
    })
}

/// What a credited name is compared and remembered by: `tomkins, l j` for ‘Tomkins, L. J.’, ‘Tomkins LJ’
/// and ‘Dr L J Tomkins’. Empty where there is no letter in it.
#[must_use]
pub fn name_key(credited: &str) -> String {
    let (family, given) = name_parts(credited);
    match (family.trim_matches('.'), given.join(" ")) {
        ("", given) => given,
        (family, given) if given.is_empty() => family.to_owned(),
        (family, given) => format!("{family}, {given}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_meet() {
        for one in ["Tomkins, L. J.", "Tomkins, LJ", "Tomkins L.J.", "L. J. Tomkins", "Dr L J Tomkins"] {
            assert_eq!(name_key(one), "tomkins, l j", "{one}");
        }
        assert_eq!(name_key("Leah Tomkins"), name_key("TOMKINS, Leah"));
        assert_ne!(name_key("Tomkins, L"), name_key("Tomkins, L J"));
        assert_eq!(name_key("Hull."), "hull");
        assert_eq!(name_key(" , "), "");
    }
}
