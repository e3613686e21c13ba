//! `recto export`: outputs as CSV. It must write what `recto import` reads again unchanged.

use std::io::{IsTerminal as _, Write};

use clap::{Args, Subcommand};

use super::terminal::shown;
use super::{Place, block_on};
use crate::app::Parts;
use crate::clock::Clock;
use crate::content::types::{OUTPUT, PROJECT};
use crate::content::{Id, table};
use crate::editing::{Desk, Names};
use crate::error::{Error, Result};
use crate::published::{Located, Order, Select};
use crate::store::{State, Stored};

/// Write content as CSV to standard output.
///
/// One row per output in its newest version, published or not; what lies in the trash is left
/// out. ‘recto import’ takes the file back; opened in a spreadsheet, say that it is UTF-8.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Export {
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
Examples:
  recto export outputs > outputs.csv
  recto export outputs --project 3.07 > outputs-3.07.csv";

#[derive(Debug, Subcommand)]
enum What {
    /// The outputs
    Outputs {
        /// Only the outputs of this project, in the order of its table
        #[arg(long, value_name = "CODE")]
        project: Option<String>,
    },
}

impl Export {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        let What::Outputs { project } = self.what;
        block_on(async {
            let parts = Parts::open_existing(&config, Clock::system()).await?;
            let mut csv = Vec::new();
            let outcome = export_outputs(&parts.desk, project.as_deref(), &mut csv).await;
            parts.close().await;
            outcome?;
            let mut out = std::io::stdout().lock();
            let written = if out.is_terminal() {
                // In a file every character counts; on a terminal some are orders.
                out.write_all(shown(&String::from_utf8_lossy(&csv)).as_bytes())
            } else {
                out.write_all(&csv)
            };
            match written {
                // Whoever read has had enough.
                Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::internal(error)),
                _ => Ok(()),
            }
        })
    }
}

/// Writes the outputs as CSV, all of them or those of one project.
///
/// # Errors
/// Where the store fails or the project does not exist.
pub async fn export_outputs(desk: &Desk, project: Option<&str>, out: &mut impl Write) -> Result<()> {
    let names = Names::read(desk.lists(), &OUTPUT).await?;
    let outputs = match project {
        Some(code) => {
            let project = find_project(desk, code).await?;
            let field = OUTPUT.field("projects").ok_or(Error::NotFound)?;
            desk.store.linking(&OUTPUT, field, project).await?
        }
        None => all_outputs(desk).await?,
    };
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(table::header(&OUTPUT)).map_err(Error::internal)?;
    for output in outputs.iter().filter(|output| output.state() != State::Trashed) {
        csv.write_record(table::write(&output.item, &names)).map_err(Error::internal)?;
    }
    csv.flush().map_err(Error::internal)
}

/// All outputs, the newest first, as lists show them.
pub(super) async fn all_outputs(desk: &Desk) -> Result<Vec<Stored>> {
    let order = Order::parse(&OUTPUT, "-year");
    let page = desk.lists().list(&Select { limit: 10_000_000, order, ..Select::of(&OUTPUT) }).await?;
    let ids: Result<Vec<Id>> = page.items.iter().map(|one| one.id.parse().map_err(Error::internal)).collect();
    desk.store.items(&OUTPUT, &ids?).await
}

/// The project of this code.
pub(super) async fn find_project(desk: &Desk, code: &str) -> Result<Id> {
    match desk.lists().locate(&PROJECT, code.trim()).await? {
        Located::Here(project) | Located::Moved(project) => project.id.parse().map_err(Error::internal),
        Located::Gone | Located::Unknown => {
            Err(Error::Refused(format!("There is no project {code}. Write its code as in the admin: 3.07.")))
        }
    }
}
