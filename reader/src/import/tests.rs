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
fn an_entry_that_breaks_off_takes_no_other_with_it() {
    for broken in ["@xdata{", "@misc{a", "@misc{a,", "@misc{a, title={A"] {
        let table = text(&format!("{broken}\n\n@misc{{good, title={{Good}}}}\n"));
        assert_eq!((titles(&table), told(&table).len()), (vec!["Good"], 1), "{broken}");
    }
}

#[test]
fn circles_cost_what_is_in_them() {
    for (circle, said) in [
        (
            "@article{x, crossref={x}, title={t}, year=2020}",
            "Entry 1 (x): Its crossref leads back to itself: x → x.",
        ),
        (
            "@article{x, crossref={y}, title={t}}\n@book{y, crossref = \"x\", title={u}}",
            "Entry 1 (x): Its crossref leads back to itself: x → y → x.",
        ),
        (
            "@misc{x, xdata={y,z}, title={t}}\n@xdata{y, xdata={x}}\n@xdata{z, note={n}}",
            "Entry 1 (x): Its xdata leads back to itself: x → y → x.",
        ),
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
        assert_eq!(
            told(&table),
            ["Entry 1 (big): Its field ‘title’ would be longer than 200,000 characters."]
        );
    }
    // Of nothing too.
    let empty = strings.replace("xxxxxxxxxx", "");
    assert!(text(&format!("{empty}@misc{{big, title = a40}}")).rows.is_empty());
    // Each use is short enough; all of them are not.
    let uses: String = (0..2_000).map(|at| format!("@misc{{e{at}, abstract = a6, title={{T}}}}\n")).collect();
    let table = text(&format!("{strings}{uses}"));
    assert!(table.rows.len() < 2_000);
    assert!(
        told(&table)[0].starts_with("The end: Reading the rest takes too much work."),
        "{:?}",
        told(&table)[0]
    );
    // A diamond of lenders: each leads to two below it.
    let diamond: String = (1..200)
        .map(|at| {
            format!("@xdata{{l{at}, xdata={{l{0},r{0}}}}}\n@xdata{{r{at}, xdata={{l{0},r{0}}}}}\n", at - 1)
        })
        .collect();
    let table = text(&format!(
        "{diamond}@xdata{{l0, note={{n}}}}\n@xdata{{r0}}\n@misc{{x, xdata={{l199}}, title={{T}}}}"
    ));
    assert_eq!(table.rows[0].cells[4], "n");
}

#[path = "../../tests/inputs/import.rs"]
mod inputs;

#[test]
fn no_text_is_long_work() {
    for (name, format, make) in inputs::HOSTILE.iter().copied() {
        let read = of(Format::by_name(format).unwrap(), &make(100_000));
        let told = read.map(|table| told(&table)).unwrap_or_else(|why| vec![why]);
        assert!(told.len() <= SKIPPED_MAX + 1, "{name}");
    }
}

fn of(format: Format, text: &str) -> Result<Table, String> {
    read(Source::File(text.as_bytes()), Some(format), KNOWN)
}

#[test]
fn every_bound_has_its_sentence() {
    let long = "ü".repeat(CELL_MAX + 1);
    let cut = "A cell is longer than 20,000 characters; the rest of it is left out.";
    for (format, file, number) in [
        (Format::Tabs, format!("Title\tYear\n{long}\t2019\n"), 2),
        (Format::Csv, format!("Title,Year\n{long},2019\n"), 2),
        (Format::Html, format!("<table><tr><td>Title<tr><td>{long}</table>"), 2),
        (Format::Bibtex, format!("@misc{{a, title={{{long}}}}}"), 1),
        (Format::Ris, format!("TY  - JOUR\nTI  - {long}\nER  - \n"), 1),
        (Format::Csl, format!("[{{\"title\":\"{long}\"}}]"), 1),
        (Format::Lines, format!("One\n{long}\n"), 2),
    ] {
        let table = of(format, &file).unwrap();
        let row = table.rows.iter().find(|row| row.number == number).unwrap();
        assert_eq!(row.cells[0].chars().count(), CELL_MAX, "{format:?}");
        assert_eq!(told(&table), [format!("Row {number}: {cut}")], "{format:?}");
    }
    let said = |format: Format, file: &str| match of(format, file) {
        Ok(table) => told(&table).first().cloned().unwrap_or_default(),
        Err(why) => why,
    };
    let wide = format!("a{}\n", "\tb".repeat(COLUMNS_MAX));
    assert_eq!(
        said(Format::Tabs, &wide),
        "The columns: At most 60 columns are read; those after them are left out."
    );
    let cells = format!("<table><tr>{}</table>", "<td>x".repeat(COLUMNS_MAX + 1));
    assert!(said(Format::Html, &cells).starts_with("The columns: At most 60"));
    let rows = "The end: At most 50,000 rows are read at once.";
    assert_eq!(said(Format::Lines, &"One\n".repeat(ROWS_MAX + 1)), rows);
    assert_eq!(said(Format::Tabs, &"One\t2\n".repeat(ROWS_MAX + 1)), rows);
    assert_eq!(said(Format::Ris, &"TY  - JOUR\nTI  - x\n".repeat(ROWS_MAX + 1)), rows);
    assert_eq!(said(Format::Csl, &format!("[{}{{}}]", "{},".repeat(ROWS_MAX))), rows);
    assert_eq!(said(Format::Identifiers, &"10.5555/1\n".repeat(ROWS_MAX + 1)), rows);
    let values = format!("TY  - JOUR\n{}ER  - \n", "AU  - a\n".repeat(20_000));
    assert!(said(Format::Ris, &values).contains("10,000 values"));
    let item = format!("[{{\"title\":\"{}\"}}]", "x".repeat(500_000));
    assert_eq!(said(Format::Csl, &item), "Item 1: It is longer than 500,000 characters.");
    assert!(said(Format::Csl, r#"[{"title":"\ud800"}]"#).starts_with("Item 1: It cannot be read:"));
    let names = format!("@misc{{a, xdata={{{}}}}}", "a,".repeat(600));
    assert_eq!(
        said(Format::Bibtex, &names),
        "Entry 1 (a): It names other entries in more than 1,000 characters."
    );
    let entries = "@misc{a,}".repeat(60_001);
    assert!(said(Format::Bibtex, &entries).contains("60,000 entries"));
    let fields = format!("@misc{{a, {}}}", "x=1,".repeat(250_001));
    assert!(said(Format::Bibtex, &fields).contains("250,000 fields"));
    let span = format!("<table><tr>{}{}</table>", "<td rowspan=9999>x".repeat(60), "<tr><td>y".repeat(9_999));
    assert!(of(Format::Html, &span).unwrap().rows.len() <= 10_000);
    let big =
        format!("<table><tr><td rowspan=50000>{}{}</table>", "x".repeat(20_000), "<tr><td>y".repeat(9_999));
    assert!(said(Format::Html, &big).contains("Written out, these rows are too long."));
    let deep = format!("<table><tr><td>{}", "<b>".repeat(5_000));
    assert!(said(Format::Html, &deep).contains("Or copy its table alone."));
    assert!(of(Format::Csv, &"x".repeat(BYTES_MAX + 1)).unwrap_err().contains("20 MB"));
}

#[test]
fn own_tables_keep_their_lines() {
    let table = of(Format::Csv, "id,title\n1,\"One\r\n two\u{1b}\"\n2\n,\n").unwrap();
    assert_eq!((table.format, table.rows.len()), (Format::Own, 1));
    assert_eq!(table.rows[0].cells, ["1", "One\n two"]);
    assert_eq!(told(&table), ["Row 3: It has 1 cells, but the header names 2 columns."]);
    assert!(of(Format::Csv, "id,id\n1,2\n").unwrap_err().contains("twice"));
}

/// A bound that counts characters must not be lost where bytes do not fit.
#[test]
fn markup_in_references_is_bounded_wherever_it_is_cut() {
    for before in 0..4 {
        let text = format!("{}<divü>{}", "<div>".repeat(39_999 + before), "<div>".repeat(50_000));
        let json =
            serde_json::json!([{ "title": "Good", "abstract": format!("{}{text}", "x".repeat(before)) }]);
        let table = of(Format::Csl, &json.to_string()).unwrap();
        assert_eq!(titles(&table), ["Good"]);
    }
    let table = of(
        Format::Csl,
        r#"[{"title":"A <i>b</i> &amp; c","abstract":"<jats:p>About&#0;&#x1b; it</jats:p>"}]"#,
    );
    let table = table.unwrap();
    assert_eq!(
        (table.rows[0].cells[0].as_str(), table.rows[0].cells[14].as_str()),
        ("A b & c", "About\u{fffd} it")
    );
}

#[test]
fn a_cell_that_is_cut_ends_with_a_word() {
    let table = of(Format::Lines, &format!("{} y", "x".repeat(CELL_MAX - 1))).unwrap();
    assert_eq!(table.rows[0].cells[0], "x".repeat(CELL_MAX - 1));
}

/// Bits that formats trip over, and characters that no text may hold.
fn odd() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let bits = prop::sample::select(vec![
        "a",
        "Ä",
        "\"",
        "'",
        ";",
        ",",
        "\t",
        "\n",
        "\r\n",
        "@article{k,",
        "title={",
        "crossref={k}",
        "}",
        "{",
        "=",
        "#",
        "TY  - JOUR\n",
        "ER  - \n",
        "AU  - ",
        "<table>",
        "<tr>",
        "<td rowspan=3>",
        "</table>",
        "<td>",
        "&#0;",
        "&#x9b;",
        "[",
        "]",
        "{\"title\":",
        "\\u001b",
        "\\ud800",
        "10.5555/1",
        "\u{feff}",
        "Title",
        "id,title\n",
        "2019",
        "\\\"",
        "\u{0}",
        "\u{1}",
        "\u{1b}",
        "\u{9b}",
        "\u{85}",
        "\u{fffe}",
        "\u{202e}",
        "漢",
        "𝒳",
    ]);
    prop::collection::vec(bits, 0..60).prop_map(|bits| bits.concat())
}

proptest::proptest! {
    #[test]
    fn what_leaves_is_clean_and_bounded(text in odd(), html in odd(), at in 0..Format::ALL.len()) {
        for format in [None, Some(Format::ALL[at])] {
            for source in [Source::Clipboard { html: &html, text: &text }, Source::File(text.as_bytes())] {
                let clean = |text: &str| !text.contains(|c: char| crate::text::is_unfit(c));
                match read(source, format, KNOWN) {
                    Ok(table) => {
                        let links = table.rows.iter().flat_map(|row| row.links.iter().flatten());
                        let cells = table.rows.iter().flat_map(|row| &row.cells).chain(links);
                        for cell in cells.chain(&table.columns) {
                            let one_line = table.format == Format::Own || !cell.contains(['\n', '\t']);
                            proptest::prop_assert!(clean(cell) && one_line, "{cell:?}");
                        }
                        for one in &table.skipped {
                            proptest::prop_assert!(clean(&one.place) && clean(&one.why));
                        }
                        proptest::prop_assert!(table.rows.iter().all(|row| row.cells.len() <= COLUMNS_MAX));
                    }
                    Err(why) => proptest::prop_assert!(clean(&why)),
                }
            }
        }
    }
}
