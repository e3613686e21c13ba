//! The one door by which imports come in: what others wrote is read by a process of its own, this same
//! program, which limits its memory and its time. Whatever a text does to a parser, it costs that import
//! alone. It must not look into what was read.

mod apart;
mod child;
mod places;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use child::read_import;
pub use recto_reader::import::answers::Service;

use self::places::Places;
use self::wire::{Answer, Ask};
use crate::error::{Error, Result};
use crate::import::{Format, Sheet, Source};

/// What a process may use that reads an import.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory.
    pub memory: u64,
    /// Seconds of work.
    pub work: u64,
    /// How long it may take, whatever it does.
    pub time: Duration,
}

impl Default for Limits {
    /// More than the largest file needs that is taken.
    fn default() -> Self {
        Self { memory: 512 << 20, work: 10, time: Duration::from_secs(20) }
    }
}

/// Reads imports, a few at a time. Clones share their places.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    limits: Limits,
    places: Arc<Places>,
}

impl Default for Reader {
    /// One that starts this program.
    fn default() -> Self {
        // Also leads to it after its file was replaced by an update, and is of the version that runs.
        let itself = Path::new("/proc/self/exe");
        let program =
            if itself.exists() { itself.to_owned() } else { std::env::current_exe().unwrap_or_default() };
        Self::of(program, Limits::default())
    }
}

impl Reader {
    /// One that starts another program, which must read as this one does.
    #[must_use]
    pub fn of(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits, places: Arc::default() }
    }

    /// Reads what somebody hands over, in this format or in the one that it looks like. `types` are the
    /// labels of the types of outputs, to guess what columns without headings mean.
    ///
    /// # Errors
    /// [`Error::Refused`] with a sentence that says why there is nothing to import, and what to do;
    /// [`Error::Unavailable`] where too many others are read.
    pub async fn sheet(
        &self,
        who: &str,
        source: Source<'_>,
        format: Option<Format>,
        types: &[String],
    ) -> Result<Sheet> {
        let types = types.to_vec();
        let (ask, text) = match source {
            Source::File(bytes) => (Ask::File { format, types }, bytes.to_vec()),
            Source::Clipboard { html, text } => {
                (Ask::Clipboard { format, types, html: html.len() }, [html, text].concat().into_bytes())
            }
        };
        match self.ask(who, &ask, text).await? {
            Answer::Sheet(sheet) if sheet.is_sound() => Ok(sheet),
            Answer::Refused(why) => Err(Error::Refused(why)),
            _ => Err(Error::Refused(apart::NOT_READ.to_owned())),
        }
    }

    /// Reads what a registry has answered: the cells of each work, in the columns that every work has.
    ///
    /// # Errors
    /// As [`Reader::sheet`]; the sentence is half of one, about the registry.
    pub async fn works(&self, who: &str, service: Service, answer: Vec<u8>) -> Result<Vec<Vec<String>>> {
        match self.ask(who, &Ask::Answer(service), answer).await? {
            Answer::Works(works) => Ok(works),
            Answer::Refused(why) => Err(Error::Refused(why)),
            Answer::Sheet(_) => Err(Error::Refused(apart::NOT_READ.to_owned())),
        }
    }

    async fn ask(&self, who: &str, ask: &Ask, text: Vec<u8>) -> Result<Answer> {
        if text.len() > crate::import::BYTES_MAX {
            return Err(Error::Refused(
                "This is larger than 20 MB. Split it and import the parts.".to_owned(),
            ));
        }
        let asked = wire::asked(ask, &text)?;
        drop(text);
        let _place = self.places.take(who).await?;
        let said = apart::run(&self.program, self.limits, &asked).await?;
        drop(asked);
        // Tens of megabytes take a while.
        let read = tokio::task::spawn_blocking(move || wire::answer(&said)).await.map_err(Error::internal)?;
        read.ok_or_else(|| Error::Refused(apart::NOT_READ.to_owned()))
    }
}
