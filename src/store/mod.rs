//! The editorial database: working rows, revisions, publications, accounts. The only module that
//! knows sea-orm. It must not decide who may do what, nor what is valid.

mod account;
mod audit;
mod chain;
mod compact;
mod database;
mod deed;
mod digest;
mod due;
mod entity;
mod feed;
mod ground;
mod history;
mod inspect;
mod item;
mod migrate;
mod opened;
mod outsider;
mod publication;
mod revision;
mod session;
mod thin;
mod transfer;
mod upgrade;
mod upload;
mod view;
mod working;

pub use account::{Account, OneTimeLink, Role};
pub use audit::{Entry, Line};
pub use compact::{Compacted, compact};
pub use database::{Statement, Store, Write};
pub use deed::Deed;
pub use digest::Digests;
pub use due::Due;
pub use feed::Before;
pub use ground::Ground;
pub use history::Filled;
pub use inspect::{Inspection, inspect};
pub use item::{Meta, State, Stored};
pub use migrate::{about, copy, migrate};
pub use publication::{Logged, Publication, Publish, Reason};
pub use session::SessionRow;
pub use thin::{Mark, Thinned};
pub use transfer::{load_file, save_as_file};
pub use upgrade::Named;
pub use view::View;
