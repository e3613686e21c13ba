//! Markup of each kind that makes a parser slow, large or deep, at any size: for tests, the benchmark
//! and fuzzing.

fn fill(size: usize, part: &str) -> String {
    part.repeat(size / part.len() + 1)
}

fn numbered(size: usize, make: fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < size {
        text.push_str(&make(number));
        number += 1;
    }
    text
}

/// A kind: its name, and a text of about so many bytes.
pub type Kind = (&'static str, fn(usize) -> String);

/// All of them.
pub const HOSTILE: &[Kind] = &[
    ("unmatched ends", |size| fill(size, "<div></x>")),
    ("ends in comments", |size| fill(size, "<div><!--</x>-->")),
    ("deep", |size| fill(size, "<div>")),
    ("deep formatting", |size| fill(size, "<b>")),
    ("deep links", |size| fill(size, "<a href=x>")),
    ("deep tables", |size| fill(size, "<table><tr><td>")),
    ("deep lists", |size| fill(size, "<ul><li>")),
    ("deep quotes", |size| fill(size, "<blockquote>")),
    ("deep foreign", |size| fill(size, "<svg><g><foreignObject>")),
    ("deep templates", |size| fill(size, "<template>")),
    ("deep buttons", |size| fill(size, "<b><button>")),
    ("half a character", |size| format!("{}<div{}", fill(size, "<div>"), "ü>".repeat(1000))),
    ("fonts", |size| {
        format!(
            "<p>{}x{}",
            numbered(size, |n| format!("<font a={n}>")).get(..2000.min(size)).unwrap_or_default(),
            fill(size, "<p>x")
        )
    }),
    ("reopened", |size| {
        format!(
            "<p>{}x{}",
            "<a href=x><b><big><code><em><font><i><nobr><s><small><strike><strong><tt><u>".repeat(3),
            fill(size, "<p>x")
        )
    }),
    ("reopened links", |size| format!("<p><a href={}>{}", "y".repeat(size / 2), "<p>x".repeat(size / 8))),
    ("attributes", |size| format!("<p {}", numbered(size, |n| format!("a{n} ")))),
    ("attributes of a name", |size| format!("<p {}>", fill(size, "a "))),
    ("values", |size| format!("<p {}>x", numbered(size, |n| format!("a{n}='v'")))),
    ("tags of many attributes", |size| {
        fill(size, &format!("<p {}>x", (0..250).map(|n| format!("a{n} ")).collect::<String>()))
    }),
    ("a name", |size| format!("<{}>", "x".repeat(size))),
    ("a value", |size| format!("<p a=\"{}\">x", "y ".repeat(size / 2))),
    ("a long address", |size| format!("<a href=\"{}\">x</a>", "y".repeat(size))),
    ("names", |size| numbered(size, |n| format!("<element{n}></element{n}>"))),
    ("quotes", |size| fill(size, "<a '\"")),
    ("a comment", |size| format!("<!--{}", fill(size, "- <p ->"))),
    ("comments", |size| fill(size, "<!---->")),
    ("a doctype", |size| format!("<!DOCTYPE {}", fill(size, "x \"'"))),
    ("script", |size| format!("<script>{}", fill(size, "<!--<script></scrip"))),
    ("scripts", |size| fill(size, "<script></script>")),
    ("a text area", |size| format!("<textarea>{}", fill(size, "</textare "))),
    ("references", |size| fill(size, "&amp;")),
    ("ampersands", |size| fill(size, "&")),
    ("ampersands in tables", |size| format!("<table>{}", fill(size, "&"))),
    ("a reference", |size| format!("&{}", fill(size, "a"))),
    ("digits", |size| format!("&#{}", fill(size, "9"))),
    ("bad references", |size| fill(size, "&#0;")),
    ("nothing", |size| fill(size, "\0")),
    ("nothing in svg", |size| format!("<svg>{}", fill(size, "\0x"))),
    ("nothing in tables", |size| format!("<table>{}", fill(size, "\0x"))),
    ("ends of lines", |size| fill(size, "\r")),
    ("less than", |size| fill(size, "<")),
    ("ends", |size| fill(size, "</x>")),
    ("ends of paragraphs", |size| fill(size, "</p>")),
    ("breaks", |size| fill(size, "</br>")),
    ("adoption", |size| fill(size, "<a><b><div></a></b>")),
    ("adoption of much", |size| {
        format!("<b><div>{}</b>{}", "<br>".repeat(size / 8), "<b><div></b>".repeat(size / 24))
    }),
    ("adoption inside", |size| format!("{}{}", "<b><p>".repeat(100), fill(size, "</b><i>"))),
    ("foster parents", |size| format!("<table>{}", fill(size, "<b>x<tr>"))),
    ("foster words", |size| format!("<table>{}", fill(size, "x<tr>"))),
    ("tables in tables", |size| fill(size, "<table>x")),
    ("captions", |size| format!("<table>{}", fill(size, "<caption>x"))),
    ("cells", |size| format!("<table><tr>{}", fill(size, "<td>x"))),
    ("wide cells", |size| fill(size, "<table><tr><td colspan=1000 rowspan=1000>")),
    ("tall tables", |size| fill(size, &format!("<table><tr><td colspan=100>{}</table>", "<tr>".repeat(99)))),
    ("options", |size| format!("<select>{}", fill(size, "<option>x<optgroup>"))),
    ("selected content", |size| fill(size, "<select><button><selectedcontent></button><option>x")),
    ("frames", |size| fill(size, "<frameset><frame>")),
    ("math", |size| fill(size, "<math><mtext><p>")),
    ("annotations", |size| fill(size, "<math><annotation-xml encoding=text/html><p>")),
    ("forms", |size| fill(size, "<form><input>")),
    ("rubies", |size| fill(size, "<ruby><rt>x")),
    ("bodies", |size| fill(size, "<body a><html b>")),
    ("pairs", |size| fill(size, "<font></font>")),
    ("paragraphs", |size| fill(size, "<p>x")),
    ("marks", |size| fill(size, "<p><b>x</b><i>y</i>")),
    ("plain text", |size| fill(size, "word \u{fc} ")),
    ("plaintext", |size| format!("<plaintext>{}", fill(size, "<p>"))),
    ("CDATA", |size| format!("<svg>{}", fill(size, "<![CDATA[x]]>"))),
    ("headings", |size| fill(size, "<h1><h2>")),
    ("items", |size| fill(size, "<li><dd><dt>")),
    ("white space", |size| format!("<table>{}", fill(size, " <tr> "))),
    ("long hosts", |size| fill(size, &format!("<a href=http://{}>x</a>", "\u{fc}".repeat(900)))),
    ("long links", |size| fill(size, &format!("<a href=/{}>x", "y".repeat(7_000)))),
    ("slashes", |size| format!("<a href=\"{}\">x</a>", "&#47;".repeat(size / 5))),
    ("alternatives", |size| {
        format!("<img src=recto:01890000-0000-7000-8000-000000000001 alt=\"{}\">", "&#32;a".repeat(size / 6))
    }),
    ("lists and breaks", |size| format!("{}{}", "<ul><li>".repeat(100), "x<br>".repeat(size / 5))),
    ("marks in marks", |size| fill(size, "<b>x<i>y<sub>z<sup></b>x</i>y</sub>z</sup>")),
    ("written lists", |size| {
        fill(size, &format!("{}{}", "<ul><li><p></p>".repeat(90), "</li></ul>".repeat(90)))
    }),
    ("tables that are full", |size| {
        fill(
            size,
            &format!(
                "<table><tbody><tr><td colspan=\"100\"><p></p></td></tr>{}</tbody></table>",
                format!("<tr>{}</tr>", "<td><p></p></td>".repeat(100)).repeat(20)
            ),
        )
    }),
    ("unlike links", |size| fill(size, "<a href=/x>a</a><a href=/y>b</a>")),
];
