//! What the benchmarks share: content of a given size, the program as a child, what it is compared
//! with, and a client that asks as fast as it is answered.

pub mod bare;
pub mod content;
pub mod load;
pub mod program;
pub mod show;
pub mod sql;
