//! `recto openapi`. It must not open anything: the description follows from the declarations.

use clap::Args;

use super::say;
use crate::error::{Error, Result};

/// Print the OpenAPI description of the public API.
///
/// The same document that the API serves at /api/v1/openapi.json, for generators of clients.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  recto openapi > openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> Result<()> {
        let Self {} = self;
        let document = crate::api::openapi::document();
        say(serde_json::to_string_pretty(&document).map_err(Error::internal)?);
        Ok(())
    }
}
