//! The command line as people use it: the real program in a process of its own.

mod backup;
mod check;
mod csv;
mod due;
mod ended;
mod erase;
mod kill;
mod migrate;
mod operate;
mod prune;
mod serve;
mod terminal;
mod user;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use recto::app::Parts;
use recto::clock::Clock;
use recto::config::{Config, Layers};

/// A data directory of its own; nothing is in it yet.
pub struct Place {
    dir: tempfile::TempDir,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Place {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.data().join(name)
    }

    pub fn config(&self) -> Config {
        let flags = vec![("data_dir", self.data().display().to_string())];
        Config::load(&Layers { flags, ..Layers::default() }).unwrap()
    }

    /// The library on the same directory, while no process has it.
    pub async fn parts(&self) -> Parts {
        Parts::open(&self.config(), Clock::system()).await.unwrap()
    }

    /// The program, without what the tests' own environment would tell it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("RECTO_") {
                command.env_remove(name);
            }
        }
        command.args(args).arg("--data-dir").arg(self.data()).current_dir(self.dir.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    pub fn run_with(&self, args: &[&str], input: &str) -> Said {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // Whoever has read enough may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        said(child.wait_with_output().unwrap())
    }

    /// The same where the shell's `ulimit` has set this limit before.
    pub fn limited(&self, limit: &str, args: &[&str]) -> Command {
        let command = self.command(args);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit {limit} && exec \"$@\""), "sh"]);
        shell.arg(command.get_program()).args(command.get_args()).current_dir(self.dir.path());
        for (name, _) in command.get_envs() {
            shell.env_remove(name);
        }
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        shell
    }

    /// Starts a process that serves, and waits until it has said `until`.
    pub fn start(&self, args: &[&str], until: &str) -> Serving {
        Self::serving(self.command(args).stderr(Stdio::inherit()), until)
    }

    /// The same, on a database of its own.
    pub fn start_on(&self, database: &str, args: &[&str], until: &str) -> Serving {
        let mut command = self.command(args);
        Self::serving(command.env("RECTO_DATABASE", database).stderr(Stdio::inherit()), until)
    }

    /// The same, with all that can be logged in a file.
    pub fn start_logging(&self, args: &[&str], until: &str, log: &Path) -> Serving {
        let log = std::fs::File::create(log).unwrap();
        Self::serving(self.command(args).env("RECTO_LOG", "trace").stderr(log), until)
    }

    fn serving(command: &mut Command, until: &str) -> Serving {
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().unwrap();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                let Ok(line) = line else { break };
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        let mut serving = Serving { child, told, lines: Vec::new() };
        serving.wait_for(until);
        serving
    }
}

fn said(output: Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said =
        Said { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
    assert!(!said.err.contains("panicked") && !said.err.contains("RUST_BACKTRACE"), "{said:?}");
    said
}

impl Said {
    /// It went well.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.out
    }

    /// It did not, and standard error says why, in a few plain sentences.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!(self.code, 1, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
        for sign in ["Error", "Err(", "recto::", "{", "None", "WARN"] {
            assert!(!self.err.contains(sign), "not for people: {}", self.err);
        }
        self.err
    }
}

/// A process that serves.
pub struct Serving {
    child: Child,
    told: mpsc::Receiver<String>,
    lines: Vec<String>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    fn wait_for(&mut self, until: &str) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !self.lines.iter().any(|line| line.contains(until)) {
            let left = patience.saturating_duration_since(Instant::now());
            let line = self.told.recv_timeout(left);
            self.lines.push(line.unwrap_or_else(|_| panic!("never said {until}: {:?}", self.lines)));
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has said so far.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// The rest of the line that begins so.
    pub fn line(&self, begins: &str) -> &str {
        let found = self.lines.iter().find_map(|line| line.trim().strip_prefix(begins));
        found.unwrap_or_else(|| panic!("no {begins}: {:?}", self.lines)).trim()
    }

    pub fn admin(&self) -> String {
        host(self.line("Admin:"))
    }

    pub fn api(&self) -> String {
        host(self.line("API:"))
    }

    pub fn signal(&self, signal: &str) {
        let sent =
            Command::new("kill").arg(format!("-{signal}")).arg(self.pid().to_string()).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end and gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        let patience = Instant::now() + Duration::from_secs(15);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < patience, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGKILL: no goodbye.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// `127.0.0.1:8440` of a web address.
fn host(address: &str) -> String {
    address.trim_start_matches("http://").split('/').next().unwrap().to_owned()
}

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (one, value) = line.split_once(':')?;
            one.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Asks over a connection of its own; HTTP/1.0, so that the answer ends with it.
pub fn ask(host: &str, request: &str, headers: &str, body: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let length = body.len();
    let form = "content-type: application/x-www-form-urlencoded";
    write!(
        stream,
        "{request} HTTP/1.0\r\nhost: {host}\r\n{form}\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    )?;
    read_answer(stream)
}

pub fn read_answer(mut stream: TcpStream) -> std::io::Result<Answer> {
    let mut text = Vec::new();
    stream.read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer {
        status: status.ok_or(std::io::ErrorKind::InvalidData)?,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

pub fn get(host: &str, path: &str) -> Answer {
    ask(host, &format!("GET {path}"), "", "").unwrap()
}

/// Whether a file name is among what a process has open.
pub fn has_open(pid: u32, file: &Path) -> bool {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    open.flatten().any(|entry| std::fs::read_link(entry.path()).is_ok_and(|to| to == file))
}

#[test]
fn help_reads_like_documentation_and_wrong_usage_is_code_2() {
    let place = Place::new();
    let out = Command::new(env!("CARGO_BIN_EXE_recto")).arg("--help").output().unwrap();
    let help = String::from_utf8(out.stdout).unwrap();
    for word in [
        "serve",
        "demo",
        "user",
        "rebuild",
        "check",
        "openapi",
        "import",
        "export",
        "Examples:",
        "RECTO_DATA_DIR",
    ] {
        assert!(help.contains(word), "{word}");
    }
    for command in ["serve", "demo", "user", "rebuild", "check", "openapi", "import", "export"] {
        let out = place.run(&[command, "--help"]).well();
        assert!(out.contains("Example"), "{command}: {out}");
    }
    assert_eq!(place.run(&["nonsense"]).code, 2);
    assert_eq!(place.run(&["serve", "--nonsense"]).code, 2);
}

#[test]
fn openapi_is_what_the_api_serves() {
    let place = Place::new();
    assert_eq!(place.run(&["openapi"]).well(), recto::api::openapi::text());
    assert!(!place.data().exists());
}
