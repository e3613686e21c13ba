//! A ZIP file that every program reads alike, within bounds. It must not know what its parts mean.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use super::Unfit;

/// How many parts it may have: a book of slides has some thousand.
const PARTS: usize = 10_000;

/// How a part's entry in the list at the end begins (APPNOTE 6.3.10, §4.3.12).
const ENTRY: &[u8] = b"PK\x01\x02";

/// The longest part that is read, in bytes.
const LONGEST: u64 = 32_000_000;

/// How much of a document is read in all, what is embedded in it included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget(u64);

impl Default for Budget {
    fn default() -> Self {
        Self(48_000_000)
    }
}

/// A ZIP file, open.
pub(super) struct Archive<'bytes> {
    zip: ZipArchive<Cursor<&'bytes [u8]>>,
    /// What its parts are called, in small letters and with slashes.
    names: Vec<String>,
}

impl<'bytes> Archive<'bytes> {
    pub(super) fn open(bytes: &'bytes [u8]) -> Result<Self, Unfit> {
        // Before the list is read: the library would make an entry of each.
        if bytes.windows(ENTRY.len()).filter(|window| *window == ENTRY).count() > PARTS {
            return Err(Unfit::TooMuch);
        }
        let config = Config { archive_offset: ArchiveOffset::Known(0) };
        let mut zip = ZipArchive::with_config(config, Cursor::new(bytes)).map_err(|_| Unfit::Broken)?;
        let mut is_whole = false;
        for at in 0..zip.len() {
            let part = zip.by_index_data(at).map_err(|_| Unfit::Broken)?;
            if part.encrypted() {
                return Err(Unfit::Locked);
            }
            is_whole |= part.header_start() == 0;
        }
        // What the file begins with has to be in the list, which may be empty.
        if !is_whole {
            return Err(Unfit::Broken);
        }
        // A program that reads the parts where they lie would see others than one that reads the list.
        zip.validate_header_consistency().map_err(|_| Unfit::Broken)?;
        let mut names = Vec::with_capacity(zip.len());
        for name in zip.file_names() {
            let name = name.map_err(|_| Unfit::Broken)?.replace('\\', "/").to_ascii_lowercase();
            names.push(name.trim_start_matches('/').to_owned());
        }
        let known: HashSet<&String> = names.iter().collect();
        if known.len() < names.len() {
            return Err(Unfit::Broken);
        }
        Ok(Self { zip, names })
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, at: usize) -> Option<&str> {
        self.names.get(at).map(String::as_str)
    }

    /// How a part begins.
    pub(super) fn head(&mut self, at: usize) -> Result<Vec<u8>, Unfit> {
        self.first(at, 8)
    }

    /// A part, whole.
    pub(super) fn read(&mut self, at: usize, budget: &mut Budget) -> Result<Vec<u8>, Unfit> {
        let most = LONGEST.min(budget.0);
        let bytes = self.first(at, most + 1)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > most {
            return Err(Unfit::TooMuch);
        }
        budget.0 -= length;
        Ok(bytes)
    }

    fn first(&mut self, at: usize, bytes: u64) -> Result<Vec<u8>, Unfit> {
        let part = self.zip.by_index(at).map_err(|_| Unfit::Broken)?;
        let expected = usize::try_from(part.size().min(bytes)).unwrap_or_default();
        let mut read = Vec::with_capacity(expected);
        part.take(bytes).read_to_end(&mut read).map_err(|_| Unfit::Broken)?;
        Ok(read)
    }
}
