//! `recto import`: outputs from tables and bibliographies, and taking an import back. What is read and
//! understood is the admin's; here it is told as text. It must not publish.

mod file;
mod preview;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Place, block_on, complain, export, say};
use crate::app::Parts;
use crate::clock::Clock;
use crate::content::Problems;
use crate::editing::import::{self as editing_import, Choices, Chosen, Imported, Preview};
use crate::editing::{Desk, User};
use crate::error::{Error, Result};
use crate::import::{Format, Sheet, Source};
use crate::metadata::Metadata;
use crate::reading::Reader;

/// Take outputs over from a table or a bibliography.
///
/// Reads CSV (with commas or semicolons, of any usual encoding), tables in HTML, text with tabs,
/// BibTeX, RIS and CSL-JSON; which it is, it finds out. Columns are known by their headings, people
/// and types by their names, outputs that are there already by their DOI or their title and year.
/// With --dry-run it says what it has understood.
///
/// CSV as ‘recto export’ writes it is taken word for word: a row with the id or slug of an output
/// changes that output, any other makes a new one.
///
/// All rows are taken over, as drafts, or none. ‘recto import undo’ takes an import back.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Import {
    #[command(subcommand)]
    what: What,
}

const EXAMPLES: &str = "\
Examples:
  recto import outputs outputs.csv --dry-run
  recto import outputs zotero.bib --project 3.07 --new-people
  recto import undo 0199c0de-7a7e-7000-8000-3f0f6f1d2c5b

A file needs no more than this:
  Title,Outputs type,Lead academic,Year,To note
  Empowering learning,Board report,\"Bristow, A\",2019,Available on request";

#[derive(Debug, Subcommand)]
enum What {
    /// Outputs
    Outputs(Outputs),
    /// Take an import back: what it made goes into the trash, what it changed is as it was
    Undo {
        /// The number that the import has told
        batch: String,
    },
}

#[derive(Debug, Args)]
struct Outputs {
    /// The file or pipe, at most 20 MB
    file: PathBuf,
    /// Put every row into this project's table too, behind what stands there
    #[arg(long, value_name = "CODE")]
    project: Option<String>,
    /// Say what was understood and what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// What the file is, where it looks like something else
    #[arg(long)]
    format: Option<Named>,
    /// Make a person of every author whom nobody is called like
    #[arg(long)]
    new_people: bool,
    /// Make a type of every kind of output that is not in the vocabulary
    #[arg(long)]
    new_types: bool,
    /// Leave out the rows that are wrong, and take the others over
    #[arg(long)]
    skip_wrong: bool,
}

/// The formats, as they are called on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Named {
    Html,
    Tabs,
    Csv,
    Bibtex,
    Ris,
    Csl,
    Identifiers,
    Lines,
}

impl From<Named> for Format {
    fn from(named: Named) -> Self {
        match named {
            Named::Html => Self::Html,
            Named::Tabs => Self::Tabs,
            Named::Csv => Self::Csv,
            Named::Bibtex => Self::Bibtex,
            Named::Ris => Self::Ris,
            Named::Csl => Self::Csl,
            Named::Identifiers => Self::Identifiers,
            Named::Lines => Self::Lines,
        }
    }
}

/// How a file is taken over.
#[derive(Clone, Debug, Default)]
pub struct Wishes<'wishes> {
    /// The code of the project whose table the outputs join.
    pub project: Option<&'wishes str>,
    /// Only look.
    pub dry_run: bool,
    /// What the file is, if it does not look like it.
    pub format: Option<Format>,
    /// Make the people who are not there.
    pub new_people: bool,
    /// Make the types that are not there.
    pub new_types: bool,
    /// Leave wrong rows out.
    pub skip_wrong: bool,
    /// Where metadata of identifiers are looked up.
    pub metadata: Option<&'wishes Metadata>,
    /// What reads the file; this program where nothing is said.
    pub reader: Option<Reader>,
}

impl Import {
    pub(super) fn run(self, place: &Place) -> Result<()> {
        let config = place.settings(None)?;
        match self.what {
            What::Outputs(outputs) => {
                let file = file::read(&outputs.file, file::PATIENCE)?;
                block_on(async {
                    let parts = Parts::open_existing(&config, Clock::system()).await?;
                    let metadata = crate::app::metadata(&config);
                    let outcome = outputs.run(&parts.desk, &file, metadata.as_ref()).await;
                    parts.close().await;
                    outcome
                })
            }
            What::Undo { batch } => block_on(async {
                let parts = Parts::open_existing(&config, Clock::system()).await?;
                let undone = editing_import::undo(&parts.desk, &User::system(), &batch).await;
                parts.close().await;
                let undone = undone.map_err(|error| match error {
                    Error::NotFound => Error::Refused(format!("There is no import {batch}.")),
                    other => other,
                })?;
                say(format_args!(
                    "{} moved to the trash, {} as before the import.",
                    undone.trashed, undone.restored
                ));
                for stayed in undone.stayed {
                    say(format_args!("Stays: ‘{}’. {}", stayed.stored.item.title(), stayed.why));
                }
                Ok(())
            }),
        }
    }
}

impl Outputs {
    async fn run(&self, desk: &Desk, file: &[u8], metadata: Option<&Metadata>) -> Result<()> {
        let wishes = Wishes {
            project: self.project.as_deref(),
            dry_run: self.dry_run,
            format: self.format.map(Format::from),
            new_people: self.new_people,
            new_types: self.new_types,
            skip_wrong: self.skip_wrong,
            metadata,
            reader: None,
        };
        let bar = ProgressBar::hidden();
        if let Ok(style) = ProgressStyle::with_template("{pos} of {len} saved {bar:30} {elapsed}") {
            bar.set_style(style);
        }
        let progress = |done: usize, all: usize| {
            if bar.is_hidden() && done < all {
                bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            }
            bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        };
        let began = std::time::Instant::now();
        let (outcome, told) = import_telling(desk, file, &wishes, &progress).await;
        bar.finish_and_clear();
        if self.dry_run
            && let Some((sheet, preview)) = &told
        {
            say(preview::text(sheet, preview));
        }
        if let Some((sheet, _)) = &told {
            sheet
                .skipped
                .iter()
                .for_each(|skipped| complain(format_args!("{}: {}", skipped.place, skipped.why)));
        }
        let imported = outcome?;
        say(preview::summary(&imported, self.dry_run));
        if began.elapsed().as_secs() > 1 {
            say(format_args!("It took {} seconds.", began.elapsed().as_secs()));
        }
        if !imported.batch.is_empty() {
            say("They are drafts now; publish them in the admin.");
            say(format_args!("To take all of this back: recto import undo {}", imported.batch));
        }
        Ok(())
    }
}

/// Takes outputs over from a file: all rows or none. With `dry_run` only looks.
///
/// # Errors
/// [`Error::Invalid`] with one problem for each thing that is wrong, its row and column in its
/// sentence; [`Error::Refused`] for a file that cannot be read.
pub async fn import_outputs(desk: &Desk, file: &[u8], wishes: Wishes<'_>) -> Result<Imported> {
    import_telling(desk, file, &wishes, &|_, _| ()).await.0
}

/// The same, with what was read and understood, as far as it came; `progress` is told how many are
/// saved and how many there are.
async fn import_telling(
    desk: &Desk,
    file: &[u8],
    wishes: &Wishes<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> (Result<Imported>, Option<(Sheet, Preview)>) {
    let (sheet, preview) = match look(desk, file, wishes).await {
        Ok(looked) => looked,
        Err(error) => return (Err(error), None),
    };
    let outcome = async {
        check(&sheet, &preview)?;
        if wishes.dry_run {
            return Ok(Imported::expected(&preview));
        }
        let taken = editing_import::take(desk, &User::system(), &preview, progress).await;
        taken.map_err(|error| say_where(error, &preview))
    };
    (outcome.await, Some((sheet, preview)))
}

async fn look(desk: &Desk, file: &[u8], wishes: &Wishes<'_>) -> Result<(Sheet, Preview)> {
    let project = match wishes.project {
        Some(code) => Some(export::find_project(desk, code).await?),
        None => None,
    };
    let types = editing_import::type_labels(desk).await?;
    let reader = wishes.reader.clone().unwrap_or_default();
    let mut sheet = reader.sheet("", Source::File(file), wishes.format, &types).await?;
    if let Some(metadata) = wishes.metadata {
        sheet = metadata.complete(sheet, &reader, "").await;
    }
    let user = User::system();
    let mut choices = Choices::default();
    let mut preview = editing_import::understand(desk, &user, &sheet, project, &choices).await?;
    // Looked at twice: only then is it known who and what is not there, and which rows are wrong.
    let unknown = |matches: &[editing_import::Match]| {
        let none = matches.iter().filter(|one| one.asks && one.candidates.is_empty());
        none.map(|one| (one.key.clone(), Chosen::New)).collect()
    };
    if wishes.new_people {
        choices.people = unknown(&preview.people);
    }
    if wishes.new_types {
        let asking = preview.types.iter().filter(|one| one.asks);
        choices.types = asking.map(|one| (one.key.clone(), Chosen::New)).collect();
    }
    if wishes.skip_wrong {
        choices.left_out = preview.rows.iter().filter(|row| row.is_blocked()).map(|row| row.at).collect();
    }
    if wishes.new_people || wishes.new_types || wishes.skip_wrong {
        preview = editing_import::understand(desk, &user, &sheet, project, &choices).await?;
    }
    Ok((sheet, preview))
}

/// Everything that is in the way.
fn check(sheet: &Sheet, preview: &Preview) -> Result<()> {
    let mut problems = Problems::default();
    if let Some(problem) = &preview.problem {
        problems.add("", "table", problem.clone());
    }
    for row in preview.rows.iter().filter(|row| row.is_blocked()) {
        for problem in row.problems.iter().filter(|problem| problem.blocks) {
            let column = problem.column.and_then(|at| sheet.columns.get(at));
            let place = column.map(|column| format!(", column {}", column.heading)).unwrap_or_default();
            problems.add("", "row", format!("Row {}{place}: {}", row.number, problem.message));
        }
    }
    if sheet.format == Format::Own {
        // Our own table is whole or it is not ours.
        for skipped in &sheet.skipped {
            problems.add("", "row", format!("{}: {}", skipped.place, skipped.why));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// A problem's place is the row's by then: `rows.7.doi`.
fn say_where(error: Error, preview: &Preview) -> Error {
    match error {
        Error::Invalid(found) => {
            let mut problems = Problems::default();
            for problem in found.0 {
                let mut parts = problem.field.splitn(3, '.').skip(1);
                let at = parts.next().and_then(|at| at.parse::<usize>().ok());
                let row = preview.rows.iter().find(|row| Some(row.at) == at);
                let number = row.map_or_else(|| "?".to_owned(), |row| row.number.to_string());
                let column = parts.next().map(|column| format!(", column {column}")).unwrap_or_default();
                problems.add(
                    problem.field.clone(),
                    "row",
                    format!("Row {number}{column}: {}", problem.message),
                );
            }
            Error::Invalid(problems)
        }
        other => other,
    }
}
