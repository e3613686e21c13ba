//! Writing blocks as markup, in the one spelling that `read` reads back. The admin's editor
//! (`admin-assets/src/rich/html.ts`) writes the same from its side; change both. It calls itself for
//! what stands in lists, at most `LISTS` deep.

use std::fmt::Write as _;

use super::block::{Block, Cell, Line, List, Marks, Script};
use super::{CHARACTERS, address};
use crate::markup::TooMuch;

/// The most bytes: no character has more than four. A long address may be written for each of many
/// runs of words.
const BYTES: usize = 4 * CHARACTERS;

/// The markup of these blocks.
///
/// # Errors
/// Where they are too long.
pub(super) fn blocks(blocks: &[Block]) -> Result<String, TooMuch> {
    let mut markup = String::new();
    all(&mut markup, blocks)?;
    Ok(markup)
}

fn bounded(out: &str) -> Result<(), TooMuch> {
    if out.len() > BYTES { Err(TooMuch::Parts) } else { Ok(()) }
}

fn all(out: &mut String, blocks: &[Block]) -> Result<(), TooMuch> {
    for block in blocks {
        match block {
            Block::Paragraph(line) => textblock(out, "p", line)?,
            Block::Heading(2, line) => textblock(out, "h2", line)?,
            Block::Heading(3, line) => textblock(out, "h3", line)?,
            Block::Heading(_, line) => textblock(out, "h4", line)?,
            Block::List(list) => write_list(out, list)?,
            Block::Quote(blocks) => {
                out.push_str("<blockquote>");
                all(out, blocks)?;
                out.push_str("</blockquote>");
            }
            Block::Table(rows) => table(out, rows)?,
            Block::Figure(figure) => {
                let (scheme, media, alt) = (address::SCHEME, figure.media, escape(&figure.alt));
                // Writing to a String cannot fail, here and below.
                let _ = write!(out, r#"<figure><img src="{scheme}:{media}" alt="{alt}"></figure>"#);
            }
        }
        bounded(out)?;
    }
    Ok(())
}

fn textblock(out: &mut String, name: &str, line: &Line) -> Result<(), TooMuch> {
    let _ = write!(out, "<{name}>");
    inline(out, line)?;
    let _ = write!(out, "</{name}>");
    Ok(())
}

fn write_list(out: &mut String, list: &List) -> Result<(), TooMuch> {
    let name = if list.first.is_some() { "ol" } else { "ul" };
    match list.first {
        Some(first) if first != 1 => {
            let _ = write!(out, r#"<ol start="{first}">"#);
        }
        _ => {
            let _ = write!(out, "<{name}>");
        }
    }
    for item in &list.items {
        out.push_str("<li>");
        all(out, item)?;
        out.push_str("</li>");
    }
    let _ = write!(out, "</{name}>");
    Ok(())
}

fn table(out: &mut String, rows: &[Vec<Cell>]) -> Result<(), TooMuch> {
    out.push_str("<table><tbody>");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            let name = if cell.head { "th" } else { "td" };
            let _ = write!(out, "<{name}");
            for (attribute, span) in [("colspan", cell.columns), ("rowspan", cell.rows)] {
                if span > 1 {
                    let _ = write!(out, r#" {attribute}="{span}""#);
                }
            }
            out.push('>');
            all(out, &cell.blocks)?;
            let _ = write!(out, "</{name}>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    Ok(())
}

/// Words and breaks: a mark that goes on is not closed between them, and links stand outermost.
fn inline(out: &mut String, line: &Line) -> Result<(), TooMuch> {
    let mut open: Vec<Tag<'_>> = Vec::new();
    for run in &line.0 {
        let tags = tags(&run.marks);
        let kept = open.iter().zip(&tags).take_while(|(one, other)| one == other).count();
        close(out, &mut open, kept);
        for tag in tags.into_iter().skip(kept) {
            match tag {
                Tag::Link(href) => {
                    let _ = write!(out, r#"<a href="{}">"#, escape(href));
                }
                Tag::Plain(name) => {
                    let _ = write!(out, "<{name}>");
                }
            }
            open.push(tag);
        }
        match &run.text {
            Some(text) => out.push_str(&escape(text)),
            None => out.push_str("<br>"),
        }
        bounded(out)?;
    }
    close(out, &mut open, 0);
    Ok(())
}

#[derive(PartialEq)]
enum Tag<'marks> {
    Link(&'marks str),
    Plain(&'static str),
}

/// The tags of marks, the outermost first.
fn tags(marks: &Marks) -> Vec<Tag<'_>> {
    let script = marks.script.map(|script| match script {
        Script::Sub => "sub",
        Script::Sup => "sup",
    });
    let plain = [marks.strong.then_some("strong"), marks.em.then_some("em"), script];
    marks
        .link
        .as_deref()
        .map(Tag::Link)
        .into_iter()
        .chain(plain.into_iter().flatten().map(Tag::Plain))
        .collect()
}

fn close(out: &mut String, open: &mut Vec<Tag<'_>>, kept: usize) {
    while open.len() > kept {
        let name = match open.pop() {
            Some(Tag::Plain(name)) => name,
            _ => "a",
        };
        let _ = write!(out, "</{name}>");
    }
}

/// A text as it stands between tags and in quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{a0}' => escaped.push_str("&nbsp;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The text that [`escape`] wrote, with spaces for those that no line may be broken at.
#[must_use]
pub fn unescape(text: &str) -> String {
    text.replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}
