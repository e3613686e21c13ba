//! Starts the process, hands it the question, and takes its answer, within bounds of size and time. It
//! is ended and reaped whatever happens, also where nobody waits for the answer any more.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

use super::Limits;
use super::wire::ANSWER_MAX;
use crate::error::{Error, Result};

/// Of the hidden command that answers.
const COMMAND: &str = "read-import";
/// What is said where the process has ended without an answer.
pub(super) const NOT_READ: &str = "This cannot be read: it takes more memory or time than one import may. \
                                   Import it in parts, or in another format.";
const NOT_STARTED: &str = "Imports cannot be read at the moment. Try again in a minute.";

/// What the process says.
pub(super) async fn run(program: &Path, limits: Limits, asked: &[u8]) -> Result<Vec<u8>> {
    let mut command = Command::new(program);
    command
        .arg0("recto")
        .args([COMMAND, &limits.memory.to_string(), &limits.work.to_string()])
        // It is told nothing of where it runs: no settings, no passwords.
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| {
        tracing::error!(%error, "the process that reads imports cannot be started");
        Error::Unavailable(NOT_STARTED)
    })?;
    let said = tokio::time::timeout(limits.time, talk(&mut child, asked)).await;
    // Once more where it has ended by itself; else the end of it.
    let _ = child.start_kill();
    let ended = child.wait().await;
    match (said, ended) {
        (Ok(Ok(said)), Ok(status)) if status.success() => Ok(said),
        (said, ended) => {
            let status = ended.map(|status| status.to_string()).unwrap_or_default();
            let in_time = said.is_ok();
            tracing::warn!(%status, in_time, "an import could not be read");
            Err(Error::Refused(NOT_READ.to_owned()))
        }
    }
}

/// Writes and reads at the same time: either side may be full. A process that does not listen to the end
/// may still answer.
async fn talk(child: &mut Child, asked: &[u8]) -> std::io::Result<Vec<u8>> {
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let tell = async {
        if let Some(mut stdin) = stdin {
            let _ = stdin.write_all(asked).await;
        }
    };
    let hear = async {
        let mut said = Vec::new();
        let most = u64::try_from(ANSWER_MAX).unwrap_or(u64::MAX);
        if let Some(stdout) = stdout {
            stdout.take(most.saturating_add(1)).read_to_end(&mut said).await?;
        }
        if said.len() > ANSWER_MAX {
            return Err(std::io::Error::other("the answer is too long"));
        }
        Ok(said)
    };
    let ((), said) = tokio::join!(tell, hear);
    let said = said?;
    child.wait().await?;
    Ok(said)
}
