//! What every pool of SQLite connections has in common. It must not know what a database is for.

use sqlx::Connection as _;
use sqlx::sqlite::SqlitePoolOptions;

/// Never hands out a connection that still counts a transaction. On some errors, a full disk among
/// them, SQLite rolls back by itself (<https://sqlite.org/lang_transaction.html>, 3.1); sqlx 0.9
/// then fails to roll back, counts on, and could never begin again.
pub(crate) fn settled(options: SqlitePoolOptions) -> SqlitePoolOptions {
    options.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}
