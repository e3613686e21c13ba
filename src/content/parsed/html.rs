//! Rich text: HTML that has been through the sanitiser, and so may be shown as it is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Sanitised HTML: headings 2–4, paragraphs, lists, quotes, tables, links and inline marks; no
/// style, no script, no class, links to http, https, mailto, tel and to the site's own paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(sanitiser);

fn sanitiser() -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(HashSet::from([
            "p",
            "h2",
            "h3",
            "h4",
            "ul",
            "ol",
            "li",
            "strong",
            "em",
            "b",
            "i",
            "sub",
            "sup",
            "a",
            "blockquote",
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "br",
            "hr",
            "code",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("th", HashSet::from(["colspan", "rowspan", "scope"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .clean_content_tags(HashSet::from(["script", "style", "title", "template"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(Some("noopener"));
    builder
}

/// The deepest nesting that is read. Parsing takes the square of the depth (the adoption agency
/// algorithm, HTML standard §13.2.6.4.7), and no text that people write comes near it.
const DEPTH: usize = 100;

/// Whether elements stand in each other deeper than [`DEPTH`], by a count of tags alone. Tags that
/// the parser closes by itself, or that hold nothing, do not count.
fn is_too_deep(input: &str) -> bool {
    const SHALLOW: [&str; 14] =
        ["p", "li", "td", "th", "tr", "dt", "dd", "br", "hr", "img", "col", "thead", "tbody", "tfoot"];
    let mut depth = 0_usize;
    input.split('<').skip(1).any(|tag| {
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).take(12).collect();
        let counts = !name.is_empty() && !SHALLOW.contains(&name.to_ascii_lowercase().as_str());
        match (counts, closing) {
            (true, false) => depth += 1,
            (true, true) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEPTH
    })
}

/// How many bytes may be looked at to write one text's references. For each `&` and no-break space
/// html5ever's serialiser looks at the rest of its text node, so a long run of them takes the square
/// of its length. Texts that people write stay far below; this is a fifth of a second.
const LOOKS: usize = 1_000_000_000;

/// Whether writing what was parsed would take too long, by the text between tags alone.
fn is_too_costly(input: &str) -> bool {
    let (mut looks, mut length, mut references) = (0_usize, 0_usize, 0_usize);
    // Only what begins as a tag can end a text; `a < b` is text.
    for part in input.split('<') {
        if part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            (length, references) = (0, 0);
        }
        length += part.len();
        references += part.matches(['&', '\u{a0}']).count();
        looks = looks.saturating_add(references.saturating_mul(length));
        if looks > LOOKS {
            return true;
        }
    }
    false
}

/// How often markup may read differently before its tags are taken away.
const PASSES: usize = 8;

/// What one run leaves. References such as `&#11;` make control characters that no text may hold.
fn pass(sanitiser: &ammonia::Builder<'_>, input: &str) -> String {
    let broken = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    sanitiser.clean(input).to_string().replace(broken, " ").trim().to_owned()
}

impl Html {
    /// Keeps of `input` what rich text may hold. Sanitising twice changes nothing: where parsers
    /// read again in another way what was left (`<p>` in a `<button>` that is gone), until they do
    /// not; markup that never settles loses its tags.
    #[must_use]
    pub fn sanitise(input: &str) -> Self {
        // Shown as its own source, nothing of it is lost and nothing is parsed.
        if is_too_deep(input) || is_too_costly(input) {
            return Self(ammonia::clean_text(input));
        }
        let mut clean = pass(&SANITISER, input);
        for _ in 0..PASSES {
            let again = pass(&SANITISER, &clean);
            if again == clean {
                return Self(clean);
            }
            clean = again;
        }
        Self(pass(&ammonia::Builder::empty(), &clean))
    }

    /// Markup that [`Html::sanitise`] wrote and our own database kept.
    pub(crate) fn stored(markup: String) -> Self {
        Self(markup)
    }

    /// The markup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup with whole addresses in the place of those that are relative to `base`, for
    /// readers on other sites.
    #[must_use]
    pub fn absolute(&self, base: &url::Url) -> String {
        let mut sanitiser = sanitiser();
        sanitiser.url_relative(ammonia::UrlRelative::RewriteWithBase(base.clone()));
        pass(&sanitiser, &self.0)
    }

    /// Whether it has no words; an editor's empty paragraph is nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.plain().is_empty()
    }

    /// Its words without markup; blocks end in a line break. Reads only what `sanitise` writes:
    /// well-formed tags, and `&amp; &lt; &gt; &quot; &nbsp;` as the only entities.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        let mut rest = self.0.as_str();
        while let Some((before, tag_on)) = rest.split_once('<') {
            text.push_str(before);
            let (tag, after) = tag_on.split_once('>').unwrap_or((tag_on, ""));
            let name: &str = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            let block = !matches!(name, "strong" | "em" | "b" | "i" | "sub" | "sup" | "a" | "code");
            if block && !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            rest = after;
        }
        text.push_str(rest);
        let text = text
            .replace("&nbsp;", " ")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&amp;", "&");
        text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_dangerous_goes_and_what_is_meant_stays() {
        let clean = |input: &str| Html::sanitise(input).as_str().to_owned();
        assert_eq!(
            clean("<p onclick=x>H<sub>2</sub>O <script>alert(1)</script></p>"),
            "<p>H<sub>2</sub>O </p>"
        );
        assert_eq!(clean("<p style=\"color:red\" class=MsoNormal><o:p>a</o:p></p>"), "<p>a</p>");
        assert_eq!(clean("<a href=\"javascript:alert(1)\">x</a>"), "<a rel=\"noopener\">x</a>");
        assert_eq!(clean("<h1>Title</h1><img src=x onerror=alert(1)>"), "Title");
        assert!(clean("<table><tr><td colspan=2>x</td></tr></table>").contains("colspan=\"2\""));
    }

    #[test]
    fn plain_text_keeps_words_and_lines() {
        let html = Html::sanitise(
            "<h2>A &amp; B</h2><ul><li>one</li><li><strong>tw</strong>o</li></ul><p>x &lt; y</p>",
        );
        assert_eq!(html.plain(), "A & B\none\ntwo\nx < y");
        assert!(Html::sanitise("<p></p><p>&nbsp;</p>").is_blank());
    }

    #[test]
    fn readers_elsewhere_get_whole_addresses() {
        let base = url::Url::parse("https://www.example.org/news/one").unwrap();
        let html = Html::sanitise(
            "<p><a href=\"/a?b=c&amp;d\">x</a> href=\"/a\" <a href=\"mailto:a@example.org\">y</a></p>",
        );
        let absolute = html.absolute(&base);
        assert!(absolute.contains("<a href=\"https://www.example.org/a?b=c&amp;d\""), "{absolute}");
        assert!(absolute.contains("> href=\"/a\" <"), "{absolute}");
        assert!(absolute.contains("mailto:a@example.org"), "{absolute}");
    }

    #[test]
    fn nesting_is_bounded() {
        for tag in ["<b>", "<a>", "<table>", "<blockquote>", "<b><p>", "<h2>", "<div>"] {
            let html = Html::sanitise(&tag.repeat(20_000));
            assert!(!html.as_str().contains('<'), "{tag}");
        }
        let deep = format!("{}x{}", "<blockquote>".repeat(50), "</blockquote>".repeat(50));
        assert_eq!(Html::sanitise(&deep).as_str(), deep);
        assert_eq!(Html::sanitise(&"<p>x".repeat(500)).as_str().matches("<p>").count(), 500);
    }

    #[test]
    fn references_are_bounded() {
        for (reference, many) in [("&", 200_000), ("&x ", 60_000), ("\u{a0}", 200_000), ("& < ", 50_000)] {
            let html = Html::sanitise(&format!("<p>{}x</p>", reference.repeat(many)));
            assert!(!html.as_str().contains('<'), "{reference}");
        }
        let words = format!("<p>{}x</p>", "word&nbsp;".repeat(100)).repeat(200);
        assert_eq!(Html::sanitise(&words).as_str(), words);
    }

    proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(input in "(<[a-z/]{1,6}[^>]{0,12}>|[a-z<>&; ]{0,8}){0,12}") {
            let once = Html::sanitise(&input);
            prop_assert_eq!(Html::sanitise(once.as_str()), once.clone());
            prop_assert!(!once.as_str().contains("<script"));
        }
    }
}
