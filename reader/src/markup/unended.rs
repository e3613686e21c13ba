//! The attributes of a tag that has not ended: each is compared with those before it as soon as it is
//! read, long before the gate hears of the tag. It must not care what they say.

use super::TooMuch;
use super::gate::ATTRIBUTES;

/// What is known of the tag.
#[derive(Default)]
pub(super) struct Unended {
    /// None while there is no tag.
    part: Option<Part>,
    attributes: usize,
}

/// Where in a tag reading is (HTML standard, §13.2.5.6–39).
#[derive(Clone, Copy)]
enum Part {
    /// In a comment or the like, which has no attributes.
    Comment,
    Name,
    /// Before an attribute, or the end.
    Between,
    Attribute,
    AfterAttribute,
    BeforeValue,
    Value,
    /// In a value that ends with this quote.
    Quoted(u8),
}

impl Unended {
    /// Takes note of a piece, and of whether the parser made something of it. As each piece holds one
    /// tag at most and begins with it, the first of which nothing was made begins the tag.
    ///
    /// # Errors
    /// Where the tag has too many attributes.
    pub(super) fn saw(&mut self, piece: &str, made_something: bool) -> Result<(), TooMuch> {
        if made_something {
            *self = Self::default();
            return Ok(());
        }
        let begins = if piece.starts_with("<!") { Part::Comment } else { Part::Name };
        let mut part = self.part.unwrap_or(begins);
        for byte in piece.bytes() {
            let next = after(part, byte);
            if matches!((part, next), (Part::Between | Part::AfterAttribute, Part::Attribute)) {
                self.attributes += 1;
            }
            part = next;
        }
        self.part = Some(part);
        if self.attributes > ATTRIBUTES { Err(TooMuch::Attributes) } else { Ok(()) }
    }
}

fn after(part: Part, byte: u8) -> Part {
    let blank = byte.is_ascii_whitespace();
    match (part, byte) {
        (Part::Quoted(quote), _) if byte == quote => Part::Between,
        (Part::Comment | Part::Quoted(_), _) => part,
        (Part::BeforeValue, b'"' | b'\'') => Part::Quoted(byte),
        (Part::BeforeValue, _) if blank => part,
        (Part::BeforeValue, _) => Part::Value,
        (Part::Value, _) => {
            if blank {
                Part::Between
            } else {
                part
            }
        }
        (Part::Attribute | Part::AfterAttribute, b'=') => Part::BeforeValue,
        (Part::Attribute | Part::AfterAttribute, _) if blank => Part::AfterAttribute,
        (_, b'/') => Part::Between,
        (Part::Name | Part::Between, _) if blank => Part::Between,
        (Part::Name, _) => part,
        _ => Part::Attribute,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use html5ever::buffer_queue::BufferQueue;
    use html5ever::tendril::StrTendril;
    use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
    use proptest::prelude::*;

    use super::*;

    /// How many attributes are seen in a tag that has not ended, in pieces as they come.
    fn seen(tag: &str) -> usize {
        let mut unended = Unended::default();
        for piece in tag.split_inclusive([' ', '=']) {
            unended.saw(piece, false).unwrap();
        }
        unended.attributes
    }

    /// How many the parser finds once it has ended, those of one name counted too.
    fn found(tag: &str) -> usize {
        #[derive(Default)]
        struct Sink {
            double: Cell<usize>,
            found: Cell<Option<usize>>,
        }
        impl TokenSink for Sink {
            type Handle = ();
            fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
                match token {
                    Token::ParseError(error) if error == "Duplicate attribute" => {
                        self.double.set(self.double.get() + 1);
                    }
                    Token::TagToken(tag) if self.found.get().is_none() => {
                        self.found.set(Some(tag.attrs.len() + self.double.get()));
                    }
                    _ => {}
                }
                TokenSinkResult::Continue
            }
        }
        let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(StrTendril::from_slice(tag));
        let _ = tokenizer.feed(&queue);
        tokenizer.sink.found.get().unwrap()
    }

    #[test]
    fn attributes_are_seen_before_the_tag_ends() {
        for (tag, count) in [
            ("<p", 0),
            ("<p a", 1),
            ("<p a b=c d = e f=\"g h i\" j='k \" l'm", 6),
            ("<p =\"a b c", 3),
            ("<p a=b=\"c d e", 3),
            ("<p a= \"b c", 1),
            ("<!-- a b c=d", 0),
        ] {
            assert_eq!(seen(tag), count, "{tag}");
        }
    }

    proptest! {
        #[test]
        fn as_many_are_seen_as_the_parser_finds(inside in "[ab=\"' /\n&;]{0,40}") {
            let tag = format!("<p {inside}");
            // Whatever it stands in, one of these ends it.
            let ended = ["\">", "'>"].map(|end| format!("{tag}{end}{end}\">'>"));
            let most = ended.iter().map(|tag| found(tag)).max().unwrap();
            let seen = seen(&tag);
            prop_assert!(seen <= most && most <= seen + 2, "{seen} {most}");
        }
    }
}
