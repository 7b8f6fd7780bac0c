//! Opaque tokens: 256 random bits that carry their workspace, stored as SHA-256.
//!
//! A token names its workspace, so that looking it up begins with the workspace like every other query.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use caseyos_shared::model::WorkspaceId;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What every API key begins with, so that leak scanners can find one.
pub const KEY_PREFIX: &str = "csy_";

const SECRET_BYTES: usize = 32;
const UUID_BYTES: usize = 16;

/// A new token for a workspace: the text to hand out, once.
#[must_use]
pub fn new_token(workspace: WorkspaceId) -> String {
    let secret: [u8; SECRET_BYTES] = rand::random();
    let mut bytes = [0; UUID_BYTES + SECRET_BYTES];
    bytes[..UUID_BYTES].copy_from_slice(workspace.uuid().as_bytes());
    bytes[UUID_BYTES..].copy_from_slice(&secret);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A new API key: a token with the prefix.
#[must_use]
pub fn new_key(workspace: WorkspaceId) -> String {
    format!("{KEY_PREFIX}{}", new_token(workspace))
}

/// A new public key for a form or a webhook address: its workspace and 128 random bits.
#[must_use]
pub fn new_public_key(workspace: WorkspaceId) -> String {
    let random: [u8; UUID_BYTES] = rand::random();
    let mut bytes = [0; 2 * UUID_BYTES];
    bytes[..UUID_BYTES].copy_from_slice(workspace.uuid().as_bytes());
    bytes[UUID_BYTES..].copy_from_slice(&random);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The workspace that a token or public key names, if it has the right form.
#[must_use]
pub fn workspace_of(token: &str) -> Option<WorkspaceId> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(KEY_PREFIX).unwrap_or(token)).ok()?;
    if bytes.len() != UUID_BYTES + SECRET_BYTES && bytes.len() != 2 * UUID_BYTES {
        return None;
    }
    Uuid::from_slice(&bytes[..UUID_BYTES]).ok().map(WorkspaceId::new)
}

/// What is stored of a token: its SHA-256, in hexadecimal. A fast hash is right for 256 random bits.
#[must_use]
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes in lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ok = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_its_workspace_and_two_are_never_the_same() {
        let workspace = WorkspaceId::new(Uuid::now_v7());
        for make in [new_token, new_key, new_public_key] {
            let token = make(workspace);
            assert_eq!(workspace_of(&token), Some(workspace));
            assert_ne!(token, make(workspace));
        }
        for bad in ["", "csy_", "csy_AAAA", "not base64!", "csy_\u{0}"] {
            assert_eq!(workspace_of(bad), None, "{bad}");
        }
    }
}
