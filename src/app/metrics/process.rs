//! What the machine knows of this process and its files. It must not fail: what cannot be found out
//! is not told.

use std::path::Path;

/// Memory in bytes.
pub(super) struct Memory {
    pub(super) resident: u64,
    /// What maps no file: not the databases that are read in place.
    pub(super) anonymous: u64,
}

/// The memory of this process (proc_pid_status(5)).
pub(super) fn memory() -> Option<Memory> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kilobytes * 1_024)
    };
    Some(Memory { resident: bytes("VmRSS")?, anonymous: bytes("RssAnon")? })
}

/// How many bytes a database takes, with what is written ahead of it.
pub(in crate::app) fn bytes(file: &Path) -> Option<u64> {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    let length = |file: &Path| std::fs::metadata(file).map(|found| found.len());
    Some(length(file).ok()? + length(Path::new(&log)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_takes_memory() {
        let memory = memory().unwrap();
        assert!(memory.anonymous > 0 && memory.anonymous <= memory.resident);
    }

    #[test]
    fn a_database_is_measured_with_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("one.db");
        assert_eq!(bytes(&file), None);
        std::fs::write(&file, [0; 10]).unwrap();
        assert_eq!(bytes(&file), Some(10));
        std::fs::write(dir.path().join("one.db-wal"), [0; 5]).unwrap();
        assert_eq!(bytes(&file), Some(15));
    }
}
