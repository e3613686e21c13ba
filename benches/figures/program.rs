//! A child process on one core: the program, or a server that it is compared with.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The core that servers run on; [`leave_their_core`] gives the client the others.
const SERVER_CORE: &str = "0";

/// Lists of cores, as far as there are so many.
const ALL_CORES: &str = "0-127";
const OTHER_CORES: &str = "1-127";

/// Keeps this process, the client, off the servers' core, or lets it use all of them, as for making
/// content. On a machine with one core both share it, and the figures say little.
pub fn leave_their_core(leave: bool) {
    let cores = if leave { OTHER_CORES } else { ALL_CORES };
    let own = std::process::id().to_string();
    let done = Command::new("taskset").args(["-apc", cores, &own]).output();
    if !done.is_ok_and(|done| done.status.success()) {
        println!("The client could not be given cores of its own (taskset, util-linux).");
    }
}

/// A running server.
pub struct Running {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Running {
    /// The program over this directory, with these settings.
    pub fn recto(dir: &Path, settings: &[(&str, &str)]) -> Self {
        let dir = dir.display().to_string();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir", &dir];
        Self::start(env!("CARGO_BIN_EXE_recto"), &arguments, settings)
    }

    /// This benchmark itself, as one of the servers that the program is compared with.
    pub fn reference(arguments: &[&str]) -> Self {
        let own = std::env::current_exe().unwrap();
        Self::start(&own.display().to_string(), arguments, &[])
    }

    fn start(program: &str, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new("taskset");
        command.args(["-c", SERVER_CORE, program]).args(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .env("RECTO_LOG", "warn")
            .envs(settings.iter().copied())
            .spawn()
            .expect("taskset (util-linux) is needed to give each server the same core");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).find(|line| line.starts_with("API:")).unwrap();
        let host = said.split("http://").nth(1).unwrap().split('/').next().unwrap();
        Self { child, address: host.parse().unwrap() }
    }

    /// Waits until what it does after a start, as looking through its files, is done.
    pub async fn settled(&self) {
        // Its time on cores so far: the 14th and 15th field (proc_pid_stat(5)), in hundredths of a second.
        let worked = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
            let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>()
        };
        let mut before = u64::MAX;
        while worked().abs_diff(before) > 1 {
            before = worked();
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Bytes that belong to the process alone: files mapped into it can be dropped at any time.
    pub fn anonymous_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or(0) * 1_024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
