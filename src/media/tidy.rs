//! Files that nothing names: what was sent and not used, what a killed process left. It must not
//! remove what an item names in whatever version, nor what was written just now.

use std::time::{Duration, SystemTime};

use super::Files;
use crate::content::parsed::Upload;
use crate::error::{Error, Result};

/// How long a file may lie without a name: whoever sends it needs a moment to save.
const GRACE: Duration = Duration::from_secs(24 * 3_600);

/// What is on disk, beside what should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Hashes of known files that are missing, or not whole.
    pub missing: Vec<String>,
    /// How many files lie there that nothing names.
    pub nameless: usize,
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
        let names: std::collections::HashSet<&str> = known.iter().map(Upload::hash).collect();
        let old = SystemTime::now().checked_sub(GRACE);
        let files = self.clone();
        let kept = blocking(move || files.kept()).await?;
        let nameless = |hash: &str, written| old.is_some_and(|old| written < old) && !names.contains(hash);
        findings.nameless = kept.iter().filter(|kept| nameless(&kept.hash, kept.written)).count();
        Ok(findings)
    }

    /// Which hashes have lain here for longer than a day, and may be of no use: whoever asks finds
    /// out which of them are known. Removes what somebody began to send and never ended.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub async fn old(&self) -> Result<Vec<String>> {
        let files = self.clone();
        blocking(move || {
            let Some(old) = SystemTime::now().checked_sub(GRACE) else { return Ok(Vec::new()) };
            files.remove_incoming(old)?;
            let kept = files.kept()?.into_iter().filter(|kept| kept.written < old);
            Ok(kept.map(|kept| kept.hash).collect())
        })
        .await
    }
}

/// Removes the files of these hashes.
///
/// # Errors
/// Where one cannot be removed.
pub async fn tidy(files: &Files, hashes: Vec<String>) -> Result<()> {
    let files = files.clone();
    blocking(move || hashes.iter().try_for_each(|hash| files.remove(hash))).await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}
