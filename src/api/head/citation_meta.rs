//! Highwire Press tags, as Google Scholar reads them (its inclusion guidelines, "Indexing"). It
//! must not name a file that is not open to all.

use super::super::signpost::safe;
use super::super::site::Site;
use super::Meta;
use crate::content::bibliography::{Kind, Record};

/// The tags of an output.
pub(super) fn output(record: &Record, site: &Site) -> Vec<Meta> {
    let mut meta: Vec<Meta> = vec![("citation_title", record.title().to_owned())];
    for author in &record.authors {
        meta.push(("citation_author", author.inverted()));
        meta.extend(author.orcid.clone().map(|orcid| ("citation_author_orcid", orcid)));
    }
    let mut put = |name, value: Option<&str>| meta.extend(value.map(|value| (name, value.to_owned())));
    let year = record.year().map(|year| year.to_string());
    put("citation_publication_date", year.as_deref());
    let container = match record.kind {
        Kind::Article => "citation_journal_title",
        Kind::Paper => "citation_conference_title",
        Kind::Chapter => "citation_inbook_title",
        _ => "citation_series_title",
    };
    put(container, record.text("container"));
    // Of reports and theses Scholar wants the institution; a report of no other is the centre's.
    match record.kind {
        Kind::Report => {
            let name = Some(site.name.as_str()).filter(|name| !name.is_empty());
            put("citation_technical_report_institution", record.text("publisher").or(name));
        }
        Kind::Thesis => put("citation_dissertation_institution", record.text("publisher")),
        _ => put("citation_publisher", record.text("publisher")),
    }
    put("citation_volume", record.text("volume"));
    put("citation_issue", record.text("issue"));
    if let Some((first, last)) = record.pages() {
        put("citation_firstpage", Some(first));
        put("citation_lastpage", last);
    }
    put("citation_doi", record.text("doi"));
    put("citation_isbn", record.text("isbn"));
    put("citation_issn", record.text("issn"));
    let pdf = record.file().and_then(safe).filter(|file| {
        let path = file.split(['?', '#']).next().unwrap_or_default();
        path.to_ascii_lowercase().ends_with(".pdf")
    });
    put("citation_pdf_url", pdf.as_deref());
    put("citation_abstract_html_url", Some(&record.page));
    meta
}
