//! The verbs: what can be done with content, one file each, called alike by forms, command line
//! and importers. Each asks for permission while it loads, validates, stores and audits in one
//! transaction, then brings the read stores up to date. It must not know HTTP or HTML.

mod bind;
pub mod bulk;
mod create;
mod deed;
mod delete;
mod describe;
mod desk;
mod due;
mod embargo;
mod files;
pub mod import;
pub mod like;
pub mod meant;
pub mod merge;
mod names;
pub mod permission;
mod preflight;
mod prune;
mod publish;
pub mod reach;
pub mod removed;
pub mod reorder;
mod retention;
pub mod save;
mod set_up;
mod take_back;
mod tidy;
mod trash;
mod unpublish;
mod upgrade;
mod upload;
pub mod view;

pub use bind::{Binding, Bound, bind, set_outsiders};
pub use create::named;
pub use delete::{Deletion, Need, delete, look_at_deletion};
pub use describe::describe;
pub use desk::{Desk, follow_drafts, follow_publications};
pub use due::do_due;
pub use files::{Elsewhere, OtherGround};
pub use names::Names;
pub use permission::{User, Verb};
pub use preflight::{Candidate, Preflight, Sake, lacking, preflight};
pub use prune::{Pruned, prune};
pub use publish::{Publish, publish, publish_as};
pub use reorder::{GAP, reorder};
pub use retention::Retention;
pub use save::{EDITS_MAX, Edit, autosave, save};
pub use set_up::set_up;
pub use take_back::take_back;
pub use tidy::{restore_named, tidy_uploads};
pub use trash::{trash, untrash};
pub use unpublish::unpublish;
pub use upgrade::{CLOSED_FILES, upgrade};
pub use upload::{add_upload, keep_upload, may_upload};
