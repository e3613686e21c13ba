//! The public site as feeds speak of it: its name and its whole addresses. It must not be told from
//! settings: editors say where the site lives.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Api;
use super::problem::{Problem, Result};
use crate::content::parsed::Zone;
use crate::content::types::SITE;
use crate::published::Select;

/// The public site.
#[derive(Clone, Debug)]
pub(super) struct Site {
    id: Uuid,
    /// What it is called.
    pub(super) name: String,
    /// `https://www.example.org`, without a slash at its end.
    pub(super) address: String,
    /// Whom to write to.
    pub(super) email: Option<String>,
    /// The zone of its days.
    pub(super) zone: Zone,
    /// When it was last published.
    pub(super) updated_at: DateTime<Utc>,
}

impl Site {
    /// The site as it was last published.
    pub(super) async fn load(api: &Api) -> Result<Self> {
        let page = api.store.list(&Select { limit: 1, ..Select::of(&SITE) }).await?;
        let document = page.items.first().ok_or(Problem::Unavailable)?;
        let text = |name: &str| document.json.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        Ok(Self {
            id: document.id.parse().map_err(crate::error::Error::internal)?,
            name: text("name").to_owned(),
            address: text("address").trim_end_matches('/').to_owned(),
            email: Some(text("contact_email").to_owned()).filter(|email| !email.is_empty()),
            zone: text("time_zone").parse().unwrap_or(Zone(chrono_tz::UTC)),
            updated_at: text("updated_at").parse().unwrap_or_default(),
        })
    }

    /// A path of the site as a whole address.
    pub(super) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// A name that stays the same for ever, whatever the site's address becomes (RFC 9562 §5.5).
    pub(super) fn name_of(&self, what: &str) -> String {
        urn(&Uuid::new_v5(&self.id, what.as_bytes()).to_string())
    }
}

/// An id as a name (RFC 9562 §4).
pub(super) fn urn(id: &str) -> String {
    format!("urn:uuid:{id}")
}
