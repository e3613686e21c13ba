//! Errors by what they mean to whoever asked. Translated once for HTML (`admin`) and once for
//! problem documents (`api`). It must not carry what a stranger may not read: causes are logged.

use crate::content::{Id, Problems};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing of that name, or nothing that the asker may know of.
    #[error("This does not exist, or no longer.")]
    NotFound,
    /// What was given cannot be taken; each problem says where and what would be right.
    #[error("Some of this needs attention: {}", sentences(.0))]
    Invalid(Problems),
    /// The asker may not do this. The sentence says who may.
    #[error("{0}")]
    Denied(&'static str),
    /// Somebody else saved these items in between; what was typed is still with the caller.
    #[error("Somebody else saved this in the meantime.")]
    Conflict(Vec<Id>),
    /// It cannot be done in this state. The sentence says what to do first.
    #[error("{0}")]
    Refused(String),
    /// Something needed is away for now. The sentence says what.
    #[error("{0}")]
    Unavailable(&'static str),
    /// A fault of ours; the cause is for the log.
    #[error("Something went wrong on our side. What you typed was not saved; please try again.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What everything that can fail for one of those reasons gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

fn sentences(problems: &Problems) -> String {
    problems.0.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" ")
}

impl Error {
    /// A fault of ours, from any cause.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// One problem at one field.
    #[must_use]
    pub fn invalid(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        let mut problems = Problems::default();
        problems.add(field, code, message);
        Self::Invalid(problems)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match unavailable(&error) {
            Some(sentence) => {
                tracing::warn!(%error, "a database is not available");
                Self::Unavailable(sentence)
            }
            None => Self::internal(error),
        }
    }
}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        use sea_orm::{DbErr, RuntimeErr};
        let sentence = match &error {
            DbErr::ConnectionAcquire(_) => Some(BUSY),
            // Whatever the server says to a new connection: it ends, it has no room, it does not know us.
            DbErr::Conn(RuntimeErr::SqlxError(cause)) => unavailable(cause).or(Some(AWAY)),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
                unavailable(cause)
            }
            _ => None,
        };
        match sentence {
            Some(sentence) => {
                tracing::warn!(%error, "the editorial database is not available");
                Self::Unavailable(sentence)
            }
            None => Self::internal(error),
        }
    }
}

const BUSY: &str = "The database is busy. Nothing was saved; please try again in a moment.";
const AWAY: &str = "The database cannot be reached. Nothing was saved; please try again in a moment.";

const DAMAGED: &str =
    "The database is damaged. Nothing was saved; ask whoever runs this server to put back a backup.";

/// Said where a database may be read and not written.
pub(crate) const READ_ONLY: &str =
    "The database cannot be written to. Nothing was saved; ask whoever runs this server.";

/// What to say of errors that lie in the machine, not in us: SQLite's primary result codes
/// (<https://sqlite.org/rescode.html>) and PostgreSQL's classes 08, 53 and 57, 25006 and 55P03
/// (PostgreSQL manual, appendix A).
fn unavailable(error: &sqlx::Error) -> Option<&'static str> {
    const FULL: &str = "The disk is full. Nothing was saved; ask whoever runs this server to make room.";
    const SLOW: &str = "This took too long and was given up. Please try again in a moment, or ask for less.";
    match error {
        sqlx::Error::PoolTimedOut => Some(BUSY),
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Some(AWAY),
        sqlx::Error::Database(error) => {
            let code = error.code()?;
            let primary = code.parse::<i32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff);
            match (primary, code.as_ref()) {
                (Some(5 | 6), _) | (_, "55P03") => Some(BUSY),
                // Interrupted, by us.
                (Some(9), _) => Some(SLOW),
                (Some(8), _) | (_, "25006") => Some(READ_ONLY),
                (Some(13), _) | (_, "53100") => Some(FULL),
                (Some(11 | 26), _) => Some(DAMAGED),
                (Some(10 | 14), _) => Some(AWAY),
                (_, code) if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => Some(AWAY),
                _ => None,
            }
        }
        _ => None,
    }
}
