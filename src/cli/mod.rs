//! The command line: one file per command. What people should read goes to standard output, what
//! went wrong to standard error in a sentence or two. It must not decide what is valid or allowed.

mod adopt;
mod backup;
mod check;
pub mod demo;
mod erase;
mod export;
mod import;
mod migrate;
mod openapi;
mod prune;
mod rebuild;
mod serve;
mod terminal;
mod user;

use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Layers};
use crate::error::{Error, Result};
use crate::telemetry;

use terminal::{complain, say};

pub use export::export_outputs;
pub use import::{Wishes, import_outputs};

/// A headless CMS for university research centres.
///
/// Editors work in the admin, a web application; any public web site is built on the API, which
/// shows what they have published and nothing else.
#[derive(Debug, Parser)]
#[command(name = "recto", version, max_term_width = 100, after_long_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  recto demo                          try Recto with the content of an invented centre
  recto serve                         serve the admin and the API at http://127.0.0.1:8440
  recto serve --only public --wait    serve the API alone, from what another process publishes
  recto check                         find out what is wrong with an installation

Every setting can be a variable (RECTO_LISTEN=…) or a line in recto.toml, and a few are flags, too;
the file config.example.toml explains them all.";

/// Where this Recto lives; the same for every command.
#[derive(Clone, Debug, Default, Args)]
struct Place {
    /// The directory with Recto's files [default: data]
    #[arg(long, global = true, value_name = "DIR", env = "RECTO_DATA_DIR", hide_env_values = true)]
    data_dir: Option<String>,
    /// The file with the settings [default: recto.toml in the data directory, or here]
    #[arg(long, global = true, value_name = "FILE", env = "RECTO_CONFIG", hide_env_values = true)]
    config: Option<String>,
}

/// Where `serve` and `demo` listen.
#[derive(Clone, Debug, Default, Args)]
struct Addresses {
    /// Where the admin listens, and the API too unless --public-listen is given
    /// [default: 127.0.0.1:8440]
    #[arg(long, value_name = "ADDRESS:PORT", env = "RECTO_LISTEN", hide_env_values = true)]
    listen: Option<String>,
    /// Where the public API listens, if not where the admin does
    #[arg(long, value_name = "ADDRESS:PORT", env = "RECTO_PUBLIC_LISTEN", hide_env_values = true)]
    public_listen: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the admin and the public API until told to end
    Serve(serve::Serve),
    /// Try Recto out with the content of an invented centre
    Demo(demo::Demo),
    /// Add people who can sign in, and manage their accounts
    User(user::User),
    /// Build the two read stores anew from the editorial database
    Rebuild(rebuild::Rebuild),
    /// Back up the database and the media library, also while Recto serves
    Backup(backup::Backup),
    /// Put a backup back, into SQLite or PostgreSQL
    Restore(backup::Restore),
    /// Bring a database of an older release up to date, or say what that would do
    Migrate(migrate::Migrate),
    /// Make the media library and the read stores beside a database its own
    Adopt(adopt::Adopt),
    /// Remove versions that nobody needs any more, and give the room back
    Prune(prune::Prune),
    /// Erase what is kept of somebody, for good
    Erase(erase::Erase),
    /// Say what is wrong with the settings and the database, and how to mend it
    Check(check::Check),
    /// Print the OpenAPI description of the public API
    Openapi(openapi::Openapi),
    /// Take outputs over from a table or a bibliography
    Import(import::Import),
    /// Write content as CSV to standard output
    Export(export::Export),
    /// Reads an import for the process that starts it; not for people
    #[command(hide = true)]
    ReadImport {
        /// Bytes of memory that it may use
        memory: u64,
        /// Seconds that it may work
        work: u64,
    },
}

/// Runs the program and gives its exit code: 0, 1 where something went wrong, 2 for wrong usage.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // It repeats what was typed.
            complain(error.render().to_string().trim_end());
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    let outcome = match cli.command {
        Command::Serve(command) => command.run(&cli.place),
        Command::Demo(command) => command.run(&cli.place),
        Command::User(command) => command.run(&cli.place),
        Command::Rebuild(command) => command.run(&cli.place),
        Command::Backup(command) => command.run(&cli.place),
        Command::Restore(command) => command.run(&cli.place),
        Command::Migrate(command) => command.run(&cli.place),
        Command::Adopt(command) => command.run(&cli.place),
        Command::Prune(command) => command.run(&cli.place),
        Command::Erase(command) => command.run(&cli.place),
        Command::Check(command) => return command.run(&cli.place),
        Command::Openapi(command) => {
            command.run();
            Ok(())
        }
        Command::Import(command) => command.run(&cli.place),
        Command::Export(command) => command.run(&cli.place),
        Command::ReadImport { memory, work } => return crate::reading::read_import(memory, work),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(explain(&error));
            ExitCode::FAILURE
        }
    }
}

impl Place {
    /// The settings, flags included. A process that serves logs as they say; a command that
    /// ends says what went wrong itself, and logs only where somebody asked for more than usual.
    fn settings(&self, addresses: Option<&Addresses>) -> Result<Config> {
        let config = self.read(addresses)?;
        if addresses.is_some() || !config.log.is_default() {
            telemetry::start(&config.log);
        }
        Ok(config)
    }

    fn read(&self, addresses: Option<&Addresses>) -> Result<Config> {
        Config::load(&self.layers(addresses))
    }

    fn layers(&self, addresses: Option<&Addresses>) -> Layers {
        let mut layers = Layers::of_process();
        layers.file = self.config.as_ref().filter(|file| !file.trim().is_empty()).map(PathBuf::from);
        let (listen, public) = addresses
            .map(|addresses| (addresses.listen.clone(), addresses.public_listen.clone()))
            .unwrap_or_default();
        for (name, text) in
            [("data_dir", self.data_dir.clone()), ("listen", listen), ("public_listen", public)]
        {
            if let Some(text) = text {
                layers.flags.push((name, text));
            }
        }
        layers
    }
}

/// Runs what waits for things.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Error::internal)?.block_on(work)
}

/// An error in words for whoever has the machine: they may see causes.
fn explain(error: &Error) -> String {
    match error {
        Error::Internal(cause) => format!("This did not work: {cause}."),
        Error::Invalid(problems) => {
            problems.0.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}
