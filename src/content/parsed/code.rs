//! Project codes: `3.07`, theme number, dot, two-digit sequence. 3.10 follows 3.09, and 3.2 is 3.02.

use std::fmt;
use std::str::FromStr;

use super::Malformed;

/// A project's code. Its order is that of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectCode {
    theme: u16,
    sequence: u16,
}

impl ProjectCode {
    /// A spelling whose text order is the order of the codes, for indexes: `00003.00007`.
    #[must_use]
    pub fn sort_key(self) -> String {
        format!("{:05}.{:05}", self.theme, self.sequence)
    }
}

impl FromStr for ProjectCode {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const SHAPE: Malformed = Malformed("Write the code as theme number, dot, two digits: 3.07.");
        let (theme, sequence) = text.trim().split_once('.').ok_or(SHAPE)?;
        let number = |part: &str| {
            let digits = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if digits { part.parse::<u16>().map_err(|_| SHAPE) } else { Err(SHAPE) }
        };
        Ok(Self { theme: number(theme)?, sequence: number(sequence)? })
    }
}

impl fmt::Display for ProjectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.theme, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> ProjectCode {
        text.parse().unwrap()
    }

    #[test]
    fn codes_sort_by_their_numbers() {
        assert!(code("3.2") < code("3.10"));
        assert!(code("3.09") < code("3.10"));
        assert!(code("9.99") < code("10.01"));
        assert!(code("3.2").sort_key() < code("3.10").sort_key());
        assert!(code("9.99").sort_key() < code("10.01").sort_key());
    }

    #[test]
    fn a_code_has_one_spelling() {
        assert_eq!(code(" 3.7 ").to_string(), "3.07");
        assert_eq!(code("03.007").to_string(), "3.07");
        for bad in ["", "3", "3.", ".07", "3,07", "a.07", "3.07.1", "-3.07", "3.+7", "3.0007", "٣.٠٧"] {
            assert!(bad.parse::<ProjectCode>().is_err(), "{bad}");
        }
    }
}
