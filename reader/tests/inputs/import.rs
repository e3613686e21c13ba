//! Bibliographies and tables that were written to hurt, of about so many bytes. In each there is
//! something that a reader might follow without end, move along with every step, or keep too much of.

/// What a text is called, the name of the format that it is given out for, and how it is made.
pub type Hostile = (&'static str, &'static str, fn(usize) -> String);

/// A good entry behind it.
const GOOD: &str = "\n@misc{good, title={Good}}\n";

fn field(content: &str) -> String {
    format!("@misc{{a, title={{{content}}}}}{GOOD}")
}

fn times(text: &str, size: usize) -> String {
    text.repeat(size / text.len())
}

fn numbered(size: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut at = 1;
    while text.len() < size {
        text.push_str(&line(at));
        at += 1;
    }
    text
}

fn growing(by: &str) -> String {
    let strings = (1..200).map(|at| format!("@string{{a{at} = a{0} # a{0} # a{0}}}\n", at - 1));
    format!("@string{{a0 = \"{by}\"}}\n{}", strings.collect::<String>())
}

pub const HOSTILE: &[Hostile] = &[
    ("a circle of one", "bibtex", |size| {
        numbered(size, |at| format!("@misc{{a{at}, crossref={{a{at}}}}}\n"))
    }),
    ("a circle of all", "bibtex", |size| {
        let circle = numbered(size, |at| format!("@misc{{a{at}, crossref={{a{}}}}}\n", at - 1));
        format!("@misc{{a0, crossref={{a1000}}}}\n{circle}")
    }),
    ("a circle of xdata", "bibtex", |size| {
        numbered(size, |at| format!("@xdata{{x{at}, xdata={{y{at}}}}}\n@xdata{{y{at}, xdata={{x{at}}}}}\n"))
    }),
    ("strings of themselves", "bibtex", |size| {
        numbered(size, |at| format!("@string{{a{at} = a{at} # a{at}}}\n@misc{{b{at}, title = a{at}}}\n"))
    }),
    ("a chain of entries", "bibtex", |size| {
        numbered(size, |at| format!("@book{{a{at}, crossref={{a{}}}, title={{T}}}}\n", at - 1))
    }),
    ("a chain of strings", "bibtex", |size| {
        numbered(size, |at| format!("@string{{a{} = a{at}}}\n", at - 1)) + "@misc{x, title = a0}"
    }),
    ("diamonds", "bibtex", |size| {
        numbered(size, |at| {
            let below = at - 1;
            format!(
                "@xdata{{l{at}, xdata={{l{below},r{below}}}}}\n@xdata{{r{at}, xdata={{l{below},r{below}}}}}\n"
            )
        })
    }),
    ("growth", "bibtex", |size| growing("xxxxxxxxxx") + &times("@misc{x, title = a40}\n", size)),
    ("growth of nothing", "bibtex", |size| growing("") + &times("@misc{x, title = a40}\n", size)),
    ("growth within bounds", "bibtex", |size| {
        growing("xxxxxxxxxx") + &times("@misc{x, abstract = a6, title={T}}\n", size)
    }),
    ("a long text used often", "bibtex", |size| {
        let long = "x".repeat(190_000.min(size));
        format!("@string{{a = \"{long}\"}}\n{}", times("@misc{x, abstract = a, title = a}\n", size))
    }),
    ("a long lender", "bibtex", |size| {
        let long = "x".repeat(20_000.min(size));
        format!(
            "@book{{w, title={{{long}}}, publisher={{{long}}}}}\n{}",
            times("@inbook{x, crossref={w}, title={T}}\n", size)
        )
    }),
    ("long names of lenders", "bibtex", |size| {
        let long = "x,".repeat(1_900);
        format!("@string{{a = \"{long}\"}}\n{}", times("@misc{x, xdata=a, ids=a, title={T}}\n", size))
    }),
    ("braces in braces", "bibtex", |size| {
        field(&format!("{}{}", "{".repeat(size / 2), "}".repeat(size / 2)))
    }),
    ("commands in commands", "bibtex", |size| {
        field(&format!("{}x{}", "\\a{".repeat(size / 4), "}".repeat(size / 4)))
    }),
    ("commands, not too deep", "bibtex", |size| {
        let one = format!("{}{}{}", "\\a{".repeat(45), "x".repeat(1_000), "}".repeat(45));
        numbered(size, |_| field(&one))
    }),
    ("escaped braces", "bibtex", |size| {
        field(&format!("{}x{}", "\\a{\\{".repeat(size / 8), "}".repeat(size / 8)))
    }),
    ("pairs of braces", "bibtex", |size| field(&times("{}", size))),
    ("pairs of braces, not too many", "bibtex", |size| {
        let one = "{}".repeat(900);
        numbered(size, |_| field(&one))
    }),
    ("formulas", "bibtex", |size| field(&times("$x$", size))),
    ("accents", "bibtex", |size| field(&times("\\'e", size))),
    ("backslashes", "bibtex", |size| field(&times("\\", size))),
    ("authors", "bibtex", |size| format!("@misc{{a, author={{{}}}}}{GOOD}", times("A, B and ", size))),
    ("authors, not too many", "bibtex", |size| {
        let one =
            format!("@misc{{a, title={{T}}, author={{{}}}}}\n", "A, B and ".repeat(20_000.min(size / 20)));
        numbered(size, |_| one.clone())
    }),
    ("names in parts", "bibtex", |size| format!("@misc{{a, author={{{}}}}}{GOOD}", times("a=b,", size))),
    ("texts put together", "bibtex", |size| {
        format!("@misc{{a, title={}}}{GOOD}", vec!["\"\""; size / 5].join(" # "))
    }),
    ("fields", "bibtex", |size| format!("@misc{{a, {}}}{GOOD}", times("x=1,", size))),
    ("titles", "bibtex", |size| format!("@misc{{a, {}}}{GOOD}", times("title={x},", size))),
    ("other names", "bibtex", |size| format!("@misc{{a, ids={{{}}}}}{GOOD}", times("a,", size))),
    ("one key", "bibtex", |size| times("@misc{a, title={a}}\n", size)),
    ("nothing but broken", "bibtex", |size| times("@x{\n", size)),
    ("strings among broken", "bibtex", |size| times("@string{s={x}}\n@misc{a, title=s}\n@x{\n", size)),
    ("at signs", "bibtex", |size| times("@\n", size)),
    ("an open brace", "bibtex", |size| times("{", size)),
    ("years", "bibtex", |size| times("@misc{a, crossref={a1}, year={99999999999999}}\n", size)),
    ("values of a reference", "ris", |size| format!("TY  - JOUR\n{}", times("AU  - a\n", size))),
    ("references", "ris", |size| times("TY  - JOUR\n", size)),
    ("a value without end", "ris", |size| format!("TY  - JOUR\nAB  - x\n{}", times("x\n", size))),
    ("lists in lists", "csl", |size| format!("[{}{}]", "[".repeat(size / 2), "]".repeat(size / 2))),
    ("a list of nothing", "csl", |size| format!("[{}0]", times("0,", size))),
    ("an item of nothing", "csl", |size| format!("[{{\"title\":[{}0]}}]", times("0,", size))),
    ("markup in items", "csl", |size| {
        let tags = "<div>".repeat(20_000.min(size / 10));
        let one = format!("{{\"title\":\"T\",\"abstract\":\"{tags}<divü>{tags}\"}}");
        format!("[{}{one}]", numbered(size, |_| format!("{one},")))
    }),
    ("cells", "tabs", |size| times("\t", size)),
    ("an open quote", "csv", |size| format!("a,\"{}", times("x,", size))),
    ("rows that reach down", "html", |size| {
        let long = "x".repeat(19_000.min(size));
        format!("<table><tr><td rowspan=50000>{long}{}</table>", times("<tr><td>y", size))
    }),
    ("tables in tables", "html", |size| times("<table><tr><td>", size)),
];
