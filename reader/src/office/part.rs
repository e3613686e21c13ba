//! What is said of a document's parts, and what is refused of it. It must not read the parts that hold
//! what a document is about, but for scripts in OpenDocument.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

use super::Unfit;
use super::xml::{attributes, each, local};

/// A part, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Of what type each part is (ISO/IEC 29500-2, §7.2.3).
    ContentTypes,
    /// What belongs to what (§6.5).
    Relationships,
    /// What is in an OpenDocument file (part 2, §3.2).
    Manifest,
    /// Where an OpenDocument file may have scripts.
    OpenDocument,
    /// All others.
    Other,
}

impl Part {
    /// The part of this name, in small letters; an error where nothing but a program has such a name.
    pub(super) fn named(name: &str) -> Result<Self, Unfit> {
        let (folders, last) = name.rsplit_once('/').unwrap_or(("", name));
        for folder in folders.split('/') {
            match folder {
                "basic" | "scripts" | "macrosheets" | "intlmacrosheets" => return Err(Unfit::Macros),
                "activex" => return Err(Unfit::Control),
                _ => {}
            }
        }
        Ok(match last {
            _ if name == "[content_types].xml" => Self::ContentTypes,
            _ if name == "meta-inf/manifest.xml" => Self::Manifest,
            _ if last.ends_with(".rels") => Self::Relationships,
            "content.xml" | "styles.xml" | "settings.xml" | "meta.xml" => Self::OpenDocument,
            _ => Self::Other,
        })
    }
}

/// What a content type holds, in small letters, that is not taken.
const TYPES: [(&str, Unfit); 7] = [
    ("macroenabled", Unfit::Macros),
    ("vbaproject", Unfit::Macros),
    ("vbadata", Unfit::Macros),
    // Of Excel 4, `intlmacrosheet` too.
    ("macrosheet", Unfit::Macros),
    ("attachedtoolbars", Unfit::Macros),
    ("activex", Unfit::Control),
    ("x-msdownload", Unfit::Attached),
];

/// Looks at the content types; gives whether one is `main`.
pub(super) fn content_types(bytes: &[u8], main: &str) -> Result<bool, Unfit> {
    let mut is_main = false;
    each(bytes, |element| {
        for attribute in attributes(element) {
            let (name, value) = attribute?;
            if !local(name).eq_ignore_ascii_case("ContentType") {
                continue;
            }
            let value = value.trim().to_ascii_lowercase();
            if let Some((_, unfit)) = TYPES.iter().find(|(word, _)| value.contains(word)) {
                return Err(*unfit);
            }
            is_main |= value == main;
        }
        Ok(())
    })?;
    Ok(is_main)
}

/// Looks at relationships: their types' last words are the same in both spellings of the standard and
/// in those of Microsoft.
pub(super) fn relationships(bytes: &[u8]) -> Result<(), Unfit> {
    each(bytes, |element| {
        let (mut kind, mut target, mut external) = (String::new(), String::new(), false);
        for attribute in attributes(element) {
            let (name, value) = attribute?;
            match local(name) {
                "Type" => {
                    let whole = value.trim().trim_end_matches('/').to_ascii_lowercase();
                    whole.rsplit('/').next().unwrap_or_default().clone_into(&mut kind);
                }
                "Target" => target = value.into_owned(),
                "TargetMode" => external = value.trim().eq_ignore_ascii_case("External"),
                _ => {}
            }
        }
        match kind.as_str() {
            "vbaproject"
            | "vbaprojectsignature"
            | "wordvbadata"
            | "attachedtoolbars"
            | "xlmacrosheet"
            | "xlintlmacrosheet" => Err(Unfit::Macros),
            "control" | "activexcontrol" | "activexcontrolbinary" => Err(Unfit::Control),
            "attachedtemplate" | "oleobject" | "frame" | "subdocument" | "afchunk"
                if external && is_remote(&target) =>
            {
                Err(Unfit::Remote)
            }
            _ => Ok(()),
        }
    })
}

/// Whether a program would go to the network for this address. Word writes down where on the author's
/// computer a template lay; that leads nowhere on another, and is no reason to refuse a text.
fn is_remote(target: &str) -> bool {
    let target =
        percent_decode_str(target.trim()).decode_utf8_lossy().replace('\\', "/").to_ascii_lowercase();
    let (path, is_file) = match target.strip_prefix("file:") {
        Some(path) => (path.strip_prefix("//localhost/").unwrap_or(path), true),
        None => (target.as_str(), false),
    };
    let slashes = path.bytes().take_while(|byte| *byte == b'/').count();
    let has_drive = |path: &str| {
        let mut bytes = path.bytes();
        bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic()) && bytes.next() == Some(b':')
    };
    match slashes {
        // `file:///C:/…` and `file:///Users/…` have no host.
        3 if is_file => false,
        0 | 1 if is_file || has_drive(path) => false,
        // A name without a scheme lies beside the document.
        0 | 1 => path.contains(':'),
        _ => true,
    }
}

/// Looks at an OpenDocument manifest: what is encrypted cannot be looked at.
pub(super) fn manifest(bytes: &[u8]) -> Result<(), Unfit> {
    each(bytes, |element| {
        if element.local_name().into_inner() == "encryption-data" {
            return Err(Unfit::Locked);
        }
        for attribute in attributes(element) {
            let (name, value) = attribute?;
            if local(name) == "full-path" {
                Part::named(value.trim_start_matches('/').to_ascii_lowercase().as_str())?;
            }
        }
        Ok(())
    })
}

/// The namespaces of scripts, of OpenDocument and of its forerunner.
const SCRIPT: [&str; 2] =
    ["urn:oasis:names:tc:opendocument:xmlns:script:1.0", "http://openoffice.org/2000/script"];

/// The addresses of macros.
const MACRO: [&str; 3] = ["vnd.sun.star.script:", "macro:", "service:"];

/// Looks for scripts in OpenDocument's own XML: elements of their namespace, fields, addresses.
pub(super) fn scripts(bytes: &[u8]) -> Result<(), Unfit> {
    let mut prefixes: HashSet<String> = HashSet::new();
    each(bytes, |element| {
        for attribute in attributes(element) {
            let (name, value) = attribute?;
            // Wherever it holds: nothing else needs one of these.
            if SCRIPT.contains(&&*value) && name.starts_with("xmlns") {
                prefixes.insert(name.strip_prefix("xmlns:").unwrap_or_default().to_owned());
            }
            let is_macro = |address: &str| {
                let start = value.trim_start().get(..address.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(address))
            };
            if local(name) == "href" && MACRO.iter().any(|address| is_macro(address)) {
                return Err(Unfit::Macros);
            }
        }
        let whole = element.name().into_inner();
        let prefix = whole.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        if prefixes.contains(prefix) || whole == "text:script" {
            return Err(Unfit::Macros);
        }
        Ok(())
    })
}
