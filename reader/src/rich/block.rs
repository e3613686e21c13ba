//! What a rich text is made of. It must not know markup.

use std::rc::Rc;

use uuid::Uuid;

use crate::text::is_unfit;

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    Paragraph(Line),
    /// Level 2 to 4.
    Heading(u8, Line),
    List(List),
    Quote(Vec<Block>),
    Table(Vec<Vec<Cell>>),
    Figure(Figure),
}

/// A list; its items begin with a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    /// The first number; bullets have none.
    pub(super) first: Option<u32>,
    pub(super) items: Vec<Vec<Block>>,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) head: bool,
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) blocks: Vec<Block>,
}

/// An image of the library.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) media: Uuid,
    /// What it shows here; empty is as the library says.
    pub(super) alt: String,
}

/// What is said of words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Marks {
    pub(super) link: Option<Rc<str>>,
    pub(super) strong: bool,
    pub(super) em: bool,
    pub(super) script: Option<Script>,
}

/// Above or below the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Script {
    Sub,
    Sup,
}

/// Words of the same marks, or a line break.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    /// None is a line break.
    pub(super) text: Option<String>,
    pub(super) marks: Marks,
}

/// The inside of a paragraph or heading: white space is single and stands between words only.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line(pub(super) Vec<Run>);

impl Line {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds words. White space is what HTML takes for it, and control characters: references such as
    /// `&#11;` make some that no text may hold. What is no character at all is left out.
    pub(super) fn text(&mut self, text: &str, marks: &Marks) {
        for c in text.chars() {
            let blank = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}') || c.is_control();
            if !blank {
                if !is_unfit(c) {
                    self.push(c, marks);
                }
            } else if self
                .0
                .last()
                .is_some_and(|run| run.text.as_ref().is_some_and(|text| !text.ends_with(' ')))
            {
                self.push(' ', marks);
            }
        }
    }

    fn push(&mut self, c: char, marks: &Marks) {
        match self.0.last_mut() {
            Some(Run { text: Some(text), marks: same }) if same == marks => text.push(c),
            _ => self.0.push(Run { text: Some(c.to_string()), marks: marks.clone() }),
        }
    }

    pub(super) fn line_break(&mut self, marks: &Marks) {
        self.0.push(Run { text: None, marks: marks.clone() });
    }

    /// The line without white space at its end.
    pub(super) fn ended(mut self) -> Self {
        if let Some(Run { text: Some(text), .. }) = self.0.last_mut() {
            text.truncate(text.trim_end_matches(' ').len());
            if text.is_empty() {
                self.0.pop();
            }
        }
        self
    }
}

/// A plain text as paragraphs, one for each of its lines.
pub(super) fn of_plain(text: &str) -> Vec<Block> {
    let lines = text.lines().map(|words| {
        let mut line = Line::default();
        line.text(words, &Marks::default());
        line.ended()
    });
    lines.filter(|line| !line.is_empty()).map(Block::Paragraph).collect()
}
