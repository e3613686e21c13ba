//! The tree: what stands in it, and each bound.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[path = "../../tests/inputs/markup.rs"]
pub(crate) mod inputs;

/// The tree as text, with the elements' names in brackets.
fn shape(markup: &str) -> String {
    let tree = parse(markup, &Bounds::TEXT).unwrap();
    let mut shape = String::new();
    for event in tree.walk(tree.root()).skip(1) {
        match event {
            Event::Enter(node) => match tree.text(node) {
                Some(text) => shape.push_str(text),
                None => shape.push_str(&format!("{}(", tree.name(node))),
            },
            Event::Leave(node) if tree.text(node).is_none() => shape.push(')'),
            Event::Leave(_) => {}
        }
    }
    shape.strip_suffix(')').unwrap().to_owned()
}

#[test]
fn tag_soup_becomes_the_tree_that_browsers_make() {
    for (markup, expected) in [
        ("a<b>b<p>c</b>d", "ab(b)p(b(c)d)"),
        ("<table>x<tr><td>1<td>2</table>y", "xtable(tbody(tr(td(1)td(2))))y"),
        ("<p>a<p>b<ul><li>c<li>d</ul>", "p(a)p(b)ul(li(c)li(d))"),
        ("a<!-- b -->c<?d?>e", "ace"),
        ("<script><b>x</script>y", "script(<b>x)y"),
        ("<template><p>x</template>y", "template(p(x))y"),
        ("<svg><desc><p>x</svg>y", "svg(desc(p(xy)))"),
        ("&lt;&#x41;&copy&notit;", "<A©¬it;"),
        ("<o:p>x</o:p><very-long-name>y<another-name>z</very-long-name>", "o:p(x)unknown(yunknown(z))"),
        ("<html><head><title>t</title></head><body onload=x><p>y</body></html>z", "title(t)p(yz)"),
        ("<frameset><frame></frameset><select><option>a<option>b</select>", "select(option(a)option(b))"),
    ] {
        assert_eq!(shape(markup), expected, "{markup}");
    }
}

#[test]
fn attributes_are_kept_where_somebody_asks_for_them() {
    let markup = "<a href='/x' class=y onclick=z>a</a><ol start=3><li value=4></ol>\
                  <td colspan=2 width=9></td><table><tr><th rowspan=3><img src=s alt='ü' srcset=t></table>\
                  <span style='Display : None'>h</span><span style='color:red'>s</span>";
    let tree = parse(markup, &Bounds::TEXT).unwrap();
    let mut kept = Vec::new();
    for event in tree.walk(tree.root()) {
        let Event::Enter(node) = event else { continue };
        for name in [
            "href", "start", "colspan", "rowspan", "src", "alt", "class", "onclick", "width", "value",
            "srcset",
        ] {
            kept.extend(
                tree.attribute(node, name).map(|value| format!("{} {name}={value}", tree.name(node))),
            );
        }
        if tree.is_hidden(node) {
            kept.push(format!("{} hidden", tree.name(node)));
        }
    }
    assert_eq!(kept, ["a href=/x", "ol start=3", "th rowspan=3", "img src=s", "img alt=ü", "span hidden"]);
}

#[test]
fn a_walk_can_pass_over_what_stands_in_a_node() {
    let tree = parse("a<p>b<i>c</i></p>d<br>e", &Bounds::TEXT).unwrap();
    let mut walk = tree.walk(tree.root());
    let (mut words, mut left) = (String::new(), 0);
    while let Some(event) = walk.next() {
        match event {
            Event::Enter(node) if matches!(tree.name(node), "p" | "br") => walk.pass_over(),
            Event::Enter(node) => words.push_str(tree.text(node).unwrap_or_default()),
            Event::Leave(_) => left += 1,
        }
    }
    assert_eq!((words.as_str(), left), ("ade", 6));
    let paragraph = tree.children(tree.root()).nth(1).unwrap();
    let inside: Vec<&str> = tree.children(paragraph).map(|node| tree.name(node)).collect();
    assert_eq!(inside, ["", "i"]);
    assert_eq!(tree.walk(paragraph).count(), 8);
}

#[test]
fn every_text_is_a_tree_or_a_sentence() {
    for size in [1, 100, 10_000] {
        for (name, make) in inputs::HOSTILE {
            let text = make(size);
            for bounds in [Bounds::TEXT, Bounds::PAGE] {
                match parse(&text, &bounds) {
                    Ok(tree) => {
                        assert!(tree.size() <= bounds.nodes, "{name}");
                        assert_eq!(tree.walk(tree.root()).count() % 2, 0, "{name}");
                    }
                    Err(why) => assert!(why.to_string().ends_with('.'), "{name}"),
                }
            }
        }
    }
}

#[test]
fn each_bound_has_its_sentence() {
    let deep = |depth: usize| format!("{}x", "<div>".repeat(depth));
    assert!(parse(&deep(240), &Bounds::TEXT).is_ok());
    let written = format!("{}{}", "<ul><li><p></p>".repeat(100), "</li></ul>".repeat(100));
    assert!(parse(&written, &Bounds::TEXT).is_ok());
    let many = "<p>x".repeat(60_000);
    let one = format!("<p {}>", (0..300).map(|n| format!("a{n} ")).collect::<String>());
    let long = format!("<p><a href={}>{}", "y".repeat(100_000), "<p>x".repeat(20));
    let unended = format!("<p {}", "a ".repeat(20_000));
    let bounds = Bounds { characters: 500_000, ..Bounds::TEXT };
    let tangled = format!("{}{}", "<div>".repeat(240), "<br></br>".repeat(50_000));
    for (text, met) in [
        (&deep(260), TooMuch::Deep),
        (&many, TooMuch::Parts),
        (&one, TooMuch::Attributes),
        (&long, TooMuch::Attributes),
        (&unended, TooMuch::Attributes),
        (&tangled, TooMuch::Work),
    ] {
        assert_eq!(parse(text, &bounds).unwrap_err(), met);
    }
    assert_eq!(parse(&"ü".repeat(200_000), &Bounds::TEXT).map(|tree| tree.size()), Ok(4));
    assert_eq!(parse(&"ü".repeat(200_001), &Bounds::TEXT).unwrap_err(), TooMuch::Long(200_001, 200_000));
}

#[test]
fn what_programs_put_on_the_clipboard_meets_no_bound() {
    // Word: a comment of many attributes; a picture in a tag; a cell that says in an attribute what
    // it says.
    let styles = "<w:LsdException Locked=\"false\" Priority=\"0\" Name=\"List 2\"/>".repeat(1_000);
    let word = format!("<!--[if gte mso 9]><xml>{styles}</xml><![endif]--><p class=MsoNormal>x<o:p></o:p>");
    let picture = format!("<img src=\"data:image/png;base64,{}\">x", "ab/+".repeat(9_000));
    let sheet = format!("<td data-sheets-value='{{\"2\":\"{}\"}}'>x</td>", "word ".repeat(9_000));
    for text in [word, picture, sheet] {
        assert!(parse(&text, &Bounds::TEXT).is_ok());
    }
    let rows = format!("<table>{}</table>", "<tr> <td>1</td> <td>2</td></tr>".repeat(40_000));
    assert!(parse(&rows, &Bounds::PAGE).is_ok());
}

#[test]
fn plain_words_are_those_of_the_page() {
    for (text, words) in [
        ("a < b", "a < b"),
        ("<jats:title>A</jats:title><jats:p>b &amp; c</jats:p>", "Ab & c"),
        ("H<sub>2</sub>O", "H2O"),
        ("ü", "ü"),
    ] {
        assert_eq!(plain(text), words);
    }
    // The cut falls into a character, and what remains is too deep.
    let half = format!("{}<div{}", "<div>".repeat(39_999), "ü>".repeat(100_000));
    assert!(half.get(..200_000).is_none() && plain(&half).is_empty());
    assert_eq!(plain(&format!("{}words", "<b>".repeat(1_000))), "words");
}

/// Parts of tag soup, with what makes the parser change its mind.
pub(crate) fn soup() -> BoxedStrategy<String> {
    let names = vec![
        "p",
        "b",
        "i",
        "a",
        "font",
        "div",
        "table",
        "tr",
        "td",
        "tbody",
        "caption",
        "colgroup",
        "col",
        "ul",
        "li",
        "select",
        "option",
        "svg",
        "math",
        "mtext",
        "desc",
        "template",
        "button",
        "h1",
        "form",
        "body",
        "html",
        "frameset",
        "nobr",
        "applet",
        "dd",
        "ruby",
        "rt",
        "title",
        "textarea",
        "script",
        "style",
        "plaintext",
        "noscript",
        "x-unknown",
        "br",
        "img",
        "input",
        "hr",
        "foreignObject",
        "annotation-xml",
        "head",
        "optgroup",
    ];
    let tag = (
        select(names),
        select(vec!["<", "<", "</"]),
        select(vec!["", " href=x", " a='b' c", "/", " style=display:none"]),
    )
        .prop_map(|(name, open, rest)| format!("{open}{name}{rest}>"));
    let odd = select(vec![
        "x",
        " ",
        "\n",
        "\r",
        "\0",
        "\u{feff}",
        "\u{fffe}",
        "&amp;",
        "&#0;",
        "&#x1b;",
        "&#xd800;",
        "&#x110000;",
        "&no",
        "<!--",
        "-->",
        "<!",
        "<![CDATA[",
        "]]>",
        "<?",
        "<",
        "\"",
        "'",
        "=",
        "ü",
        "\u{1b}[31m",
        "<p a=\"",
        "<!DOCTYPE x>",
    ]);
    prop::collection::vec(prop_oneof![3 => tag, 2 => odd.prop_map(str::to_owned)], 0..60)
        .prop_map(|parts| parts.concat())
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Words stand where another tree has them, whatever the tags that no reader asks for.
    #[test]
    fn no_word_is_lost(text in soup()) {
        let tree = parse(&text, &Bounds::TEXT).unwrap();
        let words: String = tree.walk(tree.root()).filter_map(|event| match event {
            Event::Enter(node) => tree.text(node).map(str::to_owned),
            Event::Leave(_) => None,
        }).collect();
        let page = scraper::Html::parse_fragment(&text);
        let mut seen: Vec<char> = page.root_element().text().flat_map(str::chars).collect();
        let mut words: Vec<char> = words.chars().collect();
        // The other reader drops byte order marks at some places; ours keeps them until text is cleaned.
        seen.retain(|c| *c != '\u{feff}');
        words.retain(|c| *c != '\u{feff}');
        // Templates stand elsewhere in the other tree, but hold the same.
        seen.sort_unstable();
        words.sort_unstable();
        prop_assert_eq!(words, seen);
    }
}
