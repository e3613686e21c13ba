//! Reading markup of whatever shape into blocks. It must not lose words: elements that no rich text
//! holds fall away, and what stands in them stays.

use std::rc::Rc;

use ego_tree::NodeRef;
use scraper::node::Element;
use scraper::{Html as Page, Node};

use super::block::{Block, Figure, Line, List, Marks, Script};
use super::{own, table};

/// The elements that begin and end a paragraph of their own, beside those that are looked at one by
/// one (HTML, §15.3.3).
const BLOCKS: [&str; 34] = [
    "li",
    "blockquote",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "hr",
    "div",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "nav",
    "address",
    "pre",
    "center",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "fieldset",
    "legend",
    "form",
    "figure",
    "figcaption",
    "hgroup",
    "option",
];

/// The elements whose inside is no text of the page.
const UNSEEN: [&str; 10] =
    ["script", "style", "title", "template", "noscript", "iframe", "noembed", "noframes", "object", "svg"];

/// The highest first number of a list.
const FIRST_MAX: u32 = 99_999;

/// The blocks that markup says.
pub(super) fn blocks(markup: &str) -> Vec<Block> {
    let page = Page::parse_fragment(markup);
    let mut flow = Flow::default();
    flow.children(*page.root_element(), &Marks::default());
    flow.finish()
}

/// The blocks of a place that holds paragraphs and lists only, at least one of them.
pub(super) fn small(node: NodeRef<'_, Node>, marks: &Marks) -> Vec<Block> {
    let mut flow = Flow { small: true, ..Flow::default() };
    flow.children(node, marks);
    let blocks = flow.finish();
    if blocks.is_empty() { vec![Block::Paragraph(Line::default())] } else { blocks }
}

/// Blocks in the making.
#[derive(Default)]
struct Flow {
    blocks: Vec<Block>,
    line: Line,
    /// What the line becomes when it ends; a paragraph, unless it is a heading of this level.
    heading: Option<u8>,
    /// Whether headings, quotations, tables and figures have no place here.
    small: bool,
}

impl Flow {
    fn children(&mut self, node: NodeRef<'_, Node>, marks: &Marks) {
        for child in node.children() {
            match child.value() {
                Node::Text(text) => self.line.text(text, marks),
                Node::Element(element) => self.element(child, element, marks),
                _ => {}
            }
        }
    }

    fn element(&mut self, node: NodeRef<'_, Node>, element: &Element, marks: &Marks) {
        let mut marks = marks.clone();
        match element.name() {
            name if UNSEEN.contains(&name) => return,
            "br" => return self.line.line_break(&marks),
            "img" => return self.image(element),
            "strong" | "b" => marks.strong = true,
            "em" | "i" => marks.em = true,
            "sub" => marks.script = Some(Script::Sub),
            "sup" => marks.script = Some(Script::Sup),
            "a" => marks.link = element.attr("href").and_then(own::address).map(Rc::from).or(marks.link),
            "p" => return self.textblock(node, self.heading, &marks),
            name @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                let level = name.bytes().last().map_or(2, |digit| (digit - b'0').clamp(2, 4));
                return self.textblock(node, Some(level).filter(|_| !self.small), &marks);
            }
            "ul" | "menu" | "dir" => return self.list(node, None, &marks),
            "ol" => {
                let first = element.attr("start").and_then(|first| first.trim().parse().ok());
                return self.list(node, first.filter(|first| *first <= FIRST_MAX).or(Some(1)), &marks);
            }
            "blockquote" if !self.small => return self.quote(node, &marks),
            "table" if !self.small => return self.table(node, &marks),
            name if BLOCKS.contains(&name) => {
                self.end();
                self.children(node, &marks);
                return self.end();
            }
            _ => {}
        }
        self.children(node, &marks);
    }

    /// A paragraph or heading; an empty one is one too.
    fn textblock(&mut self, node: NodeRef<'_, Node>, heading: Option<u8>, marks: &Marks) {
        self.end();
        let (before, outer) = (self.blocks.len(), self.heading);
        self.heading = heading;
        self.children(node, marks);
        self.end();
        if self.blocks.len() == before {
            self.put(Line::default());
        }
        self.heading = outer;
    }

    fn list(&mut self, node: NodeRef<'_, Node>, first: Option<u32>, marks: &Marks) {
        self.end();
        let mut items: Vec<Vec<Block>> = Vec::new();
        for child in node.children() {
            match child.value() {
                Node::Element(element) if element.name() == "li" => items.push(item(small(child, marks))),
                Node::Element(_) => {
                    // A list right in a list belongs to the item before it.
                    let mut flow = Self { small: true, ..Self::default() };
                    flow.element_of(child, marks);
                    let blocks = flow.finish();
                    match items.last_mut() {
                        _ if blocks.is_empty() => {}
                        Some(item) => item.extend(blocks),
                        None => items.push(item(blocks)),
                    }
                }
                Node::Text(text) => {
                    let mut line = Line::default();
                    line.text(text, marks);
                    let line = line.ended();
                    if !line.is_empty() {
                        items.push(vec![Block::Paragraph(line)]);
                    }
                }
                _ => {}
            }
        }
        if !items.is_empty() {
            self.blocks.push(Block::List(List { first, items }));
        }
    }

    fn element_of(&mut self, node: NodeRef<'_, Node>, marks: &Marks) {
        if let Node::Element(element) = node.value() {
            self.element(node, element, marks);
        }
    }

    fn quote(&mut self, node: NodeRef<'_, Node>, marks: &Marks) {
        self.end();
        self.blocks.push(Block::Quote(small(node, marks)));
    }

    fn table(&mut self, node: NodeRef<'_, Node>, marks: &Marks) {
        self.end();
        self.blocks.extend(table::read(node, marks));
    }

    /// Only the library's images stay: what is shown must not come from elsewhere.
    fn image(&mut self, element: &Element) {
        let Some(media) = element.attr("src").and_then(own::id) else { return };
        if self.small {
            return;
        }
        self.end();
        let mut alt = Line::default();
        alt.text(element.attr("alt").unwrap_or_default(), &Marks::default());
        let alt = alt.ended().0.into_iter().filter_map(|run| run.text).collect();
        self.blocks.push(Block::Figure(Figure { media, alt }));
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line).ended();
        if !line.is_empty() {
            self.put(line);
        }
    }

    fn put(&mut self, line: Line) {
        self.blocks.push(match self.heading {
            Some(level) => Block::Heading(level, line),
            None => Block::Paragraph(line),
        });
    }

    fn finish(mut self) -> Vec<Block> {
        self.end();
        self.blocks
    }
}

/// The blocks of a list's item: the first is a paragraph.
fn item(mut blocks: Vec<Block>) -> Vec<Block> {
    if !matches!(blocks.first(), Some(Block::Paragraph(_))) {
        blocks.insert(0, Block::Paragraph(Line::default()));
    }
    blocks
}
