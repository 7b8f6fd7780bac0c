//! What just happened, carried over a redirect in a cookie of one word and an id; never free text.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use caseyos_shared::model::MoveId;
use caseyos_shared::view::Flash;

const COOKIE_NAME: &str = "caseyos_flash";

macro_rules! happened {
    ($($name:ident = $word:literal, $about:literal, $plain:literal, $undo:literal, $bad:literal;)*) => {
        /// Something that a page address did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Happened { $($name,)* }

        impl Happened {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name,)*];

            const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)* _ => None }
            }

            /// The sentence; with a title where it is about a move that is still there.
            pub(super) fn tell(self, about: Option<(MoveId, &str)>) -> Flash {
                let (with, plain, undo, bad) = match self { $(Self::$name => ($about, $plain, $undo, $bad),)* };
                match about {
                    Some((id, title)) => {
                        let dismissed = matches!(self, Self::Dismiss);
                        Flash { text: format!("{with}: {title}"), undo: undo.then_some(id), bad, dismissed }
                    }
                    None => Flash { text: format!("{plain}."), undo: None, bad, dismissed: false },
                }
            }
        }
    };
}

happened! {
    Accept = "accept", "Taken", "The move was taken", true, false;
    Dismiss = "dismiss", "Dismissed", "The move was dismissed", true, false;
    Because = "because", "Dismissed, with your reason", "The reason is noted", true, false;
    Snooze = "snooze", "Put off", "The move was put off", true, false;
    Complete = "complete", "Marked done", "The move was marked done", true, false;
    Wake = "wake", "Back again", "The move is back", false, false;
    Restore = "restore", "Put back", "The move was put back", false, false;
    Undo = "undo", "Taken back", "It was taken back", false, false;
    Assign = "assign", "Handed over", "The move was handed over", false, false;
    Edit = "edit", "Saved", "The changes are saved", false, false;
    Added = "added", "Added to the queue", "It was added to the queue", false, false;
    Late = "late", "Somebody was faster, so this was not done", "Somebody was faster, so this was not done", false, true;
    Saved = "saved", "Saved", "The changes are saved", false, false;
    Revoked = "revoked", "Revoked", "The key opens nothing any more", false, false;
    Closed = "closed", "Closed", "Nothing is taken at this address any more", false, false;
    Opened = "opened", "Open again", "What is posted to this address is taken again", false, false;
    Retried = "retried", "Trying again", "It is being tried again", false, false;
    LastAdmin = "last_admin", "Not done", "Not done: somebody must remain an admin", false, true;
}

/// The cookie that carries it.
pub(super) fn cookie(what: Happened, about: Option<MoveId>) -> HeaderValue {
    let about = about.map(|id| id.to_string()).unwrap_or_default();
    let text = format!("{COOKIE_NAME}={}.{about}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax", what.word());
    // A word of ours and a UUID: always a header value.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

/// The cookie that forgets it.
pub(super) const fn forget() -> HeaderValue {
    HeaderValue::from_static("caseyos_flash=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}

/// What the request carries, if anything.
pub(super) fn carried(headers: &HeaderMap) -> Option<(Happened, Option<MoveId>)> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let (_, value) = cookies
        .flat_map(|all| all.split(';'))
        .filter_map(|one| one.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE_NAME)?;
    let (word, about) = value.split_once('.')?;
    Some((Happened::from_word(word)?, about.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_redirect() {
        let id: MoveId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        for what in Happened::ALL {
            let set = cookie(*what, Some(id));
            let mut headers = HeaderMap::new();
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            headers.insert(COOKIE, HeaderValue::from_str(&format!("a=b; {pair}")).unwrap());
            assert_eq!(carried(&headers), Some((*what, Some(id))));
        }
    }

    #[test]
    fn what_somebody_else_put_into_the_cookie_says_nothing() {
        for bad in ["caseyos_flash=<script>.x", "caseyos_flash=accept", "other=accept."] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::from_static(bad));
            assert_eq!(carried(&headers), None, "{bad}");
        }
    }

    #[test]
    fn only_what_can_be_undone_offers_it() {
        let id: MoveId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(Happened::Dismiss.tell(Some((id, "Call Elin"))).text, "Dismissed: Call Elin");
        assert!(Happened::Dismiss.tell(Some((id, "x"))).undo.is_some());
        assert!(Happened::Undo.tell(Some((id, "x"))).undo.is_none());
    }
}
