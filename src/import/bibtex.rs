//! BibTeX and BibLaTeX, through the crate `biblatex`. An entry that is broken is told and left
//! out; the others are read.

use biblatex::{Bibliography, ChunksExt as _, Entry, EntryType, Person};

use super::{Format, Line, ROWS_MAX, Sheet, cell};

/// The columns of what is read.
const COLUMNS: [&str; 15] = [
    "title",
    "type",
    "authors",
    "year",
    "to_note",
    "doi",
    "link",
    "container",
    "publisher",
    "volume",
    "issue",
    "pages",
    "isbn",
    "issn",
    "abstract",
];

/// How deep braces may stand in each other; the parser follows them down.
const DEPTH_MAX: usize = 200;

/// All entries, in their order.
pub(super) fn read(text: &str) -> Sheet {
    let mut sheet = Sheet::of(Format::Bibtex, &COLUMNS);
    let text = simplified(&text.trim_start_matches('\u{feff}').replace("\r\n", "\n"));
    if depth(&text) <= DEPTH_MAX
        && let Ok(whole) = Bibliography::parse(&text)
    {
        for (at, entry) in whole.iter().enumerate() {
            push(&mut sheet, at + 1, entry);
        }
        return sheet;
    }
    // Something is broken: each entry on its own, with the abbreviations that it may use.
    let parts: Vec<String> = split(&text).into_iter().map(braced).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let is_string = |part: &str| part.get(..7).is_some_and(|name| name.eq_ignore_ascii_case("@string"));
    let strings: Vec<&str> =
        parts.iter().copied().filter(|part| is_string(part) && Bibliography::parse(part).is_ok()).collect();
    let strings = strings.join("\n");
    let aside = |part: &str| {
        let name: String = part.chars().skip(1).take_while(char::is_ascii_alphabetic).collect();
        ["string", "comment", "preamble"].contains(&name.to_ascii_lowercase().as_str())
    };
    for (at, part) in parts.iter().filter(|part| !aside(part)).enumerate() {
        let place = format!("Entry {} ({})", at + 1, key(part));
        if depth(part) > DEPTH_MAX {
            sheet.skip(place, "Its braces are nested too deeply.");
            continue;
        }
        // Abbreviations are rare, and there may be ten thousand entries.
        let parsed =
            Bibliography::parse(part).or_else(|_| Bibliography::parse(&format!("{strings}\n{part}")));
        match parsed {
            Ok(one) if !one.is_empty() => one.iter().for_each(|entry| push(&mut sheet, at + 1, entry)),
            Ok(_) => sheet.skip(place, "It holds nothing."),
            Err(error) => sheet.skip(place, format!("It cannot be read: {}.", error.kind)),
        }
    }
    sheet
}

/// Commands for the look of words, which the parser would leave standing.
const LOOKS: [&str; 9] =
    ["emph", "textit", "textbf", "textsc", "texttt", "textrm", "mkbibemph", "mkbibquote", "enquote"];

/// LaTeX that the parser does not know in a way that it does. Under an accent an i has no dot,
/// `\"{\i}`; the parser wants the plain letter.
fn simplified(text: &str) -> String {
    let mut plain = text.to_owned();
    for look in LOOKS {
        let command = format!("\\{look}{{");
        if plain.contains(&command) {
            plain = plain.replace(&command, "{");
        }
    }
    for letter in ["i", "j"] {
        for accent in ['"', '\'', '`', '^', '~', '=', '.'] {
            for (before, after) in [("{\\", "}"), ("\\", " "), ("\\", "")] {
                let dotless = format!("\\{accent}{before}{letter}{after}");
                if plain.contains(&dotless) {
                    plain = plain.replace(&dotless, &format!("\\{accent}{{{letter}}}"));
                }
            }
        }
    }
    plain
}

fn push(sheet: &mut Sheet, number: usize, entry: &Entry) {
    if sheet.rows.len() == ROWS_MAX {
        sheet
            .skip(format!("Entry {number} ({})", entry.key), format!("At most {ROWS_MAX} are read at once."));
        return;
    }
    // What only lends fields to others is no work of its own.
    if matches!(entry.entry_type, EntryType::XData | EntryType::Set) {
        return;
    }
    sheet.rows.push(Line { number, cells: cells(entry) });
}

/// The parts that begin with `@` at the beginning of a line.
fn split(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        if line.trim_start().starts_with('@') {
            starts.push(at + indent);
        }
        at += line.len();
    }
    let ends = starts.iter().copied().skip(1).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end)).collect()
}

/// BibTeX takes round brackets around an entry too, `@string(…)`; the parser does not.
fn braced(part: &str) -> String {
    let name = part.chars().skip(1).take_while(char::is_ascii_alphabetic).count() + 1;
    let (head, rest) = part.split_at_checked(name).unwrap_or((part, ""));
    match rest.trim_start().strip_prefix('(').and_then(|inner| inner.rsplit_once(')')) {
        Some((inner, _)) => format!("{head}{{{inner}}}\n"),
        None => part.to_owned(),
    }
}

/// What an entry is called, as far as that can be told of a broken one.
fn key(part: &str) -> String {
    let rest = part.split_once(['{', '(']).map_or("", |(_, rest)| rest);
    let key: String = rest.chars().take_while(|c| !matches!(c, ',' | '\n' | '=' | '}')).take(60).collect();
    key.trim().to_owned()
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '{' if before != '\\' => depth += 1,
            '}' if before != '\\' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        before = c;
    }
    deepest
}

fn cells(entry: &Entry) -> Vec<String> {
    let get = |name: &str| entry.get(name).map(|chunks| chunks.format_verbatim()).unwrap_or_default();
    let first =
        |names: &[&str]| names.iter().map(|name| get(name)).find(|text| !text.is_empty()).unwrap_or_default();
    let title = match (get("title"), get("subtitle")) {
        (title, subtitle) if subtitle.is_empty() => title,
        (title, subtitle) => format!("{title}: {subtitle}"),
    };
    let kind = match get("type") {
        said if said.is_empty() => kind(&entry.entry_type).to_owned(),
        said => said,
    };
    // A work without authors has editors.
    let people = entry.author().ok().filter(|people| !people.is_empty()).or_else(|| {
        let editors = entry.editors().ok()?;
        Some(editors.into_iter().flat_map(|(people, _)| people).collect())
    });
    let authors: Vec<String> =
        people.unwrap_or_default().iter().map(name).filter(|name| name != "others").collect();
    let pages = first(&["pages"]).replace("---", "–").replace("--", "–");
    [
        title,
        kind,
        authors.join("; "),
        first(&["date", "year", "issued"]),
        first(&["note", "addendum"]),
        get("doi"),
        first(&["url", "link"]),
        first(&["journaltitle", "journal", "booktitle", "maintitle", "series"]),
        first(&["publisher", "institution", "school", "organization"]),
        get("volume"),
        first(&["number", "issue"]),
        pages,
        get("isbn"),
        get("issn"),
        first(&["abstract", "annotation"]),
    ]
    .map(|text| cell(&text))
    .into()
}

/// `Family, Given`, with what stands before and behind the family name.
fn name(person: &Person) -> String {
    let family = [person.prefix.as_str(), person.name.as_str()].join(" ");
    let given = [person.given_name.as_str(), person.suffix.as_str()].join(" ");
    let name = [family.trim(), given.trim()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    name.join(", ").replace(';', ",")
}

/// An entry's type in words; nothing for those that say nothing.
fn kind(of: &EntryType) -> &'static str {
    match of {
        EntryType::Article | EntryType::Periodical | EntryType::SuppPeriodical => "Journal article",
        EntryType::Book | EntryType::MvBook | EntryType::Collection | EntryType::MvCollection => "Book",
        EntryType::InBook | EntryType::InCollection | EntryType::BookInBook | EntryType::SuppBook => {
            "Book chapter"
        }
        EntryType::InProceedings => "Conference paper",
        EntryType::Report | EntryType::TechReport => "Report",
        EntryType::Thesis | EntryType::PhdThesis | EntryType::MastersThesis => "Thesis",
        EntryType::Dataset => "Dataset",
        EntryType::Online => "Web page",
        _ => "",
    }
}
