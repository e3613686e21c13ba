//! Loads the demonstration's content through the verbs, as an editor would, in one save and one
//! publication. Days are counted from today, so the same clock gives the same content.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};

use super::data::{self, Content};
use super::draw;
use super::making::Making;
use crate::content::parsed::Zone;
use crate::content::types::{
    EVENT, MEDIA, NEWS, OPEN, ORGANISATION, OUTPUT, PAGE, PERSON, PROJECT, SITE, TERM, THEME,
};
use crate::content::{ContentType, Id, Item, Row, Value};
use crate::editing::{Desk, Edit, GAP, User, keep_upload, publish, save};
use crate::error::{Error, Result};
use crate::published::Select;

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

/// Loads everything.
///
/// # Errors
/// Where the database fails, or the embedded content does not fit its own declarations.
pub async fn load(desk: &Desk) -> Result<Loaded> {
    let content: Content = serde_json::from_str(data::CONTENT).map_err(Error::internal)?;
    let zone: Zone = content.site.time_zone.parse().map_err(Error::internal)?;
    let mut loader = Loader {
        desk,
        today: desk.clock.now().with_timezone(&zone.0).date_naive(),
        zone: content.site.time_zone.clone(),
        known: HashMap::new(),
        roles: HashMap::new(),
        items: Vec::new(),
        public: Vec::new(),
    };
    loader.terms(&content.terms).await?;
    loader.media().await?;
    loader.organisations(&content.organisations)?;
    loader.people(&content.people)?;
    loader.themes(&content.themes)?;
    loader.projects(&content.projects)?;
    loader.news(&content.news)?;
    loader.events(&content.events)?;
    loader.pages(&content.pages)?;
    loader.finish(&content.site).await
}

/// The key of the document.
const CODES: &str = "codes";

/// What is in it.
const DOCUMENT: &str =
    "code,meaning\r\n1,Recorded at once\r\n2,Recorded after a review\r\n3,Not recorded\r\n";

struct Loader<'desk> {
    desk: &'desk Desk,
    today: NaiveDate,
    zone: String,
    /// What was made so far: type and key, and its id.
    known: HashMap<(&'static str, String), Id>,
    /// What the roles in a team are called.
    roles: HashMap<String, String>,
    items: Vec<Item>,
    public: Vec<Id>,
}

impl Loader<'_> {
    fn new_item(&self, content_type: &'static ContentType) -> Making {
        Making(Item::new(content_type, Id::new(self.desk.clock.now())))
    }

    fn keep(&mut self, key: &str, made: Making, publish: bool) -> Id {
        let Making(item) = made;
        let id = item.id;
        self.known.insert((item.content_type.name, key.to_owned()), id);
        if publish {
            self.public.push(id);
        }
        self.items.push(item);
        id
    }

    fn find(&self, content_type: &'static ContentType, key: &str) -> Result<Id> {
        let found = self.known.get(&(content_type.name, key.to_owned()));
        found
            .copied()
            .ok_or_else(|| Error::internal(format!("the demonstration has no {} {key}", content_type.name)))
    }

    fn find_maybe(&self, content_type: &'static ContentType, key: Option<&String>) -> Result<Option<Id>> {
        key.map(|key| self.find(content_type, key)).transpose()
    }

    fn links(&self, content_type: &'static ContentType, keys: &[String]) -> Result<Vec<Row>> {
        let row = |key: &String| Ok(Row { target: Some(self.find(content_type, key)?), values: Vec::new() });
        keys.iter().map(row).collect()
    }

    fn day(&self, days: i64) -> NaiveDate {
        self.today + TimeDelta::days(days)
    }

    /// Terms: those that the first start made are taken as they are. A team's roles are no terms
    /// here but free text, a partner's a closed choice.
    async fn terms(&mut self, terms: &[data::Term]) -> Result<()> {
        let there = self.desk.lists().list(&Select { limit: 1_000, ..Select::of(&TERM) }).await?;
        let mut position = 0;
        for term in terms {
            let vocabulary = term.vocabulary.replace('-', "_");
            if !matches!(vocabulary.as_str(), "output_type" | "organisation_kind") {
                self.roles.insert(term.slug.clone(), term.label.clone());
                continue;
            }
            position += 10;
            let same = there.items.iter().find(|one| {
                let says = |name: &str| one.json.get(name).and_then(serde_json::Value::as_str);
                says("vocabulary") == Some(&vocabulary) && says("label") == Some(&term.label)
            });
            if let Some(same) = same {
                let id = same.id.parse().map_err(Error::internal)?;
                self.known.insert((TERM.name, term.slug.clone()), id);
                continue;
            }
            let made = self
                .new_item(&TERM)
                .with("vocabulary", &vocabulary)?
                .with("label", &term.label)?
                // Behind those of the first start.
                .with("position", (200 + position).to_string())?
                .maybe("csl_type", term.csl_type.as_ref())?
                .maybe("schema_type", term.schema_type.as_ref())?
                .maybe("coar_type", term.coar_type.as_ref())?;
            self.keep(&term.slug, made, true);
        }
        Ok(())
    }

    /// A picture for each theme's first project, one that nobody has described yet, and a document.
    async fn media(&mut self) -> Result<()> {
        for (number, colour) in draw::NAMES.iter().enumerate() {
            let name = format!("arcs-{}.png", number + 1);
            let made = self
                .file(&name, draw::picture(number)?)
                .await?
                .with("title", format!("Arcs in {colour}"))?
                .with("alternative_text", format!("Overlapping arcs in tones of {colour}."))?
                .with("credit", "Drawn for this demonstration")?
                .with("licence", "CC0 1.0")?;
            self.keep(&(number + 1).to_string(), made, true);
        }
        let made = self
            .file("arcs-without-words.png", draw::picture(9)?)
            .await?
            .with("title", "Arcs without words")?;
        self.keep("without words", made, false);
        let made = self
            .file("recording-codes.csv", DOCUMENT.as_bytes().to_vec())
            .await?
            .with("title", "Recording codes")?
            .with("caption", "The codes that the demonstration's study used.")?;
        self.keep(CODES, made, true);
        Ok(())
    }

    /// A media item of this file.
    async fn file(&self, name: &str, bytes: Vec<u8>) -> Result<Making> {
        let file = self.desk.media.take_bytes(name, bytes).await?;
        keep_upload(self.desk, &User::system(), &file, name).await?;
        self.new_item(&MEDIA).with("file", file.to_string())
    }

    fn organisations(&mut self, organisations: &[data::Organisation]) -> Result<()> {
        for one in organisations {
            let kind = self.find(&TERM, &one.kind)?;
            let made = self
                .new_item(&ORGANISATION)
                .with("name", &one.name)?
                .maybe("short_name", one.short_name.as_ref())?
                .one("kind", Some(kind))
                .maybe("web", one.web.as_ref())?
                .maybe("country", one.country.as_ref())?;
            self.keep(&one.key, made, true);
        }
        Ok(())
    }

    fn people(&mut self, people: &[data::Person]) -> Result<()> {
        for one in people {
            let organisation = self.find_maybe(&ORGANISATION, one.organisation.as_ref())?;
            let made = self
                .new_item(&PERSON)
                .maybe("honorific", one.honorific.as_ref())?
                .with("given_names", &one.given_names)?
                .with("family_name", &one.family_name)?
                .maybe("post_nominals", one.post_nominals.as_ref())?
                .maybe("job_title", one.job_title.as_ref())?
                .one("organisation", organisation)
                .with("standing", if one.former { "former" } else { "current" })?
                .maybe("biography", one.biography.as_ref())?;
            self.keep(&one.key, made, true);
        }
        Ok(())
    }

    fn themes(&mut self, themes: &[data::Theme]) -> Result<()> {
        for one in themes {
            let made = self
                .new_item(&THEME)
                .with("number", one.number.to_string())?
                .with("title", &one.title)?
                .with("summary", &one.summary)?
                .with("body", &one.body)?;
            self.keep(&one.number.to_string(), made, true);
        }
        Ok(())
    }

    fn projects(&mut self, projects: &[data::Project]) -> Result<()> {
        for one in projects {
            let mut team = Vec::new();
            for member in &one.team {
                let role = member.role.as_ref().map(|role| {
                    let label = self.roles.get(role).cloned();
                    label
                        .map(|label| Value::Text(label.into()))
                        .ok_or_else(|| Error::internal(format!("the demonstration has no role {role}")))
                });
                let role = role.transpose()?.unwrap_or(Value::None);
                team.push(Row { target: Some(self.find(&PERSON, &member.person)?), values: vec![role] });
            }
            let mut partners = Vec::new();
            for partner in &one.partners {
                let role = Value::Text(partner.role.replace('-', "_").into());
                let target = Some(self.find(&ORGANISATION, &partner.organisation)?);
                partners.push(Row { target, values: vec![role] });
            }
            let theme = self.find(&THEME, &one.theme.to_string())?;
            // The first of each theme.
            let pictured = one.code.ends_with(".01") || one.code == "3.07";
            let image = pictured.then(|| self.find(&MEDIA, &one.theme.to_string())).transpose()?;
            let made = self
                .new_item(&PROJECT)
                .with("code", &one.code)?
                .with("title", &one.title)?
                .one("theme", Some(theme))
                .with("status", &one.status)?
                .with("summary", &one.summary)?
                .with("body", &one.body)?
                .maybe("start", one.start.as_ref())?
                .maybe("end", one.end.as_ref())?
                .maybe("contact_email", one.contact_email.as_ref())?
                .one("image", image)
                .rows("team", team)
                .rows("partners", partners);
            let project = self.keep(&one.code, made, one.publish);
            for (number, output) in (1..).zip(&one.outputs) {
                self.output(project, number * GAP, output)?;
            }
        }
        Ok(())
    }

    fn output(&mut self, project: Id, position: i64, one: &data::Output) -> Result<()> {
        let mut authors = Vec::new();
        for author in &one.authors {
            let target = self.find_maybe(&PERSON, author.person.as_ref())?;
            authors.push(Row {
                target,
                values: vec![Value::Text(author.name.as_str().into()), Value::Flag(author.lead)],
            });
        }
        let until = one.embargo_days.map(|days| self.day(days).to_string());
        let kind = self.find(&TERM, &one.kind)?;
        let coded = one.title.starts_with("Born in 1900") && one.availability == OPEN;
        let file = coded.then(|| self.find(&MEDIA, CODES)).transpose()?;
        let made = self
            .new_item(&OUTPUT)
            .with("title", &one.title)?
            .one("type", Some(kind))
            .rows("authors", authors)
            .with("year", one.year.to_string())?
            .with("availability", &one.availability)?
            .maybe("embargo_until", until.as_ref())?
            .maybe("note", one.note.as_ref())?
            .rows("projects", vec![Row { target: Some(project), values: vec![Value::Integer(position)] }])
            .maybe("link", one.link.as_ref())?
            .one("file", file)
            .maybe("doi", one.doi.as_ref())?
            .maybe("abstract", one.summary.as_ref())?
            .maybe("container", one.container.as_ref())?
            .maybe("publisher", one.publisher.as_ref())?
            .maybe("volume", one.volume.as_ref())?
            .maybe("issue", one.issue.as_ref())?
            .maybe("pages", one.pages.as_ref())?;
        let key = made.0.id.to_string();
        self.keep(&key, made, one.publish);
        Ok(())
    }

    fn news(&mut self, news: &[data::News]) -> Result<()> {
        for (number, one) in news.iter().enumerate() {
            // The newest ones stand at the top of the page, with a picture.
            let image = (number < 3).then(|| self.find(&MEDIA, &(number + 2).to_string())).transpose()?;
            let date = one.date.clone().unwrap_or_else(|| self.day(one.days.unwrap_or_default()).to_string());
            let made = self
                .new_item(&NEWS)
                .with("title", &one.title)?
                .with("summary", &one.summary)?
                .maybe("body", one.body.as_ref())?
                .with("date", date)?
                .one("image", image)
                .rows("authors", self.links(&PERSON, &one.authors)?)
                .rows("projects", self.links(&PROJECT, &one.projects)?)
                .rows("people", self.links(&PERSON, &one.people)?);
            let key = made.0.id.to_string();
            self.keep(&key, made, one.publish);
        }
        Ok(())
    }

    fn events(&mut self, events: &[data::Event]) -> Result<()> {
        for one in events {
            let day = one.date.clone().unwrap_or_else(|| self.day(one.days.unwrap_or_default()).to_string());
            let start = one.start_time.as_deref().unwrap_or("00:00");
            let end = one.end_time.as_ref().map(|end| format!("{day}T{end}"));
            let made = self
                .new_item(&EVENT)
                .with("title", &one.title)?
                .maybe("summary", one.summary.as_ref())?
                .maybe("body", one.body.as_ref())?
                .with("start", format!("{day}T{start}"))?
                .maybe("end", end.as_ref())?
                .with("time_zone", &self.zone)?
                .flag("all_day", one.all_day)
                .with("state", &one.state)?
                .maybe("venue", one.venue.as_ref())?
                .maybe("address", one.address.as_ref())?
                .maybe("online_link", one.online_link.as_ref())?
                .maybe("registration_link", one.registration_link.as_ref())?
                .rows("projects", self.links(&PROJECT, &one.projects)?);
            let key = made.0.id.to_string();
            self.keep(&key, made, one.publish);
        }
        Ok(())
    }

    fn pages(&mut self, pages: &[data::Page]) -> Result<()> {
        for (number, one) in (1..).zip(pages) {
            let parent = self.find_maybe(&PAGE, one.parent.as_ref())?;
            let mut made = self
                .new_item(&PAGE)
                .with("title", &one.title)?
                .one("parent", parent)
                .maybe("summary", one.summary.as_ref())?
                .maybe("body", one.body.as_ref())?
                .flag("in_navigation", one.in_navigation)
                .with("position", (number * 10).to_string())?;
            // The two that other addresses are made of: the root, and where themes stand.
            if matches!(one.key.as_str(), "home" | "research") {
                made.0.slug.clone_from(&one.key);
            }
            self.keep(&one.key, made, true);
        }
        Ok(())
    }

    /// Saves and publishes everything, last the site's own name and address.
    async fn finish(mut self, site: &data::Site) -> Result<Loaded> {
        let user = User::system();
        let made = self.items.len();
        let mut edits: Vec<Edit> = std::mem::take(&mut self.items).into_iter().map(Edit::new).collect();
        let there = self.desk.store.single(&SITE).await?.ok_or(Error::NotFound)?;
        let changed = Making(there.item.clone())
            .with("name", &site.name)?
            .with("address", site.address.trim_end_matches('/'))?
            .with("time_zone", &site.time_zone)?
            .with("contact_email", &site.contact_email)?;
        edits.push(Edit::of(&there, changed.0));
        save(self.desk, &user, &edits).await?;
        publish(self.desk, &user, there.item.id, None, &self.public).await?;
        let projects = self.known.into_iter().filter(|((name, _), _)| *name == PROJECT.name);
        Ok(Loaded {
            items: made,
            published: self.public.len(),
            projects: projects.map(|((_, code), id)| (code, id)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Kind;

    // The loader builds rows by hand.
    #[test]
    fn rows_are_as_wide_as_their_columns() {
        let width =
            |content_type: &ContentType, name: &str| match content_type.field(name).map(|field| field.kind) {
                Some(Kind::Many { columns, .. }) => columns.len(),
                _ => usize::MAX,
            };
        assert_eq!(width(&PROJECT, "team"), 1);
        assert_eq!(width(&PROJECT, "partners"), 1);
        assert_eq!(width(&OUTPUT, "authors"), 2);
        assert_eq!(width(&OUTPUT, "projects"), 1);
        assert_eq!(width(&NEWS, "projects"), 0);
    }
}
