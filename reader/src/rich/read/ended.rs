//! What has ended becomes a part of what it stands in: a line a paragraph, a flow the blocks of an item,
//! a quotation or a cell. It must not look at markup.

use super::super::block::{Block, Cell, Line};
use super::super::{PARTS, table};
use super::{Reader, Role};
use crate::markup::{Node, TooMuch};

impl Reader<'_> {
    /// Ends the line that goes on.
    pub(super) fn end(&mut self) -> Result<(), TooMuch> {
        let line = std::mem::take(&mut self.flow()?.line).ended();
        if line.is_empty() { Ok(()) } else { self.put(line) }
    }

    pub(super) fn put(&mut self, line: Line) -> Result<(), TooMuch> {
        let heading = self.flow()?.heading;
        self.push(match heading {
            Some(level) => Block::Heading(level, line),
            None => Block::Paragraph(line),
        })
    }

    pub(super) fn push(&mut self, block: Block) -> Result<(), TooMuch> {
        self.flow()?.blocks.push(block);
        self.count(1)
    }

    /// The blocks of the flow that ends.
    pub(super) fn finish(&mut self) -> Result<Vec<Block>, TooMuch> {
        self.end()?;
        Ok(self.flows.pop().map(|flow| flow.blocks).unwrap_or_default())
    }

    /// The blocks of the flow that ends, at least one.
    fn small(&mut self) -> Result<Vec<Block>, TooMuch> {
        let mut blocks = self.finish()?;
        if blocks.is_empty() {
            blocks.push(Block::Paragraph(Line::default()));
            self.count(1)?;
        }
        Ok(blocks)
    }

    /// The blocks of a list's item: the first is a paragraph.
    fn item(&mut self, mut blocks: Vec<Block>) -> Result<Vec<Block>, TooMuch> {
        if !matches!(blocks.first(), Some(Block::Paragraph(_))) {
            blocks.insert(0, Block::Paragraph(Line::default()));
            self.count(1)?;
        }
        Ok(blocks)
    }

    pub(super) fn count(&mut self, parts: usize) -> Result<(), TooMuch> {
        self.parts = self.parts.saturating_add(parts);
        if self.parts > PARTS { Err(TooMuch::Parts) } else { Ok(()) }
    }

    pub(super) fn leave(&mut self, node: Node) -> Result<(), TooMuch> {
        // An element right in a list stands here twice.
        while let Some(open) = self.open.pop_if(|open| open.node == node) {
            self.close(open.role)?;
        }
        Ok(())
    }

    fn close(&mut self, role: Role) -> Result<(), TooMuch> {
        match role {
            Role::Words | Role::Part(_) => {}
            Role::Block => self.end()?,
            Role::Text(before, heading) => {
                self.end()?;
                if self.flow()?.blocks.len() == before {
                    self.put(Line::default())?;
                }
                self.flow()?.heading = heading;
            }
            Role::List(list) => {
                self.lists = self.lists.saturating_sub(1);
                if !list.items.is_empty() {
                    self.push(Block::List(list))?;
                }
            }
            Role::Item => {
                let blocks = self.small()?;
                let item = self.item(blocks)?;
                if let Some(Role::List(list)) = self.role() {
                    list.items.push(item);
                }
            }
            Role::Loose => {
                let blocks = self.finish()?;
                self.loose(blocks)?;
            }
            Role::Quote => {
                let blocks = self.small()?;
                self.push(Block::Quote(blocks))?;
            }
            Role::Caption => {
                let blocks = self.small()?;
                if let Some(Role::Table(above, _)) = self.role() {
                    above.extend(blocks);
                }
            }
            Role::Cell(mut cell) => {
                cell.blocks = self.small()?;
                self.count(1)?;
                if let Some(Role::Row(_, cells)) = self.role() {
                    cells.push(cell);
                }
            }
            Role::Row(_, cells) => {
                // It stands in the table or in a part of it.
                let table = self.open.iter_mut().rev().find_map(|open| match &mut open.role {
                    Role::Table(_, rows) => Some(rows),
                    _ => None,
                });
                if let Some(rows) = table {
                    rows.push(cells);
                }
            }
            Role::Table(above, rows) => self.table(above, rows)?,
        }
        Ok(())
    }

    /// What stood in an element right in a list belongs to the item before it.
    fn loose(&mut self, blocks: Vec<Block>) -> Result<(), TooMuch> {
        if blocks.is_empty() {
            return Ok(());
        }
        if let Some(Role::List(list)) = self.role()
            && let Some(item) = list.items.last_mut()
        {
            item.extend(blocks);
            return Ok(());
        }
        let item = self.item(blocks)?;
        if let Some(Role::List(list)) = self.role() {
            list.items.push(item);
        }
        Ok(())
    }

    fn table(&mut self, above: Vec<Block>, rows: Vec<Vec<Cell>>) -> Result<(), TooMuch> {
        let cells = |rows: &[Vec<Cell>]| rows.iter().map(Vec::len).sum::<usize>();
        let before = cells(&rows);
        let blocks = table::of(rows);
        if let [Block::Table(rows)] = blocks.as_slice() {
            // Those that were missing, each with its paragraph.
            self.count(2 * cells(rows).saturating_sub(before) + 1)?;
        }
        let flow = self.flow()?;
        flow.blocks.extend(above);
        flow.blocks.extend(blocks);
        Ok(())
    }

    /// The role of the element that goes on.
    fn role(&mut self) -> Option<&mut Role> {
        self.open.last_mut().map(|open| &mut open.role)
    }
}
