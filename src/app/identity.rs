//! Whether the database, the read stores and the media library belong together: looked at before any of them is
//! opened for writing. It must not change anything.

use std::path::{Path, PathBuf};

use super::{DRAFTS_FILE, PUBLIC_FILE};
use crate::config::Config;
use crate::config::value::DatabaseAddress;
use crate::error::{Error, Result};
use crate::media::Files;
use crate::published::glance;
use crate::store::{Inspection, inspect};

/// What the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Database {
    /// There is none, or nothing was ever in it.
    New,
    /// One of a release that gave databases no id.
    Nameless {
        /// Whether anybody has an account in it.
        is_used: bool,
    },
    /// One with this id.
    Of(String),
}

/// Something that lies beside the database and holds content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Beside {
    /// Where.
    pub(super) place: PathBuf,
    /// How much it holds, in words.
    pub(super) holds: String,
    /// The id of the database that it belongs to, where it says.
    pub(super) owner: Option<String>,
}

/// What was found before anything was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Looked {
    pub(super) database: Database,
    /// How much the database holds, in words.
    pub(super) holds: String,
    pub(super) beside: Vec<Beside>,
    /// The steps of the schema that the database has not had.
    pub(super) pending: Vec<String>,
}

/// Looks at the database that the settings name, and at what lies beside it.
///
/// # Errors
/// Where something cannot be looked at.
pub(super) async fn look(config: &Config) -> Result<Looked> {
    let dir = config.data_dir.path();
    if std::fs::metadata(dir).is_ok_and(|found| !found.is_dir()) {
        return Err(super::no_directory(dir));
    }
    let (database, holds, pending) = database(&config.database_address()).await?;
    let mut beside = Vec::new();
    for name in [PUBLIC_FILE, DRAFTS_FILE] {
        let place = config.data_dir.path().join(name);
        if let Some(seen) = glance(&place).await?.filter(|seen| !seen.is_empty()) {
            let holds = match seen.documents {
                Some(number) => format!("{number} documents{}", changed(seen.newest.as_deref())),
                None => "what cannot be read".to_owned(),
            };
            beside.push(Beside { place, holds, owner: seen.identity });
        }
    }
    let place = config.media_dir();
    let files = Files::at(&place);
    let (owner, number) = (files.owner()?, files.number()?);
    if owner.is_some() || number > 0 {
        beside.push(Beside { place, holds: format!("{number} files"), owner });
    }
    Ok(Looked { database, holds, beside, pending })
}

/// Whether the database that the settings name belongs to what lies beside it.
///
/// # Errors
/// [`Error::Refused`] where it does not, with the ways out; where something cannot be looked at.
pub async fn belongs(config: &Config) -> Result<()> {
    look(config).await?.judge(&config.database_address())
}

async fn database(address: &DatabaseAddress) -> Result<(Database, String, Vec<String>)> {
    if let Some(file) = address.file()
        && std::fs::metadata(file).map_or(true, |found| found.len() == 0)
    {
        return Ok((Database::New, "nothing".to_owned(), Vec::new()));
    }
    let seen = inspect(address.expose()).await?;
    let Inspection { is_new, identity, accounts, items, newest, pending, .. } = seen;
    let database = match identity {
        Some(identity) => Database::Of(identity),
        None if is_new => Database::New,
        None => Database::Nameless { is_used: accounts > 0 },
    };
    let pending = if is_new { Vec::new() } else { pending };
    Ok((database, format!("{items} items{}", changed(newest.as_deref())), pending))
}

/// When something was last changed, after how much it holds.
fn changed(newest: Option<&str>) -> String {
    newest.and_then(|newest| newest.get(..10)).map_or_else(String::new, |day| format!(", last changed {day}"))
}

impl Looked {
    /// Whether they belong together.
    ///
    /// # Errors
    /// [`Error::Refused`] where they do not: names which belongs to which, and the ways out.
    pub(super) fn judge(&self, address: &DatabaseAddress) -> Result<()> {
        match &self.database {
            Database::Of(identity) => {
                let others: Vec<String> = self
                    .beside
                    .iter()
                    .filter_map(|one| {
                        let owner = one.owner.as_ref().filter(|owner| *owner != identity)?;
                        Some(format!(
                            "{} ({}) is of the database {}",
                            one.place.display(),
                            one.holds,
                            short(owner)
                        ))
                    })
                    .collect();
                if others.is_empty() {
                    return Ok(());
                }
                Err(Error::Refused(format!(
                    "The files beside the database belong to another one. {address} is the database {}; {}. Nothing was \
                     changed. If the wrong database was put here, or the setting ‘database’ or ‘media_dir’ names the \
                     wrong one, put that right. If this is the one that you want, run ‘recto adopt’, which shows both \
                     and makes the files its own.",
                    short(identity),
                    others.join("; ")
                )))
            }
            Database::Nameless { is_used: true } => Ok(()),
            Database::New | Database::Nameless { is_used: false } if self.beside.is_empty() => Ok(()),
            Database::New | Database::Nameless { is_used: false } => {
                let holds: Vec<String> = self
                    .beside
                    .iter()
                    .map(|one| match &one.owner {
                        Some(owner) => {
                            format!(
                                "{} holds {} of the database {}",
                                one.place.display(),
                                one.holds,
                                short(owner)
                            )
                        }
                        None => format!("{} holds {}", one.place.display(), one.holds),
                    })
                    .collect();
                Err(Error::Refused(format!(
                    "There is nothing in the database {address} yet, but {}. Nothing was changed. If the database lies \
                     elsewhere, or its volume is not mounted, put that or the setting ‘database’ right; if it was lost, \
                     or putting back a backup was ended before it was done, run ‘recto restore’; to begin with an empty \
                     one, name another directory with --data-dir.",
                    holds.join("; ")
                )))
            }
        }
    }

    /// Whether there is no database yet.
    pub(super) fn is_new(&self) -> bool {
        self.database == Database::New
    }

    /// Whether the library's directory may be said to be this database's, at this start: the database is
    /// made now, or had no id before.
    pub(super) fn may_mark(&self) -> bool {
        !matches!(self.database, Database::Of(_))
    }

    /// Whether the library's directory says whose it is.
    pub(super) fn is_marked(&self, media: &Path) -> bool {
        self.beside.iter().any(|one| one.place == media && one.owner.is_some())
    }
}

/// As much of an id as people compare.
pub(super) fn short(identity: &str) -> &str {
    identity.get(..8).unwrap_or(identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(owner: Option<&str>) -> Vec<Beside> {
        let place = PathBuf::from("/data/media");
        vec![Beside { place, holds: "28 files".to_owned(), owner: owner.map(str::to_owned) }]
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let of = |id: &str| Database::Of(id.to_owned());
        let nameless = |is_used| Database::Nameless { is_used };
        let address = DatabaseAddress::of_file(Path::new("/data/recto.db"));
        for (database, beside, refused) in [
            (Database::New, vec![], None),
            (Database::New, beside(None), Some("nothing in the database")),
            (Database::New, beside(Some("a1")), Some("28 files of the database a1")),
            (nameless(false), vec![], None),
            (nameless(false), beside(None), Some("nothing in the database")),
            (nameless(true), beside(None), None),
            (of("a1"), vec![], None),
            (of("a1"), beside(None), None),
            (of("a1"), beside(Some("a1")), None),
            (of("b2"), beside(Some("a1")), Some("/data/media (28 files) is of the database a1")),
        ] {
            let looked = Looked { database, holds: String::new(), beside, pending: Vec::new() };
            let said = looked.judge(&address).err().map(|error| error.to_string());
            match (refused, said) {
                (None, None) => {}
                (Some(words), Some(said)) if said.contains(words) => {}
                (_, said) => panic!("{looked:?}: {said:?}"),
            }
        }
    }
}
