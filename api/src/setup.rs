//! The one-time set-up link: as long as nobody exists, whoever started the server may make the first admin.

use std::sync::Mutex;

use caseyos_shared::model::Ts;
use subtle::ConstantTimeEq;

use crate::access::token::hex;

/// How long a link is good.
const GOOD_FOR: i64 = Ts::DAY;

/// The link's token, kept in memory only: a new start makes a new one.
#[derive(Default)]
pub struct SetupLink(Mutex<Option<(String, Ts)>>);

impl SetupLink {
    /// Makes a new token and forgets the one before.
    #[must_use]
    pub fn renew(&self, now: Ts) -> String {
        let token = hex(&rand::random::<[u8; 24]>());
        *self.lock() = Some((token.clone(), now + GOOD_FOR));
        token
    }

    /// Whether this is the token, and in time.
    #[must_use]
    pub fn opens(&self, token: &str, now: Ts) -> bool {
        self.lock()
            .as_ref()
            .is_some_and(|(right, until)| now < *until && bool::from(right.as_bytes().ct_eq(token.as_bytes())))
    }

    /// Closes the door: the link was used, or somebody exists.
    pub fn close(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(String, Ts)>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_until_it_is_used_renewed_or_a_day_old() {
        let link = SetupLink::default();
        let now = Ts::from_millis(0);
        assert!(!link.opens("", now));
        let first = link.renew(now);
        assert!(link.opens(&first, now));
        assert!(!link.opens(&first, now + Ts::DAY));
        let second = link.renew(now);
        assert!(!link.opens(&first, now));
        link.close();
        assert!(!link.opens(&second, now));
    }
}
