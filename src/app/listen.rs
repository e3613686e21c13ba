//! The sockets that Recto listens at. Bound before anything else is done, so that a taken address
//! is known while nothing has happened yet.

use std::io::ErrorKind;

use tokio::net::TcpListener;

use super::Only;
use crate::config::Config;
use crate::config::value::Listen;
use crate::error::{Error, Result};

/// Bound sockets.
#[derive(Debug)]
pub struct Listeners {
    /// The admin's, and the API's too where it has none of its own.
    pub(super) admin: Option<TcpListener>,
    /// The API's own.
    pub(super) api: Option<TcpListener>,
    /// Whether both answer at the admin's.
    pub(super) shared: bool,
    /// Where metrics are told, if anywhere.
    pub(super) metrics: Option<TcpListener>,
}

impl Listeners {
    /// Binds what is needed to serve this. Gives the settings with the addresses as they turned
    /// out, where a port 0 left the choice to the machine.
    ///
    /// # Errors
    /// [`Error::Refused`]: says which address, why not, and what to do.
    pub async fn bind(config: &Config, only: Only) -> Result<(Self, Config)> {
        let mut config = config.clone();
        let (mut admin, mut api) = (None, None);
        if only != Only::Public {
            admin = Some(bind(&mut config.listen, "--listen").await?);
        }
        match (only, &mut config.public_listen) {
            (Only::Admin, _) | (Only::All, None) => {}
            (_, Some(listen)) => api = Some(bind(listen, "--public-listen").await?),
            (Only::Public, None) => api = Some(bind(&mut config.listen, "--listen").await?),
        }
        let shared = only == Only::All && api.is_none();
        let metrics = match &mut config.metrics_listen {
            Some(listen) => Some(bind(listen, "RECTO_METRICS_LISTEN").await?),
            None => None,
        };
        Ok((Self { admin, api, shared, metrics }, config))
    }
}

async fn bind(listen: &mut Listen, flag: &str) -> Result<TcpListener> {
    let address = listen.0;
    let bound = TcpListener::bind(address).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
    match bound {
        Ok((address, listener)) => {
            *listen = Listen(address);
            Ok(listener)
        }
        Err(error) => Err(Error::Refused(match error.kind() {
            ErrorKind::AddrInUse => format!(
                "Something else listens at {address} already, perhaps another Recto. Stop it, or choose another \
                 address with {flag}."
            ),
            ErrorKind::PermissionDenied => format!(
                "This user may not listen at {address}. Choose a port above 1023 with {flag} and let a proxy pass \
                 requests on."
            ),
            ErrorKind::AddrNotAvailable => {
                format!("This machine has no address {}. Choose another with {flag}.", address.ip())
            }
            _ => format!("Recto cannot listen at {address}: {error}. Choose another address with {flag}."),
        })),
    }
}
