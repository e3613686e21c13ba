//! What rich text keeps, how it is spelled, and that it is bounded.

use proptest::prelude::*;

use super::*;
use crate::markup::tests::{inputs, soup};
use crate::text::is_unfit;

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn clean(input: &str) -> String {
    normalise(input).unwrap()
}

#[test]
fn what_is_dangerous_goes_and_what_is_meant_stays() {
    for (input, kept) in [
        ("<p onclick=x>H<sub>2</sub>O <script>alert(1)</script></p>", "<p>H<sub>2</sub>O</p>"),
        ("<p style=\"color:red\" class=MsoNormal><o:p>a</o:p></p>", "<p>a</p>"),
        ("<h1>Title</h1><img src=x onerror=alert(1)>", "<h2>Title</h2>"),
        ("<svg><p>x</svg>y", "<p>xy</p>"),
        ("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<p>'&gt;</p>"),
        ("<textarea><b>x</textarea>", "<p>&lt;b&gt;x</p>"),
        ("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;<img src=1 onerror=x>'>", ""),
    ] {
        assert_eq!(clean(input), kept, "{input}");
    }
}

#[test]
fn links_lead_where_they_may() {
    let own = format!("recto:{ID}");
    for (typed, kept) in [
        ("https://example.org/a?b=1&amp;c", Some("https://example.org/a?b=1&amp;c")),
        (" HTTPS://example.org ", Some("HTTPS://example.org")),
        ("https://example.org/a b\u{a0}\"<", Some("https://example.org/a%20b%C2%A0%22%3C")),
        ("mailto:a@example.org", Some("mailto:a@example.org")),
        ("tel:+44", Some("tel:+44")),
        ("/research", Some("/research")),
        (own.as_str(), Some(own.as_str())),
        ("recto:someone", None),
        ("javascript:alert(1)", None),
        ("java&#10;script:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org", None),
        ("/\\example.org", None),
        ("#there", None),
        ("elsewhere", None),
        ("https://", None),
    ] {
        let markup = clean(&format!("<a href='{}'>x</a>", typed.replace('\'', "&#39;")));
        let expected = kept.map_or("<p>x</p>".to_owned(), |kept| format!("<p><a href=\"{kept}\">x</a></p>"));
        assert_eq!(markup, expected, "{typed}");
    }
}

#[test]
fn all_has_one_spelling() {
    for (input, kept) in [
        ("a<div>b</div>c<br>d", "<p>a</p><p>b</p><p>c<br>d</p>"),
        ("<p>\n a \u{a0} <b> b</b>  c </p>", "<p>a &nbsp; <strong>b</strong> c</p>"),
        ("<i>a<b>b</b></i><b>c</b>", "<p><em>a</em><strong><em>b</em>c</strong></p>"),
        ("<b><a href=/x>a<i>b</i></a></b>", "<p><a href=\"/x\"><strong>a<em>b</em></strong></a></p>"),
        ("<sub><sup>x</sup></sub>", "<p><sup>x</sup></p>"),
        ("<h5>x</h5>", "<h4>x</h4>"),
        ("<p></p><h3></h3>", "<p></p><h3></h3>"),
        (
            "<ul><li>a<ul><li>b</ul><li></ul>",
            "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p></p></li></ul>",
        ),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li><p>a</p><ul><li><p>b</p></li></ul></li></ul>"),
        ("<ol start=3><li><h2>a</h2>", "<ol start=\"3\"><li><p>a</p></li></ol>"),
        ("<ol start=-3></ol><ol start=1> x ", "<ol><li><p>x</p></li></ol>"),
        ("<ul><li><ul><li>x", "<ul><li><p></p><ul><li><p>x</p></li></ul></li></ul>"),
        (
            "<blockquote><h2>a</h2><blockquote>b</blockquote></blockquote>",
            "<blockquote><p>a</p><p>b</p></blockquote>",
        ),
        ("<dl><dt>a<dd>b</dl>", "<p>a</p><p>b</p>"),
        (
            "<table><caption>c</caption><thead><tr><td>a<td colspan=2>b<tbody><tr><td rowspan=9>d",
            "<p>c</p><table><tbody><tr><th><p>a</p></th><th colspan=\"2\"><p>b</p></th></tr>\
             <tr><td><p>d</p></td><td><p></p></td><td><p></p></td></tr></tbody></table>",
        ),
        (
            "<table><tr><td>a<td rowspan=2>b<td>c<tr><td colspan=3>d<td>e",
            "<table><tbody><tr><td><p>a</p></td><td rowspan=\"2\"><p>b</p></td><td><p>c</p></td></tr>\
             <tr><td><p>d</p></td><td><p>e</p></td></tr></tbody></table>",
        ),
    ] {
        assert_eq!(clean(input), kept, "{input}");
        assert_eq!(clean(kept), kept, "{kept}");
    }
}

#[test]
fn tables_are_bounded() {
    let wide = format!("<table><tr>{}", "<td>x".repeat(200));
    let tall = format!("<table><tr><td colspan=1000>x{}", "<tr><td>y".repeat(2_000));
    for table in [wide, tall] {
        let html = clean(&table);
        assert!(!html.contains("<table"), "{}", html.len());
        assert!(html.starts_with("<p>x</p>"));
    }
}

#[test]
fn references_cost_no_more_than_words() {
    for reference in ["&amp;", "&nbsp;", "&lt; "] {
        let words = format!("<p>{}x</p>", reference.repeat(30_000));
        assert_eq!(clean(&words), words);
    }
}

#[test]
fn an_image_has_a_place_where_blocks_stand() {
    // It divides the line in which it stands; in a list it has no place, nor has one from elsewhere.
    let divided =
        clean(&format!("<p>a<img src=recto:{ID}>b<img src=/x></p><ul><li><img src=recto:{ID}></ul>"));
    let figure = format!("<figure><img src=\"recto:{ID}\" alt=\"\"></figure>");
    assert_eq!(divided, format!("<p>a</p>{figure}<p>b</p><ul><li><p></p></li></ul>"));
    let told = clean(&format!("<img src=recto:{ID} alt='A &quot;room&quot; &#27;\n x'>"));
    assert_eq!(told, format!("<figure><img src=\"recto:{ID}\" alt=\"A &quot;room&quot; x\"></figure>"));
}

#[test]
fn nesting_is_bounded() {
    for tag in ["<b>", "<blockquote>", "<div>", "<ul><li>", "<div></x>", "<ul>"] {
        assert_eq!(normalise(&tag.repeat(10_000)), Err(TooMuch::Deep), "{tag}");
    }
    // As deep as an earlier release took it, with all marks in the innermost line.
    let line = format!("<p><a href=\"recto:{ID}\"><strong><em><sub>x</sub></em></strong></a></p>");
    let lists = |depth: usize, open: &str, line: &str| {
        format!("{}{line}{}", open.repeat(depth), "</li></ul>".repeat(depth))
    };
    for (open, line) in [("<ul><li><p></p>", line.as_str()), ("<ul><li><p>a</p>", "<p>b</p>")] {
        let deep = lists(LISTS, open, line);
        assert_eq!(clean(&deep), deep);
        assert_eq!(normalise(&lists(LISTS + 1, open, line)), Err(TooMuch::Deep));
    }
    // What is written is deeper than what came.
    let written = clean(&format!("{}x", "<ul>".repeat(LISTS)));
    assert_eq!(clean(&written), written);
    assert_eq!(normalise(&format!("{}x", "<ul>".repeat(LISTS + 1))), Err(TooMuch::Deep));
    assert_eq!(clean(&"<p>x".repeat(500)).matches("<p>").count(), 500);
}

#[test]
fn a_long_text_in_deep_lists_is_read_again() {
    let text = format!("{}<li>{}", "<ul>".repeat(LISTS), "x<br>".repeat(39_000));
    let written = clean(&text);
    assert_eq!(clean(&written), written);
}

#[test]
fn what_would_be_written_is_bounded() {
    // A few bytes of a table are ten thousand cells.
    let tables = format!("<table><tr><td colspan=100>{}</table>", "<tr>".repeat(99));
    assert!(normalise(&tables).is_ok());
    assert_eq!(normalise(&tables.repeat(300)), Err(TooMuch::Parts));
    // An address is written for each run of words.
    let address = "y".repeat(ATTRIBUTE - 1);
    let links = |words: &str| format!("<p><a href=/{address}>{}", words.repeat(500));
    assert_eq!(normalise(&links("x<p>")), Err(TooMuch::Attributes));
    assert_eq!(normalise(&"&".repeat(60_000)), Err(TooMuch::Long(300_007, CHARACTERS)));
    assert_eq!(normalise(&"ü".repeat(CHARACTERS - 7)).map(|text| text.chars().count()), Ok(CHARACTERS));
}

#[test]
fn an_address_that_is_too_long_is_told_where_it_would_be_kept() {
    let long = "y".repeat(ATTRIBUTE);
    assert_eq!(normalise(&format!("<a href=/{long}>x")), Err(TooMuch::Attributes));
    assert_eq!(normalise(&format!("<a href='/{}'>x", "&#32;y".repeat(3_000))), Err(TooMuch::Attributes));
    assert_eq!(clean(&format!("<a href='data:image/png;base64,{long}'>x")), "<p>x</p>");
    assert_eq!(clean(&format!("<img src='data:image/png;base64,{long}'>x")), "<p>x</p>");
    let shows = format!("<img src=recto:{ID} alt='{long}y'>");
    assert_eq!(normalise(&shows), Err(TooMuch::Attributes));
}

#[test]
fn a_plain_text_has_a_paragraph_for_each_line() {
    let text = from_plain("a < b\n\n c\u{1b}d \u{a0}\r\n");
    assert_eq!(text.as_deref(), Ok("<p>a &lt; b</p><p>c d &nbsp;</p>"));
    assert_eq!(from_plain("").as_deref(), Ok(""));
}

#[test]
fn comments_and_scripts_divide_no_words() {
    assert_eq!(clean("a<!-- x -->b<script>y</script>c<?z?>"), "<p>abc</p>");
    assert_eq!(clean("<ul>a<!-- x -->b</ul>"), "<ul><li><p>ab</p></li></ul>");
}

/// What holds of everything that is written.
fn holds(name: &str, input: &str) {
    match normalise(input) {
        Ok(written) => {
            assert!(written.chars().count() <= CHARACTERS, "{name}");
            assert!(!written.contains(|c| is_unfit(c) || c == '\t'), "{name}: {written:?}");
            assert_eq!(normalise(&written).as_deref(), Ok(written.as_str()), "{name}");
        }
        Err(met) => assert!(met.to_string().ends_with('.'), "{name}"),
    }
}

#[test]
fn every_text_is_written_or_refused() {
    for size in [1, 1_000, 20_000] {
        for (name, make) in inputs::HOSTILE {
            holds(name, &make(size));
        }
    }
}

#[test]
fn what_no_text_may_hold_is_gone() {
    for bad in [
        "\0",
        "\u{1}",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{9b}",
        "\u{85}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{fdd0}",
        "\r",
        "&#0;",
        "&#x1b;",
        "&#x9b;",
        "&#xd800;",
        "&#xdc00;",
        "&#xfffe;",
        "&#xffff;",
        "&#x1fffe;",
        "&#x110000;",
        "&#13;",
    ] {
        for place in [
            "<p>a{}b</p>",
            "{}",
            "<h2>{}<b>x{}</b></h2>",
            "<a href=\"https://example.org/{}\">x{}y</a>",
            "<img src=recto:ID alt=\"a{}b\">",
            "<table><tr><td>{}</table>",
            "<textarea>{}</textarea>",
            "<svg>{}</svg>",
            "<ul>{}<li>{}</ul>",
            "<p{}>x",
            "<{}p>x",
        ] {
            holds(bad, &place.replace("{}", bad).replace("ID", ID));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup_is_written_once_and_for_all(text in soup()) {
        holds("soup", &text);
        prop_assert!(normalise(&text).is_ok());
    }
}
