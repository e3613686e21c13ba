//! Formats as programs write them, and anything at all: what is read is bounded, clean, and nothing
//! panics.

use super::*;

fn nothing(_: &str) -> bool {
    false
}

const KNOWN: Known<'_> = Known { own: &["id", "slug", "title", "doi"], is_heading: &nothing };

fn text(text: &str) -> Table {
    read(Source::Clipboard { html: "", text }, None, KNOWN).unwrap()
}

fn titles(table: &Table) -> Vec<&str> {
    table.rows.iter().filter_map(|row| row.cells.first()).map(String::as_str).collect()
}

fn told(table: &Table) -> Vec<String> {
    table.skipped.iter().map(|skipped| format!("{}: {}", skipped.place, skipped.why)).collect()
}

#[test]
fn broken_entries_are_told_and_the_others_read() {
    let table = text(
        "@string{jp = {Journal of Policing}}\n@article{one, title={{DNA} and na{\\\"\\i}ve {\\'e}tudes}, journal=jp, author={Tomkins, Leah and {Home Office}}, year=2019, pages={1--9}}\n\n@article{broken, title={Never ended, year=2019}\n\n@misc{two, title={Two}, year={2020}}\n@misc{two, title={Two again}}\n",
    );
    assert_eq!(titles(&table), ["DNA and naïve études", "Two", "Two again"]);
    assert_eq!(table.rows[0].cells[2], "Tomkins, Leah; Home Office");
    assert_eq!(table.rows[0].cells[7], "Journal of Policing");
    assert_eq!(table.rows[0].cells[11], "1–9");
    assert_eq!(told(&table), ["Entry 2 (broken): It cannot be read: expected comma."]);
}

#[test]
fn circles_cost_what_is_in_them() {
    for (circle, said) in [
        ("@article{x, crossref={x}, title={t}, year=2020}", "Entry 1 (x): Its crossref leads back to itself: x → x."),
        (
            "@article{x, crossref={y}, title={t}}\n@book{y, crossref = \"x\", title={u}}",
            "Entry 1 (x): Its crossref leads back to itself: x → y → x.",
        ),
        ("@misc{x, xdata={y,z}, title={t}}\n@xdata{y, xdata={x}}\n@xdata{z, note={n}}", "Entry 1 (x): Its xdata leads back to itself: x → y → x."),
        ("@misc{x, ids={other}, crossref={other}}", "Entry 1 (x): Its crossref leads back to itself: x → x."),
        ("@string{a = a # a}\n@misc{x, title=a}", "@string a: It leads back to itself: a → a."),
        ("@string{a=b}@string{b=a}\n@misc{x, title=a}", "@string a: It leads back to itself: a → b → a."),
        (
            "@string{k = \"x\"}\n@misc{x, title={t}, crossref=k}",
            "Entry 1 (x): Its crossref leads back to itself: x → x.",
        ),
    ] {
        let table = text(&format!("{circle}\n@misc{{good, title={{Good}}}}\n"));
        assert_eq!(titles(&table), ["Good"], "{circle}");
        assert!(told(&table).contains(&said.to_owned()), "{:?}", told(&table));
    }
    let used = text("@string{a = a}\n@misc{x, title=a # {b}}\n@misc{y, title={Y}}");
    assert_eq!(titles(&used), ["Y"]);
    assert_eq!(
        told(&used)[1],
        "Entry 1 (x): Its field ‘title’ uses the @string a, which leads back to itself: a → a."
    );
}

#[test]
fn what_lends_is_followed() {
    let table = text(
        "@incollection{part, crossref={whole}, title={Part}, pages={1--2}}\n@book{whole, title={Whole}, publisher={P}, year=2001, doi={10.5555/1}, note={n}}\n@article{a, xdata={jp}, title={A}}\n@xdata{jp, journaltitle={J}, xdata={year}}\n@xdata{year, year=1999}\n@inbook{own, crossref={whole}, title={Own}, year=2002, booktitle={Mine}}",
    );
    assert_eq!(titles(&table), ["Part", "Whole", "A", "Own"]);
    let row = |at: usize| [3, 5, 7, 8].map(|cell: usize| table.rows[at].cells[cell].as_str());
    assert_eq!(row(0), ["2001", "", "Whole", "P"]);
    assert_eq!(row(2), ["1999", "", "J", ""]);
    assert_eq!(row(3), ["2002", "", "Mine", "P"]);
}

/// A chain that leads through many entries or names is followed to its end.
#[test]
fn long_chains_are_followed() {
    let many = 10_000;
    let mut entries: String =
        (1..many).map(|at| format!("@book{{b{at}, crossref={{b{}}}, title={{T}}}}\n", at - 1)).collect();
    entries.push_str("@book{b0, title={T}, publisher={At the end}}");
    let table = text(&entries);
    assert_eq!(table.rows.len(), many);
    assert_eq!(table.rows[many - 2].cells[8], "At the end");
    let strings: String = (1..many).map(|at| format!("@string{{s{at} = s{}}}\n", at - 1)).collect();
    let table = text(&format!("@string{{s0 = {{Title}}}}\n{strings}@misc{{a, title = s{}}}", many - 1));
    assert_eq!(titles(&table), ["Title"]);
}

#[test]
fn what_grows_is_refused_before_it_has_grown() {
    let mut strings = "@string{a0 = \"xxxxxxxxxx\"}\n".to_owned();
    for at in 1..200 {
        let before = at - 1;
        strings.push_str(&format!("@string{{a{at} = a{before} # a{before} # a{before}}}\n"));
    }
    for at in [16, 40, 199] {
        let table = text(&format!("{strings}@misc{{big, title = a{at}}}\n@misc{{small, title={{Small}}}}"));
        assert_eq!(titles(&table), ["Small"]);
        assert_eq!(told(&table), ["Entry 1 (big): Its field ‘title’ would be longer than 200,000 characters."]);
    }
    // Of nothing too.
    let empty = strings.replace("xxxxxxxxxx", "");
    assert!(text(&format!("{empty}@misc{{big, title = a40}}")).rows.is_empty());
    // Each use is short enough; all of them are not.
    let uses: String = (0..2_000).map(|at| format!("@misc{{e{at}, abstract = a6, title={{T}}}}\n")).collect();
    let table = text(&format!("{strings}{uses}"));
    assert!(table.rows.len() < 2_000);
    assert!(told(&table)[0].starts_with("The end: Reading the rest takes too much work."), "{:?}", told(&table)[0]);
    // A diamond of lenders: each leads to two below it.
    let diamond: String = (1..200)
        .map(|at| format!("@xdata{{l{at}, xdata={{l{0},r{0}}}}}\n@xdata{{r{at}, xdata={{l{0},r{0}}}}}\n", at - 1))
        .collect();
    let table = text(&format!("{diamond}@xdata{{l0, note={{n}}}}\n@xdata{{r0}}\n@misc{{x, xdata={{l199}}, title={{T}}}}"));
    assert_eq!(table.rows[0].cells[4], "n");
}

/// What a resolver would follow down, or move along with every step, in the sizes that a page takes.
#[test]
fn no_bibliography_is_long_work() {
    let size = 200_000;
    let field = |content: &str| format!("@misc{{a, title={{{content}}}}}\n@misc{{b, title={{B}}}}");
    let times = |text: &str| text.repeat(size / text.len());
    let many = |of: &str| format!("{}\n@misc{{b, title={{B}}}}", times(of));
    for hostile in [
        field(&format!("{}{}", "{".repeat(size / 2), "}".repeat(size / 2))),
        field(&format!("{}x{}", "\\a{".repeat(size / 4), "}".repeat(size / 4))),
        field(&format!("{}x{}", "\\a{\\{".repeat(size / 8), "}".repeat(size / 8))),
        field(&times("{}")),
        field(&times("$x$")),
        field(&times("\\'e")),
        field(&times("\\")),
        field(&times("and ")),
        format!("@misc{{a, author={{{}}}}}\n@misc{{b, title={{B}}}}", times("A, B and ")),
        format!("@misc{{a, author={{{}}}}}\n@misc{{b, title={{B}}}}", times("a=b,")),
        format!("@misc{{a, title={}}}\n@misc{{b, title={{B}}}}", vec!["\"\""; size / 8].join(" # ")),
        format!("@string{{a={}}}\n@misc{{b, title={{B}}}}", vec!["a"; size / 8].join("#")),
        format!("@misc{{a, {}}}\n@misc{{b, title={{B}}}}", times("title={x},")),
        format!("@misc{{a, {}}}\n@misc{{b, title={{B}}}}", times("x={x},")),
        format!("@misc{{a, ids={{{}}}}}\n@misc{{b, title={{B}}}}", times("a,")),
        many("@misc{a, title={a}}\n"),
        many("@misc{a, crossref={a}}\n"),
        many("@\n"),
        many("@x{\n"),
        many("@misc(a, title=(b)\n"),
        many("@string{s={x}}\n@x{\n"),
        many("@misc{a, title=s}\n@x{\n"),
        many("{"),
        many("\""),
        many("%"),
        many("@comment{x"),
    ] {
        if let Ok(table) = read(Source::Clipboard { html: "", text: &hostile }, Some(Format::Bibtex), KNOWN) {
            assert!(table.skipped.len() <= SKIPPED_MAX + 1);
        }
    }
}
