//! Who was erased, so that a backup of before does not bring them back: one line of JSON for each in `erased.jsonl`.
//! It names nobody: ids, and e-mail addresses only as keyed digests (HMAC with SHA-256, RFC 2104), which nobody can
//! make or compare without the key. It must not erase anything itself.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::config::Config;
use crate::error::{Error, Result};

/// The list, in the data directory and beside backups.
pub(super) const LEDGER: &str = "erased.jsonl";

/// The longest list that is read, in bytes: some hundred thousand lines.
const LEDGER_MAX: u64 = 64_000_000;

/// A key: 32 random bytes in hexadecimal.
const KEY_DIGITS: usize = 64;

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A person's record.
    Person,
    /// An account.
    Account,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Account => "account",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What was erased.
    pub kind: Kind,
    /// Under which id it was.
    pub id: String,
    /// The keyed digest of both: nobody without the key has written the line.
    pub proof: String,
    /// The keyed digest of the e-mail address in lower case, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
}

/// The list, with its key.
#[derive(Debug)]
pub struct Ledger {
    file: PathBuf,
    key: SecretString,
    lines: Vec<Line>,
}

impl Ledger {
    /// The list of an installation, to be added to. The key is made where nobody was erased yet.
    ///
    /// # Errors
    /// [`Error::Refused`] where the list or its key cannot be read or written, do not belong together, or the list
    /// is lost.
    pub fn of(config: &Config) -> Result<Self> {
        let file = config.data_dir.path().join(LEDGER);
        let key_file = config.key_file();
        let copy = config.backup_root.as_ref().map(|root| root.path().join(LEDGER));
        // Beside a list of before another key would be of no use.
        let is_first = !file.exists() && !copy.is_some_and(|copy| copy.exists());
        if is_first && !key_file.exists() {
            make_key(&key_file)?;
            return Self::read(&file, &key_file);
        }
        let list = Self::read(&file, &key_file)?;
        match list.lines.is_empty() {
            false => Ok(list),
            true => Err(Error::Refused(lost(&file, &key_file))),
        }
    }

    /// Whether an installation shows that somebody was erased, so that nothing can be put back there without a list:
    /// says why.
    #[must_use]
    pub fn is_needed(config: &Config) -> Option<String> {
        let file = config.data_dir.path().join(LEDGER);
        let copy = config.backup_root.as_ref().map(|root| root.path().join(LEDGER));
        if let Some(list) = [Some(file.clone()), copy].into_iter().flatten().find(|list| list.exists()) {
            return Some(format!("{0} names who was erased. Name it: --ledger {0}", list.display()));
        }
        let key_file = config.key_file();
        key_file.exists().then(|| lost(&file, &key_file))
    }

    /// A list from elsewhere, as it lies beside backups.
    ///
    /// # Errors
    /// [`Error::Refused`] where it is not there, is none, or has another key.
    pub fn at(file: &Path, config: &Config) -> Result<Self> {
        if !file.is_file() {
            return Err(Error::Refused(format!(
                "There is no list of who was erased at {}. Name {LEDGER}, which lies in the data directory and beside the \
                 backups; ‘none’ where nobody was ever erased.",
                file.display()
            )));
        }
        Self::read(file, &config.key_file())
    }

    fn read(file: &Path, key_file: &Path) -> Result<Self> {
        let key = read_key(key_file)?;
        let text = read_bounded(file)?;
        let (whole, last) = whole_lines(&text);
        let mut lines = Vec::new();
        for (number, text) in (1..).zip(whole.split_terminator('\n').chain(last)) {
            let wrong = |what: &str| {
                Error::Refused(format!(
                    "Line {number} of {} {what}. Nothing was changed; use a copy of the list that is whole, and the key \
                     that was used when it was written (setting ‘key_file’).",
                    file.display()
                ))
            };
            let line: Line = serde_json::from_str(text).map_err(|_| wrong("is no line of such a list"))?;
            let known = digest(&key, &format!("{}:{}", line.kind.name(), line.id))?;
            // A list that somebody else has written could erase whom they like.
            if !equal(&known, &line.proof) {
                return Err(wrong("was not written with this key"));
            }
            lines.push(line);
        }
        Ok(Self { file: file.to_owned(), key, lines })
    }

    /// Where it lies.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The ids under which something of this kind was erased.
    pub fn ids(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(move |line| line.kind == kind).map(|line| line.id.as_str())
    }

    /// When something of this kind was erased that was named by this e-mail address, the last time.
    ///
    /// # Errors
    /// Where the key is of no use.
    pub fn erased_at(&self, kind: Kind, email: &str) -> Result<Option<DateTime<Utc>>> {
        let email = self.email_digest(email)?;
        let of_kind = self.lines.iter().filter(|line| line.kind == kind);
        let named = of_kind.filter(|line| line.email.as_deref().is_some_and(|known| equal(&email, known)));
        Ok(named.map(|line| line.at).max())
    }

    /// What was to be erased together with what is called so, by an id or an e-mail address: an erasure that was
    /// ended is done again with these ids.
    ///
    /// # Errors
    /// Where the key is of no use.
    pub fn run_of(&self, kind: Kind, who: &str) -> Result<Vec<&str>> {
        let email = self.email_digest(who)?;
        let is_meant =
            |line: &&Line| line.id == who || line.email.as_deref().is_some_and(|known| equal(&email, known));
        let runs: Vec<_> = self.lines.iter().filter(is_meant).map(|line| line.at).collect();
        let lines = self.lines.iter().filter(|line| line.kind == kind && runs.contains(&line.at));
        Ok(lines.map(|line| line.id.as_str()).collect())
    }

    /// Adds a line; it is on the disk then.
    ///
    /// # Errors
    /// [`Error::Refused`] where it cannot be written: nothing is to be erased then.
    pub fn add(
        &mut self,
        kind: Kind,
        id: &str,
        email: Option<&str>,
        at: DateTime<Utc>,
        by: &str,
    ) -> Result<()> {
        let proof = digest(&self.key, &format!("{}:{id}", kind.name()))?;
        let email = email.map(|email| self.email_digest(email)).transpose()?;
        let line = Line { kind, id: id.to_owned(), proof, email, at, by: by.to_owned() };
        let mut text = serde_json::to_string(&line).map_err(Error::internal)?;
        text.push('\n');
        append(&self.file, text.as_bytes()).map_err(|error| cannot(&self.file, &error))?;
        self.lines.push(line);
        Ok(())
    }

    /// Copies it into a directory, where it replaces an older copy.
    ///
    /// # Errors
    /// [`Error::Refused`] where it cannot be written, or what lies there says more.
    pub fn copy_into(&self, dir: &Path) -> Result<PathBuf> {
        let to = dir.join(LEDGER);
        if to == self.file {
            return Ok(to);
        }
        let (own, there) = (read_bounded(&self.file)?, read_bounded(&to)?);
        if whole_lines(&there).0.lines().any(|line| !own.lines().any(|known| known == line)) {
            return Err(Error::Refused(format!(
                "{} names somebody whom {} does not name. Bring both together in one file first: each line as it is.",
                to.display(),
                self.file.display()
            )));
        }
        let aside = dir.join(format!("{LEDGER}.new"));
        let written = (|| {
            fs::create_dir_all(dir)?;
            let mut file = create(&aside)?;
            let (whole, last) = whole_lines(&own);
            file.write_all(whole.as_bytes())?;
            if let Some(line) = last {
                writeln!(file, "{line}")?;
            }
            file.sync_all()?;
            fs::rename(&aside, &to)?;
            File::open(dir)?.sync_all()
        })();
        written.map_err(|error| cannot(&to, &error))?;
        Ok(to)
    }

    fn email_digest(&self, email: &str) -> Result<String> {
        digest(&self.key, &format!("email:{}", email.trim().to_lowercase()))
    }
}

/// The lines of a list, and its last one where only its end is missing, as after an editor. Any other was being written
/// when a process ended, before anything was erased.
fn whole_lines(text: &str) -> (&str, Option<&str>) {
    let end = text.rfind('\n').map_or(0, |at| at + 1);
    let (whole, last) = text.split_at_checked(end).unwrap_or((text, ""));
    (whole, Some(last).filter(|last| serde_json::from_str::<Line>(last).is_ok()))
}

/// Adds a line; whoever else adds one waits.
fn append(file: &Path, line: &[u8]) -> std::io::Result<()> {
    let mut ledger =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(file)?;
    ledger.lock()?;
    let mut there = String::new();
    (&ledger).take(LEDGER_MAX).read_to_string(&mut there)?;
    let (whole, last) = whole_lines(&there);
    let end = (whole.len() + last.map_or(0, str::len)) as u64;
    ledger.set_len(end)?;
    ledger.seek(SeekFrom::Start(end))?;
    if last.is_some() {
        ledger.write_all(b"\n")?;
    }
    ledger.write_all(line)?;
    ledger.sync_all()?;
    match file.parent() {
        Some(dir) => File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// Why nothing can be done where there is a key and no list.
fn lost(file: &Path, key_file: &Path) -> String {
    format!(
        "There is a key to a list of who was erased, {1}, but no line in {0}: the list is lost. Put a copy of it there, as \
         it lies beside your backups. If nobody was ever erased, delete the key.",
        file.display(),
        key_file.display()
    )
}

/// The text of a list; empty where it is not there.
fn read_bounded(file: &Path) -> Result<String> {
    let mut text = String::new();
    // A pipe would be waited for.
    if fs::metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err(Error::Refused(format!("{} is no file.", file.display())));
    }
    let read = File::open(file).and_then(|file| file.take(LEDGER_MAX + 1).read_to_string(&mut text));
    match read {
        Ok(_) if text.len() as u64 > LEDGER_MAX => {
            Err(Error::Refused(format!("{} is longer than any list of who was erased.", file.display())))
        }
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(text),
        Err(error) => Err(Error::Refused(format!("{} cannot be read: {error}.", file.display()))),
    }
}

fn create(file: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)
}

fn make_key(file: &Path) -> Result<()> {
    let key: String =
        rand::random::<[u8; KEY_DIGITS / 2]>().iter().map(|byte| format!("{byte:02x}")).collect();
    let written = (|| {
        if let Some(dir) = file.parent() {
            fs::create_dir_all(dir)?;
        }
        let mut made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        made.write_all(key.as_bytes())?;
        made.write_all(b"\n")?;
        made.sync_all()
    })();
    written.map_err(|error| cannot(file, &error))
}

fn read_key(file: &Path) -> Result<SecretString> {
    let shown = file.display();
    let missing = |error: std::io::Error| {
        Error::Refused(format!(
            "The key {shown} cannot be read: {error}. The list of who was erased is of no use without it; put a copy of it \
             there, or name it with the setting ‘key_file’."
        ))
    };
    let found = fs::metadata(file).map_err(missing)?;
    if !found.is_file() {
        return Err(Error::Refused(format!("{shown} is no file, and so no key.")));
    }
    if found.permissions().mode() & 0o077 != 0 {
        return Err(Error::Refused(format!(
            "Others on this machine may read the key {shown}. Give it to its owner alone: chmod 600 {shown}"
        )));
    }
    let mut text = String::new();
    File::open(file).and_then(|file| file.take(1_000).read_to_string(&mut text)).map_err(missing)?;
    let key = text.trim();
    if key.len() != KEY_DIGITS || !key.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(Error::Refused(format!("{shown} holds no key: {KEY_DIGITS} hexadecimal digits.")));
    }
    Ok(SecretString::from(key.to_owned()))
}

/// The keyed digest of a text, in hexadecimal.
fn digest(key: &SecretString, text: &str) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).map_err(Error::internal)?;
    mac.update(text.as_bytes());
    Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether two digests are the same, in a time that does not tell how much of them is.
fn equal(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one.bytes().zip(other.bytes()).fold(0, |differ, (one, other)| differ | (one ^ other)) == 0
}

fn cannot(file: &Path, error: &std::io::Error) -> Error {
    Error::Refused(format!(
        "{} cannot be written: {error}. Make room, or give this user the right to write there.",
        file.display()
    ))
}

#[cfg(test)]
mod tests;
