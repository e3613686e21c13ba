//! The process that reads an import. It limits itself before it looks at anything, and must not open
//! settings, databases or files, nor print anything but its answer.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use recto_reader::import::answers;
use rustix::process::{Resource, Rlimit, setrlimit};

use super::wire::{self, ASKED_MAX, Answer, Ask};
use crate::import::{Hints, Sheet, Source, read};

/// Answers the question on standard input, with this many bytes of memory and seconds of work.
#[must_use]
pub fn read_import(memory: u64, work: u64) -> ExitCode {
    if limit(memory, work).is_err() {
        return ExitCode::FAILURE;
    }
    // Whoever is at the admin comes first.
    let _ = rustix::process::nice(10);
    let mut asked = Vec::new();
    let most = u64::try_from(ASKED_MAX).unwrap_or(u64::MAX);
    if std::io::stdin().lock().take(most).read_to_end(&mut asked).is_err() {
        return ExitCode::FAILURE;
    }
    let Some((ask, text)) = wire::ask(&asked) else { return ExitCode::FAILURE };
    let answer = answered(&ask, text);
    drop(asked);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match serde_json::to_writer(&mut out, &answer).is_ok() && out.flush().is_ok() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Whoever passes one of these is ended by the system. It cannot write to files, and leaves no core,
/// which would hold somebody's text.
fn limit(memory: u64, work: u64) -> std::io::Result<()> {
    let exactly = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Core, exactly(0))?;
    setrlimit(Resource::Fsize, exactly(0))?;
    setrlimit(Resource::Nofile, exactly(8))?;
    setrlimit(Resource::Cpu, exactly(work))?;
    setrlimit(Resource::Data, exactly(memory))?;
    // With what the program itself takes.
    setrlimit(Resource::As, exactly(memory.saturating_mul(2).saturating_add(1 << 30)))?;
    Ok(())
}

fn answered(ask: &Ask, text: &[u8]) -> Answer {
    let sheet = |read: Result<Sheet, String>| match read {
        Ok(sheet) => Answer::Sheet(sheet),
        Err(why) => Answer::Refused(why),
    };
    let unreadable = || Answer::Refused("This is no text that can be read.".to_owned());
    match ask {
        Ask::File { format, types } => sheet(read(Source::File(text), *format, Hints { types })),
        Ask::Clipboard { format, types, html } => {
            let split = text.split_at_checked(*html);
            let halves = split.and_then(|(html, text)| {
                Some((std::str::from_utf8(html).ok()?, std::str::from_utf8(text).ok()?))
            });
            let Some((html, text)) = halves else { return unreadable() };
            sheet(read(Source::Clipboard { html, text }, *format, Hints { types }))
        }
        Ask::Answer(service) => {
            let Ok(text) = std::str::from_utf8(text) else {
                return Answer::Refused("its answer is no JSON that can be read".to_owned());
            };
            match answers::read(*service, text) {
                Ok(table) => Answer::Works(table.rows.into_iter().map(|row| row.cells).collect()),
                Err(why) => Answer::Refused(why),
            }
        }
    }
}
