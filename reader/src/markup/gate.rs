//! The gate between the parser's two halves: it lets a tag through only while no bound is met, and of
//! a tag only what some reader asks for. The half behind it cannot refuse: what it opens it opens, and
//! one tag may open all formatting again; so the count stands before every tag. It must not change
//! where words stand.

use std::cell::{Cell, RefCell};

use html5ever::interface::Tracer;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, LocalName};

use super::sink::Sink;
use super::tree::Node;
use super::{Bounds, DEPTH, TooMuch};

/// The most attributes of a tag: each is compared with those before it.
pub(super) const ATTRIBUTES: usize = 256;

/// The work of a complaint, which the parser makes a sentence of.
const COMPLAINT: usize = 16;

/// The tags after which open elements are counted again.
const OFTEN: usize = 32;

/// See the module.
pub(super) struct Gate<'bounds> {
    builder: TreeBuilder<Node, Sink>,
    bounds: &'bounds Bounds,
    /// Words that were not let through yet: they come in small pieces, and each costs as much as a tag.
    words: RefCell<StrTendril>,
    /// Tokens that came, complaints apart.
    tokens: Cell<usize>,
    work: Cell<usize>,
    /// Open elements when they were last counted, the nodes there were then, the tags since.
    counted: Cell<(usize, usize, usize)>,
    met: Cell<Option<TooMuch>>,
}

impl<'bounds> Gate<'bounds> {
    pub(super) fn new(builder: TreeBuilder<Node, Sink>, bounds: &'bounds Bounds) -> Self {
        Self {
            builder,
            bounds,
            words: RefCell::default(),
            tokens: Cell::new(0),
            work: Cell::new(0),
            counted: Cell::new((0, 0, 0)),
            met: Cell::new(None),
        }
    }

    /// The tokens that came so far.
    pub(super) fn tokens(&self) -> usize {
        self.tokens.get()
    }

    /// The bound that was met, if one was.
    pub(super) fn met(&self) -> Option<TooMuch> {
        self.met.get()
    }

    pub(super) fn into_sink(self) -> Sink {
        self.builder.sink
    }

    fn stop(&self, why: TooMuch) {
        if self.met.get().is_none() {
            self.met.set(Some(why));
        }
    }

    fn charge(&self, work: usize) {
        let work = self.work.get().saturating_add(work);
        self.work.set(work);
        if work > self.bounds.work {
            self.stop(TooMuch::Work);
        }
    }

    /// How many elements are open at most, with the formatting to be opened again. Whatever is open
    /// was made, so the nodes made since the last count are enough to know it.
    fn open(&self) -> usize {
        let (open, nodes, tags) = self.counted.get();
        let made = self.builder.sink.nodes();
        let most = open + made.saturating_sub(nodes);
        if most <= DEPTH && tags < OFTEN {
            self.counted.set((open, nodes, tags + 1));
            return most;
        }
        let count = Count(Cell::new(0));
        self.builder.trace_handles(&count);
        let open = count.0.get();
        self.counted.set((open, made, 0));
        open
    }

    fn let_through(&self, token: Token) -> TokenSinkResult<Node> {
        let sink = &self.builder.sink;
        let moved = sink.moved();
        let result = self.builder.process_token(token, 1);
        let open = self.open();
        self.charge(1 + open + sink.moved() - moved);
        if open > DEPTH {
            self.stop(TooMuch::Deep);
        }
        if sink.nodes() > self.bounds.nodes {
            self.stop(TooMuch::Parts);
        }
        if sink.attributes() > self.bounds.attributes {
            self.stop(TooMuch::Attributes);
        }
        result
    }

    fn say_words(&self) {
        let words = self.words.take();
        if !words.is_empty() {
            // Words never change how the parser goes on.
            let _ = self.let_through(Token::CharacterTokens(words));
        }
    }
}

impl TokenSink for Gate<'_> {
    type Handle = Node;

    fn process_token(&self, mut token: Token, _: u64) -> TokenSinkResult<Node> {
        if let Token::ParseError(_) = token {
            self.charge(COMPLAINT);
            return TokenSinkResult::Continue;
        }
        self.tokens.set(self.tokens.get() + 1);
        if self.met.get().is_some() {
            return TokenSinkResult::Continue;
        }
        if let Token::CharacterTokens(words) = token {
            self.words.borrow_mut().push_tendril(&words);
            return TokenSinkResult::Continue;
        }
        self.say_words();
        if let Token::TagToken(tag) = &mut token {
            let count = tag.attrs.len();
            self.charge(count + count.saturating_mul(count) / 16);
            if count > ATTRIBUTES {
                self.stop(TooMuch::Attributes);
            }
            reduce(tag);
        }
        // Another bound may have been met by now.
        if self.met.get().is_some() { TokenSinkResult::Continue } else { self.let_through(token) }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

struct Count(Cell<usize>);

impl Tracer for Count {
    type Handle = Node;

    fn trace_handle(&self, _: &Node) {
        self.0.set(self.0.get() + 1);
    }
}

/// Takes away what no reader asks for. The parser keeps names in a table of the process and copies
/// attributes for each element that it opens again.
fn reduce(tag: &mut Tag) {
    /// Longer names are kept in the table.
    const SHORT: usize = 7;
    if tag.name.len() > SHORT && LocalName::try_static(&tag.name).is_none() {
        tag.name = LocalName::from("unknown");
    }
    if tag.kind == TagKind::EndTag {
        tag.attrs.clear();
    }
    let Tag { name, attrs, .. } = tag;
    attrs.retain_mut(|attribute| is_asked_for(name, attribute));
}

fn is_asked_for(element: &str, attribute: &mut Attribute) -> bool {
    match (element, &*attribute.name.local) {
        ("a", "href") | ("img", "src" | "alt") | ("ol", "start") | ("td" | "th", "colspan" | "rowspan") => {
            true
        }
        (_, "style") => {
            let hides = hides(&attribute.value);
            attribute.value.clear();
            hides
        }
        // The parser asks for these, and whether a colour is given, not which.
        ("input", "type") => true,
        ("font", "color" | "face" | "size") => {
            attribute.value.clear();
            true
        }
        _ => false,
    }
}

/// Whether a style hides its element.
fn hides(style: &str) -> bool {
    let style = style.to_ascii_lowercase().replace(' ', "");
    style.contains("display:none") || style.contains("mso-hide:all")
}
