//! The elements of a part, one after the other. It must not build a tree, nor follow entities.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::Unfit;

/// How deep elements may lie in one another: a table in a table in a text frame is some dozens.
const DEPTH: usize = 1_000;

/// Shows every element.
pub(super) fn each(
    bytes: &[u8],
    mut show: impl FnMut(&BytesStart<'_>) -> Result<(), Unfit>,
) -> Result<(), Unfit> {
    // Another encoding than UTF-8 would be read by others and not by us; UTF-16 without a mark is UTF-8
    // full of NULs.
    let text = std::str::from_utf8(bytes).map_err(|_| Unfit::Broken)?;
    if text.contains('\0') {
        return Err(Unfit::Broken);
    }
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    reader.config_mut().check_end_names = false;
    let mut depth: usize = 0;
    loop {
        match reader.read_event().map_err(|_| Unfit::Broken)? {
            Event::Start(element) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(Unfit::TooMuch);
                }
                show(&element)?;
            }
            Event::Empty(element) => show(&element)?,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Decl(declared) => {
                let encoding = declared.encoding().transpose().map_err(|_| Unfit::Broken)?;
                let known = |encoding: &str| {
                    ["utf-8", "utf8", "us-ascii"].iter().any(|known| known.eq_ignore_ascii_case(encoding))
                };
                if encoding.is_some_and(|encoding| !known(&encoding)) {
                    return Err(Unfit::Broken);
                }
            }
            // OpenOffice once named a DTD; entities and defaults of its own no program writes.
            Event::DocType(declared) if declared.contains('[') => return Err(Unfit::Broken),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// What an element's attributes are called, prefix and all, and what they say.
pub(super) fn attributes<'a>(
    element: &'a BytesStart<'_>,
) -> impl Iterator<Item = Result<(&'a str, Cow<'a, str>), Unfit>> {
    let mut attributes = element.attributes();
    // Looking for doubles would take the square of their number.
    attributes.with_checks(false);
    attributes.map(|attribute| {
        let attribute = attribute.map_err(|_| Unfit::Broken)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Unfit::Broken)?;
        Ok((attribute.key.into_inner(), value))
    })
}

/// The last part of a name with a prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}
