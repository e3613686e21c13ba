//! What an item's rich text says, and the items that it names.

use super::*;

const ID: &str = "01890000-0000-7000-8000-000000000001";

fn html(input: &str) -> Html {
    Html::sanitise(input).unwrap()
}

#[test]
fn own_items_are_named_by_id() {
    let markup = format!(
        "<p>See <a href=\"recto:{ID}\">the <em>report</em></a>.</p>\
         <figure><img src=\"recto:{ID}\" alt=\"A &quot;room&quot;\"></figure><p>After.</p>"
    );
    let text = html(&markup);
    assert_eq!(text.as_str(), markup);
    let id = ID.parse().unwrap();
    assert_eq!(
        text.pieces(),
        [
            Piece::Markup("<p>See "),
            Piece::Link(id, "the <em>report</em>"),
            Piece::Markup(".</p>"),
            Piece::Image(id, "A \"room\"".to_owned()),
            Piece::Markup("<p>After.</p>"),
        ]
    );
    assert_eq!(text.own().collect::<Vec<_>>(), [id, id]);
    assert_eq!(text.told(&|_| "Name".to_owned()), "See the report (Name).\n[Name: A \"room\"]\nAfter.");
    let web = html("<p>See <a href=\"https://example.org/?a&amp;b\">it</a>.</p>");
    assert_eq!(web.told(&|_| String::new()), "See it (https://example.org/?a&b).");
    let figure = format!("<figure><img src=\"recto:{ID}\" alt=\"\"></figure>");
    assert!(!html(&figure).is_blank());
}

#[test]
fn plain_text_keeps_words_and_lines() {
    let text = html("<h2>A &amp; B</h2><ul><li>one</li><li><strong>tw</strong>o</li></ul><p>x &lt; y</p>");
    assert_eq!(text.plain(), "A & B\none\ntwo\nx < y");
    assert!(html("<p></p><p>&nbsp;</p>").is_blank());
}

#[test]
fn readers_get_headings_that_leave_no_level_out() {
    for (written, shown) in [
        ("<p>a</p><h3>b</h3><h4>c</h4><p>d</p>", "<p>a</p><h2>b</h2><h3>c</h3><p>d</p>"),
        ("<h2>a</h2><h4>b</h4><h4>c</h4><h3>d</h3>", "<h2>a</h2><h3>b</h3><h3>c</h3><h3>d</h3>"),
        ("<h4>a</h4><h2>b</h2><h3>c</h3><h4>d</h4>", "<h2>a</h2><h2>b</h2><h3>c</h3><h4>d</h4>"),
        ("<p>&lt;h3&gt; <br></p>", "<p>&lt;h3&gt; <br></p>"),
    ] {
        assert_eq!(html(written).outlined().as_str(), shown);
    }
}

#[test]
fn what_an_earlier_release_kept_is_not_lost() {
    let lists =
        |depth: usize| format!("{}{}", "<ul><li><p>a &lt; b</p>".repeat(depth), "</li></ul>".repeat(depth));
    assert_eq!(Html::kept(&lists(100)).as_str(), lists(100));
    assert_eq!(Html::kept(&lists(400)).as_str(), "<p>a &lt; b</p>".repeat(400));
    assert_eq!(Html::kept("<p>x<script>y</script></p>").as_str(), "<p>x</p>");
}
