//! Tokens of one-time links, and the hashes under which secrets are kept. It must not know what a
//! token opens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};

/// A new token: 32 random bytes in URL-safe base64.
pub(super) fn new() -> SecretString {
    SecretString::from(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// What of a random secret is kept: its SHA-256 in hexadecimal. Looking the hash up compares in
/// no time that tells anything, and random bits need no slow hash.
pub(super) fn hash(secret: &str) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}
