//! Readers of what others wrote: markup of forms and pastes, bibliographies, tables, answers of other
//! services. Each has bounds in size, depth, number and work, and says in a sentence which one was met.
//! Pure: it must not know Recto's types, a database, a network or a clock.

#![forbid(unsafe_code)]

pub mod clean;
pub mod identifier;
pub mod import;
pub mod markup;
pub mod office;
pub mod rich;
pub mod text;
