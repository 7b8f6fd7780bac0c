//! Secrets at rest: XChaCha20-Poly1305 with a key from a file or the environment, bound to the row they belong to.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use caseyos_shared::model::WorkspaceId;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// The version of the format, so that a later key or cipher can live beside this one.
const FORMAT: &str = "v1.";

/// Encrypts and decrypts the secrets of rows.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    fingerprints: [u8; KEY_BYTES],
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// Why there is no key, or why a secret cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The configured key is not 32 bytes in hexadecimal or Base64.
    #[error("the secret key must be 32 bytes as 64 hexadecimal digits or Base64")]
    BadKey,
    /// The key file cannot be read or made.
    #[error("cannot use the key file {0}: {1}")]
    File(String, std::io::Error),
    /// The stored text does not belong to this key and row.
    #[error("a stored secret cannot be decrypted: it was written with another key, or belongs to another row")]
    Unreadable,
}

impl Vault {
    /// A vault with this key.
    #[must_use]
    pub fn new(key: [u8; KEY_BYTES]) -> Self {
        let fingerprints = Sha256::new().chain_update(b"caseyos fingerprints").chain_update(key).finalize().into();
        Self { cipher: XChaCha20Poly1305::new(&Key::from(key)), fingerprints }
    }

    /// A vault with the key written in `text`.
    ///
    /// # Errors
    /// [`VaultError::BadKey`].
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        let text = text.trim();
        let bytes = if text.len() == 2 * KEY_BYTES { from_hex(text) } else { STANDARD.decode(text).ok() };
        let key: [u8; KEY_BYTES] = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(VaultError::BadKey)?;
        Ok(Self::new(key))
    }

    /// A vault with the key in the file, which is made (readable by its owner only) when it is not there.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn from_file(path: &Path) -> Result<Self, VaultError> {
        let failed = |error| VaultError::File(path.display().to_string(), error);
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_text(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key: [u8; KEY_BYTES] = rand::random();
                write_private(path, &crate::access::token::hex(&key)).map_err(failed)?;
                Ok(Self::new(key))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Encrypts a secret for one place: workspace, table and row.
    #[must_use]
    pub fn seal(&self, workspace: WorkspaceId, place: &str, secret: &[u8]) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let aad = format!("{workspace}/{place}");
        // Encryption fails only for plaintexts of hundreds of gigabytes; an empty text decrypts to nothing.
        let sealed =
            self.cipher.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: aad.as_bytes() }).unwrap_or_default();
        format!("{FORMAT}{}", STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    /// What tells whether two texts are the same without giving away what they are: SHA-256 over SHA-256 with a key of its own,
    /// in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self, text: &[u8]) -> String {
        let inner = Sha256::new().chain_update(self.fingerprints).chain_update(text).finalize();
        crate::access::token::hex(&Sha256::new().chain_update(self.fingerprints).chain_update(inner).finalize())
    }

    /// Decrypts what was sealed for the same place.
    ///
    /// # Errors
    /// [`VaultError::Unreadable`].
    pub fn open(&self, workspace: WorkspaceId, place: &str, sealed: &str) -> Result<Vec<u8>, VaultError> {
        let bytes = sealed
            .strip_prefix(FORMAT)
            .and_then(|text| STANDARD.decode(text).ok())
            .filter(|bytes| bytes.len() > NONCE_BYTES)
            .ok_or(VaultError::Unreadable)?;
        let (nonce, sealed) = bytes.split_at(NONCE_BYTES);
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| VaultError::Unreadable)?;
        let aad = format!("{workspace}/{place}");
        self.cipher
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: aad.as_bytes() })
            .map_err(|_| VaultError::Unreadable)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect()
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_secret_opens_only_where_it_was_sealed() {
        let vault = Vault::new([7; KEY_BYTES]);
        let (ours, theirs) = (WorkspaceId::new(Uuid::now_v7()), WorkspaceId::new(Uuid::now_v7()));
        let sealed = vault.seal(ours, "hook/1", b"whsec");
        assert_eq!(vault.open(ours, "hook/1", &sealed).unwrap(), b"whsec");
        assert!(vault.open(theirs, "hook/1", &sealed).is_err(), "another workspace");
        assert!(vault.open(ours, "hook/2", &sealed).is_err(), "another row");
        assert!(Vault::new([8; KEY_BYTES]).open(ours, "hook/1", &sealed).is_err(), "another key");
        assert!(vault.open(ours, "hook/1", "v1.").is_err());
        assert_ne!(sealed, vault.seal(ours, "hook/1", b"whsec"), "the same secret looks different each time");
    }

    #[test]
    fn the_key_file_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data/secret.key");
        let ours = WorkspaceId::new(Uuid::now_v7());
        let sealed = Vault::from_file(&path).unwrap().seal(ours, "x", b"y");
        assert_eq!(Vault::from_file(&path).unwrap().open(ours, "x", &sealed).unwrap(), b"y");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::from_file(&path), Err(VaultError::BadKey)));
    }
}
