//! What rich text keeps, and how it is spelled.

use super::*;

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn clean(input: &str) -> String {
    Html::sanitise(input).as_str().to_owned()
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
fn own_items_are_named_by_id() {
    let markup = format!(
        "<p>See <a href=\"recto:{ID}\">the <em>report</em></a>.</p>\
         <figure><img src=\"recto:{ID}\" alt=\"A &quot;room&quot;\"></figure><p>After.</p>"
    );
    let html = Html::sanitise(&markup);
    assert_eq!(html.as_str(), markup);
    let id = ID.parse().unwrap();
    assert_eq!(
        html.pieces(),
        [
            Piece::Markup("<p>See "),
            Piece::Link(id, "the <em>report</em>"),
            Piece::Markup(".</p>"),
            Piece::Image(id, "A \"room\"".to_owned()),
            Piece::Markup("<p>After.</p>"),
        ]
    );
    assert_eq!(html.own().collect::<Vec<_>>(), [id, id]);
    assert_eq!(html.told(&|_| "Name".to_owned()), "See the report (Name).\n[Name: A \"room\"]\nAfter.");
    let web = Html::sanitise("<p>See <a href=\"https://example.org/?a&amp;b\">it</a>.</p>");
    assert_eq!(web.told(&|_| String::new()), "See it (https://example.org/?a&b).");
    // An image divides the line in which it stands; in a list it has no place, nor from elsewhere.
    let divided =
        clean(&format!("<p>a<img src=recto:{ID}>b<img src=/x></p><ul><li><img src=recto:{ID}></ul>"));
    let figure = format!("<figure><img src=\"recto:{ID}\" alt=\"\"></figure>");
    assert_eq!(divided, format!("<p>a</p>{figure}<p>b</p><ul><li><p></p></li></ul>"));
    assert!(!Html::sanitise(&figure).is_blank());
}

#[test]
fn plain_text_keeps_words_and_lines() {
    let html =
        Html::sanitise("<h2>A &amp; B</h2><ul><li>one</li><li><strong>tw</strong>o</li></ul><p>x &lt; y</p>");
    assert_eq!(html.plain(), "A & B\none\ntwo\nx < y");
    assert!(Html::sanitise("<p></p><p>&nbsp;</p>").is_blank());
}

#[test]
fn readers_get_headings_that_leave_no_level_out() {
    for (written, shown) in [
        ("<p>a</p><h3>b</h3><h4>c</h4><p>d</p>", "<p>a</p><h2>b</h2><h3>c</h3><p>d</p>"),
        ("<h2>a</h2><h4>b</h4><h4>c</h4><h3>d</h3>", "<h2>a</h2><h3>b</h3><h3>c</h3><h3>d</h3>"),
        ("<h4>a</h4><h2>b</h2><h3>c</h3><h4>d</h4>", "<h2>a</h2><h2>b</h2><h3>c</h3><h4>d</h4>"),
        ("<p>&lt;h3&gt; <br></p>", "<p>&lt;h3&gt; <br></p>"),
    ] {
        assert_eq!(Html::sanitise(written).outlined().as_str(), shown);
    }
}

#[test]
fn nesting_is_bounded() {
    for tag in ["<b>", "<a>", "<table>", "<blockquote>", "<b><p>", "<h2>", "<div>", "<ul><li>"] {
        let input = tag.repeat(20_000);
        assert_eq!(Html::sanitise(&input).plain(), input, "{tag}");
    }
    let deep = format!("{}<p>x</p>{}", "<ul><li><p></p>".repeat(50), "</li></ul>".repeat(50));
    assert_eq!(clean(&deep), deep);
    assert_eq!(clean(&"<p>x".repeat(500)).matches("<p>").count(), 500);
}

#[test]
fn references_cost_no_more_than_words() {
    for reference in ["&amp;", "&nbsp;", "&lt; "] {
        let words = format!("<p>{}x</p>", reference.repeat(30_000));
        assert_eq!(clean(&words), words);
    }
}
