//! A tree of elements and text in one vector; what stands in what is said by numbers, so that neither
//! reading nor dropping it calls itself. It must not know how it came to be.

use std::fmt;

use html5ever::{LocalName, Namespace, ns};

/// A node of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node(u32);

impl Node {
    /// What stands for a node that is not kept, as a comment.
    pub(super) const NONE: Self = Self(u32::MAX);
    /// The node above all others.
    pub(super) const DOCUMENT: Self = Self(0);

    fn is_some(self) -> bool {
        self != Self::NONE
    }

    fn option(self) -> Option<Self> {
        self.is_some().then_some(self)
    }
}

struct Place {
    parent: Node,
    previous: Node,
    next: Node,
    first: Node,
    last: Node,
    content: Content,
}

/// What a node is.
pub(super) enum Content {
    Document,
    Text(String),
    Element { name: LocalName, space: Space, attributes: Vec<(LocalName, Box<str>)> },
}

/// The language that an element is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Html,
    Svg,
    Math,
}

impl From<&Namespace> for Space {
    fn from(namespace: &Namespace) -> Self {
        match *namespace {
            ns!(svg) => Self::Svg,
            ns!(mathml) => Self::Math,
            _ => Self::Html,
        }
    }
}

impl From<Space> for Namespace {
    fn from(space: Space) -> Self {
        match space {
            Space::Html => ns!(html),
            Space::Svg => ns!(svg),
            Space::Math => ns!(mathml),
        }
    }
}

/// Elements and text; see the module.
pub struct Tree(Vec<Place>);

/// In a log or a test a whole tree would be too much.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree").field("size", &self.size()).finish_non_exhaustive()
    }
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree = Self(Vec::new());
        tree.add(Content::Document);
        tree
    }

    /// How many nodes there are, also those that stand nowhere.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// The element in which all of the text stands.
    #[must_use]
    pub fn root(&self) -> Node {
        self.place(Node::DOCUMENT).and_then(|place| place.first.option()).unwrap_or(Node::DOCUMENT)
    }

    /// The words of a text.
    #[must_use]
    pub fn text(&self, node: Node) -> Option<&str> {
        match &self.place(node)?.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The name of an element, in small letters; of a text, nothing. Names that no standard knows may
    /// all read `unknown`.
    #[must_use]
    pub fn name(&self, node: Node) -> &str {
        self.element(node).map_or("", |(name, _)| name)
    }

    /// An attribute of an element. Only those that a reader asks for are kept: `href` of `a`, `src`
    /// and `alt` of `img`, `start` of `ol`, `colspan` and `rowspan` of cells.
    #[must_use]
    pub fn attribute(&self, node: Node, name: &str) -> Option<&str> {
        match &self.place(node)?.content {
            Content::Element { attributes, .. } => {
                attributes.iter().find(|(known, _)| **known == *name).map(|(_, value)| &**value)
            }
            _ => None,
        }
    }

    /// Whether the element's own style hides it; Word does so with field codes and list numbers.
    #[must_use]
    pub fn is_hidden(&self, node: Node) -> bool {
        self.attribute(node, "style").is_some()
    }

    /// What stands in a node, in order.
    #[must_use]
    pub fn children(&self, node: Node) -> Children<'_> {
        Children { tree: self, next: self.place(node).map_or(Node::NONE, |place| place.first) }
    }

    /// The way through a node and all that stands in it.
    #[must_use]
    pub fn walk(&self, node: Node) -> Walk<'_> {
        Walk { tree: self, top: node, next: Some(Event::Enter(node)) }
    }

    fn place(&self, node: Node) -> Option<&Place> {
        self.0.get(usize::try_from(node.0).ok()?)
    }

    fn place_mut(&mut self, node: Node) -> Option<&mut Place> {
        self.0.get_mut(usize::try_from(node.0).ok()?)
    }

    pub(super) fn element(&self, node: Node) -> Option<(&LocalName, Space)> {
        match &self.place(node)?.content {
            Content::Element { name, space, .. } => Some((name, *space)),
            _ => None,
        }
    }

    /// Adds a node that stands nowhere yet.
    pub(super) fn add(&mut self, content: Content) -> Node {
        let node = u32::try_from(self.0.len()).map_or(Node::NONE, Node);
        let none = Node::NONE;
        self.0.push(Place { parent: none, previous: none, next: none, first: none, last: none, content });
        node
    }

    pub(super) fn parent(&self, node: Node) -> Option<Node> {
        self.place(node)?.parent.option()
    }

    pub(super) fn last(&self, node: Node) -> Option<Node> {
        self.place(node)?.last.option()
    }

    pub(super) fn previous(&self, node: Node) -> Option<Node> {
        self.place(node)?.previous.option()
    }

    /// Adds words to a text; false of what is none.
    pub(super) fn extend(&mut self, node: Option<Node>, words: &str) -> bool {
        match node.and_then(|node| self.place_mut(node)).map(|place| &mut place.content) {
            Some(Content::Text(text)) => {
                text.push_str(words);
                true
            }
            _ => false,
        }
    }

    /// Takes a node from where it stands, with all that stands in it.
    pub(super) fn detach(&mut self, node: Node) {
        let Some(place) = self.place_mut(node) else { return };
        let (parent, previous, next) = (place.parent, place.previous, place.next);
        (place.parent, place.previous, place.next) = (Node::NONE, Node::NONE, Node::NONE);
        match self.place_mut(previous) {
            Some(before) => before.next = next,
            None => {
                if let Some(above) = self.place_mut(parent) {
                    above.first = next;
                }
            }
        }
        match self.place_mut(next) {
            Some(after) => after.previous = previous,
            None => {
                if let Some(above) = self.place_mut(parent) {
                    above.last = previous;
                }
            }
        }
    }

    /// Puts a node at the end of another.
    pub(super) fn append(&mut self, parent: Node, node: Node) {
        self.detach(node);
        let last = self.last(parent).unwrap_or(Node::NONE);
        let Some(place) = self.place_mut(node) else { return };
        (place.parent, place.previous) = (parent, last);
        if let Some(before) = self.place_mut(last) {
            before.next = node;
        }
        if let Some(above) = self.place_mut(parent) {
            above.last = node;
            if !last.is_some() {
                above.first = node;
            }
        }
    }

    /// Puts a node before another that has a parent.
    pub(super) fn insert_before(&mut self, sibling: Node, node: Node) {
        self.detach(node);
        let Some(parent) = self.parent(sibling) else { return };
        let previous = self.previous(sibling).unwrap_or(Node::NONE);
        let Some(place) = self.place_mut(node) else { return };
        (place.parent, place.previous, place.next) = (parent, previous, sibling);
        if let Some(after) = self.place_mut(sibling) {
            after.previous = node;
        }
        match self.place_mut(previous) {
            Some(before) => before.next = node,
            None => {
                if let Some(above) = self.place_mut(parent) {
                    above.first = node;
                }
            }
        }
    }
}

/// The children of a node; see [`Tree::children`].
#[derive(Clone, Debug)]
pub struct Children<'tree> {
    tree: &'tree Tree,
    next: Node,
}

impl Iterator for Children<'_> {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        let node = self.next.option()?;
        self.next = self.tree.place(node)?.next;
        Some(node)
    }
}

/// A step of a [`Walk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The node begins.
    Enter(Node),
    /// It ends; so does a text, right after it began.
    Leave(Node),
}

/// The way through a part of a tree: every node is entered, then what stands in it, then left.
#[derive(Clone, Debug)]
pub struct Walk<'tree> {
    tree: &'tree Tree,
    top: Node,
    next: Option<Event>,
}

impl Walk<'_> {
    /// Passes over what stands in the node that was just entered; it is left next.
    pub fn pass_over(&mut self) {
        if let Some(Event::Enter(node)) = self.next {
            let parent = self.tree.parent(node).unwrap_or(self.top);
            self.next = Some(Event::Leave(parent));
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let event = self.next?;
        self.next = match event {
            Event::Enter(node) => match self.tree.place(node)?.first.option() {
                Some(child) => Some(Event::Enter(child)),
                None => Some(Event::Leave(node)),
            },
            Event::Leave(node) if node == self.top => None,
            Event::Leave(node) => {
                let place = self.tree.place(node)?;
                place.next.option().map(Event::Enter).or(place.parent.option().map(Event::Leave))
            }
        };
        Some(event)
    }
}
