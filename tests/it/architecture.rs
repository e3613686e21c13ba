//! Imports point one way: a module uses only what stands below it. The table is the drawing in
//! `docs/ARCHITECTURE.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each module may use of the others.
const MAY_USE: [(&str, &[&str]); 20] = [
    ("client", &[]),
    ("clock", &[]),
    ("content", &[]),
    ("error", &["content"]),
    ("filename", &["error"]),
    ("import", &["content"]),
    ("metadata", &["error", "import", "reading"]),
    ("reading", &["error", "import"]),
    ("sqlite", &[]),
    ("store", &["content", "error", "filename", "sqlite"]),
    ("published", &["content", "error", "filename", "sqlite"]),
    ("media", &["content", "error"]),
    ("editing", &["clock", "content", "error", "filename", "import", "media", "published", "store"]),
    ("accounts", &["client", "clock", "content", "editing", "error", "store"]),
    (
        "admin",
        &[
            "accounts",
            "client",
            "clock",
            "content",
            "editing",
            "error",
            "import",
            "media",
            "metadata",
            "published",
            "reading",
            "store",
        ],
    ),
    // Nothing that knows drafts or accounts.
    ("api", &["client", "clock", "content", "error", "media", "published"]),
    ("config", &["content", "error"]),
    ("telemetry", &["config", "error"]),
    (
        "app",
        &[
            "accounts",
            "admin",
            "api",
            "clock",
            "config",
            "content",
            "editing",
            "error",
            "filename",
            "media",
            "metadata",
            "published",
            "reading",
            "store",
        ],
    ),
    (
        "cli",
        &[
            "accounts",
            "api",
            "app",
            "clock",
            "config",
            "content",
            "editing",
            "error",
            "import",
            "media",
            "metadata",
            "published",
            "reading",
            "store",
            "telemetry",
        ],
    ),
];

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn imports_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&source, &mut found);
    let mut wrong = Vec::new();
    for file in &found {
        let relative = file.strip_prefix(&source).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if matches!(module, "lib" | "main") || relative.to_string_lossy().contains("tests") {
            continue;
        }
        let may = allowed.get(module).unwrap_or_else(|| panic!("{module} is not in the table"));
        let text = std::fs::read_to_string(file).unwrap();
        // Unit tests stand at the end of their file and may reach further.
        let text = text.split("#[cfg(test)]").next().unwrap();
        for part in text.split("crate::").skip(1) {
            let name: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if name != module && !may.contains(&name.as_str()) {
                wrong.push(format!("{} uses {name}", relative.display()));
            }
        }
        for (library, home) in [
            ("sea_orm::", &["store", "error"][..]),
            ("sqlx::", &["published", "error", "sqlite", "store"][..]),
            ("maud::", &["admin", "api"][..]),
            ("object_store::", &["media"]),
            // The one module that asks other machines.
            ("ureq::", &["metadata"][..]),
        ] {
            if text.contains(library) && !home.contains(&module) {
                wrong.push(format!("{} uses {library}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What reads a grammar that others write, and the parts of `src` that may still use it: none. The
/// `recto-reader` crate uses them within bounds.
const GRAMMARS: [(&str, &[&str]); 10] = [
    ("html5ever::", &[]),
    ("markup5ever::", &[]),
    ("scraper::", &[]),
    ("ego_tree::", &[]),
    // Its test reads back what is exported.
    ("biblatex::", &["api/export/tests.rs"]),
    ("csv::Reader", &[]),
    ("quick_xml::Reader", &[]),
    ("quick_xml::NsReader", &[]),
    ("quick_xml::reader", &[]),
    ("encoding_rs::", &[]),
];

#[test]
fn what_others_write_is_read_in_the_reader() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&source, &mut found);
    let mut wrong = Vec::new();
    for file in &found {
        let relative = file.strip_prefix(&source).unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(file).unwrap();
        for (library, but) in GRAMMARS {
            if text.contains(library) && !but.contains(&relative.as_str()) {
                wrong.push(format!("{relative} uses {library}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The reader knows nothing of Recto, of a database, a network or a clock: it can be built and fuzzed
/// alone.
#[test]
fn the_reader_is_pure() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("reader");
    let manifest = std::fs::read_to_string(home.join("Cargo.toml")).unwrap();
    let mut found = Vec::new();
    files(&home.join("src"), &mut found);
    assert!(found.len() > 10, "{}", found.len());
    let mut wrong = Vec::new();
    for library in ["recto", "recto-migrations", "sea-orm", "sqlx", "tokio", "axum", "ureq", "maud"] {
        if manifest.lines().any(|line| line.split([' ', '=', '.']).next() == Some(library)) {
            wrong.push(format!("Cargo.toml names {library}"));
        }
    }
    for file in &found {
        let text = std::fs::read_to_string(file).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap();
        for use_of in ["std::fs", "std::net", "std::process", "std::time", "std::env", "std::thread"] {
            if text.contains(use_of) {
                wrong.push(format!("{} uses {use_of}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for dir in ["src", "migrations/src", "reader/src", "reader/tests", "reader/benches", "tests"] {
        files(&root.join(dir), &mut found);
    }
    found.retain(|file| !file.to_string_lossy().contains("node_modules"));
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin with what it is for", file.display());
    }
}
