//! stub
use clap::Args;
use super::Place;
/// stub
#[derive(Debug, Args)]
pub(super) struct Import {}
impl Import {
    pub(super) fn run(self, _place: &Place) -> crate::error::Result<()> { Ok(()) }
}
