//! Recto put together: opens the databases that the settings name and serves the admin and the
//! public API. It must not print; whoever calls it is told what people should know.

mod adopt;
mod backup;
mod connection;
mod erasure;
mod follow;
mod health;
mod http;
mod identity;
mod ledger;
mod listen;
mod lock;
mod metrics;
mod migrate;
mod public;
mod room;
mod serve;
mod signal;

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use identity::Looked;
use secrecy::ExposeSecret as _;

pub use adopt::Adoption;
pub use backup::{
    Manifest, Note, Part, Restored, Taken, Verified, backup, restore, unfinished_restore, verify,
};
pub use erasure::{
    Done, copies, delete_copies, erase_account, erase_account_again, erase_people, erase_people_again,
};
pub use identity::belongs;
pub use ledger::{Kind, Ledger, Line};
pub use listen::Listeners;
pub use migrate::{migrate, plan};
pub use room::{Disk, OpenFiles, disks, try_writing};
pub use serve::{Only, Ready, serve};

use crate::accounts::{Accounts, Passwords};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::value::{Contact, DatabaseAddress, Origin};
use crate::editing::{Desk, set_up, upgrade};
use crate::error::{Error, Result};
use crate::media::{Library, Limits};
use crate::metadata::Metadata;
use crate::published::Follower;
use crate::store::Store;

/// The file of what the public sees, in the data directory.
pub const PUBLIC_FILE: &str = "public.db";
/// The file of the newest drafts, in the data directory.
pub const DRAFTS_FILE: &str = "drafts.db";

/// The services that metadata are looked up at, if the settings name any.
#[must_use]
pub fn metadata(config: &Config) -> Option<Metadata> {
    let origin = |origin: &Option<Origin>| origin.as_ref().map(|origin| origin.as_str().to_owned());
    let (crossref, datacite) = (origin(&config.crossref), origin(&config.datacite));
    let contact = config.metadata_contact.as_ref().map(Contact::as_str);
    Metadata::new(crossref.as_deref(), datacite.as_deref(), contact)
}

/// What the admin and the command line work with.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The verbs' desk.
    pub desk: Desk,
    /// Who can sign in.
    pub accounts: Accounts,
    /// Nobody replaces the files meanwhile.
    lock: Arc<File>,
}

impl Parts {
    /// Opens everything; at the first start makes it. Both read stores are up to date then.
    ///
    /// # Errors
    /// Where something cannot be opened: says what, and what to do.
    pub async fn open(config: &Config, clock: Clock) -> Result<Self> {
        let looked =
            identity::look(config).await.map_err(|error| cannot_open(&config.database_address(), error))?;
        Self::open_looked(config, clock, &looked, May::MakeAndMigrate).await
    }

    /// The same where there is a database already, for commands: one that misses its database must not leave an
    /// empty one behind.
    ///
    /// # Errors
    /// As [`Parts::open`], and where there is none.
    pub async fn open_existing(config: &Config, clock: Clock) -> Result<Self> {
        let looked =
            identity::look(config).await.map_err(|error| cannot_open(&config.database_address(), error))?;
        Self::open_looked(config, clock, &looked, May::Nothing).await
    }

    async fn open_looked(config: &Config, clock: Clock, looked: &Looked, may: May) -> Result<Self> {
        let lock = Arc::new(lock::share(config.data_dir.path())?);
        let store = open_looked(config, looked, may).await?;
        let media = open_library(config)?.of(&store.identity().await?);
        mark_library(&store, &media, looked, &config.media_dir()).await?;
        let desk = Desk {
            store: store.clone(),
            published: open_follower(config, PUBLIC_FILE).await?,
            drafts: open_follower(config, DRAFTS_FILE).await?,
            media,
            clock: clock.clone(),
        };
        upgrade(&desk, config.data_dir.path()).await?;
        if let Err(error) = desk.catch_up(&|_, _| ()).await {
            // Perhaps because one of them is damaged; if neither is, the error stands.
            let mended = [desk.published.mend().await?, desk.drafts.mend().await?];
            if !mended.contains(&true) {
                return Err(error);
            }
            desk.catch_up(&|_, _| ()).await?;
        }
        let (address, zone) = (config.site_address.as_str(), config.time_zone.as_str());
        set_up(&desk, &config.site_name, address, zone).await?;
        Ok(Self { desk, accounts: Accounts::new(store, clock, Passwords::default()), lock })
    }

    /// The address under which the first administrator is made; `None` where somebody has an
    /// account.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn set_up_address(&self, config: &Config) -> Result<Option<String>> {
        if !self.accounts.set_up_needed().await? {
            return Ok(None);
        }
        let token = self.accounts.make_set_up_link().await?;
        Ok(Some(format!("{}/admin/set-up/{}", config.admin_base(), token.expose_secret())))
    }

    /// Closes the databases.
    pub async fn close(self) {
        self.desk.published.close().await;
        self.desk.drafts.close().await;
        self.desk.store.close().await;
        drop(self.lock);
    }
}

/// What opening a database may do to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// It must be there, and of this release.
    Nothing,
    /// It is made where there is none and nothing lies beside.
    Make,
    /// The same, and one of an older release is brought up to date.
    MakeAndMigrate,
}

/// Opens the editorial database alone, where it belongs to what lies beside it.
///
/// # Errors
/// Where it cannot be opened: says what to do.
pub async fn open_store(config: &Config, may: May) -> Result<Store> {
    let looked =
        identity::look(config).await.map_err(|error| cannot_open(&config.database_address(), error))?;
    open_looked(config, &looked, may).await
}

/// Opens the editorial database that was looked at.
async fn open_looked(config: &Config, looked: &Looked, may: May) -> Result<Store> {
    let address = config.database_address();
    looked.judge(&address)?;
    if !looked.pending.is_empty() {
        if may != May::MakeAndMigrate {
            return Err(Error::Refused(format!(
                "The database {address} is of an older release: {} is still to be applied. ‘recto migrate --plan’ says \
                 what that does; ‘recto migrate’, or the next ‘recto serve’, does it.",
                looked.pending.join(", ")
            )));
        }
        migrate::bring_up_to_date(&address, looked, &|step| {
            tracing::warn!(step, "bringing the database up to date")
        })
        .await?;
    }
    if looked.is_new() && may == May::Nothing {
        return Err(Error::Refused(format!(
            "There is no database at {address} yet. ‘recto serve’ makes one; if there should be one, put the setting \
             ‘database’ or --data-dir right."
        )));
    }
    make_data_dir(config.data_dir.path())?;
    Store::open(address.expose(), None).await.map_err(|error| cannot_open(&address, error))
}

/// Says in the library's directory whose it is, where the database is made now or had no id before. A database
/// that names files of which none lies there does not say so: their volume may not be mounted.
async fn mark_library(store: &Store, media: &Library, looked: &Looked, dir: &Path) -> Result<()> {
    if looked.is_marked(dir) {
        return Ok(());
    }
    let named = store.uploads().await?;
    let mut is_there = named.is_empty();
    if looked.may_mark() {
        for file in &named {
            is_there = is_there || media.files().has(file).await?;
        }
    }
    if is_there {
        return media.files().set_owner(&store.identity().await?);
    }
    tracing::error!(
        dir = %dir.display(),
        files = named.len(),
        "the library’s directory does not say that it is this database’s, as where a volume is not mounted; no files \
         are taken and none are tidied. If these are the files, run ‘recto adopt’"
    );
    Ok(())
}

/// Opens the publications of a PostgreSQL database, for reading alone.
///
/// # Errors
/// Where they cannot be read: says what to do.
async fn open_publications(config: &Config) -> Result<Store> {
    let address = config.database_address();
    Store::open_publications(address.expose()).await.map_err(|error| cannot_open(&address, error))
}

/// Opens one of the read stores, for writing.
///
/// # Errors
/// Where its file cannot be written.
pub async fn open_follower(config: &Config, name: &str) -> Result<Follower> {
    make_data_dir(config.data_dir.path())?;
    let file = config.data_dir.path().join(name);
    Follower::open(&file).await.map_err(|error| {
        tracing::debug!(?error, "a read store cannot be opened");
        Error::Refused(format!(
            "{} cannot be opened. Check that this user may write in its directory and that the disk is not full; \
             the file itself may be deleted, it is built anew.",
            file.display()
        ))
    })
}

/// Opens the media library.
///
/// # Errors
/// Where its directory cannot be made.
pub fn open_library(config: &Config) -> Result<Library> {
    let limits = Limits {
        bytes: u64::from(config.media_max_megabytes.0.get()) * 1_000_000,
        pixels: u64::from(config.media_max_megapixels.0.get()) * 1_000_000,
        types: config.media_types.0.clone(),
    };
    Library::open(&config.media_dir(), limits)
}

/// What to say where the editorial database cannot be opened.
#[must_use]
pub fn cannot_open(address: &DatabaseAddress, error: Error) -> Error {
    let cause = match error {
        refused @ Error::Refused(_) => return refused,
        Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    };
    tracing::debug!(%cause, "the editorial database cannot be opened");
    Error::Refused(match address.file() {
        Some(file) => format!(
            "The database {address} cannot be opened. Check that {} exists, that this user may write in it, that the \
             disk is not full, that no other program has it locked, and that the file is a database of Recto.",
            file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new(".")).display()
        ),
        None => format!(
            "The database ({address}) cannot be reached. Check that the server runs, that it takes more connections (each \
             ‘recto serve’ holds up to twelve of its max_connections), and that the setting ‘database’ names the right \
             host, user, password and database."
        ),
    })
}

fn no_directory(dir: &Path) -> Error {
    Error::Refused(format!(
        "{} is no directory. Choose another data directory with --data-dir.",
        dir.display()
    ))
}

/// Leaves a copy of a database to its owner alone: passwords' hashes are in there.
fn restrict(file: &Path) -> Result<()> {
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).map_err(Error::internal)
}

/// Makes the data directory, for its owner alone, where it is missing.
fn make_data_dir(dir: &Path) -> Result<()> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(|error| {
        let shown = dir.display();
        Error::Refused(match error.kind() {
            ErrorKind::PermissionDenied => format!(
                "This user may not make the data directory {shown}. Make it and give it to this user, or choose \
                 another with --data-dir."
            ),
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory => return no_directory(dir),
            _ => format!("The data directory {shown} cannot be made: {error}."),
        })
    })
}
