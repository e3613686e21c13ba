//! Values with rules, parsed once at the edge: each type has one canonical spelling and cannot
//! hold anything else. They must not know which fields use them.

mod code;
mod contact;
mod html;
mod media_type;
mod name;
mod slug;
mod text;
mod time;
pub mod upload;

pub use code::ProjectCode;
pub use contact::{Country, Email, WebAddress};
pub(crate) use html::escape;
pub use html::{Html, Piece, Still};
pub use media_type::MediaType;
pub use name::{is_compatible, is_honorific, is_initials, name_key, name_parts};
pub use recto_reader::identifier::{Doi, Isbn, Issn, Malformed, Orcid, Ror};
pub use slug::{Slug, fold, slugify};
pub use text::Text;
pub use time::{Zone, day_begins, instant, parse_date, parse_wall_time, parse_year};
pub use upload::{Picture, Upload};
