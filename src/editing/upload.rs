//! Uploads: files that were taken into the library become known, and media items of their own. It must not
//! look into a file.

use super::permission::{self, User};
use super::{Desk, Edit, save};
use crate::content::parsed::Upload;
use crate::content::parsed::upload::{last_part, stem};
use crate::content::types::MEDIA;
use crate::content::{Id, Item, Kind, Problems, Value, text};
use crate::error::{Error, Result};
use crate::store::{Stored, Write};

/// The longest name that is noted, in characters.
const NAME_MAX: usize = 255;

/// Whether somebody may upload; asked before the first byte is read.
///
/// # Errors
/// [`Error::Denied`].
pub fn may_upload(user: &User) -> Result<()> {
    permission::allow_new(user, &Item::new(&MEDIA, Id::nil()))
}

/// Makes a file known whose bytes are in the library; `name` as it was sent.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Unavailable`] where the bytes are not there any more.
pub async fn keep_upload(desk: &Desk, user: &User, file: &Upload, name: &str) -> Result<()> {
    may_upload(user)?;
    let name: String = last_part(name).chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    let now = desk.clock.now();
    let by = user.account.as_deref();
    let tx = desk.store.write().await?;
    tx.keep_upload(file, &name, now, by).await?;
    // Nobody tidies while this transaction is open: what is here now stays.
    let files = desk.media.files();
    if !files.has(file).await? {
        // It lay there without a name, was sent again, and was moved aside at that moment.
        files.put_back(file.hash()).await?;
    }
    if !files.has(file).await? {
        return Err(Error::Unavailable("The file could not be kept. Please send it again."));
    }
    // It lies here whole; what of it was moved aside meanwhile is a second one.
    files.delete_second(file.hash()).await?;
    tx.audit(now, by, "upload", None, file.hash()).await?;
    tx.commit().await
}

/// A new media item, a draft, of a file in the library, called as the file was.
///
/// # Errors
/// As [`keep_upload`] and [`save()`].
pub async fn add_upload(desk: &Desk, user: &User, file: &Upload, name: &str) -> Result<Stored> {
    keep_upload(desk, user, file, name).await?;
    let mut item = Item::new(&MEDIA, Id::new(desk.clock.now()));
    let words: String = stem(name).replace(['_', '-'], " ").chars().take(200).collect();
    if let Ok(title) = text::parse(&Kind::Line(200), &words) {
        item.set("title", title);
    }
    item.set("file", Value::Text(file.to_string().into()));
    let saved = save::save(desk, user, &[Edit::new(item)]).await?.pop();
    saved.ok_or_else(|| Error::internal("a new media item was not saved"))
}

/// Sees to it that an item names only what was uploaded. What stood there before may stay.
pub(super) async fn use_uploads(
    tx: &Write,
    before: Option<&Item>,
    item: &Item,
    wrong: &mut Problems,
) -> Result<()> {
    let fields = item.content_type.fields.iter().enumerate();
    for (at, field) in fields.filter(|(_, field)| matches!(field.kind, Kind::File)) {
        let Some(Value::Text(named)) = item.values.get(at) else { continue };
        if before.is_some_and(|before| before.values.get(at) == item.values.get(at)) {
            continue;
        }
        let known = match named.parse::<Upload>() {
            Ok(file) => tx.use_upload(&file).await?,
            Err(_) => false,
        };
        if !known {
            wrong.add(field.name, "unknown", "This file is not in the library; upload it again.");
        }
    }
    Ok(())
}
