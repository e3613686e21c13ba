//! The demonstration's documents: one page of PDF (ISO 32000-1) with a title and some lines, written when it is
//! needed, the same each time. It must not depend on a font that is not built into every reader.

/// How many characters a line of text takes.
const WIDE: usize = 84;
/// The same for the title, which is larger.
const WIDE_TITLE: usize = 46;

/// A page that says this.
pub(super) fn page(title: &str, lines: &[String]) -> Vec<u8> {
    let mut text = b"BT /B 20 Tf 26 TL 64 740 Td\n".to_vec();
    for line in wrapped(title, WIDE_TITLE) {
        show(&mut text, &line);
    }
    text.extend(b"/R 11 Tf 16 TL T*\n");
    for paragraph in lines {
        for line in wrapped(paragraph, WIDE) {
            show(&mut text, &line);
        }
        text.extend(b"T*\n");
    }
    text.extend(b"ET");

    let font =
        |name| format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>").into_bytes();
    let mut stream = format!("<</Length {}>>stream\n", text.len()).into_bytes();
    stream.extend(text);
    stream.extend(b"\nendstream");
    let mut name = b"<</Title (".to_vec();
    escape(&mut name, title);
    name.extend(b")>>");
    let objects = [
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R\
          /Resources<</Font<</R 5 0 R/B 6 0 R>>>>>>"
            .to_vec(),
        stream,
        font("Helvetica"),
        font("Helvetica-Bold"),
        name,
    ];

    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let (start, count) = (file.len(), objects.len() + 1);
    let trailer = format!("<</Size {count}/Root 1 0 R/Info 7 0 R>>");
    file.extend(
        format!("xref\n0 {count}\n{table}trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n").into_bytes(),
    );
    file
}

/// One line on the page.
fn show(into: &mut Vec<u8>, line: &str) {
    into.push(b'(');
    escape(into, line);
    into.extend(b") Tj T*\n");
}

/// A text in Windows-1252, which is what the fonts are told to read.
fn escape(into: &mut Vec<u8>, text: &str) {
    for character in text.chars() {
        match character {
            '(' | ')' | '\\' => into.extend([b'\\', character as u8]),
            ' '..='~' | '\u{a0}'..='\u{ff}' => into.push(character as u8),
            '–' => into.push(0x96),
            '—' => into.push(0x97),
            '‘' => into.push(0x91),
            '’' => into.push(0x92),
            _ => into.push(b'?'),
        }
    }
}

/// A text in lines of so many characters, broken between words.
fn wrapped(text: &str, wide: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= wide => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    // Readers find each object by its place in the file.
    #[test]
    fn the_table_says_where_each_object_is() {
        let file = page("It’s (nearly) done", &["One \\ two".to_owned(), "É – à".to_owned()]);
        let text: String = file.iter().map(|byte| char::from(*byte)).collect();
        let table = text.split_once("xref\n").unwrap().1;
        let places: Vec<usize> = table
            .lines()
            .filter(|line| line.ends_with(" n "))
            .map(|line| line[..10].parse().unwrap())
            .collect();
        assert_eq!(places.len(), 7);
        for (number, place) in (1..).zip(places) {
            assert!(
                text[text.char_indices().nth(place).unwrap().0..].starts_with(&format!("{number} 0 obj"))
            );
        }
        assert!(text.contains("(It\u{92}s \\(nearly\\) done) Tj") && text.contains("(One \\\\ two) Tj"));
    }

    #[test]
    fn words_are_not_broken() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("incomprehensible", 4), ["incomprehensible"]);
    }
}
