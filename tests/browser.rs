//! The editing interface and the example of a public site in a real browser: starts Recto as people
//! start it, then the flows in `tests/browser`, which drive Chromium. It must not leave a process behind.
#![allow(missing_docs, reason = "tests explain themselves by their names")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails stops")]

use std::env;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// The password of every account that a test makes.
const PASSWORD: &str = "wandering-otter-lantern-91";
/// How long Recto may take to start; the demonstration loads its content first.
const START: Duration = Duration::from_secs(120);
/// What npm is called.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

#[test]
fn build_the_page() {
    flow("build-the-page");
}

#[test]
fn without_scripts() {
    flow("without-scripts");
}

#[test]
fn keyboard() {
    flow("keyboard");
}

#[test]
fn ways() {
    flow("ways");
}

#[test]
fn media() {
    flow("media");
}

#[test]
fn paste_outputs() {
    flow("paste-outputs");
}

#[test]
fn bulk() {
    flow("bulk");
}

#[test]
fn touch() {
    flow("touch");
}

#[test]
fn grid() {
    flow("grid");
}

#[test]
fn richtext() {
    flow("richtext");
}

#[test]
fn nothing_is_lost() {
    flow("nothing-is-lost");
}

#[test]
fn every_page() {
    let Some(browser) = Browser::find() else { return };
    let (demo, password) = Recto::new("demo", "  Password: ");
    let (_fresh, set_up) = Recto::new("serve", "  http://");
    let set_up = format!("http://{set_up}");
    browser.run("every-page", &[("URL", &demo.address), ("PASSWORD", &password), ("SET_UP", &set_up)]);
}

#[test]
fn public_site() {
    let Some(browser) = Browser::find() else { return };
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/site");
    install(&example);
    let mut own = Running(Command::new(NPM).arg("test").current_dir(&example).spawn().expect("npm starts"));
    assert!(own.0.wait().unwrap().success(), "npm test failed in {}", example.display());
    let (demo, password) = Recto::new("demo", "  Password: ");
    browser.run("public-site", &[("URL", &demo.address), ("PASSWORD", &password)]);
}

/// A flow against a Recto without content, in which an administrator and an editor have accounts.
fn flow(name: &str) {
    let Some(browser) = Browser::find() else { return };
    let recto = Recto::with_accounts(&[("admin", "administrator"), ("editor", "editor")]);
    browser.run(name, &[("URL", &recto.address), ("PASSWORD", PASSWORD)]);
}

/// What drives a browser, and the browser.
struct Browser {
    chromium: PathBuf,
    dir: PathBuf,
}

impl Browser {
    /// Finds what is needed. Where something is missing, says so and gives none; in CI that fails.
    fn find() -> Option<Self> {
        let chromium = match env::var_os("RECTO_TEST_CHROMIUM").filter(|path| !path.is_empty()) {
            Some(path) => Some(PathBuf::from(path)),
            None => ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path),
        };
        let missing = match (&chromium, on_path("node"), on_path(NPM)) {
            (None, _, _) => "there is no Chromium on PATH; name one in RECTO_TEST_CHROMIUM",
            (_, None, _) => "there is no Node.js on PATH",
            (_, _, None) => "there is no npm on PATH",
            _ => {
                let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
                install(&dir);
                return chromium.map(|chromium| Self { chromium, dir });
            }
        };
        assert!(env::var_os("CI").is_none(), "browser tests must run in CI, but {missing}");
        // Past the capturing of output, which hides what a test that passes says.
        std::io::stderr().write_all(format!("SKIPPED: browser tests: {missing}\n").as_bytes()).unwrap();
        None
    }

    /// Runs a flow and fails where it does; its output is seen as it comes.
    fn run(&self, flow: &str, told: &[(&str, &str)]) {
        let mut node = Command::new("node");
        node.args(["--test", "--test-reporter=spec"]).arg(format!("{flow}.test.mjs")).current_dir(&self.dir);
        node.env("RECTO_TEST_CHROMIUM", &self.chromium);
        for (name, value) in told {
            node.env(format!("RECTO_TEST_{name}"), value);
        }
        // Below the repository's root, not below where node runs.
        if let Some(screens) = env::var_os("RECTO_SCREENS").filter(|dir| !dir.is_empty()) {
            node.env("RECTO_SCREENS", std::path::absolute(screens).unwrap());
        }
        let mut node = Running(node.spawn().expect("node starts"));
        let status = node.0.wait().unwrap();
        assert!(status.success(), "{flow}.test.mjs failed; see above");
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// `npm ci`, unless what is installed came from this very lock file. One test at a time, of however
/// many processes.
fn install(dir: &Path) {
    let guard = File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser-npm.lock")).unwrap();
    guard.lock().unwrap();
    let wanted = fs::read(dir.join("package-lock.json")).unwrap();
    let installed = dir.join("node_modules/.recto-lock");
    if fs::read(&installed).is_ok_and(|bytes| bytes == wanted) {
        return;
    }
    let mut npm = Command::new(NPM);
    npm.args(["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(dir);
    let status = Running(npm.spawn().expect("npm starts")).0.wait().unwrap();
    assert!(status.success(), "npm ci failed in {}", dir.display());
    fs::write(installed, wanted).unwrap();
}

/// A process that ends with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // An error says that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A Recto that serves from a directory of its own.
struct Recto {
    /// Where it answers: `http://127.0.0.1:41873`.
    address: String,
    // Ended before its directory goes.
    _server: Running,
    _dir: TempDir,
}

impl Recto {
    /// One that was never used, told to do this, and what it said after these words on starting.
    fn new(verb: &str, words: &str) -> (Self, String) {
        Self::start(tempfile::tempdir().unwrap(), verb, words)
    }

    /// One without content, with accounts: name and role.
    fn with_accounts(accounts: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, role) in accounts {
            let email = format!("{name}@example.org");
            let mut add = command(dir.path(), &["user", "add", "--password-stdin", "--email", &email]);
            add.args(["--name", &format!("The {name}"), "--role", role])
                .stdin(Stdio::piped())
                .stdout(Stdio::null());
            let mut add = Running(add.spawn().expect("recto starts"));
            add.0.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
            assert!(add.0.wait().unwrap().success(), "no account for {email}");
        }
        Self::start(dir, "serve", "API:").0
    }

    /// Serves, once a line has begun with these words; gives the rest of that line.
    fn start(dir: TempDir, verb: &str, words: &str) -> (Self, String) {
        let mut server = command(dir.path(), &[verb, "--listen", "127.0.0.1:0"]);
        let mut server =
            Running(server.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("recto starts"));
        let said = lines(&mut server.0);
        let mut address = None;
        loop {
            let line =
                said.recv_timeout(START).unwrap_or_else(|_| panic!("recto {verb} never said ‘{words}’"));
            if let Some(admin) = line.strip_prefix("Admin:") {
                address = Some(admin.trim().trim_end_matches("/admin/").to_owned());
            }
            if let Some(rest) = line.strip_prefix(words) {
                let address = address.expect("it has said where it is");
                return (Self { address, _server: server, _dir: dir }, rest.trim().to_owned());
            }
        }
    }
}

/// The program in this directory, with no settings of whoever runs the tests.
fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut recto = Command::new(env!("CARGO_BIN_EXE_recto"));
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RECTO_")) {
        recto.env_remove(name);
    }
    recto.env("RECTO_LOG", "warn").current_dir(dir).args(arguments).arg("--data-dir").arg(dir.join("data"));
    recto
}

/// The lines that a process writes; read to the end, so that it never waits for a reader.
fn lines(child: &mut Child) -> Receiver<String> {
    let (tell, said) = mpsc::channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            // Nobody listens once it has started.
            let _ = tell.send(line);
        }
    });
    said
}
