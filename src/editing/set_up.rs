//! The first start: the site and the vocabularies that every centre needs. Does nothing where
//! they are there already.

use super::{Desk, Edit, User, publish, save};
use crate::content::types::{SITE, TERM};
use crate::content::{Id, Item, Value};
use crate::error::Result;

/// Output types to begin with: label, CSL type, schema.org type, COAR resource type
/// (CSL 1.0.2 appendix III; schema.org; COAR Resource Types 3.1).
const OUTPUT_TYPES: [(&str, &str, &str, &str); 10] = [
    ("Action research report", "report", "Report", "research report"),
    ("Academic paper", "article-journal", "ScholarlyArticle", "journal article"),
    ("Board report", "report", "Report", "report"),
    ("Book", "book", "Book", "book"),
    ("Book chapter", "chapter", "Chapter", "book part"),
    ("Conference paper", "paper-conference", "ScholarlyArticle", "conference paper"),
    ("Policy briefing", "report", "Report", "policy report"),
    ("Thesis", "thesis", "Thesis", "thesis"),
    ("Dataset", "dataset", "Dataset", "dataset"),
    ("Blog post", "post-weblog", "BlogPosting", "blog post"),
];

const ORGANISATION_KINDS: [&str; 6] =
    ["Police service", "University", "Government body", "Charity", "Funder", "Company"];

/// Makes the site, called `name` and living at `address`, and the vocabularies, and publishes
/// them.
///
/// # Errors
/// Where the database fails.
pub async fn set_up(desk: &Desk, name: &str, address: &str, time_zone: &str) -> Result<()> {
    if desk.store.single(&SITE).await?.is_some() {
        return Ok(());
    }
    let text = |text: &str| Value::Text(text.into());
    let new = |content_type| Item::new(content_type, Id::new(desk.clock.now()));
    let mut site = new(&SITE);
    site.slug = "site".to_owned();
    site.set("name", text(name));
    site.set("address", text(address));
    site.set("time_zone", text(time_zone));
    let mut items = vec![site];
    for (position, (label, csl, schema, coar)) in (1..).zip(OUTPUT_TYPES) {
        let mut term = new(&TERM);
        term.set("vocabulary", text("output_type"));
        term.set("label", text(label));
        term.set("position", Value::Integer(position * 10));
        term.set("csl_type", text(csl));
        term.set("schema_type", text(schema));
        term.set("coar_type", text(coar));
        items.push(term);
    }
    for (position, label) in (1..).zip(ORGANISATION_KINDS) {
        let mut term = new(&TERM);
        term.set("vocabulary", text("organisation_kind"));
        term.set("label", text(label));
        term.set("position", Value::Integer(position * 10));
        items.push(term);
    }
    let ids: Vec<Id> = items.iter().map(|item| item.id).collect();
    let edits: Vec<Edit> = items.into_iter().map(Edit::new).collect();
    let user = User::system();
    save(desk, &user, &edits).await?;
    if let Some((first, others)) = ids.split_first() {
        publish(desk, &user, *first, None, others).await?;
    }
    Ok(())
}
