//! What lies in the library beside what should: files that nothing names, and files that are missing. It must
//! not move what an item names in whatever version, nor what was written just now.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use super::Files;
use crate::content::parsed::Upload;
use crate::error::{Error, Result};

/// How long a file may lie without a name: whoever sends it needs a moment to save.
const GRACE: Duration = Duration::from_secs(24 * 3_600);

/// So many files may go at once, however few there are.
const FEW: usize = 20;

/// Which part of all files may go at once.
const PART: usize = 5;

/// What is on disk, beside what should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Hashes of known files that are missing, or not whole.
    pub missing: Vec<String>,
    /// How many of these were moved aside.
    pub missing_aside: usize,
    /// How many files have lain there for a day and nothing names them.
    pub nameless: usize,
    /// How many files lie there in all.
    pub kept: usize,
}

impl Findings {
    /// Whether so much is nameless that rather the names are wrong.
    #[must_use]
    pub fn is_too_much(&self) -> bool {
        is_too_much(self.nameless, self.kept)
    }
}

/// Whether so many files of a library are nameless that rather the names are wrong: another database than
/// that of these files, or an older one.
#[must_use]
pub fn is_too_much(nameless: usize, kept: usize) -> bool {
    nameless > FEW && nameless.saturating_mul(PART) > kept
}

/// What may be of no use: whoever asks finds out which of it is known.
#[derive(Clone, Debug)]
pub struct Old {
    /// The hashes of what has lain in the library for longer than a day.
    pub hashes: Vec<String>,
    /// When what is that old was written at the latest.
    pub before: SystemTime,
    /// How many files lie there in all.
    pub kept: usize,
}

impl Files {
    /// Compares what is known with what is on disk.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub async fn compare(&self, known: &[Upload]) -> Result<Findings> {
        let mut findings = Findings::default();
        for file in known {
            if !self.has(file).await? {
                findings.missing.push(file.hash().to_owned());
            }
        }
        if !findings.missing.is_empty() {
            let aside: HashSet<String> = self.removed().await?.into_iter().map(|one| one.hash).collect();
            findings.missing_aside = findings.missing.iter().filter(|hash| aside.contains(*hash)).count();
        }
        let names: HashSet<&str> = known.iter().map(Upload::hash).collect();
        let old = self.clone();
        let old = blocking(move || old.read_old()).await?;
        findings.nameless = old.hashes.iter().filter(|hash| !names.contains(hash.as_str())).count();
        findings.kept = old.kept;
        Ok(findings)
    }

    /// What has lain here for longer than a day. Removes what somebody began to send and never ended: that
    /// never was in the library.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub async fn old(&self) -> Result<Old> {
        let files = self.clone();
        blocking(move || {
            let old = files.read_old()?;
            files.remove_incoming(old.before)?;
            Ok(old)
        })
        .await
    }

    fn read_old(&self) -> std::io::Result<Old> {
        let before = SystemTime::now().checked_sub(GRACE).unwrap_or(SystemTime::UNIX_EPOCH);
        let all = self.kept()?;
        let kept = all.len();
        let old = all.into_iter().filter(|one| one.written < before);
        Ok(Old { hashes: old.map(|one| one.hash).collect(), before, kept })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::is_too_much;

    #[test]
    fn a_fifth_may_go_and_a_few_always() {
        for (nameless, kept, too_much) in [
            (0, 0, false),
            (20, 20, false),
            (21, 21, true),
            (21, 104, true),
            (21, 105, false),
            (400, 2_000, false),
        ] {
            assert_eq!(is_too_much(nameless, kept), too_much, "{nameless} of {kept}");
        }
    }
}
