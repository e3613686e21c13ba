//! What the machine gives: room on disks, files that may be open, the right to write. What it tries it takes away
//! again; it must not change anything else.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::metrics::bytes;
use super::{DRAFTS_FILE, PUBLIC_FILE};
use crate::config::Config;

/// What a database may need beside what it takes: the longest log of one form that is saved, with room to spare.
const BESIDE: u64 = 64 * 1_000_000;

/// Less than this is no room: SQLite's smallest step, a page with its head in the log, and some of them.
const NOTHING: u64 = 1_000_000;

/// What a Recto has open beside connections: its databases with their logs, each some times, and what it writes.
const OWN_FILES: u64 = 256;

/// A file system that Recto writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk {
    /// A directory of Recto's on it.
    pub dir: PathBuf,
    /// How many bytes are free for this user.
    pub free: u64,
    /// How many Recto may have to write at once: its databases once more, as when one is copied before its schema
    /// changes or a read store is built anew, and a file for the library twice, where it is received and where it
    /// is kept.
    pub needed: u64,
}

impl Disk {
    /// What is wrong with it, and what to do.
    #[must_use]
    pub fn wrong(&self) -> Option<String> {
        let (shown, needed) = (self.dir.display(), megabytes(self.needed));
        if self.free < NOTHING {
            return Some(format!(
                "The disk of {shown} is full: nothing can be saved. Make room: {needed} MB are wanted, for the databases \
                 once more and a file that is sent."
            ));
        }
        (self.free < self.needed).then(|| {
            format!(
                "The disk of {shown} is nearly full: {} MB are free, and Recto may need {needed} MB at once, for the \
                 databases once more and a file that is sent. Make room.",
                megabytes(self.free)
            )
        })
    }
}

const fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

/// How many bytes are free for this user where a path lies; none where that cannot be found out.
#[must_use]
pub fn free(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Where Recto writes, by name: what is there already.
pub(super) fn written(config: &Config) -> Vec<(&'static str, PathBuf)> {
    let dir = config.data_dir.path().to_owned();
    let address = config.database_address();
    let parent =
        |file: &Path| file.parent().map(|dir| if dir == Path::new("") { ".".into() } else { dir.to_owned() });
    let database = address.file().and_then(parent).filter(|parent| *parent != dir);
    let all = [("data", Some(dir)), ("database", database), ("media", Some(config.media_dir()))];
    all.into_iter().filter_map(|(name, dir)| Some((name, dir.filter(|dir| dir.is_dir())?))).collect()
}

/// The disks that Recto writes to, each once.
#[must_use]
pub fn disks(config: &Config) -> Vec<Disk> {
    let twice = 2 * u64::from(config.media_max_megabytes.0.get()) * 1_000_000;
    let database = config.database_address().file().and_then(bytes).unwrap_or(0);
    let stores =
        [PUBLIC_FILE, DRAFTS_FILE].map(|name| bytes(&config.data_dir.path().join(name)).unwrap_or(0));
    let written = written(config);
    let is_apart = written.iter().any(|(name, _)| *name == "database");
    let mut disks: Vec<(u64, Disk)> = Vec::new();
    for (name, dir) in written {
        let (Ok(found), Some(free)) = (fs::metadata(&dir), free(&dir)) else { continue };
        let needed = match name {
            "media" => twice,
            "database" => database + BESIDE,
            _ if is_apart => stores.iter().sum::<u64>() + BESIDE,
            _ => stores.iter().sum::<u64>() + database + BESIDE,
        };
        match disks.iter_mut().find(|(device, _)| *device == found.dev()) {
            Some((_, disk)) => disk.needed += needed,
            None => disks.push((found.dev(), Disk { dir, free, needed })),
        }
    }
    disks.into_iter().map(|(_, disk)| disk).collect()
}

/// Writes into a directory and takes that away again.
///
/// # Errors
/// Where this user cannot.
pub fn try_writing(dir: &Path) -> io::Result<()> {
    let file = dir.join(format!("recto-tries-{}", uuid::Uuid::new_v4().simple()));
    let written = File::create_new(&file).and_then(|mut made| made.write_all(b"."));
    match fs::remove_file(&file) {
        // What was not made is not there.
        Err(error) if written.is_ok() => Err(error),
        _ => written,
    }
}

/// How many files may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenFiles {
    /// How many at most, whatever the process asks for; none where there is no bound.
    pub may: Option<u64>,
    /// How many are needed for this many listeners.
    pub needed: u64,
}

impl OpenFiles {
    /// What this process may have open, and needs for so many listeners: each connection and a file that is sent
    /// over it, and its own.
    #[must_use]
    pub fn of(config: &Config, listeners: u64) -> Self {
        let connections = u64::from(config.connections.0.get());
        let needed = connections.saturating_mul(2).saturating_mul(listeners).saturating_add(OWN_FILES);
        Self { may: getrlimit(Resource::Nofile).maximum, needed }
    }

    /// What is wrong with that, and what to do.
    #[must_use]
    pub fn wrong(self) -> Option<String> {
        let may = self.may.filter(|may| *may < self.needed)?;
        Some(format!(
            "This user may have {may} files open at once, and with ‘connections’ as it is Recto may need {needed}; beyond \
             that it takes no connections and no saves. Let it have them (LimitNOFILE={needed} in a unit of systemd, \
             ‘ulimit -Hn’ in a shell), or set connections lower.",
            needed = self.needed
        ))
    }

    /// Lets this process have what it needs, or as much of that as it may have.
    pub(super) fn take(self) {
        let given = getrlimit(Resource::Nofile);
        let wanted = self.may.map_or(self.needed, |may| may.min(self.needed));
        if given.current.is_some_and(|current| current < wanted) {
            let raised = Rlimit { current: Some(wanted), maximum: given.maximum };
            if let Err(error) = setrlimit(Resource::Nofile, raised) {
                tracing::warn!(%error, wanted, "more files cannot be open");
            }
        }
        if let Some(wrong) = self.wrong() {
            tracing::warn!("{wrong}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_is_judged_by_what_may_be_written_at_once() {
        const MB: u64 = 1_000_000;
        for (free, needed, said) in [
            (0, 164 * MB, Some("is full")),
            (NOTHING - 1, 164 * MB, Some("is full: nothing can be saved. Make room: 164 MB are wanted")),
            (NOTHING, 164 * MB, Some("is nearly full: 1 MB are free")),
            (164 * MB - 1, 164 * MB, Some("Recto may need 164 MB at once")),
            (164 * MB, 164 * MB, None),
            (u64::MAX, 164 * MB, None),
        ] {
            let wrong = Disk { dir: "/data".into(), free, needed }.wrong();
            match (said, &wrong) {
                (None, None) => {}
                (Some(words), Some(wrong)) if wrong.contains(words) && wrong.contains("/data") => {}
                _ => panic!("{free} of {needed}: {wrong:?}"),
            }
        }
    }

    #[test]
    fn disks_are_asked_once_for_all_that_lies_on_them() {
        let dir = tempfile::tempdir().unwrap();
        let flags = vec![("data_dir", dir.path().display().to_string())];
        let layers = crate::config::Layers { flags, ..Default::default() };
        let config = Config::load(&layers).unwrap();
        let needed = |config: &Config| disks(config).into_iter().map(|disk| disk.needed).collect::<Vec<_>>();
        assert_eq!(needed(&config), [BESIDE], "there is no library yet");
        fs::create_dir(dir.path().join("media")).unwrap();
        fs::write(dir.path().join("recto.db"), [0; 1_000]).unwrap();
        fs::write(dir.path().join("public.db-wal"), [0; 500]).unwrap();
        fs::write(dir.path().join("public.db"), [0; 30]).unwrap();
        assert_eq!(needed(&config), [BESIDE + 1_530 + 100_000_000]);
        assert_eq!(free(&dir.path().join("nowhere")), None);
    }

    #[test]
    fn files_that_may_be_open_are_counted_against_connections() {
        let config = Config::load(&crate::config::Layers::default()).unwrap();
        let one = OpenFiles::of(&config, 1).needed;
        assert_eq!((one, OpenFiles::of(&config, 3).needed), (2 * 512 + 256, 6 * 512 + 256));
        for (may, is_wrong) in [(None, false), (Some(one), false), (Some(one - 1), true), (Some(0), true)] {
            let wrong = OpenFiles { may, needed: one }.wrong();
            assert_eq!(wrong.is_some(), is_wrong, "{may:?}");
            assert!(wrong.is_none_or(|wrong| wrong.contains("LimitNOFILE=1280")));
        }
    }

    #[test]
    fn what_is_tried_is_taken_away() {
        let dir = tempfile::tempdir().unwrap();
        try_writing(dir.path()).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        try_writing(&file).unwrap_err();
        try_writing(&dir.path().join("nowhere")).unwrap_err();
    }
}
