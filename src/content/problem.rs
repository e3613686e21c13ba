//! What is wrong with an input, said so that the person who typed it can mend it. It must not
//! decide what happens next: that is for whoever asked.

use serde::Serialize;

/// One thing that is wrong, at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where: the field's name, or a path into its rows (`authors.0.name`).
    pub field: String,
    /// A stable word for programs: `missing`, `too_long`, `malformed` …
    pub code: &'static str,
    /// What to do about it, a whole sentence.
    pub message: String,
}

/// All problems found in one pass, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), code, message: message.into() });
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problem at one place, if there is one.
    pub fn at(&self, field: &str) -> Option<&Problem> {
        self.0.iter().find(|problem| problem.field == field)
    }

    /// The same problems, each place put below `prefix` (`outputs.3`).
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        Self(
            self.0
                .into_iter()
                .map(|problem| Problem { field: format!("{prefix}.{}", problem.field), ..problem })
                .collect(),
        )
    }

    /// Takes over the problems of another pass.
    pub fn extend(&mut self, other: Problems) {
        self.0.extend(other.0);
    }
}
