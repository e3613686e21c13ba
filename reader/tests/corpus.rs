//! All that is in `fuzz/corpus`, given to every function that fuzzing uses: what was once found stays
//! mended, with no fuzzer at hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails stops")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../fuzz/src/lib.rs"]
mod fuzz;

/// The most bytes of a file's beginning that are tried as well: a file may end anywhere.
const BEGINNING: usize = 64;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What the files of a folder are called, without their ends.
fn names(folder: &Path) -> BTreeSet<String> {
    files(folder).iter().map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn holds(target: fuzz::Target, bytes: &[u8], file: &Path) {
    let (name, function) = target;
    let held = std::panic::catch_unwind(|| function(bytes));
    assert!(held.is_ok(), "{name} does not hold of {} bytes of {}", bytes.len(), file.display());
}

#[test]
fn every_target_has_its_corpus() {
    let known: BTreeSet<String> = fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("targets")), known);
    assert_eq!(names(&folder("corpus")), known);
}

#[test]
fn all_of_the_corpus_holds_for_every_target() {
    for (from, _) in fuzz::TARGETS {
        for file in files(&folder("corpus").join(from)) {
            let bytes = fs::read(&file).unwrap();
            for target in fuzz::TARGETS {
                holds(target, &bytes, &file);
            }
        }
    }
}

#[test]
fn every_beginning_of_the_corpus_holds() {
    for target in fuzz::TARGETS {
        for file in files(&folder("corpus").join(target.0)) {
            let bytes = fs::read(&file).unwrap();
            for end in 0..bytes.len().min(BEGINNING) {
                holds(target, bytes.get(..end).unwrap(), &file);
            }
        }
    }
}
