//! Answers of OAI-PMH as XML (§3.2; `OAI-PMH.xsd`, `oai_dc.xsd`). It must not decide what is told.

use chrono::{DateTime, SecondsFormat, Utc};

use super::super::signpost::doi;
use super::super::xml::Xml;
use super::{Fault, PREFIX};
use crate::content::bibliography::Record;

const OAI: &str = "http://www.openarchives.org/OAI/2.0/";
const OAI_SCHEMA: &str = "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd";
const DC: &str = "http://www.openarchives.org/OAI/2.0/oai_dc/";
const DC_SCHEMA: &str = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// An answer.
pub(super) struct Reply<'reply> {
    /// When it is made.
    pub(super) at: DateTime<Utc>,
    /// The address of the archive.
    pub(super) base: &'reply str,
    /// What was asked, where it could be understood.
    pub(super) arguments: Vec<(String, String)>,
    /// What is said.
    pub(super) said: Said,
}

/// What an answer says.
pub(super) enum Said {
    /// That something is wrong.
    Fault(Fault),
    /// What the archive is.
    Archive {
        /// Its name.
        name: String,
        /// Whom to write to.
        email: String,
        /// Before when nothing was changed.
        earliest: DateTime<Utc>,
    },
    /// The formats.
    Formats,
    /// A record.
    One(Box<Entry>),
    /// A part of a list.
    List {
        /// Whether of headers alone.
        headers: bool,
        /// The records.
        entries: Vec<Entry>,
        /// Where to go on; empty where a list is complete now.
        token: Option<String>,
    },
}

/// An item of the archive.
pub(super) struct Entry {
    /// What it is called.
    pub(super) identifier: String,
    /// When it was changed.
    pub(super) at: DateTime<Utc>,
    /// Whether it was withdrawn.
    pub(super) withdrawn: bool,
    /// What it is.
    pub(super) record: Option<Record>,
}

/// The answer as XML.
pub(super) fn reply(reply: &Reply<'_>) -> String {
    let mut xml = Xml::new();
    let location = format!("{OAI} {OAI_SCHEMA}");
    xml.open("OAI-PMH", &[("xmlns", OAI), ("xmlns:xsi", XSI), ("xsi:schemaLocation", &location)]);
    xml.text("responseDate", &[], &second(reply.at));
    let arguments: Vec<(&str, &str)> =
        reply.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    xml.text("request", &arguments, reply.base);
    match &reply.said {
        Said::Fault((code, detail)) => xml.text("error", &[("code", code)], detail),
        Said::Archive { name, email, earliest } => archive(&mut xml, name, reply.base, email, *earliest),
        Said::Formats => formats(&mut xml),
        Said::One(entry) => {
            xml.open("GetRecord", &[]);
            record(&mut xml, entry);
            xml.close("GetRecord");
        }
        Said::List { headers, entries, token } => list(&mut xml, *headers, entries, token.as_deref()),
    }
    xml.close("OAI-PMH");
    xml.finish()
}

fn archive(xml: &mut Xml, name: &str, base: &str, email: &str, earliest: DateTime<Utc>) {
    xml.open("Identify", &[]);
    for (element, text) in [
        ("repositoryName", name),
        ("baseURL", base),
        ("protocolVersion", "2.0"),
        ("adminEmail", email),
        ("earliestDatestamp", &second(earliest)),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ] {
        xml.text(element, &[], text);
    }
    xml.close("Identify");
}

fn formats(xml: &mut Xml) {
    xml.open("ListMetadataFormats", &[]);
    xml.open("metadataFormat", &[]);
    xml.text("metadataPrefix", &[], PREFIX);
    xml.text("schema", &[], DC_SCHEMA);
    xml.text("metadataNamespace", &[], DC);
    xml.close("metadataFormat");
    xml.close("ListMetadataFormats");
}

fn list(xml: &mut Xml, headers: bool, entries: &[Entry], token: Option<&str>) {
    let name = if headers { "ListIdentifiers" } else { "ListRecords" };
    xml.open(name, &[]);
    for entry in entries {
        if headers {
            header(xml, entry);
        } else {
            record(xml, entry);
        }
    }
    if let Some(token) = token {
        xml.text("resumptionToken", &[], token);
    }
    xml.close(name);
}

fn header(xml: &mut Xml, entry: &Entry) {
    xml.open("header", if entry.withdrawn { &[("status", "deleted")] } else { &[] });
    xml.text("identifier", &[], &entry.identifier);
    xml.text("datestamp", &[], &second(entry.at));
    xml.close("header");
}

fn record(xml: &mut Xml, entry: &Entry) {
    xml.open("record", &[]);
    header(xml, entry);
    if let Some(record) = &entry.record {
        xml.open("metadata", &[]);
        dublin_core(xml, record);
        xml.close("metadata");
    }
    xml.close("record");
}

/// The fifteen elements of Dublin Core (version 1.1), those that an output has.
fn dublin_core(xml: &mut Xml, record: &Record) {
    let location = format!("{DC} {DC_SCHEMA}");
    let names = [
        ("xmlns:oai_dc", DC),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
        ("xmlns:xsi", XSI),
        ("xsi:schemaLocation", location.as_str()),
    ];
    xml.open("oai_dc:dc", &names);
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            xml.text(name, &[], value);
        }
    };
    put("dc:title", Some(record.title()));
    for author in &record.authors {
        put("dc:creator", Some(&author.inverted()));
    }
    put("dc:description", record.text("abstract"));
    put("dc:publisher", record.text("publisher"));
    put("dc:date", record.year().map(|year| format!("{year:04}")).as_deref());
    put("dc:type", Some(&record.type_label));
    put("dc:type", record.coar_type.as_deref().filter(|name| *name != record.type_label));
    put("dc:identifier", Some(&record.page));
    put("dc:identifier", record.text("doi").map(doi).as_deref());
    put("dc:identifier", record.text("isbn").map(|isbn| format!("urn:isbn:{isbn}")).as_deref());
    put("dc:identifier", record.file());
    put("dc:source", record.text("container"));
    put("dc:relation", record.text("link"));
    for (code, title, _) in record.projects() {
        put("dc:relation", Some(&format!("{code} {title}")));
    }
    let availability = record.text("availability_label");
    put("dc:rights", availability);
    put("dc:rights", record.text("to_note").filter(|note| Some(*note) != availability));
    put("dc:rights", record.text("licence"));
    xml.close("oai_dc:dc");
}

fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
