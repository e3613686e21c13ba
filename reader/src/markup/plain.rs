//! The words of markup. It must not divide or join them otherwise than the text does.

use super::{Bounds, Event, TooMuch, parse};
use crate::text::cut;

/// The words of a text that may hold tags and references, as abstracts and titles of other services
/// do; at most the first 200,000 bytes. Of a text that meets a bound the tags are taken out as they
/// are spelled, so that a strange abstract does not cost the record.
#[must_use]
pub fn plain(text: &str) -> String {
    let text = cut(text, Bounds::TEXT.characters);
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    words(text).unwrap_or_else(|_| without_tags(text))
}

fn words(text: &str) -> Result<String, TooMuch> {
    let tree = parse(text, &Bounds::TEXT)?;
    let entered = tree.walk(tree.root()).filter_map(|event| match event {
        Event::Enter(node) => tree.text(node),
        Event::Leave(_) => None,
    });
    Ok(entered.collect())
}

/// The text without what stands between `<` and `>`.
fn without_tags(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    words
}
