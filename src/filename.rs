//! Names of files beside another one. It must not make, move or remove any.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// How many names are tried.
const NAMES: u32 = 1_000;

/// The file's name with something behind it: `recto.db` and `-wal` make `recto.db-wal`.
#[must_use]
pub fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// The first of `stem` + `end`, `stem-2` + `end`, `stem-3` + `end` … where nothing lies: what was put there
/// before stays.
///
/// # Errors
/// [`Error::Refused`] where a thousand of them are taken.
pub fn free(stem: &Path, end: &str) -> Result<PathBuf> {
    let first = with_end(stem, end);
    let further = (2..=NAMES).map(|number| with_end(stem, &format!("-{number}{end}")));
    let mut names = std::iter::once(first.clone()).chain(further);
    names.find(|name| name.symlink_metadata().is_err()).ok_or_else(|| {
        Error::Refused(format!("There are {NAMES} files like {} already. Remove old ones.", first.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_free_where_nothing_lies_not_even_a_link_that_leads_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let list = dir.path().join("list");
        assert_eq!(free(&list, ".csv").unwrap(), dir.path().join("list.csv"));
        std::fs::write(dir.path().join("list.csv"), "").unwrap();
        std::os::unix::fs::symlink("nowhere", dir.path().join("list-2.csv")).unwrap();
        assert_eq!(free(&list, ".csv").unwrap(), dir.path().join("list-3.csv"));
        for number in 3..=NAMES {
            std::fs::write(with_end(&list, &format!("-{number}.csv")), "").unwrap();
        }
        assert!(free(&list, ".csv").unwrap_err().to_string().contains("list.csv already"));
    }
}
