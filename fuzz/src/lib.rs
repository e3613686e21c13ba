//! What is to hold of everything that `recto-reader` reads, one function for each grammar: it takes any
//! bytes and panics where something does not hold. `targets/` gives them to the fuzzer, and
//! `reader/tests/corpus.rs` includes this file and gives them all of `corpus/`. It must not ask for more
//! than a reader promises.

#![forbid(unsafe_code)]

mod markup;
mod office;
mod tables;
mod works;

pub use markup::{markup, plain, rich};
pub use office::{office_archive, office_parts};
pub use tables::{decode, delimited, html};
pub use works::{answers, bibtex, csl, identifiers, ris};

/// A grammar: its name, which its file in `targets/` and its folder in `corpus/` have too, and its
/// function.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 13] = [
    ("markup", markup),
    ("rich", rich),
    ("plain", plain),
    ("office_archive", office_archive),
    ("office_parts", office_parts),
    ("bibtex", bibtex),
    ("ris", ris),
    ("csl", csl),
    ("delimited", delimited),
    ("html", html),
    ("identifiers", identifiers),
    ("decode", decode),
    ("answers", answers),
];

/// The bytes as a text: what is no UTF-8 becomes U+FFFD, as where forms are decoded.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
