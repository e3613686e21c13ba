//! The editorial database: working rows, revisions, publications, accounts. The only module that
//! knows sea-orm. It must not decide who may do what, nor what is valid.

mod account;
mod audit;
mod database;
mod deed;
mod entity;
mod inspect;
mod item;
mod outsider;
mod publication;
mod session;
mod upload;
mod view;
mod working;

pub use account::{Account, OneTimeLink, Role};
pub use audit::Entry;
pub use database::{Statement, Store, Write};
pub use deed::Deed;
pub use inspect::{Inspection, inspect};
pub use item::{Meta, State, Stored};
pub use publication::Publication;
pub use session::SessionRow;
pub use view::View;
