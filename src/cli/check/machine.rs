//! What the machine has to give: directories that are Recto's own and can be written to, room, files that may be open,
//! settings that others cannot read. It must not look into a database.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::app::{self, OpenFiles};
use crate::config::Config;
use crate::config::value::DatabaseAddress;
use crate::media::Files;

/// Whether the data directory is its owner's alone, and it and the library can be written to.
pub(super) fn directories(config: &Config, findings: &mut Vec<String>) {
    let dir = config.data_dir.path();
    let shown = dir.display();
    match fs::metadata(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            findings.push(format!("The data directory {shown} does not exist. ‘recto serve’ makes it."));
            return;
        }
        Err(error) => findings.push(format!("The data directory {shown} cannot be looked at: {error}.")),
        Ok(found) if !found.is_dir() => {
            findings.push(format!("{shown} is no directory. Name another with --data-dir."));
            return;
        }
        Ok(found) => {
            let mode = found.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                findings.push(format!(
                    "Other users of this machine can look into the data directory {shown} (mode {mode:o}); drafts and \
                     passwords' hashes are in there. Run: chmod 700 {shown}"
                ));
            }
        }
    }
    if let Err(error) = app::try_writing(dir) {
        findings.push(format!(
            "The data directory {shown} cannot be written to: {error}. {}",
            way_out(error.kind(), &shown.to_string())
        ));
    }
    for dir in Files::at(&config.media_dir()).written() {
        let shown = dir.display().to_string();
        // Where the library is missing, its files are; that is told with them.
        match app::try_writing(&dir) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                findings.push(format!(
                    "The media library’s directory {shown} cannot be written to, so no file is taken: {error}. {}",
                    way_out(error.kind(), &shown)
                ));
                return;
            }
            _ => {}
        }
    }
}

/// What a restore has left that was ended, and a list of who was erased that cannot be used.
pub(super) fn erased(config: &Config, findings: &mut Vec<String>) {
    if let Some(dir) = app::unfinished_restore(config) {
        findings.push(format!(
            "A restore was ended before it was done: {0} holds a copy of a backup, in which people may be who were erased. \
             Run ‘recto restore’ again, or delete {0}.",
            dir.display()
        ));
    }
    if app::Ledger::is_needed(config).is_some()
        && let Err(error) = app::Ledger::of(config)
    {
        findings.push(error.to_string());
    }
}

/// What to do about a directory that cannot be written to.
fn way_out(kind: ErrorKind, shown: &str) -> String {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Make room there.".to_owned(),
        ErrorKind::ReadOnlyFilesystem => {
            "Its file system is mounted for reading only: look at the disk, and mount it for writing."
                .to_owned()
        }
        _ => format!("Give it to the user that Recto runs as: chown -R THAT-USER {shown}"),
    }
}

/// What to say of a database that can be read and not written to.
pub(super) fn not_writable(address: &DatabaseAddress) -> String {
    match address.file() {
        Some(file) => format!(
            "The database {address} can be read, but not written to: nothing can be saved. Give it, the files beside it \
             and its directory to the user that Recto runs as (chown THAT-USER {}*), or mount its disk for writing.",
            file.display()
        ),
        None => format!(
            "The database ({address}) can be read, but not written to: nothing can be saved. Name the server that takes \
             writes, or let it take them (default_transaction_read_only, or a standby that is not promoted)."
        ),
    }
}

/// Whether strangers can read the settings' file, which holds a password.
pub(super) fn settings(file: &Path, findings: &mut Vec<String>) {
    let mode = |path: &Path| fs::metadata(path).map_or(0, |found| found.permissions().mode() & 0o777);
    let Ok(file) = fs::canonicalize(file) else { return };
    // Nobody gets to a file in a directory that is closed to them.
    let is_open = mode(&file) & 0o006 != 0 && file.ancestors().skip(1).all(|dir| mode(dir) & 0o001 != 0);
    if is_open {
        let shown = file.display();
        findings.push(format!(
            "Every user of this machine can read or change the settings in {shown} (mode {:o}), and the password of the \
             database is in there. Run: chmod o-rwx {shown}",
            mode(&file)
        ));
    }
}

/// Whether the disks have room.
pub(super) fn disks(config: &Config, findings: &mut Vec<String>) {
    findings.extend(app::disks(config).iter().filter_map(app::Disk::wrong));
}

/// Whether as many files may be open as the listeners of the settings may need.
pub(super) fn open_files(config: &Config, findings: &mut Vec<String>) {
    let listeners = [config.public_listen, config.metrics_listen].iter().flatten().count() as u64 + 1;
    findings.extend(OpenFiles::of(config, listeners).wrong());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_open_where_file_and_way_are() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("recto.toml");
        fs::write(&file, "").unwrap();
        for (way, mode, is_open) in [
            (0o755, 0o644, true),
            (0o711, 0o604, true),
            (0o755, 0o602, true),
            (0o755, 0o640, false),
            (0o755, 0o600, false),
            (0o700, 0o644, false),
            (0o750, 0o666, false),
        ] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(way)).unwrap();
            let mut findings = Vec::new();
            settings(&file, &mut findings);
            assert_eq!(!findings.is_empty(), is_open, "{mode:o} in {way:o}: {findings:?}");
        }
    }
}
