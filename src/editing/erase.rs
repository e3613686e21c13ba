//! Erasing people: what was kept of them goes, in every version, and what linked to them links no more. The names
//! under which outputs credit them stay. Done twice it comes to the same, so that what was ended in between is done
//! again. It must not bring the read stores up to date, nor keep a list of who was erased.

use std::time::{Duration, SystemTime};

use super::Desk;
use super::bind::known_as;
use super::deed::Doing;
use super::permission::{self, User};
use crate::content::parsed::name_key;
use crate::content::relink::unlink;
use crate::content::types::{MEDIA, PERSON};
use crate::content::{Id, TYPES};
use crate::error::{Error, Result};
use crate::store::{Account, Deed, Reason, Stored, Write};

/// The verb in the audit log.
const VERB: &str = "erase";

/// Files that were written just now are moved, too.
const AHEAD: Duration = Duration::from_secs(86_400);

/// How long others may write between two parts.
const PAUSE: Duration = Duration::from_millis(20);

/// What erasing somebody would come to.
#[derive(Clone, Debug, Default)]
pub struct Erasure {
    /// All records of the person: also what was merged with theirs and, where they were named by their e-mail
    /// address, all that have it.
    pub people: Vec<Stored>,
    /// The e-mail address by which they were named, where they were.
    pub email: Option<String>,
    /// Records that were deleted before, of which logs still say something.
    pub deleted: Vec<Id>,
    /// Their pictures, which nothing else shows.
    pub pictures: Vec<Stored>,
    /// Their pictures that something else shows, each with what does; they stay.
    pub shown: Vec<(Stored, Stored)>,
    /// How many items link to them.
    pub linking: usize,
    /// The account with an e-mail address of theirs, which stays.
    pub account: Option<Account>,
}

/// What was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many records of people.
    pub people: usize,
    /// How many of their pictures.
    pub pictures: usize,
    /// The hashes of files that are deleted.
    pub files: Vec<String>,
    /// How many items linked to them.
    pub unlinked: usize,
    /// How many earlier versions of other items were written anew.
    pub versions: u64,
    /// How many lines of the audit log say less now.
    pub lines: u64,
    /// Items whose earlier versions cannot be read, and were left as they are.
    pub broken: Vec<Id>,
}

/// Looks at what erasing somebody would come to. They are named by the id or the address of their record, or by
/// their e-mail address. Changes nothing.
///
/// # Errors
/// [`Error::Denied`]; [`Error::Refused`] where nobody is meant.
pub async fn look_at_erasure(desk: &Desk, user: &User, who: &str) -> Result<Erasure> {
    permission::allow_for_good(user)?;
    let who = who.trim().to_lowercase();
    let found = find(desk, &who).await?;
    // As erasing itself sees it.
    let tx = desk.store.write().await?;
    let mut deleted = Vec::new();
    for id in &found {
        if desk.store.is_deleted(*id, &PERSON).await? {
            deleted.push(*id);
        }
    }
    let people = group(&tx, found).await?;
    if people.is_empty() && deleted.is_empty() {
        return Err(Error::Refused(format!(
            "Nobody is called {who} here. Name somebody by the e-mail address in their record, or by its id: the last \
             part of the page’s address in the admin."
        )));
    }
    let ids: Vec<Id> = people.iter().map(|one| one.item.id).collect();
    let mut pictures = Vec::new();
    let mut shown = Vec::new();
    for picture in pictures_of(desk, &tx, &ids).await? {
        match tx.shown_by(picture.item.id, &ids).await? {
            Some(other) => shown.push((picture, tx.item(other).await?)),
            None => pictures.push(picture),
        }
    }
    let linking = linking(&tx, &ids).await?.len();
    let mut account = None;
    for email in emails(&people) {
        account = account.or(tx.account_by_email(&email).await?);
    }
    let email = Some(who).filter(|who| who.contains('@'));
    Ok(Erasure { people, email, deleted, pictures, shown, linking, account })
}

/// Erases the people of these ids, as far as they are there still, and whatever was kept under these ids elsewhere.
/// Whoever calls it brings the read stores up to date.
///
/// # Errors
/// [`Error::Denied`], or where the database or the library fails: then it is to be done again.
pub async fn erase(desk: &Desk, user: &User, ids: &[Id]) -> Result<Erased> {
    permission::allow_for_good(user)?;
    let mut doing = Doing::begin(desk, user, None, Reason::Erase).await?;
    doing.tx.overwrite().await?;
    let mut erased = Erased::default();
    for stored in linking(&doing.tx, ids).await? {
        if doing.rewrite(&stored, VERB, true, &|item| unlink(item, ids)).await?.is_some() {
            erased.unlinked += 1;
        }
    }
    let people = doing.tx.items(&PERSON, ids).await?;
    let mut pictures = Vec::new();
    for picture in pictures_of(desk, &doing.tx, ids).await? {
        if doing.tx.shown_by(picture.item.id, ids).await?.is_none() {
            pictures.push(picture);
        }
    }
    (erased.people, erased.pictures) = (people.len(), pictures.len());
    let mut all = ids.to_vec();
    all.extend(pictures.iter().map(|picture| picture.item.id));
    erased.files = files(desk, &doing.tx, &pictures).await?;
    remove(&mut doing, people.iter().chain(&pictures)).await?;
    for id in &all {
        doing.tx.forget_publication(*id, doing.now).await?;
    }
    doing.tx.forget_deeds(&all).await?;
    let mut names: Vec<String> = people.iter().flat_map(|one| known_as(&one.item)).collect();
    names.extend(
        people.iter().map(|one| format!("{} {}", one.item.text("given_names"), one.item.text("family_name"))),
    );
    for name in &names {
        doing.tx.remove_outsider(&name_key(name)).await?;
    }
    let texts: Vec<String> = emails(&people).into_iter().chain(erased.files.iter().cloned()).collect();
    erased.lines = doing.tx.redact(&all, &texts, &names).await?;
    for one in people.iter().chain(&pictures) {
        doing.audit(VERB, one.item.id, one.item.content_type.name).await?;
    }
    for hash in &erased.files {
        doing.tx.forget_upload(hash).await?;
    }
    // Aside before it is durable, so that a failure leaves nobody without their picture: what is named comes back by
    // itself.
    let (files, now) = (desk.media.files(), SystemTime::now() + AHEAD);
    files.move_aside(erased.files.clone(), now, doing.now.date_naive()).await?;
    if let Err(error) = doing.commit_alone().await {
        for hash in &erased.files {
            files.put_back(hash).await?;
        }
        return Err(error);
    }
    files.erase(erased.files.clone()).await?;
    unlink_versions(desk, &all, &mut erased).await?;
    Ok(erased)
}

/// Who is meant.
async fn find(desk: &Desk, who: &str) -> Result<Vec<Id>> {
    if who.contains('@') {
        let found = desk.store.addressed().await?.into_iter().filter(|one| one.email == who);
        return Ok(found.map(|one| one.id).collect());
    }
    if let Ok(id) = who.parse::<Id>() {
        return Ok(vec![id]);
    }
    Ok(desk.store.by_slug(&PERSON, who).await?.into_iter().collect())
}

/// All records of the people of these ids: also what was merged with one of them.
async fn group(tx: &Write, mut ids: Vec<Id>) -> Result<Vec<Stored>> {
    let mut at = 0;
    while let Some(id) = ids.get(at).copied() {
        at += 1;
        for batch in tx.batches_of(id, &[Deed::KEEP, Deed::MERGE]).await? {
            for one in merged(tx, &batch).await? {
                if !ids.contains(&one) {
                    ids.push(one);
                }
            }
        }
    }
    tx.items(&PERSON, &ids).await
}

/// Both sides of a merge that was not taken back.
async fn merged(tx: &Write, batch: &str) -> Result<Vec<Id>> {
    let deeds = tx.deeds(batch).await?;
    let Some(merge) = deeds.iter().find(|deed| deed.verb == Deed::MERGE) else { return Ok(Vec::new()) };
    let stands = match tx.item(merge.id).await {
        Ok(merged) => merged.meta.trashed_at == Some(merge.at),
        Err(Error::NotFound) => false,
        Err(error) => return Err(error),
    };
    let sides = deeds.iter().filter(|deed| stands && [Deed::MERGE, Deed::KEEP].contains(&deed.verb));
    Ok(sides.map(|deed| deed.id).collect())
}

/// The addresses in the records of people, in lower case.
fn emails(people: &[Stored]) -> Vec<String> {
    let emails = people.iter().map(|one| one.item.text("email").trim().to_lowercase());
    emails.filter(|email| !email.is_empty()).collect()
}

/// Everything that links to these people, in what editors see or in what readers see.
async fn linking(tx: &Write, ids: &[Id]) -> Result<Vec<Stored>> {
    let mut all = Vec::new();
    let public = tx.publicly_naming(ids).await?;
    for from in TYPES {
        let mut owners: Vec<Id> = public.clone();
        for field in from.fields.iter().filter(|field| field.target() == Some(PERSON.name)) {
            owners.extend(tx.linking_to(from, field, ids).await?.into_iter().map(|(owner, _)| owner));
        }
        owners.sort_unstable();
        owners.dedup();
        owners.retain(|owner| !ids.contains(owner));
        all.extend(tx.items(from, &owners).await?);
    }
    Ok(all)
}

/// The pictures that people have or had in their records.
async fn pictures_of(desk: &Desk, tx: &Write, ids: &[Id]) -> Result<Vec<Stored>> {
    let mut pictures: Vec<Id> = Vec::new();
    for field in PERSON.fields.iter().filter(|field| field.target() == Some(MEDIA.name)) {
        for id in ids {
            let said = desk.store.said_ever(*id, field.name).await?;
            pictures.extend(said.iter().filter_map(|said| said.parse::<Id>().ok()));
        }
    }
    pictures.sort_unstable();
    pictures.dedup();
    tx.items(&MEDIA, &pictures).await
}

/// The files that these pictures have or had and nothing else has.
async fn files(desk: &Desk, tx: &Write, pictures: &[Stored]) -> Result<Vec<String>> {
    let ids: Vec<Id> = pictures.iter().map(|picture| picture.item.id).collect();
    let mut files = Vec::new();
    for id in &ids {
        for said in desk.store.said_ever(*id, "file").await? {
            let hash = said.split('/').next().unwrap_or_default().to_owned();
            if !files.contains(&hash) && !tx.has_file(&hash, &ids).await? {
                files.push(hash);
            }
        }
    }
    Ok(files)
}

/// Takes these items from the public and deletes them, with all their versions.
async fn remove(doing: &mut Doing<'_>, items: impl Iterator<Item = &Stored>) -> Result<()> {
    let mut away = Vec::new();
    for one in items {
        away.push(doing.put_away(one.clone()).await?);
    }
    doing.settle_files().await?;
    for one in &away {
        doing.tx.delete(one, doing.now, doing.user.account.as_deref()).await?;
    }
    Ok(())
}

/// Takes the links to what is gone out of the earlier versions of everything else, a part at a time.
async fn unlink_versions(desk: &Desk, gone: &[Id], erased: &mut Erased) -> Result<()> {
    for id in desk.store.naming(gone).await? {
        let content_type = match desk.store.item(id).await {
            Ok(stored) => stored.item.content_type,
            Err(Error::NotFound) => continue,
            Err(error) => return Err(error),
        };
        let mut after = 0;
        loop {
            let tx = desk.store.write().await?;
            tx.overwrite().await?;
            let done = tx.unlink_revisions(content_type, id, after, gone).await?;
            tx.commit().await?;
            if let Some(cause) = done.broken {
                tracing::error!(%cause, "a version that names somebody who was erased cannot be written anew");
                erased.broken.push(id);
            }
            erased.versions += done.rewritten;
            if done.reached == after {
                break;
            }
            after = done.reached;
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(())
}
