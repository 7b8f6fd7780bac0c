//! Passwords: Argon2id, off the async threads, and never more at once than there are cores.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// The shortest password that is taken (NIST SP 800-63B-4 §3.1.1.2: at least 8; 15 where it is the only factor is
/// advised, 10 is our compromise, said on the page).
pub const SHORTEST: usize = 10;
/// The longest: long enough for any passphrase, short enough that hashing it costs nothing extra.
pub const LONGEST: usize = 256;

/// Each hash takes 19 MiB and a core for tens of milliseconds; more at once would starve everything else.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, std::num::NonZero::get)));

/// A hash that no password has, so that an unknown e-mail address costs as much as a wrong password.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now(&super::token::hex(&rand::random::<[u8; 32]>())));

/// What is wrong with a password somebody chose, if anything.
#[must_use]
pub fn complaint(password: &str) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(format!("must have at least {SHORTEST} characters; a short sentence is easy to remember"));
    }
    if length > LONGEST {
        return Some(format!("must have at most {LONGEST} characters"));
    }
    let first = password.chars().next();
    if password.chars().all(|c| Some(c) == first) {
        return Some("must not be one character again and again".to_owned());
    }
    None
}

fn hash_now(password: &str) -> String {
    // Hashing fails only for lengths and parameters that cannot occur here; an empty hash matches no password.
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).unwrap_or_default()
}

/// The Argon2id hash to store.
pub async fn hash(password: String) -> String {
    let _turn = TURNS.acquire().await;
    tokio::task::spawn_blocking(move || hash_now(&password)).await.unwrap_or_default()
}

/// Whether the password is the one that was hashed; `None` takes as long and is never right.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    let _turn = TURNS.acquire().await;
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let right = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        right && known
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_person_opens() {
        let stored = hash("correct horse battery".to_owned()).await;
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(verify("correct horse battery".to_owned(), Some(stored.clone())).await);
        assert!(!verify("correct horse batterz".to_owned(), Some(stored)).await);
        assert!(!verify("correct horse battery".to_owned(), None).await);
        assert!(!verify(String::new(), Some(String::new())).await);
    }

    #[test]
    fn short_long_and_monotonous_passwords_are_refused_with_the_reason() {
        assert!(complaint("short").is_some_and(|why| why.contains("10")));
        assert!(complaint(&"x".repeat(20)).is_some());
        assert!(complaint(&"ab".repeat(200)).is_some());
        assert_eq!(complaint("correct horse"), None);
    }
}
