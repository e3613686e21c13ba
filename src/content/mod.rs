//! What content is: the types an editor keeps, their fields, and everything that follows from a
//! field's declaration. Pure: it must not know SQL, HTTP or HTML pages.
//!
//! An [`Item`] is one theme, project, output … : a list of [`Value`]s in the order in which its
//! [`ContentType`] declares its [`Field`]s. Form, list, validation, diff, CSV, public document,
//! JSON Schema, filters and search are small interpreters over `(&[Field], &[Value])`.

pub mod bibliography;
pub mod diff;
pub mod document;
pub mod field;
pub mod health;
pub mod item;
pub mod parsed;
pub mod problem;
pub mod relink;
pub mod schema;
pub mod shape;
pub mod snapshot;
pub mod table;
pub mod text;
pub mod types;
pub mod validate;

pub use field::{Choice, Computed, ContentType, Field, Inverse, Kind, Part, Weight};
pub use item::{Id, Item, Row, Value};
pub use problem::{Problem, Problems};
pub use types::{TYPES, by_name, by_plural};
