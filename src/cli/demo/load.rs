//! Loads the demonstration's content through the verbs, as a centre's staff would over the years: made,
//! corrected and withdrawn on different days, the newest of them yesterday.

use std::collections::HashMap;

use super::data::{self, Content};
use super::days::Days;
use super::items::Loader;
use super::later;
use super::making::Making;
use crate::content::Id;
use crate::content::parsed::Zone;
use crate::content::types::{PROJECT, SITE};
use crate::editing::{Desk, Edit, User, publish, save};
use crate::error::{Error, Result};

/// Whose work it was.
#[derive(Clone, Debug)]
pub struct Staff {
    /// Who set the site up.
    pub administrator: User,
    /// Who made and published nearly everything.
    pub editor: User,
    /// Who has changed what is not public yet.
    pub contributor: User,
}

impl Staff {
    /// Nobody in particular: the command line.
    #[must_use]
    pub fn nobody() -> Self {
        Self { administrator: User::system(), editor: User::system(), contributor: User::system() }
    }
}

/// What was loaded.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// How many items there are now that the demonstration brought.
    pub items: usize,
    /// How many of them the public sees.
    pub published: usize,
    projects: HashMap<String, Id>,
}

impl Loaded {
    /// The project of this code.
    #[must_use]
    pub fn project(&self, code: &str) -> Option<Id> {
        self.projects.get(code).copied()
    }
}

/// Whether nobody has made content here yet: there is no more than the first start makes.
///
/// # Errors
/// Where the store fails.
pub async fn is_empty(desk: &Desk) -> Result<bool> {
    let counts = desk.lists().counts().await?;
    Ok(counts.iter().all(|(object, _, _)| matches!(object.as_str(), "site" | "term")))
}

/// Loads everything, as the work of nobody in particular.
///
/// # Errors
/// As [`load_by`].
pub async fn load(desk: &Desk) -> Result<Loaded> {
    load_by(desk, &Staff::nobody()).await
}

/// Loads everything, as the work of these.
///
/// # Errors
/// Where the database fails, or the embedded content does not fit its own declarations.
pub async fn load_by(desk: &Desk, staff: &Staff) -> Result<Loaded> {
    let content: Content = serde_json::from_str(data::CONTENT).map_err(Error::internal)?;
    let zone: Zone = content.site.time_zone.parse().map_err(Error::internal)?;
    let mut loader = Loader::new(Days::new(desk, staff, zone), &content.site.time_zone);
    loader.terms(&content.terms).await?;
    loader.media().await?;
    loader.organisations(&content.organisations)?;
    loader.people(&content.people)?;
    loader.themes(&content.themes)?;
    loader.pages(&content.pages)?;
    loader.projects(&content.projects).await?;
    loader.news(&content.news)?;
    loader.events(&content.events)?;
    later::work(&mut loader).await?;
    name_site(desk, &content.site).await?;
    let ids: Vec<String> = loader.days.made.iter().map(Id::to_string).collect();
    let projects = loader.known.into_iter().filter(|((name, _), _)| *name == PROJECT.name);
    Ok(Loaded {
        items: ids.len(),
        published: desk.published.reader().titles(&ids).await?.len(),
        projects: projects.map(|((_, code), id)| (code, id)).collect(),
    })
}

/// Gives the site, which the first start has made, its name and address.
async fn name_site(desk: &Desk, site: &data::Site) -> Result<()> {
    let there = desk.store.single(&SITE).await?.ok_or(Error::NotFound)?;
    let changed = Making(there.item.clone())
        .with("name", &site.name)?
        .with("address", site.address.trim_end_matches('/'))?
        .with("time_zone", &site.time_zone)?
        .with("contact_email", &site.contact_email)?;
    let user = User::system();
    save(desk, &user, &[Edit::of(&there, changed.0)]).await?;
    publish(desk, &user, there.item.id, None, &[]).await?;
    Ok(())
}
