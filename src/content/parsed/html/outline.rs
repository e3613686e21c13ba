//! The headings of a text as readers get them. It must not change what editors have written.

use super::Html;

impl Html {
    /// The text with headings that begin at level 2 and leave no level out (WCAG technique G141):
    /// editors choose them by how they look, and screen readers go from one to the next.
    #[must_use]
    pub fn outlined(&self) -> Self {
        let mut outlined = String::with_capacity(self.as_str().len());
        // The headings above the present place: their level as written, and as shown.
        let mut above: Vec<(u8, u8)> = Vec::new();
        let mut parts = self.as_str().split("<h");
        outlined.extend(parts.next());
        for part in parts {
            let mut bytes = part.bytes();
            // No other element of a text begins with an h.
            let written = match (bytes.next(), bytes.next()) {
                (Some(level @ b'2'..=b'4'), Some(b'>')) => level - b'0',
                _ => 2,
            };
            while above.last().is_some_and(|(level, _)| *level >= written) {
                above.pop();
            }
            let shown = above.last().map_or(2, |(_, shown)| shown + 1);
            above.push((written, shown));
            let part = part.strip_prefix(|level: char| level.is_ascii_digit()).unwrap_or(part);
            let part = part.replacen(&format!("</h{written}>"), &format!("</h{shown}>"), 1);
            outlined.push_str(&format!("<h{shown}{part}"));
        }
        Self(outlined)
    }
}
