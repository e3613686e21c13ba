//! The demonstration's media: pictures, and documents of outputs, drawn and written when they are needed, so
//! that nothing is copied from elsewhere; and how texts name them.

use super::items::Loader;
use super::{data, draw, pdf};
use crate::content::Id;
use crate::content::types::MEDIA;
use crate::editing::keep_upload;
use crate::error::Result;

use super::making::Making;

/// The key of the table of codes.
const CODES: &str = "recording-codes";

/// What is in it.
const TABLE: &str = "code,meaning\r\n1,Recorded at once\r\n2,Recorded after a review\r\n3,Not recorded\r\n";

/// How the demonstration's texts name an item of the media library.
const SCHEME: &str = "recto:";

impl Loader<'_> {
    /// A picture for each theme, one that nobody has described yet, and a document that is public by itself.
    pub(super) async fn media(&mut self) -> Result<()> {
        for (number, colour) in draw::NAMES.iter().enumerate() {
            let name = format!("arcs-{}.png", number + 1);
            let made = self
                .file(&name, draw::picture(number)?)
                .await?
                .with("title", format!("Arcs in {colour}"))?
                .with("alternative_text", format!("Overlapping arcs in tones of {colour}."))?
                .with("credit", "Drawn for this demonstration")?
                .with("licence", "CC0 1.0")?;
            self.keep(&(number + 1).to_string(), made, false);
        }
        let made = self
            .file("arcs-without-words.png", draw::picture(9)?)
            .await?
            .with("title", "Arcs without words")?;
        self.keep("without words", made, false);
        let lines = ["Eight themes, thirty projects, some three hundred outputs.".to_owned()];
        let made = self
            .file("the-centre-at-a-glance.pdf", pdf::page("The centre at a glance", &lines))
            .await?
            .with("title", "The centre at a glance")?;
        self.keep("at a glance", made, true);
        Ok(())
    }

    /// The document of an output: a table of codes, or a page of PDF.
    pub(super) async fn document(&mut self, key: &str, output: &data::Output) -> Result<Id> {
        let (name, bytes, title) = if key == CODES {
            (format!("{key}.csv"), TABLE.as_bytes().to_vec(), "Recording codes".to_owned())
        } else {
            let authors: Vec<&str> = output.authors.iter().map(|author| author.name.as_str()).collect();
            let mut lines = vec![format!("{} ({})", authors.join(", "), output.year)];
            lines.extend(output.summary.clone());
            lines.push("This page was written for a demonstration, and so was what it tells of.".to_owned());
            let title: String = output.title.chars().take(200).collect();
            (format!("{key}.pdf"), pdf::page(&output.title, &lines), title)
        };
        let made = self.file(&name, bytes).await?.with("title", title)?;
        Ok(self.keep(key, made, false))
    }

    /// A media item of this file.
    async fn file(&self, name: &str, bytes: Vec<u8>) -> Result<Making> {
        let desk = &self.days.desk;
        let file = desk.media.take_bytes(name, bytes).await?;
        keep_upload(desk, &self.days.staff.editor, &file, name).await?;
        self.new_item(&MEDIA).with("file", file.to_string())
    }
}

/// A text with the ids of the media items that it names by their keys.
pub(super) fn own(loader: &Loader<'_>, text: Option<&String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let mut parts = text.split(SCHEME);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (key, rest) = part.split_once('"').unwrap_or((part, ""));
        whole.push_str(&format!("{SCHEME}{}\"{rest}", loader.find(&MEDIA, key)?));
    }
    Ok(Some(whole))
}
