//! Atom (RFC 4287), in parts (RFC 5005 §3). It must not leave out what that needs: an author, and
//! for each entry a link where it has no content.

use super::super::xml::Xml;
use super::news::{Author, Entry, Feed};
use crate::content::document::time;

/// The feed as a document.
pub(super) fn write(feed: &Feed) -> String {
    let mut xml = Xml::new();
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom")]);
    xml.text("id", &[], &feed.id);
    xml.text("title", &[], &feed.title);
    xml.text("updated", &[], &time(feed.updated));
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.home)]);
    let ways = [
        ("self", Some(&feed.here)),
        ("first", Some(&feed.first)),
        ("next", feed.next.as_ref()),
        ("previous", feed.previous.as_ref()),
    ];
    for (rel, way) in ways {
        if let Some(way) = way {
            xml.empty("link", &[("rel", rel), ("type", "application/atom+xml"), ("href", way)]);
        }
    }
    author(&mut xml, &Author { name: feed.publisher.clone(), link: Some(feed.home.clone()) });
    xml.text("generator", &[], "Recto");
    for one in &feed.entries {
        entry(&mut xml, one);
    }
    xml.close("feed");
    xml.finish()
}

fn entry(xml: &mut Xml, entry: &Entry) {
    xml.open("entry", &[]);
    xml.text("id", &[], &entry.id);
    xml.text("title", &[], &entry.title);
    xml.text("published", &[], &time(entry.published));
    xml.text("updated", &[], &time(entry.updated));
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &entry.link)]);
    for one in &entry.authors {
        author(xml, one);
    }
    if !entry.summary.is_empty() {
        xml.text("summary", &[], &entry.summary);
    }
    if let Some(html) = &entry.html {
        xml.text("content", &[("type", "html")], html);
    }
    xml.close("entry");
}

fn author(xml: &mut Xml, author: &Author) {
    xml.open("author", &[]);
    xml.text("name", &[], &author.name);
    if let Some(link) = &author.link {
        xml.text("uri", &[], link);
    }
    xml.close("author");
}
