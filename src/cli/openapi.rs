//! `recto openapi`. It must not open anything: the description follows from the declarations.

use clap::Args;

use super::say;

/// Print the OpenAPI description of the public API.
///
/// The same document that the API serves at /api/v1/openapi.json, for generators of clients.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  recto openapi > openapi.json")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(self) {
        let Self {} = self;
        say(crate::api::openapi::text().trim_end());
    }
}
