//! Imports point one way: a module uses only what stands below it. The table is the drawing in
//! `docs/ARCHITECTURE.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What each module may use of the others.
const MAY_USE: [(&str, &[&str]); 19] = [
    ("client", &[]),
    ("clock", &[]),
    ("content", &[]),
    ("error", &["content"]),
    ("import", &["content"]),
    ("metadata", &["error", "import", "reading"]),
    ("reading", &["error", "import"]),
    ("sqlite", &[]),
    ("store", &["content", "error", "sqlite"]),
    ("published", &["content", "error", "sqlite"]),
    ("media", &["content", "error"]),
    ("editing", &["clock", "content", "error", "import", "media", "published", "store"]),
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

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for dir in ["src", "migrations/src", "tests"] {
        files(&root.join(dir), &mut found);
    }
    found.retain(|file| !file.to_string_lossy().contains("node_modules"));
    for file in found {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin with what it is for", file.display());
    }
}
