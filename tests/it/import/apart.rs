//! The process that reads imports: whatever becomes of it costs one import, and it takes its turn. Its
//! part is played by small programs that do what no text makes ours do.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use recto::error::Error;
use recto::import::{Format, Hints, Source, read};
use recto::reading::{Limits, Reader, Service};

use super::PAGE;
use crate::support::reader;

/// A program that does what these lines of shell say.
fn program(dir: &Path, lines: &str) -> PathBuf {
    let path = dir.join("program");
    // Written by another process: what a process that starts others has open for writing cannot be run.
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", "cat > \"$0\" && chmod 700 \"$0\""]).arg(&path).stdin(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(format!("#!/bin/sh\n{lines}\n").as_bytes()).unwrap();
    assert!(shell.wait().unwrap().success());
    path
}

fn of(dir: &Path, lines: &str, time: Duration) -> Reader {
    Reader::of(program(dir, lines), Limits { time, ..Limits::default() })
}

async fn ask(reader: &Reader, who: &str) -> Result<recto::import::Sheet, Error> {
    reader.sheet(who, Source::Clipboard { html: "", text: PAGE }, None, &[]).await
}

/// Waits until something is so.
async fn until(what: impl Fn() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether the process has ended that has written its number there.
fn is_gone(pid: &Path) -> bool {
    let pid = std::fs::read_to_string(pid).unwrap_or_default();
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat"));
    pid.ends_with('\n') && stat.map_or(true, |stat| stat.contains(") Z "))
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn what_is_read_apart_is_what_is_read() {
    let types = ["Board report".to_owned()];
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import");
    let apart = reader();
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let here = read(Source::File(&bytes), None, Hints { types: &types });
        assert_eq!(apart.sheet("", Source::File(&bytes), None, &types).await.unwrap(), here.unwrap());
    }
    let html = "<table><tr><th>Title<tr><td>Über uns</table>";
    let both = Source::Clipboard { html, text: "Über\tuns" };
    let here = read(both, None, Hints::default()).unwrap();
    assert_eq!(apart.sheet("", both, None, &[]).await.unwrap(), here);
    let refused = apart.sheet("", Source::File(b"%PDF-1.7"), None, &[]).await.unwrap_err();
    assert_eq!(refused.to_string(), read(Source::File(b"%PDF-1.7"), None, Hints::default()).unwrap_err());
    let csv = apart.sheet("", Source::File(b"a,b\n1,2\n"), Some(Format::Csv), &[]).await.unwrap();
    assert_eq!(csv.format, Format::Csv);
    let works =
        apart.works("", Service::Crossref, br#"{"message":{"items":[{"DOI":"10.5555/1"}]}}"#.to_vec());
    assert_eq!(works.await.unwrap()[0][5], "10.5555/1");
    let works = apart.works("", Service::Datacite, b"<html>".to_vec()).await.unwrap_err();
    assert!(works.to_string().contains("no JSON"));
}

#[tokio::test]
async fn a_process_that_ends_badly_costs_one_import() {
    let dir = tempfile::tempdir().unwrap();
    for lines in [
        // As after a stack overflow, an abort, a panic, too much memory, and too much work.
        "kill -SEGV $$",
        "kill -ABRT $$",
        "exit 101",
        "kill -KILL $$",
        "kill -XCPU $$",
        // Without an answer, with half of one, and with one that is none.
        "exit 0",
        "cat > /dev/null; printf '{\"Sheet\":{\"format\":\"tabs\"'",
        "cat > /dev/null; echo hello",
        "cat > /dev/null; printf '{\"Sheet\":{\"format\":\"tabs\",\"columns\":[],\"rows\":[{\"number\":1,\"cells\":[\"\"]}],\"skipped\":[],\"headed\":false}}'",
        "exec yes",
        "exec yes < /dev/null 2> /dev/null",
    ] {
        match ask(&of(dir.path(), lines, MINUTE), "").await {
            Err(Error::Refused(why)) => assert!(why.contains("more memory or time"), "{lines}: {why}"),
            other => panic!("{lines}: {other:?}"),
        }
    }
    let missing = Reader::of(dir.path().join("nothing"), Limits::default());
    assert!(matches!(ask(&missing, "").await, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_process_without_end_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let waits = format!("echo $$ > {}; exec sleep 1000", pid.display());
    // Long enough for a shell to say its number.
    let short = Duration::from_secs(3);
    assert!(matches!(ask(&of(dir.path(), &waits, short), "").await, Err(Error::Refused(_))));
    until(|| is_gone(&pid)).await;
    // Nobody waits for the answer any more.
    std::fs::remove_file(&pid).unwrap();
    let reader = of(dir.path(), &waits, MINUTE);
    let asking = tokio::spawn(async move { ask(&reader, "").await });
    until(|| std::fs::read_to_string(&pid).is_ok_and(|pid| pid.ends_with('\n'))).await;
    asking.abort();
    until(|| is_gone(&pid)).await;
}

#[tokio::test]
async fn too_little_memory_is_an_answer() {
    let program = env!("CARGO_BIN_EXE_recto").into();
    let reader = Reader::of(program, Limits { memory: 24 << 20, ..Limits::default() });
    assert!(ask(&reader, "").await.is_ok(), "a small one is read");
    let text = "Title\tYear\nA title of some length, again and again\t2019\n".repeat(200_000);
    let said = reader.sheet("", Source::Clipboard { html: "", text: &text }, None, &[]).await;
    assert!(matches!(said, Err(Error::Refused(why)) if why.contains("more memory or time")));
    assert!(ask(&reader, "").await.is_ok(), "and so is the next");
}

#[tokio::test]
async fn the_process_is_told_nothing_of_where_it_runs() {
    let dir = tempfile::tempdir().unwrap();
    let told = dir.path().join("told");
    let lines =
        format!("echo \"$HOME$CARGO_MANIFEST_DIR$RECTO_TEST_POSTGRES|$(pwd)|$1\" > {}", told.display());
    let _ = ask(&of(dir.path(), &lines, MINUTE), "").await;
    assert_eq!(std::fs::read_to_string(told).unwrap(), "|/|read-import\n");
    // Nor does it read settings or make files, wherever it is started.
    let output = Command::new(env!("CARGO_BIN_EXE_recto"))
        .args(["read-import", "100000000", "10"])
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
    assert!(!dir.path().join("data").exists());
}

/// Two at a time, one of each account; whoever comes next is not kept waiting by one who sends many.
#[tokio::test]
async fn places_are_shared() {
    let dir = tempfile::tempdir().unwrap();
    let (running, counts) = (dir.path().join("running"), dir.path().join("counts"));
    let lines = format!(
        "mkdir {0}/$$; ls {0} | wc -l >> {1}; sleep 0.1; rmdir {0}/$$",
        running.display(),
        counts.display()
    );
    for (accounts, most) in [(["a", "b", "c", "d"], 2), (["a", "a", "a", "a"], 1)] {
        let _ = std::fs::remove_file(&counts);
        std::fs::create_dir_all(&running).unwrap();
        let reader = of(dir.path(), &lines, MINUTE);
        let asked = accounts.map(|who| {
            let reader = reader.clone();
            tokio::spawn(async move { ask(&reader, who).await })
        });
        for one in asked {
            assert!(one.await.unwrap().is_err());
        }
        let counts = std::fs::read_to_string(&counts).unwrap();
        let counts: Vec<usize> = counts.lines().map(|line| line.trim().parse().unwrap()).collect();
        assert_eq!(counts.len(), 4, "all of them had their turn");
        assert!(counts.iter().all(|at_once| *at_once <= most), "{counts:?}");
    }
}
