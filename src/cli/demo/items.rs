//! Makes items of the demonstration's records, as an editor would type them. Days are counted from today, so
//! the same clock gives the same content. It must not save or publish.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};

use super::data;
use super::days::Days;
use super::making::Making;
use super::media::own;
use crate::content::types::{
    EVENT, MEDIA, NEWS, OPEN, ORGANISATION, OUTPUT, PAGE, PERSON, PROJECT, TERM, THEME,
};
use crate::content::{ContentType, Id, Item, Row, Value};
use crate::editing::GAP;
use crate::error::{Error, Result};
use crate::published::Select;

/// How many days before today the centre opened its site.
const OPENED: i64 = 900;

/// What was published before its project was is told a little later.
const EARLIEST: i64 = 740;

/// Makes items, and knows what it has made.
pub(super) struct Loader<'staff> {
    pub days: Days<'staff>,
    zone: String,
    /// What was made so far: type and key, and its id.
    pub known: HashMap<(&'static str, String), Id>,
    /// What the roles in a team are called.
    roles: HashMap<String, String>,
    /// The day on which it is being made.
    day: NaiveDate,
    /// The outputs that were public once and are not any more.
    pub withdrawn: Vec<Id>,
    /// The outputs that anyone may have.
    pub open: Vec<Id>,
}

impl<'staff> Loader<'staff> {
    pub(super) fn new(days: Days<'staff>, zone: &str) -> Self {
        let (known, roles, withdrawn, open) = Default::default();
        let day = days.making(OPENED);
        Self { days, zone: zone.to_owned(), known, roles, day, withdrawn, open }
    }

    pub(super) fn new_item(&self, content_type: &'static ContentType) -> Making {
        Making(Item::new(content_type, self.days.new_id(self.day)))
    }

    /// What follows is made on the day that fits so many days before today.
    fn told(&mut self, days: i64) {
        self.day = self.days.making(days);
    }

    pub(super) fn keep(&mut self, key: &str, made: Making, publish: bool) -> Id {
        let Making(item) = made;
        let id = item.id;
        self.known.insert((item.content_type.name, key.to_owned()), id);
        self.days.put(self.day, item, publish);
        id
    }

    pub(super) fn find(&self, content_type: &'static ContentType, key: &str) -> Result<Id> {
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

    /// The day that is so many days after today.
    fn day(&self, days: i64) -> NaiveDate {
        self.days.before(-days)
    }

    /// A day that is given as such, or counted from today.
    fn date(&self, date: Option<&String>, days: Option<i64>) -> Result<NaiveDate> {
        match date {
            Some(date) => date.parse().map_err(Error::internal),
            None => Ok(self.day(days.unwrap_or_default())),
        }
    }

    /// Terms: those that the first start made are taken as they are. A team's roles are no terms
    /// here but free text, a partner's a closed choice.
    pub(super) async fn terms(&mut self, terms: &[data::Term]) -> Result<()> {
        let there = self.days.desk.lists().list(&Select { limit: 1_000, ..Select::of(&TERM) }).await?;
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

    pub(super) fn organisations(&mut self, organisations: &[data::Organisation]) -> Result<()> {
        for one in organisations {
            let kind = self.find(&TERM, &one.kind)?;
            let made = self
                .new_item(&ORGANISATION)
                .with("name", &one.name)?
                .maybe("ror", one.ror.as_ref())?
                .maybe("short_name", one.short_name.as_ref())?
                .one("kind", Some(kind))
                .maybe("web", one.web.as_ref())?
                .maybe("country", one.country.as_ref())?;
            self.keep(&one.key, made, true);
        }
        Ok(())
    }

    pub(super) fn people(&mut self, people: &[data::Person]) -> Result<()> {
        for one in people {
            let organisation = self.find_maybe(&ORGANISATION, one.organisation.as_ref())?;
            let made = self
                .new_item(&PERSON)
                .maybe("honorific", one.honorific.as_ref())?
                .with("given_names", &one.given_names)?
                .with("family_name", &one.family_name)?
                .maybe("orcid", one.orcid.as_ref())?
                .maybe("post_nominals", one.post_nominals.as_ref())?
                .maybe("job_title", one.job_title.as_ref())?
                .one("organisation", organisation)
                .with("standing", if one.former { "former" } else { "current" })?
                .maybe("biography", one.biography.as_ref())?;
            self.keep(&one.key, made, true);
        }
        Ok(())
    }

    pub(super) fn themes(&mut self, themes: &[data::Theme]) -> Result<()> {
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

    pub(super) async fn projects(&mut self, projects: &[data::Project]) -> Result<()> {
        for (number, one) in projects.iter().enumerate() {
            self.told(if number < projects.len() / 2 { OPENED } else { EARLIEST });
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
            let count = i64::try_from(one.outputs.len()).map_err(Error::internal)?;
            for (place, output) in (1..).zip(&one.outputs) {
                // One after the other; what is a draft is new.
                let days = EARLIEST * (2 * (count - place) + 1) / (2 * count);
                self.told(if output.publish { days } else { 5 + place });
                self.output(project, place * GAP, output).await?;
            }
        }
        Ok(())
    }

    async fn output(&mut self, project: Id, position: i64, one: &data::Output) -> Result<()> {
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
        let file = match &one.file {
            Some(key) => Some(self.document(key, one).await?),
            None => None,
        };
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
        let id = made.0.id;
        self.keep(&id.to_string(), made, one.publish);
        let open = one.availability == OPEN;
        if let Some(file) = file.filter(|_| !open || one.withdrawn) {
            self.days.belongs(file, id);
        }
        if one.withdrawn {
            self.withdrawn.push(id);
        } else if one.publish && open {
            self.open.push(id);
        }
        Ok(())
    }

    pub(super) fn news(&mut self, news: &[data::News]) -> Result<()> {
        for (number, one) in news.iter().enumerate() {
            // The newest ones stand at the top of the page, with a picture.
            let image = (number < 3).then(|| self.find(&MEDIA, &(number + 2).to_string())).transpose()?;
            let date = self.date(one.date.as_ref(), one.days)?;
            let body = own(self, one.body.as_ref())?;
            self.told((self.days.today - date).num_days().min(EARLIEST));
            let made = self
                .new_item(&NEWS)
                .with("title", &one.title)?
                .with("summary", &one.summary)?
                .maybe("body", body.as_ref())?
                .with("date", date.to_string())?
                .one("image", image)
                .rows("authors", self.links(&PERSON, &one.authors)?)
                .rows("projects", self.links(&PROJECT, &one.projects)?)
                .rows("people", self.links(&PERSON, &one.people)?);
            let key = made.0.id.to_string();
            self.keep(&key, made, one.publish);
        }
        Ok(())
    }

    pub(super) fn events(&mut self, events: &[data::Event]) -> Result<()> {
        for one in events {
            let day = self.date(one.date.as_ref(), one.days)?;
            let body = own(self, one.body.as_ref())?;
            // Four weeks before it takes place, or of late.
            self.told((self.days.today - day + TimeDelta::days(28)).num_days().clamp(5, EARLIEST));
            let start = one.start_time.as_deref().unwrap_or("00:00");
            let end = one.end_time.as_ref().map(|end| format!("{day}T{end}"));
            let made = self
                .new_item(&EVENT)
                .with("title", &one.title)?
                .maybe("summary", one.summary.as_ref())?
                .maybe("body", body.as_ref())?
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

    pub(super) fn pages(&mut self, pages: &[data::Page]) -> Result<()> {
        for (number, one) in (1..).zip(pages) {
            let parent = self.find_maybe(&PAGE, one.parent.as_ref())?;
            let body = own(self, one.body.as_ref())?;
            self.told(OPENED);
            let mut made = self
                .new_item(&PAGE)
                .with("title", &one.title)?
                .one("parent", parent)
                .maybe("summary", one.summary.as_ref())?
                .maybe("body", body.as_ref())?
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
