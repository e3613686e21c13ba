//! The links and images of a rich text that name an item of our own. It must not say where an item
//! lives: that changes.

use recto_reader::rich::{escape, unescape};

use super::super::super::Id;
use super::Html;

/// A part of a text: markup, or what stands for an item of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'html> {
    /// Markup that links to none of our items; may be part of a block.
    Markup(&'html str),
    /// A link to an item, with the markup of its words.
    Link(Id, &'html str),
    /// An image of the media library on its own, with what it shows here; empty is as the library
    /// says.
    Image(Id, String),
}

impl Html {
    /// Its pieces in order. Reads only what `sanitise` writes.
    #[must_use]
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        const LINK: &str = r#"<a href="recto:"#;
        const IMAGE: &str = r#"<figure><img src="recto:"#;
        let html = self.as_str();
        let mut pieces = Vec::new();
        let (mut told, mut at) = (0, 0);
        while let Some(next) = html.get(at..).and_then(|on| on.find('<')).map(|next| at + next) {
            at = next + 1;
            let on = html.get(next..).unwrap_or_default();
            let found =
                on.strip_prefix(LINK).and_then(link).or_else(|| on.strip_prefix(IMAGE).and_then(image));
            if let Some((piece, after)) = found {
                pieces.extend(html.get(told..next).filter(|markup| !markup.is_empty()).map(Piece::Markup));
                pieces.push(piece);
                told = html.len() - after.len();
                at = told;
            }
        }
        pieces.extend(html.get(told..).filter(|markup| !markup.is_empty()).map(Piece::Markup));
        pieces
    }

    /// The items that it names, in order and with repeats.
    pub fn own(&self) -> impl Iterator<Item = Id> + '_ {
        self.pieces().into_iter().filter_map(|piece| match piece {
            Piece::Markup(_) => None,
            Piece::Link(id, _) | Piece::Image(id, _) => Some(id),
        })
    }
}

/// What stands in the place of an image where nobody can look it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Still {
    /// Where a small one is, if there is.
    pub src: Option<String>,
    /// What it shows where the text does not say.
    pub shows: String,
    /// What stands below it; may be empty.
    pub caption: String,
}

impl Html {
    /// It as it reads where nobody can look its items up: links to them lead nowhere, and in the place
    /// of an image stands what `image` gives.
    #[must_use]
    pub fn still(&self, image: &dyn Fn(Id) -> Still) -> Self {
        let pieces = self.pieces().into_iter().map(|piece| match piece {
            Piece::Markup(markup) => markup.to_owned(),
            Piece::Link(_, words) => format!("<a>{words}</a>"),
            Piece::Image(id, alt) => {
                let still = image(id);
                let shows = escape(if alt.is_empty() { &still.shows } else { &alt });
                let picture = match still.src {
                    Some(src) => format!(r#"<img src="{}" alt="{shows}">"#, escape(&src)),
                    None => format!("<p>{shows}</p>"),
                };
                let caption = match still.caption.as_str() {
                    "" => String::new(),
                    caption => format!("<figcaption>{}</figcaption>", escape(caption)),
                };
                format!("<figure>{picture}{caption}</figure>")
            }
        });
        Self::stored(pieces.collect())
    }

    /// Its words as [`Html::plain`] gives them, each link followed by where it leads and each image by
    /// its name: for comparisons.
    #[must_use]
    pub fn told(&self, name: &dyn Fn(Id) -> String) -> String {
        let mut markup = String::new();
        for piece in self.pieces() {
            match piece {
                Piece::Markup(part) => {
                    let mut parts = part.split("<a href=\"");
                    markup.extend(parts.next());
                    for part in parts {
                        let (href, on) = part.split_once("\">").unwrap_or(("", part));
                        let (words, after) = on.split_once("</a>").unwrap_or((on, ""));
                        markup.push_str(&format!("{words} ({href}){after}"));
                    }
                }
                Piece::Link(id, words) => markup.push_str(&format!("{words} ({})", escape(&name(id)))),
                Piece::Image(id, alt) => {
                    let said =
                        [name(id), alt].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
                    markup.push_str(&format!("<p>[{}]</p>", escape(&said.join(": "))));
                }
            }
        }
        Self::stored(markup).plain()
    }
}

/// `ID">words</a>` and what follows.
fn link(on: &str) -> Option<(Piece<'_>, &str)> {
    let (id, on) = on.split_once("\">")?;
    let (words, after) = on.split_once("</a>")?;
    Some((Piece::Link(id.parse().ok()?, words), after))
}

/// `ID" alt="…"></figure>` and what follows.
fn image(on: &str) -> Option<(Piece<'_>, &str)> {
    let (id, on) = on.split_once("\" alt=\"")?;
    let (alt, after) = on.split_once("\"></figure>")?;
    Some((Piece::Image(id.parse().ok()?, unescape(alt)), after))
}
