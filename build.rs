//! Builds the editing interface's styles and scripts with Node and tells the compiler where they are.
//!
//! `RECTO_ADMIN_DIST=DIR` takes a ready-made build instead; then no Node is needed.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What the built files depend on. Never the directory itself: `node_modules` would retrigger every build.
const SOURCES: [&str; 5] = ["package.json", "package-lock.json", "build.mjs", "tsconfig.json", "src"];

fn main() -> ExitCode {
    println!("cargo::rerun-if-env-changed=RECTO_ADMIN_DIST");
    let built = match env::var_os("RECTO_ADMIN_DIST").filter(|dir| !dir.is_empty()) {
        Some(dir) => ready_made(Path::new(&dir)),
        None => build(),
    };
    match built {
        Ok(dist) => {
            println!("cargo::rustc-env=RECTO_ADMIN_DIST_DIR={}", dist.display());
            ExitCode::SUCCESS
        }
        Err(message) => {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}

fn ready_made(dir: &Path) -> Result<PathBuf, String> {
    let manifest = dir.join("manifest.json");
    println!("cargo::rerun-if-changed={}", manifest.display());
    if !manifest.is_file() {
        return Err(format!("RECTO_ADMIN_DIST is {}, but there is no manifest.json in it.", dir.display()));
    }
    dir.canonicalize().map_err(|error| format!("{}: {error}", dir.display()))
}

fn build() -> Result<PathBuf, String> {
    let root = directory("CARGO_MANIFEST_DIR")?.join("admin-assets");
    let dist = directory("OUT_DIR")?.join("admin");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }

    // Cargo may run this for several profiles at once, and they share node_modules.
    let lock = root.join(".build-lock");
    let guard = File::create(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    guard.lock().map_err(|error| format!("{}: {error}", lock.display()))?;

    install(&root)?;
    run(Command::new("node").arg("build.mjs").arg("--out").arg(&dist).current_dir(&root))?;
    Ok(dist)
}

/// `npm ci`, unless what is installed came from this very lock file.
fn install(root: &Path) -> Result<(), String> {
    let wanted = root.join("package-lock.json");
    let installed = root.join("node_modules/.recto-lock");
    let wanted_bytes = fs::read(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    if fs::read(&installed).is_ok_and(|bytes| bytes == wanted_bytes) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    run(Command::new(npm)
        .args(["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(root))?;
    fs::write(&installed, wanted_bytes).map_err(|error| format!("{}: {error}", installed.display()))
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        format!(
            "the editing interface is built with Node.js 20 or newer and npm ({program}: {error}).\n\
             Install them, or set RECTO_ADMIN_DIST to a directory with a ready-made build."
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!(
        "building the editing interface failed: {command:?}\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}

fn directory(name: &str) -> Result<PathBuf, String> {
    env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo has not set {name}"))
}
