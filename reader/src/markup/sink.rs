//! What the parser builds: it asks for nodes and says where they stand. It must not judge; the gate
//! before the parser does.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, Namespace, QualName};

use super::tree::{Content, Node, Space, Tree};

/// A tree in the making.
pub(super) struct Sink {
    tree: RefCell<Tree>,
    attributes: Cell<usize>,
    moved: Cell<usize>,
}

impl Sink {
    pub(super) fn new() -> Self {
        Self { tree: RefCell::new(Tree::new()), attributes: Cell::new(0), moved: Cell::new(0) }
    }

    /// How many nodes there are.
    pub(super) fn nodes(&self) -> usize {
        self.tree.borrow().size()
    }

    /// How many bytes attributes hold.
    pub(super) fn attributes(&self) -> usize {
        self.attributes.get()
    }

    /// How many nodes were moved from one parent to another.
    pub(super) fn moved(&self) -> usize {
        self.moved.get()
    }

    pub(super) fn into_tree(self) -> Tree {
        self.tree.into_inner()
    }
}

/// The name of an element. It is a copy, so that nothing of the tree is borrowed while the parser
/// looks at it.
#[derive(Debug)]
pub(super) struct Name {
    space: Namespace,
    local: LocalName,
}

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.space
    }

    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

impl TreeSink for Sink {
    type Handle = Node;
    type Output = Self;
    type ElemName<'a> = Name;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Node {
        Node::DOCUMENT
    }

    fn elem_name(&self, node: &Node) -> Name {
        let tree = self.tree.borrow();
        let (local, space) = tree
            .element(*node)
            .map_or_else(|| (LocalName::default(), Space::Html), |(name, space)| (name.clone(), space));
        Name { space: space.into(), local }
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Node {
        let kept: Vec<(LocalName, Box<str>)> =
            attributes.into_iter().map(|one| (one.name.local, Box::from(&*one.value))).collect();
        let bytes: usize = kept.iter().map(|(name, value)| name.len() + value.len()).sum();
        self.attributes.set(self.attributes.get().saturating_add(bytes));
        let space = Space::from(&name.ns);
        self.tree.borrow_mut().add(Content::Element { name: name.local, space, attributes: kept })
    }

    fn create_comment(&self, _: StrTendril) -> Node {
        Node::NONE
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Node {
        Node::NONE
    }

    fn append(&self, parent: &Node, child: NodeOrText<Node>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => tree.append(*parent, node),
            NodeOrText::AppendText(text) => {
                let last = tree.last(*parent);
                if !tree.extend(last, &text) {
                    let node = tree.add(Content::Text(String::from(&*text)));
                    tree.append(*parent, node);
                }
            }
        }
    }

    fn append_before_sibling(&self, sibling: &Node, child: NodeOrText<Node>) {
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(node) => tree.insert_before(*sibling, node),
            NodeOrText::AppendText(text) => {
                let previous = tree.previous(*sibling);
                if !tree.extend(previous, &text) {
                    let node = tree.add(Content::Text(String::from(&*text)));
                    tree.insert_before(*sibling, node);
                }
            }
        }
    }

    fn append_based_on_parent_node(&self, element: &Node, before: &Node, child: NodeOrText<Node>) {
        let stands = self.tree.borrow().parent(*element).is_some();
        if stands {
            self.append_before_sibling(element, child);
        } else {
            self.append(before, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// What stands in a template is its own inside; readers leave templates out.
    fn get_template_contents(&self, template: &Node) -> Node {
        *template
    }

    fn same_node(&self, one: &Node, other: &Node) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    /// Only `html` and `body` are given more; no reader asks for theirs.
    fn add_attrs_if_missing(&self, _: &Node, _: Vec<Attribute>) {}

    fn remove_from_parent(&self, node: &Node) {
        self.tree.borrow_mut().detach(*node);
    }

    fn reparent_children(&self, node: &Node, parent: &Node) {
        let mut tree = self.tree.borrow_mut();
        let children: Vec<Node> = tree.children(*node).collect();
        self.moved.set(self.moved.get().saturating_add(children.len()));
        for child in children {
            tree.append(*parent, child);
        }
    }
}
