//! What the command line prints of what others wrote, and of what was typed: nothing that a terminal
//! obeys.

use super::Place;

/// A bell, the title of the window, a colour, and letters the other way round.
const ORDERS: &str = "\u{7}\u{1b}]0;x\u{7}\u{1b}[31m\u{9b}31m\u{202e}\u{2066}";

fn is_harmless(said: &super::Said) -> bool {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !said.out.contains(obeyed) && !said.err.contains(obeyed)
}

#[test]
fn nothing_that_a_terminal_obeys_is_printed() {
    let place = Place::new();
    let file = place.data().with_file_name("orders.ris");
    std::fs::write(
        &file,
        format!("TY  - JOUR\nTI  - Title {ORDERS}\nAU  - Author {ORDERS}\nPY  - {ORDERS}\nER  - \nTY  - {ORDERS}\nER  - \n"),
    )
    .unwrap();
    let file = file.to_str().unwrap().to_owned();
    let named = format!("/nowhere/{ORDERS}.csv");
    for args in [
        &["import", "outputs", &file, "--dry-run"][..],
        &["import", "outputs", &file, "--skip-wrong"],
        &["import", "outputs", &named],
        &["import", "undo", ORDERS],
        &["import", "outputs", &file, "--project", ORDERS],
        &["import", ORDERS],
        &[ORDERS],
        &["--config", &named, "check"],
        &["user", "add", "--email", "ada@example.org", "--name", &format!("Ada {ORDERS}")],
        &["user", "add", "--email", ORDERS, "--name", ORDERS, "--role", ORDERS],
        &["user", "role", ORDERS, ORDERS],
        &["user", "list"],
        &["export", "outputs", "--project", ORDERS],
        &["check"],
    ] {
        let said = place.run(args);
        assert!(is_harmless(&said), "{args:?}: {said:?}");
        assert!(!said.out.is_empty() || !said.err.is_empty(), "{args:?}");
    }
    let preview = place.run(&["import", "outputs", &file, "--dry-run"]);
    assert!(preview.out.contains("Title ]0;x[31m31m\\u{202e}\\u{2066}"), "{preview:?}");
}

#[test]
fn only_files_and_pipes_are_imported() {
    let place = Place::new();
    for (path, why) in
        [("/dev/zero", "it is a device"), ("/", "it is a directory"), ("/dev/full", "it is a device")]
    {
        let said = place.run(&["import", "outputs", path]).refused();
        assert!(said.contains(why), "{said}");
    }
    place.run(&["user", "list"]).well();
    let said = place.run_with(&["import", "outputs", "/dev/stdin"], "Title\nThrough a pipe\n").well();
    assert!(said.contains("1 new"), "{said}");
}
