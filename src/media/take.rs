//! Taking a file in: received into a file of its own, looked at, made what is kept of it, put into
//! its place. It must not know who sends it. Whatever ends it early leaves at most a file that
//! nothing names.

use std::path::PathBuf;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::storage::io_error;
use super::{Library, Limits, picture, sniff};
use crate::content::parsed::upload::last_part;
use crate::content::parsed::{MediaType, Picture, Upload};
use crate::error::{Error, Result};

/// The longest name that is kept, in characters.
const NAME_MAX: usize = 255;

/// What is being received, which is removed when nobody needs it any more: it is no file of the library.
struct Incoming(PathBuf);

impl Drop for Incoming {
    fn drop(&mut self) {
        // What stays is removed later.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What is kept of a file.
struct Ready {
    file: Upload,
    bytes: Bytes,
    variants: Vec<(u32, Bytes)>,
}

/// A refusal: which file, and why.
fn refuse(name: &str, why: &str) -> Error {
    let name: String = last_part(name).chars().filter(|c| !c.is_control()).take(80).collect();
    let name = if name.is_empty() { "A file without a name".to_owned() } else { format!("‘{name}’") };
    Error::Refused(format!("{name} was not taken. {why}"))
}

impl Library {
    /// Takes a file in as it arrives; `name` as it was sent. It is kept when this comes back, and
    /// moved aside some day where no item names it.
    ///
    /// # Errors
    /// [`Error::Refused`] with what is wrong with the file and what to do; [`Error::Unavailable`]
    /// where it cannot be kept.
    pub async fn take<E>(
        &self,
        name: &str,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Upload> {
        self.need()?;
        let named = sniff::by_name(name, &self.limits).map_err(|why| refuse(name, &why))?;
        let incoming = Incoming(self.files.incoming());
        let mut file = tokio::fs::File::create_new(&incoming.0).await.map_err(io_error)?;
        let mut length: u64 = 0;
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|_| refuse(name, "It did not arrive whole; send it again."))?;
            length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if length > self.limits.bytes {
                return Err(refuse(name, &self.limits.too_long()));
            }
            file.write_all(&chunk).await.map_err(io_error)?;
        }
        file.flush().await.map_err(io_error)?;
        drop(file);
        let permit = self.permits.clone().acquire_owned().await.map_err(Error::internal)?;
        let (limits, typed) = (self.limits.clone(), name.to_owned());
        let ready = tokio::task::spawn_blocking(move || {
            // Whoever sent it may be gone; the work goes on, and counts.
            let _permit = permit;
            let bytes = std::fs::read(&incoming.0).map_err(io_error)?;
            ready(bytes, &typed, named, &limits).map_err(|why| refuse(&typed, &why))
        });
        let ready = ready.await.map_err(Error::internal)??;
        self.keep(ready, name).await
    }

    /// The same for bytes that are here: what the demonstration draws.
    ///
    /// # Errors
    /// As [`Library::take`].
    pub async fn take_bytes(&self, name: &str, bytes: Vec<u8>) -> Result<Upload> {
        let body = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from(bytes))]);
        self.take(name, body).await
    }

    /// Puts a file into its place. Whoever tidies may move an older copy aside between two of its parts; that
    /// comes back then, and is written over.
    async fn keep(&self, ready: Ready, name: &str) -> Result<Upload> {
        if self.write(&ready, name).await.is_err() {
            self.write(&ready, name).await?;
        }
        Ok(ready.file)
    }

    /// The picture itself comes last: where it is, its variants are. What was moved aside comes back first, and
    /// is written over with the same.
    async fn write(&self, ready: &Ready, name: &str) -> Result<()> {
        let hash = ready.file.hash();
        self.files.put_back(hash).await?;
        let name: String = last_part(name).chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        self.files.put_name(hash, &name).await?;
        for (width, bytes) in &ready.variants {
            self.files.put(hash, Some(*width), bytes.clone()).await?;
        }
        self.files.put(hash, None, ready.bytes.clone()).await
    }
}

fn ready(bytes: Vec<u8>, name: &str, named: MediaType, limits: &Limits) -> Result<Ready, String> {
    let media_type = sniff::by_content(&bytes, named, limits)?;
    if !media_type.is_image() {
        let file = upload(&bytes, name, media_type, None)?;
        return Ok(Ready { file, bytes: bytes.into(), variants: Vec::new() });
    }
    let made = picture::make(&bytes, media_type, limits.pixels)?;
    let file = upload(&made.bytes, name, made.media_type, Some(made.picture))?;
    let variants = made.variants.into_iter().map(|(width, bytes)| (width, bytes.into())).collect();
    Ok(Ready { file, bytes: made.bytes.into(), variants })
}

fn upload(
    bytes: &[u8],
    name: &str,
    media_type: MediaType,
    picture: Option<Picture>,
) -> Result<Upload, String> {
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    Upload::new(hash, name, media_type, size, picture).map_err(|error| error.to_string())
}
