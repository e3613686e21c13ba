//! Rich text: HTML that has been through the sanitiser, and so may be shown as it is.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Sanitised HTML: headings 2–4, paragraphs, lists, quotes, tables, links and inline marks; no
/// style, no script, no class, links to http, https, mailto, tel and to the site's own paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html(String);

static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
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
});

impl Html {
    /// Keeps of `input` what rich text may hold. Sanitising twice changes nothing.
    #[must_use]
    pub fn sanitise(input: &str) -> Self {
        Self(SANITISER.clean(input).to_string().trim().to_owned())
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

    proptest! {
        #[test]
        fn sanitising_twice_changes_nothing(input in "(<[a-z/]{1,6}[^>]{0,12}>|[a-z<>&; ]{0,8}){0,12}") {
            let once = Html::sanitise(&input);
            prop_assert_eq!(Html::sanitise(once.as_str()), once.clone());
            prop_assert!(!once.as_str().contains("<script"));
        }
    }
}
