//! The values that settings hold, each read from the one text by which it is written in every
//! layer. A sentence says what is wrong; it must not repeat the text, which may be a secret.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

use crate::content::parsed::{MediaType, WebAddress};

/// Where the editorial database is. It may hold a password, so it is shown only without.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseAddress(SecretString);

impl DatabaseAddress {
    /// The address as the database needs it, password included.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The file, where it is SQLite.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        let file = self.expose().strip_prefix("sqlite:")?;
        // As `Store::open` reads it: `sqlite://FILE` is the same as `sqlite:FILE`.
        Some(Path::new(file.trim_start_matches("//")))
    }

    /// Whether a password stands in it.
    #[must_use]
    pub fn has_password(&self) -> bool {
        let url = self.file().is_none().then(|| url::Url::parse(self.expose()).ok()).flatten();
        url.is_some_and(|url| {
            url.password().is_some_and(|password| !password.is_empty())
                || url.query_pairs().any(|(name, text)| name == "password" && !text.is_empty())
        })
    }

    /// The SQLite database in this file.
    #[must_use]
    pub fn of_file(file: &Path) -> Self {
        Self(SecretString::from(format!("sqlite:{}", file.display())))
    }
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.file() {
            Some(file) => file.display().fmt(f),
            None => match url::Url::parse(self.expose()) {
                Ok(url) => {
                    write!(f, "PostgreSQL at {}{}", url.host_str().unwrap_or("this machine"), url.path())
                }
                Err(_) => f.write_str("PostgreSQL"),
            },
        }
    }
}

impl TryFrom<String> for DatabaseAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const MEND: &str = "Write sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE.";
        let text = text.trim().to_owned();
        if let Some(file) = text.strip_prefix("sqlite:") {
            // Everything behind the scheme is the file's name; options and memory would be files too.
            let file = file.trim_start_matches("//");
            if file.is_empty() || file.starts_with(':') || file.contains('?') || file.ends_with('/') {
                return Err(
                    "Write the file's path behind sqlite:, without options: sqlite:/var/lib/recto/recto.db.",
                );
            }
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let url = url::Url::parse(&text).map_err(|_| {
                "This is no PostgreSQL address. Write postgres://USER:PASSWORD@HOST/DATABASE, with every unusual \
                 character of the password percent-encoded."
            })?;
            if url.path().trim_matches('/').is_empty() {
                return Err("Name the database at the end: postgres://USER:PASSWORD@HOST/DATABASE.");
            }
        } else {
            return Err(MEND);
        }
        Ok(Self(SecretString::from(text)))
    }
}

/// An address and a port to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Listen(pub SocketAddr);

impl Listen {
    /// How a browser on this machine reaches it, `http://127.0.0.1:8440`.
    #[must_use]
    pub fn web_address(self) -> String {
        if self.0.ip().is_unspecified() {
            format!("http://localhost:{}", self.0.port())
        } else {
            format!("http://{}", self.0)
        }
    }
}

impl TryFrom<String> for Listen {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let number = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
        let found = number.as_deref().unwrap_or(text).parse().map(Self);
        found.map_err(|_| "Write an address and a port, such as 127.0.0.1:8440, [::1]:8440 or 0.0.0.0:8440.")
    }
}

/// A web address without path, query or trailing slash: `https://admin.example.org`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(String);

impl Origin {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const MEND: &str = "Write scheme and host alone, such as https://admin.example.org.";
        let url =
            text.parse::<WebAddress>().ok().and_then(|address| url::Url::parse(&address.to_string()).ok());
        let url = url.filter(|url| url.path() == "/" && url.query().is_none() && url.fragment().is_none());
        let origin = url.ok_or(MEND)?.origin().ascii_serialization();
        Ok(Self(origin))
    }
}

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Contact(String);

impl Contact {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Contact {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let email = text.parse::<crate::content::parsed::Email>();
        email.map(|email| Self(email.to_string())).map_err(|error| error.to_string())
    }
}

/// The public site's address, as editors may change it later.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SiteAddress(String);

impl SiteAddress {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SiteAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        // Kept as it was written: a slash at the end would be one too many before every path.
        text.parse::<WebAddress>().map_err(|error| error.to_string())?;
        Ok(Self(text.trim().trim_end_matches('/').to_owned()))
    }
}

/// A time zone's name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ZoneName(String);

impl ZoneName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ZoneName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let zone = text.parse::<crate::content::parsed::Zone>();
        zone.map(|zone| Self(zone.to_string())).map_err(|error| error.to_string())
    }
}

/// The name of a request header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HeaderName(pub axum::http::HeaderName);

impl TryFrom<String> for HeaderName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let name = axum::http::HeaderName::try_from(text.trim());
        name.map(Self).map_err(|_| "Write a header's name, such as x-forwarded-for.")
    }
}

/// What is logged, in the language of tracing's filters.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LogFilter(String);

impl LogFilter {
    /// What is logged where nobody says otherwise.
    pub const DEFAULT: &str = "info";

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is what is logged where nobody says otherwise.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }
}

impl TryFrom<String> for LogFilter {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const MEND: &str = "Write error, warn, info, debug or trace, for parts as in info,recto=debug.";
        let text = text.trim().to_owned();
        // A word that is no level would silently be taken for a part of the program.
        let levels = ["error", "warn", "info", "debug", "trace", "off"];
        let known = |directive: &str| {
            let directive = directive.trim().to_lowercase();
            directive.contains('=') || levels.contains(&directive.as_str())
        };
        if text.split(',').all(known) && EnvFilter::try_new(&text).is_ok() {
            Ok(Self(text))
        } else {
            Err(MEND)
        }
    }
}

/// A directory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Directory(PathBuf);

impl Directory {
    /// As a path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FilePath(PathBuf);

impl FilePath {
    /// As a path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Flag(pub bool);

impl TryFrom<String> for Flag {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim().to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(Self(true)),
            "false" | "no" | "off" | "0" => Ok(Self(false)),
            _ => Err("Write true or false."),
        }
    }
}

/// Kinds of files, by the ends of their names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct MediaTypes(pub Vec<MediaType>);

impl TryFrom<String> for MediaTypes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let named =
            text.split([' ', ',']).map(|name| name.trim_start_matches('.')).filter(|name| !name.is_empty());
        let types: Option<Vec<MediaType>> = named.map(MediaType::of_extension).collect();
        // Settings that name what an earlier release took still hold; it is taken no more.
        let taken = types.map(|types| types.into_iter().filter(|one| one.successor().is_none()).collect());
        taken.filter(|taken: &Vec<MediaType>| !taken.is_empty()).map(Self).ok_or_else(|| {
            let known: Vec<&str> = MediaType::taken().into_iter().map(MediaType::extension).collect();
            format!("Write some of these, with spaces between them: {}.", known.join(" "))
        })
    }
}

/// A whole number, nought included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Number(pub u32);

impl TryFrom<String> for Number {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.trim().parse().map(Self).map_err(|_| "Write a whole number, such as 0 or 600.")
    }
}

/// A whole number from one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Count(pub NonZeroU32);

impl TryFrom<String> for Count {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.trim().parse().map(Self).map_err(|_| "Write a whole number from 1 on, such as 60.")
    }
}

/// A time of some seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Seconds(pub Duration);

impl TryFrom<String> for Seconds {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let seconds = text.trim().parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
        let seconds = seconds.map(|seconds| Self(Duration::from_secs(seconds)));
        seconds.ok_or("Write whole seconds from 1 to 86400, such as 30.")
    }
}

/// A time of some days, no shorter than browsers keep what was not saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Days(pub u32);

impl TryFrom<String> for Days {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let days = text.trim().parse().ok().filter(|days| (8..=36_500).contains(days));
        days.map(Self).ok_or("Write whole days from 8 to 36500, such as 90.")
    }
}
