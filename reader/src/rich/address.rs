//! Addresses in rich text, those that name an item of our own among them. It must not say where an
//! item lives: that changes.

use std::fmt::Write as _;

use uuid::Uuid;

use super::ATTRIBUTE;
use crate::markup::TooMuch;
use crate::text::{cut, is_unfit};

/// The scheme of addresses that name an item: `recto:0197…`.
pub(super) const SCHEME: &str = "recto";

/// The item that an address names.
pub(super) fn own(address: &str) -> Option<Uuid> {
    let written = address.trim().strip_prefix(SCHEME)?.strip_prefix(':')?;
    // Only the one spelling that we write: an id is also a cache key and a path.
    Uuid::try_parse(written).ok().filter(|id| id.to_string() == written)
}

/// An address that a text may link to, in its one spelling: of an item, of the web, of mail or
/// telephone, or a path of the public site.
///
/// # Errors
/// Where it is longer than any that works.
pub(super) fn read(typed: &str) -> Result<Option<String>, TooMuch> {
    let typed = typed.trim();
    match known(spelled(cut(typed, ATTRIBUTE))) {
        Some(address) if typed.len().max(address.len()) > ATTRIBUTE => Err(TooMuch::Attributes),
        address => Ok(address),
    }
}

fn known(address: String) -> Option<String> {
    if address.starts_with('/') {
        // Of a path that another host could be read from, nothing says that it was meant.
        return (!address.starts_with("//") && !address.starts_with("/\\")).then_some(address);
    }
    if let Some(id) = own(&address) {
        return Some(format!("{SCHEME}:{id}"));
    }
    let url = url::Url::parse(&address).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto" | "tel").then_some(address)
}

/// What is not part of an address is written as its bytes (URL standard, path percent-encode set).
fn spelled(typed: &str) -> String {
    let mut address = String::with_capacity(typed.len());
    for c in typed.chars() {
        if c.is_whitespace() || is_unfit(c) || matches!(c, '"' | '<' | '>' | '`') {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a String cannot fail.
                let _ = write!(address, "%{byte:02X}");
            }
        } else {
            address.push(c);
        }
    }
    address
}
