//! Bringing up to date what release 0.1.0 published: the log of publications is filled from what is known, and
//! each file of the library gets the grounds on which it is public from now on. Files that 0.1.0 gave to
//! everybody because nothing said otherwise close. It must not run twice.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::deed::Doing;
use super::{Desk, User};
use crate::content::document::trace;
use crate::content::types::{MEDIA, OPEN, OUTPUT, SITE};
use crate::content::{ContentType, Id, Item, types};
use crate::error::{Error, Result};
use crate::filename;
use crate::store::{Ground, Named, Reason, Stored};

/// With what the name of a list of files that close begins, in the data directory.
pub const CLOSED_FILES: &str = "closed-files";
const CSV: &str = ".csv";

/// How often it is begun anew while another node writes, each time after some seconds.
const TRIES: usize = 120;

/// How many items are looked at at a time.
const PART: usize = 500;

/// A file that closes.
struct Closed {
    media: Id,
    title: String,
    file: String,
    why: String,
}

/// Does it where it has not been done; `dir` is where the list of the files that close is written. All of it or
/// nothing, and before anybody is answered.
///
/// # Errors
/// Where the database fails, or the list cannot be written: then nothing has changed.
pub async fn upgrade(desk: &Desk, dir: &Path) -> Result<()> {
    if !desk.store.has_unlogged().await? {
        return Ok(());
    }
    let user = User::system();
    let mut doing = begin(desk, &user).await?;
    // Another node may have been quicker.
    if !doing.tx.has_unlogged().await? {
        return Ok(());
    }
    if doing.tx.has_log().await? {
        return go_on(doing).await;
    }
    tracing::info!("bringing the publications of release 0.1.0 up to date");
    let filled = doing.tx.fill_log().await?;
    tracing::info!(lines = filled.lines, known_from = filled.known_from, "filled the log of publications");
    for content_type in [&SITE, &OUTPUT] {
        let shaped = reshape(&mut doing, content_type).await?;
        tracing::info!(kind = content_type.name, items = shaped, "published in the shape of this release");
    }
    let closed = set_grounds(&mut doing).await?;
    if !closed.is_empty() {
        let list = filename::free(&dir.join(CLOSED_FILES), CSV)?;
        write_list(&list, &closed).map_err(|error| {
            Error::Refused(format!(
                "{} cannot be written ({error}). It is the list of files that the upgrade takes from the public; nothing \
                 was changed. Make room, or give this user the right to write there.",
                list.display()
            ))
        })?;
        for one in &closed {
            tracing::warn!(media = %one.media, title = one.title, why = one.why, "a file is no longer public");
        }
        tracing::warn!(files = closed.len(), list = %list.display(), "files were closed; look through the list");
    }
    doing.commit_alone().await
}

/// Begins, once no other node is at it.
async fn begin<'desk>(desk: &'desk Desk, user: &'desk User) -> Result<Doing<'desk>> {
    let mut tries = 0;
    loop {
        match Doing::begin(desk, user, None, Reason::Shape).await {
            Err(Error::Unavailable(_)) if tries < TRIES => {
                tries += 1;
                tracing::info!("waiting: another node may be bringing the publications up to date");
            }
            begun => return begun,
        }
    }
}

/// A process of release 0.1.0 has published something since: its files have no grounds, and close.
async fn go_on(mut doing: Doing<'_>) -> Result<()> {
    let ids = doing.tx.log_missing().await?;
    tracing::warn!(
        items = ids.len(),
        "a process of release 0.1.0 has published since; end it. Files that it made public are closed"
    );
    doing.touched.extend(ids);
    for content_type in [&SITE, &OUTPUT] {
        reshape(&mut doing, content_type).await?;
    }
    doing.settle_files().await?;
    doing.commit_alone().await
}

/// Publishes anew what this release would publish otherwise, in the version that the public sees.
async fn reshape(doing: &mut Doing<'_>, content_type: &'static ContentType) -> Result<usize> {
    let ids = doing.tx.ever_published(content_type).await?;
    let mut shaped = 0;
    for part in ids.chunks(PART) {
        let documents = doing.tx.documents(part).await?;
        for stored in doing.tx.items(content_type, part).await? {
            let Some(document) = documents.get(&stored.item.id) else { continue };
            let Some(item) = seen(doing, &stored).await? else { continue };
            if doing.reshape(&stored, &item, document).await? {
                shaped += 1;
            }
        }
    }
    Ok(shaped)
}

/// What the public sees of an item, if anything.
async fn seen(doing: &Doing<'_>, stored: &Stored) -> Result<Option<Item>> {
    match stored.meta.published_version {
        Some(version) if version == stored.meta.version => Ok(Some(stored.item.clone())),
        Some(version) => doing.desk.store.revision(stored.item.content_type, stored.item.id, version).await,
        None => Ok(None),
    }
}

/// Gives each file its grounds: one that an output has named, in whatever version, is public for the sake of
/// the public outputs that show it, and nothing else; any other that is public is so for its own. Gives what
/// closes.
async fn set_grounds(doing: &mut Doing<'_>) -> Result<Vec<Closed>> {
    let mut named: HashMap<Id, Vec<Named>> = HashMap::new();
    for one in doing.tx.files_ever_named().await? {
        named.entry(one.media).or_default().push(one);
    }
    let logged = doing.tx.logged().await?;
    let published: HashSet<(Id, i64)> =
        logged.iter().filter_map(|line| Some((line.id, line.version?))).collect();
    // What is withdrawn shows its file again if it is published again, or that is taken back.
    let last: HashMap<Id, i64> = logged.iter().filter_map(|line| Some((line.id, line.version?))).collect();
    let shown = showing(doing, named.values().flatten(), &last).await?;
    let open = doing.tx.open_among(&shown.values().flatten().copied().collect::<Vec<_>>()).await?;
    let mut closed = Vec::new();
    let all = doing.tx.ever_published(&MEDIA).await?;
    for part in all.chunks(PART) {
        let mut traces = traces(doing, part, &published).await?;
        for stored in doing.tx.items(&MEDIA, part).await? {
            let id = stored.item.id;
            let naming = named.get(&id).map(Vec::as_slice).unwrap_or_default();
            let showing = shown.get(&id).map(Vec::as_slice).unwrap_or_default();
            let is_open = naming.is_empty() || showing.iter().any(|output| open.contains(output));
            // Of what the public had rightly, by itself or because of an output that was open, it is told that
            // it is gone; of the rest nothing.
            let was_open = |one: &Named| one.open && published.contains(&(one.output, one.version));
            if is_open || naming.iter().any(was_open) {
                doing.tx.note_traces(id, &traces.remove(&id).unwrap_or_default()).await?;
            }
            let Some(version) = stored.meta.published_version else { continue };
            let sakes = if naming.is_empty() { vec![id] } else { showing.to_vec() };
            for item in sakes {
                doing.tx.add_ground(Ground { media: id, item, version }).await?;
            }
            if !is_open {
                closed.push(close(doing, stored, naming, showing).await?);
            }
        }
    }
    Ok(closed)
}

/// By what the files are known, once they are gone, that these media items had in public.
async fn traces(
    doing: &Doing<'_>,
    media: &[Id],
    published: &HashSet<(Id, i64)>,
) -> Result<HashMap<Id, Vec<String>>> {
    let media: HashSet<Id> = media.iter().copied().collect();
    let versions: Vec<_> = published.iter().filter(|(id, _)| media.contains(id)).copied().collect();
    let mut traces: HashMap<Id, Vec<String>> = HashMap::new();
    for (id, hash) in doing.tx.hashes_of(&versions).await? {
        let known = traces.entry(id).or_default();
        let trace = trace(&hash);
        if !known.contains(&trace) {
            known.push(trace);
        }
    }
    Ok(traces)
}

/// Which outputs show a file to the public as far as they are public and open, by what was published of them
/// last.
async fn showing(
    doing: &Doing<'_>,
    named: impl Iterator<Item = &Named>,
    last: &HashMap<Id, i64>,
) -> Result<HashMap<Id, Vec<Id>>> {
    let mut shown: HashMap<Id, Vec<Id>> = HashMap::new();
    for one in named.filter(|one| last.get(&one.output) == Some(&one.version)) {
        shown.entry(one.media).or_default().push(one.output);
    }
    // Changes that the public does not see have raised the version of some since: it is in none of the log.
    let outputs: Vec<Id> = last.keys().copied().collect();
    for part in outputs.chunks(PART) {
        for stored in doing.tx.items(&OUTPUT, part).await? {
            let id = stored.item.id;
            if stored.meta.published_version.is_none_or(|seen| last.get(&id) == Some(&seen)) {
                continue;
            }
            for outputs in shown.values_mut() {
                outputs.retain(|output| *output != id);
            }
            if let Some(media) = seen(doing, &stored).await?.and_then(|item| item.one("file")) {
                shown.entry(media).or_default().push(id);
            }
        }
    }
    Ok(shown)
}

/// Takes a file from the public.
async fn close(doing: &mut Doing<'_>, stored: Stored, naming: &[Named], sakes: &[Id]) -> Result<Closed> {
    let mut outputs: Vec<Id> = naming.iter().map(|one| one.output).collect();
    outputs.sort_unstable();
    outputs.dedup();
    let mut said = Vec::new();
    for output in doing.tx.items(&OUTPUT, &outputs).await? {
        let title = output.item.title();
        said.push(match output.meta.published_version {
            Some(_) if sakes.contains(&output.item.id) => format!("‘{title}’ is not {OPEN}"),
            Some(_) => format!("‘{title}’ had it as its file and does not show it any more"),
            None => format!("‘{title}’, whose file it is or was, is not public"),
        });
    }
    let file = types::media::file(&stored.item).map(|file| file.name().to_owned()).unwrap_or_default();
    let closed = Closed { media: stored.item.id, title: stored.item.title(), file, why: said.join("; ") };
    doing.withdraw(stored, None).await?;
    doing.audit("unpublish", closed.media, "release 0.1.0 gave it to everybody").await?;
    Ok(closed)
}

/// Writes the list for its owner alone, whole or not at all.
fn write_list(list: &Path, closed: &[Closed]) -> std::io::Result<()> {
    let aside = list.with_extension("csv.new");
    let _ = std::fs::remove_file(&aside);
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(["title", "file", "media item", "why"])?;
    for one in closed {
        csv.write_record([&one.title, &one.file, &one.media.to_string(), &one.why])?;
    }
    let mut file = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
    file.flush()?;
    file.sync_all()?;
    std::fs::rename(&aside, list)
}
