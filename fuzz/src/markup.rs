//! Markup: as a tree, as rich text, as plain words.

use recto_reader::markup::{self, Bounds, Event, Tree};
use recto_reader::rich;
use recto_reader::text::is_unfit;

/// Bounds that small texts meet.
const TIGHT: Bounds = Bounds { characters: 2_000, nodes: 120, attributes: 200, work: 4_000 };

/// A tree within each of the bounds, or a sentence; what is within tight bounds is within wide ones.
pub fn markup(bytes: &[u8]) {
    let text = super::text(bytes);
    let mut shapes = [TIGHT, Bounds::TEXT, Bounds::PAGE].map(|bounds| match markup::parse(&text, &bounds) {
        Ok(tree) => Some(shape(&tree, &bounds, text.len())),
        Err(why) => {
            sentence(&why.to_string());
            None
        }
    });
    let [tight, usual, page] = &mut shapes;
    assert!(tight.is_none() || tight == usual, "a tree is another within tighter bounds");
    assert!(usual.is_none() || usual == page, "a tree is another within tighter bounds");
}

/// The names and words of a tree in the order of a walk, whose steps are checked.
fn shape(tree: &Tree, bounds: &Bounds, read: usize) -> String {
    assert!(tree.size() <= bounds.nodes, "{} nodes", tree.size());
    let (mut shape, mut open) = (String::new(), Vec::new());
    let (mut words, mut attributes, mut steps) = (0, 0, 0);
    for event in tree.walk(tree.root()) {
        steps += 1;
        match event {
            Event::Enter(node) => {
                open.push((node, tree.children(node).count()));
                words += tree.text(node).map_or(0, str::len);
                shape.push_str(tree.text(node).unwrap_or_else(|| tree.name(node)));
                shape.push('(');
                for name in ["href", "src", "alt", "start", "colspan", "rowspan", "style", "type"] {
                    attributes += tree.attribute(node, name).map_or(0, str::len);
                }
            }
            Event::Leave(node) => {
                let (entered, left) = open.pop().unwrap_or((node, 1));
                assert!(
                    entered == node && left == 0,
                    "a node is left that was not entered, or not seen whole"
                );
                if let Some((_, left)) = open.last_mut() {
                    *left = left.saturating_sub(1);
                }
                shape.push(')');
            }
        }
    }
    assert!(open.is_empty() && steps <= 2 * tree.size(), "a node is walked through twice");
    assert!(attributes <= bounds.attributes, "{attributes} bytes in attributes");
    // A character of one byte, NUL, becomes one of three; no reference is shorter than what it stands for.
    assert!(words <= 3 * read, "{words} bytes of words in {read} of markup");
    shape
}

/// One spelling, of a few elements, clean and within bounds; written again it is the same. What is
/// dangerous cannot be said in it.
pub fn rich(bytes: &[u8]) {
    let text = super::text(bytes);
    let written = [rich::normalise(&text), rich::from_plain(&text)];
    for (at, written) in written.into_iter().enumerate() {
        match written {
            Ok(written) => {
                let length = written.chars().count();
                assert!(at == 1 || length <= rich::CHARACTERS, "{length} characters");
                assert!(
                    !written.contains(|c| is_unfit(c) || c == '\t' || c == '\n'),
                    "not clean: {written:?}"
                );
                grammar(&written);
                if length <= rich::CHARACTERS {
                    assert_eq!(
                        rich::normalise(&written).as_deref(),
                        Ok(written.as_str()),
                        "written otherwise"
                    );
                }
            }
            Err(why) => sentence(&why.to_string()),
        }
    }
    assert_eq!(rich::unescape(&rich::escape(&text)), text, "not what was escaped");
}

/// The tags of rich text with their attributes, each of which is quoted.
const TAGS: [(&str, &[&str]); 17] = [
    ("p", &[]),
    ("h2", &[]),
    ("h3", &[]),
    ("h4", &[]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &[]),
    ("blockquote", &[]),
    ("table", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["colspan", "rowspan"]),
    ("td", &["colspan", "rowspan"]),
    ("figure", &[]),
    ("a", &["href"]),
    ("img", &["src", "alt"]),
    ("br", &[]),
];

/// Tags that are said of words.
const MARKS: [&str; 4] = ["strong", "em", "sub", "sup"];

/// Whether all tags of a text are known, closed in order, and lead where they may.
fn grammar(written: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = written;
    while let Some((words, after)) = rest.split_once('<') {
        assert!(!words.contains('>'), "a stray bracket: {written}");
        let Some((tag, after)) = after.split_once('>') else { panic!("a tag without end: {written}") };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "closed out of order: {written}");
            continue;
        }
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let known = TAGS.iter().find(|(known, _)| *known == name).map(|(_, known)| *known);
        let Some(known) = known.or(MARKS.contains(&name).then_some(&[])) else { panic!("<{tag}>") };
        while let Some((attribute, more)) = attributes.split_once("=\"") {
            let Some((value, more)) = more.split_once('"') else { panic!("<{tag}>") };
            assert!(known.contains(&attribute), "<{tag}>");
            assert!(attribute != "href" || leads_where_it_may(value), "<{tag}>");
            assert!(attribute != "src" || value.starts_with("recto:"), "<{tag}>");
            attributes = more.trim_start_matches(' ');
        }
        assert!(attributes.is_empty(), "<{tag}>");
        if !matches!(name, "img" | "br") {
            open.push(name);
        }
    }
    assert!(open.is_empty() && !rest.contains('>'), "left open: {written}");
}

fn leads_where_it_may(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    let path = address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\");
    path || ["http:", "https:", "mailto:", "tel:", "recto:"].iter().any(|scheme| address.starts_with(scheme))
}

/// Words of a bounded length; of a text in which everything is escaped, the text.
pub fn plain(bytes: &[u8]) {
    let text = super::text(bytes);
    let words = markup::plain(&text);
    assert!(words.len() <= 3 * text.len().min(Bounds::TEXT.characters), "{} bytes", words.len());
    // What stands for itself in markup: no ends of lines but one, no mark at the beginning.
    let clean: String = text.chars().filter(|c| !is_unfit(*c)).collect();
    let clean = clean.trim_start_matches('\u{feff}');
    if clean.len() < 10_000 {
        assert_eq!(markup::plain(&rich::escape(clean)), clean, "not the words that were escaped");
    }
}

/// Whether people can read it.
pub fn sentence(why: &str) {
    assert!(why.ends_with('.') && !why.contains(|c| is_unfit(c) || c == '\n'), "no sentence: {why:?}");
}
