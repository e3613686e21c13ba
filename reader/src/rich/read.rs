//! Reading markup of whatever shape into blocks. It must not lose words: elements that no rich text
//! holds fall away, and what stands in them stays.

mod ended;

use std::rc::Rc;

use super::block::{Block, Cell, Figure, Line, List, Marks, Script};
use super::{ATTRIBUTE, LISTS, address};
use crate::markup::{Event, Node, TooMuch, Tree};

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
///
/// # Errors
/// Where lists stand in each other too deeply, or the blocks are too many.
pub(super) fn blocks(tree: &Tree) -> Result<Vec<Block>, TooMuch> {
    let root = tree.root();
    let mut reader = Reader { tree, open: Vec::new(), flows: vec![Flow::default()], parts: 0, lists: 0 };
    let mut walk = tree.walk(root);
    while let Some(event) = walk.next() {
        match event {
            Event::Enter(node) if node == root => {}
            Event::Enter(node) => {
                if reader.enter(node)? == Inside::Unread {
                    walk.pass_over();
                }
            }
            Event::Leave(node) => reader.leave(node)?,
        }
    }
    reader.finish()
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

/// Whether what stands in an element is looked at.
#[derive(PartialEq)]
enum Inside {
    Read,
    Unread,
}

/// An element that has begun, with what is to be done when it ends.
struct Open {
    node: Node,
    /// What is said of the words in it.
    marks: Marks,
    role: Role,
}

/// What an element is to the text. Some have a flow of their own, which is the last while they are open.
enum Role {
    /// Words of the line.
    Words,
    /// Begins and ends a line.
    Block,
    /// A paragraph or heading, with the number of blocks before it and what the heading was.
    Text(usize, Option<u8>),
    List(List),
    /// An item; has a flow.
    Item,
    /// An element right in a list; has a flow.
    Loose,
    /// Has a flow.
    Quote,
    Table(Vec<Block>, Vec<Vec<Cell>>),
    /// Has a flow.
    Caption,
    /// A part of a table, whose cells are headings or are not.
    Part(bool),
    Row(bool, Vec<Cell>),
    /// Has a flow.
    Cell(Cell),
}

/// How far reading is. What is open stands in vectors, so that no depth is too great for it.
struct Reader<'tree> {
    tree: &'tree Tree,
    open: Vec<Open>,
    /// One for the text and one for each open element that has one.
    flows: Vec<Flow>,
    /// Blocks and cells so far.
    parts: usize,
    /// Lists that are open.
    lists: usize,
}

impl Reader<'_> {
    /// The flow that goes on.
    fn flow(&mut self) -> Result<&mut Flow, TooMuch> {
        // There is always one; a sentence is better than an end of the process where there were none.
        self.flows.last_mut().ok_or(TooMuch::Parts)
    }

    fn marks(&self) -> Marks {
        self.open.last().map(|open| open.marks.clone()).unwrap_or_default()
    }

    fn begin(&mut self, node: Node, marks: Marks, role: Role) -> Result<Inside, TooMuch> {
        match role {
            Role::Item | Role::Loose | Role::Quote | Role::Caption | Role::Cell(_) => {
                self.flows.push(Flow { small: true, ..Flow::default() });
            }
            Role::List(_) => {
                self.lists += 1;
                if self.lists > LISTS {
                    return Err(TooMuch::Deep);
                }
            }
            _ => {}
        }
        self.open.push(Open { node, marks, role });
        Ok(Inside::Read)
    }

    fn enter(&mut self, node: Node) -> Result<Inside, TooMuch> {
        let name = self.tree.name(node);
        let marks = self.marks();
        match self.open.last_mut().map(|open| &mut open.role) {
            Some(Role::List(list)) => match self.tree.text(node) {
                Some(text) => {
                    let mut line = Line::default();
                    line.text(text, &marks);
                    let line = line.ended();
                    if !line.is_empty() {
                        list.items.push(vec![Block::Paragraph(line)]);
                        self.count(1)?;
                    }
                    Ok(Inside::Unread)
                }
                None if name == "li" => self.begin(node, marks, Role::Item),
                None => {
                    self.begin(node, marks, Role::Loose)?;
                    self.element(node)
                }
            },
            Some(Role::Table(..)) => match name {
                "caption" => self.begin(node, marks, Role::Caption),
                "tr" => self.begin(node, marks, Role::Row(false, Vec::new())),
                "thead" | "tbody" | "tfoot" => self.begin(node, marks, Role::Part(name == "thead")),
                _ => Ok(Inside::Unread),
            },
            Some(&mut Role::Part(head)) => match name {
                "tr" => self.begin(node, marks, Role::Row(head, Vec::new())),
                _ => Ok(Inside::Unread),
            },
            Some(&mut Role::Row(head, _)) => match name {
                "td" | "th" => {
                    let cell = self.cell(node, head || name == "th");
                    self.begin(node, marks, Role::Cell(cell))
                }
                _ => Ok(Inside::Unread),
            },
            _ => match self.tree.text(node) {
                Some(text) => {
                    self.flow()?.line.text(text, &marks);
                    Ok(Inside::Unread)
                }
                None => self.element(node),
            },
        }
    }

    fn cell(&self, node: Node, head: bool) -> Cell {
        let span = |name| {
            let span = self.tree.attribute(node, name).and_then(|span| span.trim().parse().ok());
            span.unwrap_or(1).max(1)
        };
        Cell { head, columns: span("colspan"), rows: span("rowspan"), blocks: Vec::new() }
    }

    /// An element where blocks and words stand.
    fn element(&mut self, node: Node) -> Result<Inside, TooMuch> {
        let mut marks = self.marks();
        let small = self.flow()?.small;
        let role = match self.tree.name(node) {
            name if UNSEEN.contains(&name) => return Ok(Inside::Unread),
            "br" => {
                self.flow()?.line.line_break(&marks);
                return Ok(Inside::Unread);
            }
            "img" => {
                self.image(node)?;
                return Ok(Inside::Unread);
            }
            "p" => return self.text(node, marks, None),
            name @ ("h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                let level = name.bytes().last().map_or(2, |digit| (digit - b'0').clamp(2, 4));
                return self.text(node, marks, Some(level).filter(|_| !small));
            }
            "ul" | "menu" | "dir" => Role::List(List { first: None, items: Vec::new() }),
            "ol" => {
                let first = self.tree.attribute(node, "start").and_then(|first| first.trim().parse().ok());
                let first = first.filter(|first| *first <= FIRST_MAX).or(Some(1));
                Role::List(List { first, items: Vec::new() })
            }
            "blockquote" if !small => Role::Quote,
            "table" if !small => Role::Table(Vec::new(), Vec::new()),
            name if BLOCKS.contains(&name) => Role::Block,
            name => {
                self.mark(node, name, &mut marks)?;
                Role::Words
            }
        };
        if !matches!(role, Role::Words) {
            self.end()?;
        }
        self.begin(node, marks, role)
    }

    /// What an element says of the words in it.
    fn mark(&self, node: Node, name: &str, marks: &mut Marks) -> Result<(), TooMuch> {
        match name {
            "strong" | "b" => marks.strong = true,
            "em" | "i" => marks.em = true,
            "sub" => marks.script = Some(Script::Sub),
            "sup" => marks.script = Some(Script::Sup),
            "a" => {
                let address = self.tree.attribute(node, "href").map(address::read).transpose()?.flatten();
                marks.link = address.map(Rc::from).or(marks.link.take());
            }
            _ => {}
        }
        Ok(())
    }

    /// A paragraph, which in a heading is one too, or a heading.
    fn text(&mut self, node: Node, marks: Marks, heading: Option<u8>) -> Result<Inside, TooMuch> {
        self.end()?;
        let is_paragraph = self.tree.name(node) == "p";
        let flow = self.flow()?;
        let role = Role::Text(flow.blocks.len(), flow.heading);
        if !is_paragraph {
            flow.heading = heading;
        }
        self.begin(node, marks, role)
    }

    /// Only the library's images stay: what is shown must not come from elsewhere.
    fn image(&mut self, node: Node) -> Result<(), TooMuch> {
        let Some(media) = self.tree.attribute(node, "src").and_then(address::own) else { return Ok(()) };
        if self.flow()?.small {
            return Ok(());
        }
        self.end()?;
        let mut alt = Line::default();
        alt.text(self.tree.attribute(node, "alt").unwrap_or_default(), &Marks::default());
        let alt: String = alt.ended().0.into_iter().filter_map(|run| run.text).collect();
        if alt.len() > ATTRIBUTE {
            return Err(TooMuch::Attributes);
        }
        self.push(Block::Figure(Figure { media, alt }))
    }
}
