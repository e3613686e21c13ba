//! The formats that can be read, and what they are called.

use serde::{Deserialize, Serialize};

/// A format that can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table in HTML.
    Html,
    /// Cells with tabs between them.
    #[default]
    Tabs,
    /// Cells with commas or semicolons between them.
    Csv,
    /// CSV as `recto export` writes it: its columns are called as the fields are.
    Own,
    /// BibTeX or BibLaTeX.
    Bibtex,
    /// RIS.
    Ris,
    /// CSL-JSON.
    Csl,
    /// One DOI or ORCID iD a line.
    Identifiers,
    /// One title a line.
    Lines,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Html,
        Self::Tabs,
        Self::Csv,
        Self::Own,
        Self::Bibtex,
        Self::Ris,
        Self::Csl,
        Self::Identifiers,
        Self::Lines,
    ];

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Html => "a table",
            Self::Tabs => "a table of text",
            Self::Csv => "CSV",
            Self::Own => "CSV as Recto writes it",
            Self::Bibtex => "BibTeX",
            Self::Ris => "RIS",
            Self::Csl => "CSL-JSON",
            Self::Identifiers => "a list of identifiers",
            Self::Lines => "a list of titles",
        }
    }

    /// Its name in forms and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Tabs => "tabs",
            Self::Csv => "csv",
            Self::Own => "own",
            Self::Bibtex => "bibtex",
            Self::Ris => "ris",
            Self::Csl => "csl",
            Self::Identifiers => "identifiers",
            Self::Lines => "lines",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Whether its columns are somebody's own, so that their meaning can be guessed wrong.
    #[must_use]
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Html | Self::Tabs | Self::Csv | Self::Lines)
    }
}
