//! The settings: each declared once, read from defaults, a file, the environment and flags, the
//! later before the earlier. It must not open anything but the file.

pub mod value;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use config::{ConfigError, FileFormat, Map, Source, Value, ValueKind};
use serde::Deserialize;

use crate::error::{Error, Result};
use value::{
    Contact, Count, DatabaseAddress, Days, Directory, FilePath, Flag, HeaderName, Listen, LogFilter,
    MediaTypes, Number, Origin, Seconds, SiteAddress, ZoneName,
};

/// What `config.example.toml` and the messages know of a setting.
struct Setting {
    name: &'static str,
    default: &'static str,
    help: &'static [&'static str],
}

/// Declares the settings: what is said of each, its name, what it holds, and its default as it is
/// written in the file. A blank default is no value.
macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident: $kind:ty = $default:expr;)+) => {
        /// The settings of one Recto.
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Config {
            $($(#[doc = $help])+ pub $name: $kind,)+
        }

        const SETTINGS: &[Setting] = &[
            $(Setting { name: stringify!($name), default: $default, help: &[$($help),+] },)+
        ];
    };
}

settings! {
    /// Where Recto keeps its files: the editorial database, unless it is elsewhere, and the two
    /// read stores that are derived from it. Made at the first start, for its owner alone.
    data_dir: Directory = "data";
    /// The editorial database: sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE.
    /// Not set, it is recto.db in the data directory.
    database: Option<DatabaseAddress> = "";
    /// Where the media library keeps its files; made where it is missing. Not set, it is `media` in
    /// the data directory. A process that serves the public alone reads it.
    media_dir: Option<Directory> = "";
    /// The longest file that the library takes, in megabytes. Two at a time are in memory whole.
    media_max_megabytes: Count = "50";
    /// The largest picture that the library takes, in millions of pixels. Opening one takes about
    /// eight bytes a pixel of memory, twice at a time.
    media_max_megapixels: Count = "60";
    /// The kinds of files that the library takes, by the ends of their names. Of Office's old formats
    /// (doc, xls, ppt) none is taken, even where it is named here: they can hold macros that nobody sees.
    media_types: MediaTypes =
        "jpg png webp gif pdf docx xlsx pptx odt ods odp csv txt";
    /// Where the admin listens, and the public API too unless public_listen is set.
    listen: Listen = "127.0.0.1:8440";
    /// Where the public API listens, if that is not where the admin does.
    public_listen: Option<Listen> = "";
    /// How the world reaches the public API, for the links in its answers:
    /// `https://api.example.org`. Not set, it is where it listens.
    public_address: Option<Origin> = "";
    /// How editors reach the admin, for one-time links: `https://admin.example.org`. Not set, the
    /// links that Recto prints lead to where it listens, and those that it shows to administrators
    /// lead to where these came to.
    admin_address: Option<Origin> = "";
    /// Whether Recto stands behind TLS. Then browsers send its cookies through TLS alone and are
    /// told never to come without. Set it on every machine but your own.
    tls: Flag = "false";
    /// The header in which the proxy before Recto says who asks, such as x-forwarded-for. Used to
    /// slow down those who guess passwords, and for rate_limit. Set it only where every request comes through that
    /// proxy: whoever else could write the header would choose whom Recto takes them for.
    client_address_header: Option<HeaderName> = "";
    /// How many answers of the public API are made anew each minute for one address (of IPv6, for
    /// one /64); 0 is any number. What is told from memory is not counted, nor what programs on
    /// this machine ask for. Whole lists count as many.
    rate_limit: Number = "1200";
    /// How many are made anew at once for an address that has not asked lately: enough to build a
    /// static site of as many pages in one go.
    rate_burst: Count = "10000";
    /// How many megabytes of answers the public API keeps in memory, ready to be told again; with 0
    /// it makes each anew.
    answers_in_memory: Number = "24";
    /// How many connections are open at a time, at each of the addresses; others wait.
    connections: Count = "512";
    /// How many seconds a connection may be open without a whole request having come. Let the
    /// proxy before Recto close those that it does not use sooner.
    idle_timeout: Seconds = "75";
    /// How many seconds a request may take; then it is given up and answered with 503.
    request_timeout: Seconds = "30";
    /// Where figures for Prometheus are served, at /metrics. Nobody is asked who they are: take an
    /// address that only those can reach who may see it, such as 127.0.0.1:9440. Not set, there
    /// are none.
    metrics_listen: Option<Listen> = "";
    /// The site's name at the first start; editors change it later in the admin.
    site_name: String = "Research centre";
    /// The public site's address at the first start; changed later in the admin.
    site_address: SiteAddress = "https://www.example.org";
    /// The site's time zone at the first start; changed later in the admin.
    time_zone: ZoneName = "Europe/London";
    /// Where metadata of DOIs and ORCID iDs are looked up when a list of them is pasted: Crossref's REST
    /// API, `https://api.crossref.org`. Not set, Crossref is not asked.
    crossref: Option<Origin> = "";
    /// The same for DataCite's REST API, `https://api.datacite.org`.
    datacite: Option<Origin> = "";
    /// The e-mail address that both are told, so that they can say when something is wrong.
    metadata_contact: Option<Contact> = "";
    /// For how many days `recto prune` leaves every version that was saved. At least 8: browsers keep text that
    /// was not saved for seven, with the version that it was typed over.
    versions_all_days: Days = "8";
    /// For how many days it leaves one version for each person and hour, and after that one for each person
    /// and day: the last one. What is or was public, and what a change to many items needs to be taken back,
    /// stays whatever its age.
    versions_hourly_days: Days = "90";
    /// For how many days it leaves the lines of the audit log; 0 is for ever. Lines about text that saved
    /// itself are thinned as versions are.
    audit_days: Number = "0";
    /// The key to the list of who was erased, which `recto erase` writes and `recto restore` asks for. Made at the
    /// first erasure, for its owner alone; no backup holds it, so keep a copy. Not set, it is recto.key in the
    /// data directory.
    key_file: Option<FilePath> = "";
    /// Where your backups lie: `recto erase` copies the list of who was erased there each time. Not set, you are
    /// told to.
    backup_root: Option<Directory> = "";
    /// After how many days without a backup `recto check` says that something is wrong; 0 is never, for whoever
    /// backs up by other means than `recto backup`.
    backup_warn_days: Number = "2";
    /// What is logged: error, warn, info, debug or trace; for parts, as in info,recto=debug.
    log: LogFilter = LogFilter::DEFAULT;
}

/// The environment's settings begin so.
const PREFIX: &str = "RECTO_";

/// What begins like a setting in the environment but is something else: the flag for the file,
/// what builds (cargo hands it on to what it runs) and tests use, and what Kubernetes gives every
/// pod for a service called `recto`.
const NO_SETTINGS: [&str; 5] = ["config", "admin_dist", "admin_dist_dir", "update", "port"];
const NO_SETTINGS_PREFIXES: [&str; 3] = ["test_", "service_", "port_"];

/// Where the settings come from beside their defaults.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// The file that was named, which must exist.
    pub file: Option<PathBuf>,
    /// The environment, whole.
    pub environment: Vec<(OsString, OsString)>,
    /// Flags: the setting's name and its text.
    pub flags: Vec<(&'static str, String)>,
}

impl Layers {
    /// This process's environment and nothing else.
    #[must_use]
    pub fn of_process() -> Self {
        Self { environment: std::env::vars_os().collect(), ..Self::default() }
    }
}

/// One layer's settings, each with where it was found.
#[derive(Clone, Debug)]
struct Layer(Map<String, Value>);

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

/// Every layer, and the file, which is not read yet.
struct Sources {
    defaults: Layer,
    file: Option<PathBuf>,
    environment: Layer,
    flags: Layer,
}

impl Sources {
    fn of(layers: &Layers) -> Result<Self> {
        let defaults = SETTINGS
            .iter()
            .map(|setting| (setting.name.to_owned(), setting.default.into(), "the defaults".to_owned()));
        let environment = environment(&layers.environment)?;
        let flags = layers.flags.iter().map(|(name, text)| {
            let origin = format!("the flag --{} or its variable", name.replace('_', "-"));
            ((*name).to_owned(), text.as_str().into(), origin)
        });
        let (defaults, flags) = (layer(defaults), layer(flags));
        let data_dir = [&flags, &environment, &defaults]
            .into_iter()
            .find_map(|layer| layer.0.get("data_dir")?.clone().into_string().ok())
            .map(PathBuf::from)
            .unwrap_or_default();
        let file = find_file(layers.file.as_deref(), &data_dir);
        Ok(Self { defaults, file, environment, flags })
    }
}

/// The settings' file, where a password stands in it.
///
/// # Errors
/// As [`Config::load`].
pub fn file_with_password(layers: &Layers) -> Result<Option<PathBuf>> {
    let Some(file) = Sources::of(layers)?.file else { return Ok(None) };
    let named = read_file(&file)?.0.get("database").and_then(|value| value.clone().into_string().ok());
    let address = named.and_then(|text| DatabaseAddress::try_from(text).ok());
    Ok(address.filter(DatabaseAddress::has_password).map(|_| file))
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// [`Error::Refused`]: names the setting, where it was found, and what would be right.
    pub fn load(layers: &Layers) -> Result<Self> {
        let Sources { defaults, file, environment, flags } = Sources::of(layers)?;
        let mut builder = config::Config::builder().add_source(defaults);
        if let Some(file) = file {
            builder = builder.add_source(read_file(&file)?);
        }
        let read = builder.add_source(environment).add_source(flags).build().map_err(Error::internal)?;
        let found = read.cache.clone().into_table().map_err(Error::internal)?;
        for (name, value) in &found {
            check_known(name, value.origin().unwrap_or("the settings"))?;
        }
        read.try_deserialize().map_err(|error| explain(&error, &found))
    }

    /// The editorial database's address.
    #[must_use]
    pub fn database_address(&self) -> DatabaseAddress {
        self.database
            .clone()
            .unwrap_or_else(|| DatabaseAddress::of_file(&self.data_dir.path().join("recto.db")))
    }

    /// Where the media library keeps its files.
    #[must_use]
    pub fn media_dir(&self) -> PathBuf {
        let named = self.media_dir.as_ref().map(|dir| dir.path().to_owned());
        named.unwrap_or_else(|| self.data_dir.path().join("media"))
    }

    /// The key to the list of who was erased.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        let named = self.key_file.as_ref().map(|file| file.path().to_owned());
        named.unwrap_or_else(|| self.data_dir.path().join("recto.key"))
    }

    /// Where the public API is reached, without a slash at the end.
    #[must_use]
    pub fn public_base(&self) -> String {
        let listen = self.public_listen.unwrap_or(self.listen);
        self.public_address
            .as_ref()
            .map_or_else(|| listen.web_address(), |address| address.as_str().to_owned())
    }

    /// Where the admin is reached, without a slash at the end.
    #[must_use]
    pub fn admin_base(&self) -> String {
        self.admin_address
            .as_ref()
            .map_or_else(|| self.listen.web_address(), |address| address.as_str().to_owned())
    }
}

/// Settings with where they were found; blank ones are not set.
fn layer(found: impl IntoIterator<Item = (String, Value, String)>) -> Layer {
    let mut map = Map::new();
    for (name, value, origin) in found {
        let blank = match &value.kind {
            ValueKind::Nil => true,
            ValueKind::String(text) => text.trim().is_empty(),
            _ => false,
        };
        if !blank {
            map.insert(name, Value::new(Some(&origin), value.kind));
        }
    }
    Layer(map)
}

fn environment(variables: &[(OsString, OsString)]) -> Result<Layer> {
    let mut ours = Map::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let short = name.trim_start_matches(PREFIX).to_lowercase();
        let prefixed = NO_SETTINGS_PREFIXES.iter().any(|prefix| short.starts_with(prefix));
        if prefixed || NO_SETTINGS.contains(&short.as_str()) {
            continue;
        }
        let Some(value) = value.to_str() else {
            return Err(Error::Refused(format!("The variable {name} is not UTF-8. Write it anew.")));
        };
        ours.insert(name.to_owned(), value.to_owned());
    }
    // Every value stays text: guessing would make 123 of 0123.
    let source = config::Environment::with_prefix("RECTO")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(false)
        .source(Some(ours));
    let found = source.collect().map_err(|error| Error::Refused(error.to_string()))?;
    Ok(layer(found.into_iter().map(|(name, value)| {
        let origin = format!("the variable {PREFIX}{}", name.to_uppercase().replace('.', "__"));
        (name, value, origin)
    })))
}

/// The file that was named; else `recto.toml` in the data directory or here, where there is one.
fn find_file(named: Option<&Path>, data_dir: &Path) -> Option<PathBuf> {
    named.map(Path::to_owned).or_else(|| {
        let usual = [data_dir.join("recto.toml"), PathBuf::from("recto.toml")];
        usual.into_iter().find(|file| file.exists())
    })
}

fn read_file(file: &Path) -> Result<Layer> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::Refused(format!("The settings in {name} cannot be read: {error}.")))?;
    let table = config::File::from_str(&text, FileFormat::Toml).collect().map_err(|error| {
        // In between the message quotes the line, which may hold a password.
        let said = match error {
            ConfigError::FileParse { cause, .. } => cause.to_string(),
            other => other.to_string(),
        };
        let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let place = said.first().and_then(|line| line.split_once(" at ")).map_or("", |(_, place)| place);
        let wrong = said.last().copied().unwrap_or_default();
        Error::Refused(format!("The settings in {name} cannot be understood, {place}: {wrong}."))
    })?;
    Ok(layer(table.into_iter().map(|(setting, value)| (setting, value, name.to_string()))))
}

fn is_setting(name: &str) -> bool {
    SETTINGS.iter().any(|setting| setting.name == name)
}

fn check_known(name: &str, origin: &str) -> Result<()> {
    if is_setting(name) {
        return Ok(());
    }
    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    Err(Error::Refused(format!(
        "‘{name}’ in {origin} is no setting. The settings are: {}.",
        names.join(", ")
    )))
}

/// Names the setting, where it was found, and the mend.
fn explain(error: &ConfigError, found: &Map<String, Value>) -> Error {
    let (name, said) = match error {
        ConfigError::At { error, key: Some(key), .. } => (key.as_str(), error.to_string()),
        ConfigError::Type { expected, key: Some(key), .. } => {
            (key.as_str(), format!("Write {expected} here."))
        }
        other => return Error::Refused(format!("The settings cannot be understood: {other}.")),
    };
    let origin = found.get(name).and_then(Value::origin).unwrap_or("the settings");
    Error::Refused(format!("{name} in {origin} cannot be used. {said}"))
}

/// What `config.example.toml` says: every setting, explained, with its default.
#[must_use]
pub fn example() -> String {
    let mut text = "\
# The settings of Recto, all with their defaults. Recto reads this file from --config, or as
# recto.toml from its data directory or the directory it is started in. A variable of the
# environment wins over the file, RECTO_LISTEN=… instead of listen, and a flag over both where a
# command has one, as --listen …. A blank value counts as not set.
"
    .to_owned();
    for setting in SETTINGS {
        text.push('\n');
        for line in setting.help {
            text.push('#');
            text.push_str(line);
            text.push('\n');
        }
        let value = match setting.default {
            "true" | "false" => setting.default.to_owned(),
            number if number.parse::<u32>().is_ok() => number.to_owned(),
            text => format!("\"{text}\""),
        };
        text.push_str(&format!("#{} = {value}\n", setting.name));
    }
    text
}

#[cfg(test)]
mod tests;
