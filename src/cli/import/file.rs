//! The file that is imported: a file or a pipe, and no more of it than is read. It must not look into it.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::error::{Error, Result};
use crate::import::BYTES_MAX;

/// How long nobody may have opened a pipe to write into it.
const OPENED: Duration = Duration::from_secs(5);
/// How long nobody may write into it then.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How much is read at once, in bytes.
const PART: usize = 1 << 20;

/// What is in it. Devices are refused, and a pipe into which nobody writes is not waited for; whoever
/// waits is a thread that ends with the program.
pub(super) fn read(file: &Path, patience: Duration) -> Result<Vec<u8>> {
    let (tell, hear) = sync_channel(1);
    let path = file.to_owned();
    std::thread::spawn(move || {
        if let Err(why) = parts(&path, &tell) {
            let _ = tell.send(Err(why));
        }
    });
    let shown = file.display();
    let mut whole = Vec::new();
    // The first part is empty: it is open.
    let mut waits = OPENED.min(patience);
    loop {
        match hear.recv_timeout(waits) {
            Ok(Ok(part)) => whole.extend_from_slice(&part),
            Ok(Err(why)) => return Err(Error::Refused(format!("{shown} cannot be read: {why}."))),
            Err(RecvTimeoutError::Disconnected) => return Ok(whole),
            Err(RecvTimeoutError::Timeout) => {
                return Err(Error::Refused(format!(
                    "{shown} cannot be read: nobody has written into it for {} seconds.",
                    waits.as_secs()
                )));
            }
        }
        waits = patience;
        if whole.len() > BYTES_MAX {
            return Err(Error::Refused(format!(
                "{shown} is larger than 20 MB. Split it and import the parts."
            )));
        }
    }
}

type Part = std::result::Result<Vec<u8>, String>;

fn parts(path: &Path, tell: &SyncSender<Part>) -> std::result::Result<(), String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let kind = file.metadata().map_err(|error| error.to_string())?.file_type();
    if kind.is_dir() {
        return Err("it is a directory".to_owned());
    }
    if !kind.is_file() && !kind.is_fifo() {
        return Err("it is a device; name a file".to_owned());
    }
    if tell.send(Ok(Vec::new())).is_err() {
        return Ok(());
    }
    // One byte more than there may be.
    let mut left = u64::try_from(BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    let mut file = file;
    while left > 0 {
        let mut part = Vec::new();
        let most = left.min(u64::try_from(PART).unwrap_or(left));
        let read = file.by_ref().take(most).read_to_end(&mut part).map_err(|error| error.to_string())?;
        if read == 0 {
            break;
        }
        left = left.saturating_sub(u64::try_from(read).unwrap_or(left));
        // Nobody waits any more.
        if tell.send(Ok(part)).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_directories_and_what_is_not_there_are_refused() {
        for (path, why) in [
            ("/dev/zero", "it is a device; name a file"),
            ("/dev/null", "it is a device; name a file"),
            ("/", "it is a directory"),
            ("/nowhere.csv", "No such file"),
        ] {
            let said = read(Path::new(path), PATIENCE).unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_read_to_its_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("long.csv");
        // A file with a hole, as long as the file system takes.
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(read(&path, PATIENCE).unwrap_err().to_string().contains("larger than 20 MB"));
        std::fs::write(&path, "Title\nOne\n").unwrap();
        assert_eq!(read(&path, PATIENCE).unwrap(), b"Title\nOne\n");
    }

    #[test]
    fn pipes_are_read_and_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let [silent, path] = ["silent", "pipe"].map(|name| dir.path().join(name));
        assert!(std::process::Command::new("mkfifo").args([&silent, &path]).status().unwrap().success());
        let said = read(&silent, Duration::from_millis(50)).unwrap_err().to_string();
        assert!(said.contains("nobody has written into it"), "{said}");
        let (from, to) = (path.clone(), path);
        let writer = std::thread::spawn(move || std::fs::write(to, "Title\nOne\n"));
        assert_eq!(read(&from, PATIENCE).unwrap(), b"Title\nOne\n");
        writer.join().unwrap().unwrap();
    }
}
