//! Disks and files. What needs the rights of root says so where it cannot run.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use axum::http::StatusCode;
use recto::app::Parts;
use recto::clock::Clock;
use recto::config::{Config, Layers};
use recto::editing::{User, publish};
use recto::error::Error;

use super::{assert_kept, assert_whole, hasty, project, typed};
use crate::support::TestDesk;

/// A small disk of its own, gone with the value.
struct Disk(tempfile::TempDir);

impl Disk {
    /// None where this user may not mount.
    fn new() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m", "none"]).arg(dir.path()).output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(dir));
        }
        eprintln!("SKIPPED: tests on a full disk; run them as root, who may mount one");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no room at all.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.path().join("filler")).unwrap();
        let block = [0_u8; 4096];
        while std::io::Write::write(&mut file, &block).is_ok_and(|wrote| wrote > 0) {}
    }

    fn make_room(&self) {
        std::fs::remove_file(self.path().join("filler")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

async fn desk_on(dir: &Path) -> TestDesk {
    let template = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let clock = Clock::held(template.clock.now());
    let url = format!("sqlite:{}", dir.join("recto.db").display());
    let desk = crate::support::database::open(&url, dir.to_owned(), clock, None).await;
    recto::editing::set_up(&desk, "Test centre", "https://www.example.org", "Europe/London").await.unwrap();
    TestDesk { desk, dir: Arc::clone(&template.dir), url }
}

#[tokio::test]
async fn a_full_disk_keeps_what_was_typed_and_writes_nothing_by_half() {
    let Some(disk) = Disk::new() else { return };
    let app = hasty(desk_on(disk.path()).await).await;
    let project = project(&app.desk).await;
    let mut editor = app.user("editor").await;
    let long = "A long text. ".repeat(3_000);
    let body = format!("<p>{}</p>", long.trim());
    let form = typed(&mut editor, &project, "body", &body).await.fill("outputs.0.title", "Row while full");
    disk.fill();
    let page = form.press(&mut editor, "save").await;
    assert_kept(&page, "body", &body);
    assert!(page.body.contains("Nothing was saved"), "{}", page.body);
    assert_eq!(editor.get("/admin/projects").await.status, StatusCode::OK);
    let api = crate::api::Client::new(&app.desk);
    assert_eq!(api.get("/api/v1/projects/9.01").await.status, 200);
    disk.make_room();
    assert_whole(&app.desk).await;
    let page = form.press(&mut editor, "save").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let again = editor.get(&form.action).await.form();
    assert_eq!((again.get("body"), again.get("outputs.0.title")), (body.as_str(), "Row while full"));
    assert_whole(&app.desk).await;
}

#[tokio::test]
async fn what_is_published_on_a_full_disk_is_public_once_there_is_room() {
    let Some(disk) = Disk::new() else { return };
    // The editorial database has room, the read stores have none.
    let desk = TestDesk::new(&crate::support::Backend::Sqlite).await;
    let clock = Clock::held(desk.clock.now());
    let split = crate::support::database::open(&desk.url, disk.path().to_owned(), clock, None).await;
    let project = project(&split).await;
    let split = TestDesk { desk: split, dir: Arc::clone(&desk.dir), url: desk.url.clone() };
    let mut item = project.item.clone();
    let body = recto::content::parsed::Html::sanitise(&format!("<p>{}</p>", "x ".repeat(90_000))).unwrap();
    item.set("body", recto::content::Value::Html(body));
    disk.fill();
    let user = User::system();
    let told = recto::editing::save(&split, &user, &[recto::editing::Edit::of(&project, item)]).await;
    assert!(matches!(&told, Err(Error::Unavailable(text)) if text.contains("is saved")), "{told:?}");
    let told = publish(&split, &user, project.item.id, None, &[]).await;
    assert!(matches!(&told, Err(Error::Unavailable(text)) if text.contains("is saved")), "{told:?}");
    let api = crate::api::Client::new(&split);
    assert!(!api.get("/api/v1/projects/9.01").await.text.contains("x x x"));
    disk.make_room();
    assert_whole(&split).await;
    assert!(api.get("/api/v1/projects/9.01").await.text.contains("x x x"));
}

fn config(dir: &Path) -> Config {
    let flags = vec![("data_dir", dir.display().to_string())];
    Config::load(&Layers { flags, ..Layers::default() }).unwrap()
}

#[tokio::test]
async fn an_editorial_database_that_is_none_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("recto.db");
    for content in ["some notes, no database at all, but longer than a header ".repeat(40)] {
        std::fs::write(&file, &content).unwrap();
        let error = Parts::open(&config(dir.path()), Clock::system()).await.unwrap_err();
        assert!(matches!(&error, Error::Refused(text) if text.contains("recto.db")), "{error:?}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
    }
}

/// Runs the program as somebody without rights, for whom read-only means it.
fn as_nobody(dir: &Path, args: &[&str]) -> Option<(i32, String)> {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(env!("CARGO_BIN_EXE_recto"));
    command.args(args).arg("--data-dir").arg(dir).current_dir("/").uid(65_534).gid(65_534);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RECTO_")) {
        command.env_remove(name);
    }
    match command.output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Some((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned()))
        }
        Err(_) => {
            eprintln!("SKIPPED: tests of read-only files; run them as root, who may become nobody");
            None
        }
    }
}

fn mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn read_only_files_are_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Parts::open(&config(&data), Clock::system()).await.unwrap().close().await;
    mode(dir.path(), 0o755);
    for (directory, file) in [(0o755, 0o644), (0o755, 0o600), (0o777, 0o644), (0o700, 0o600)] {
        mode(&data, directory);
        for entry in std::fs::read_dir(&data).unwrap() {
            mode(&entry.unwrap().path(), file);
        }
        let Some((code, said)) = as_nobody(&data, &["serve", "--listen", "127.0.0.1:0"]) else { return };
        assert_ne!(code, 0, "{said}");
        assert!(said.contains("recto.db") || said.contains("data"), "{said}");
        assert!(said.contains("Check that") || said.contains("Make it"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[tokio::test]
async fn what_may_only_be_read_is_told_by_check() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    Parts::open(&config(&data), Clock::system()).await.unwrap().close().await;
    mode(dir.path(), 0o755);
    mode(&data, 0o777);
    for name in ["media", "media/incoming"] {
        mode(&data.join(name), 0o755);
    }
    mode(&data.join("recto.db"), 0o644);
    let Some((code, said)) = as_nobody(&data, &["check"]) else { return };
    assert_eq!(code, 1, "{said}");
    for words in [
        format!("The database {} can be read, but not written to", data.join("recto.db").display()),
        "chown THAT-USER".to_owned(),
        format!("directory {} cannot be written to, so no file is taken", data.join("media").display()),
        format!("chown -R THAT-USER {}", data.join("media").display()),
    ] {
        assert!(said.contains(&words), "no ‘{words}’: {said}");
    }
    mode(&data, 0o555);
    let (_, said) = as_nobody(&data, &["check"]).unwrap();
    assert!(said.contains(&format!("data directory {} cannot be written to", data.display())), "{said}");
    mode(&data, 0o700);
}

#[tokio::test]
async fn a_start_on_a_full_disk_throws_no_read_store_away() {
    use std::os::unix::fs::MetadataExt as _;
    let Some(disk) = Disk::new() else { return };
    let desk = desk_on(disk.path()).await;
    crate::support::build::theme(&desk, 1, "One").published(&desk).await;
    let place = desk.published.place().await.unwrap();
    for store in [&desk.published, &desk.drafts] {
        store.close().await;
    }
    let file = disk.path().join("public.db");
    let number = || std::fs::metadata(&file).unwrap().ino();
    let before = number();
    disk.fill();
    let error = recto::published::Follower::open(&file).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    assert_eq!(number(), before);
    disk.make_room();
    let again = recto::published::Follower::open(&file).await.unwrap();
    assert_eq!((number(), again.place().await.unwrap()), (before, place));
    again.close().await;
}
