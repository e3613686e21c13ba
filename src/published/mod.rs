//! The read stores: a SQLite file of documents, links and search, derived from a feed of changes
//! and disposable. One holds what the public may see and is all that the public API gets; a
//! second of the same kind holds the newest drafts, for the admin's lists and search. It must not
//! know the editorial database, accounts or drafts as such.

mod alike;
mod anew;
mod changes;
mod cores;
mod file;
mod glance;
mod harvest;
mod health;
mod hits;
mod linking;
mod listed;
mod locate;
mod media;
mod names;
mod opening;
mod outline;
mod paths;
mod placing;
mod plans;
mod prepare;
mod put;
mod read;
mod readers;
mod represent;
mod resolve;
mod rich;
mod schema;
mod search;
mod select;
mod statement;
mod sync;
mod totals;
mod usage;
mod wait;
mod whole;
mod withdraw;

pub use anew::{Anew, Batch};
pub use changes::{Changed, Changes};
pub use glance::{Glance, glance};
pub use harvest::{Datestamp, Span};
pub use health::Found;
pub use hits::{Hit, Hits};
pub use listed::{Listed, Prepared};
pub use locate::Located;
pub use media::PublicFile;
pub use names::Credited;
pub use outline::{Leaf, Placed};
pub use plans::Step;
pub use read::{Document, PublishedStore};
pub use represent::{choose, represent};
pub use resolve::{References, tag};
pub use rich::Roots;
pub use search::Snippet;
pub use select::{Cursor, Filter, NEAR, Order, Page, Scalar, Select};
pub use sync::Follower;
pub use usage::Use;
pub use whole::{Crumb, Part, Whole};
