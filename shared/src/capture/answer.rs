//! What a reply to something we sent says: yes, no, stop, away, came back, or nothing clear.
//!
//! Careful on purpose: without clear words an answer is neutral, and a rep reads it. A wrong "yes" teaches the ranking
//! something that never happened; a wrong "stop" silences a customer.

mod until;
mod words;

use serde::{Deserialize, Serialize};

use super::delivery::{DeliveryStatus, Lasting};
use super::fold::fold_text;
use super::mail::{self, is_auto_reply_subject, is_bounce_sender, precedence_is};
use super::reply;
use crate::model::OutcomeKind;
use words::{
    AWAY, BUT, IDIOMS, LATER, NEGATIONS, NEGATIVE, NO_NO, POLITE, POSITIVE, STOP, STOP_ALONE, SUPPOSING, YES_NO,
};

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// They want to go on.
    Positive,
    /// They do not want it.
    Negative,
    /// They are away, or a program answered for them: nobody has read it.
    OutOfOffice {
        /// Until when, in the mail's own words: "Monday 9 March".
        until: Option<String>,
    },
    /// They do not want to be written to again.
    Unsubscribe,
    /// A mail server could not deliver it.
    Bounce {
        /// Whether nothing will ever arrive at that address.
        permanent: bool,
    },
    /// A person answered, and it is not clear what.
    Neutral,
}

impl Answer {
    /// The outcome that it is; none for what teaches nothing (§5: out of office is neither success nor miss).
    ///
    /// A no is a reply all the same: a person read it and answered.
    #[must_use]
    pub const fn outcome(&self) -> Option<OutcomeKind> {
        match self {
            Self::Positive => Some(OutcomeKind::PositiveReply),
            Self::Negative | Self::Neutral => Some(OutcomeKind::Reply),
            Self::Unsubscribe => Some(OutcomeKind::Unsubscribed),
            Self::Bounce { permanent: true } => Some(OutcomeKind::Bounced),
            Self::OutOfOffice { .. } | Self::Bounce { permanent: false } => None,
        }
    }
}

/// What is known of a mail that came in.
#[derive(Debug, Clone, Copy)]
pub struct Inbound<'a> {
    /// Its sender, subject and flags.
    pub mail: &'a mail::Facts<'a>,
    /// Its text; what it quotes and its signature are cut off here and do not count.
    pub text: &'a str,
    /// What its delivery report says, if it has one; see [`super::delivery::delivery_status`].
    pub statuses: &'a [DeliveryStatus],
}

/// What a mail says that answers something we sent.
///
/// The order: a delivery report is a bounce; a mail that a program sent (RFC 3834: `Auto-Submitted`; `X-Autoreply`; the subjects of the
/// usual clients) is out of office; then words decide. Stop goes before everything else. Yes and no together, or either with "later", are neutral.
/// A yes does not count in a clause with a negation or a supposition.
#[must_use]
pub fn classify(inbound: &Inbound<'_>) -> Answer {
    let Inbound { mail, text, statuses } = *inbound;
    let cut = reply::cut(text);
    let said = beginning(cut.without_tagline());
    let away = || Answer::OutOfOffice { until: until::find(said) };

    if !statuses.is_empty() {
        let lasting = |wanted| statuses.iter().any(|status| status.failure() == Some(wanted));
        let permanent = lasting(Lasting::Permanent);
        return if permanent || lasting(Lasting::Temporary) { Answer::Bounce { permanent } } else { away() };
    }
    if let Some(permanent) = bounce_subject(mail.subject) {
        return Answer::Bounce { permanent };
    }
    if is_bounce_sender(mail.from) {
        return Answer::Bounce { permanent: true };
    }
    let clauses = clauses(said);
    let words = |list: &[&str]| clauses.iter().any(|clause| list.iter().any(|phrase| has(clause, phrase)));
    let program =
        mail.auto_submitted.map(str::trim).is_some_and(|value| !value.is_empty() && !value.eq_ignore_ascii_case("no"));
    if mail.auto_reply
        || program
        || is_auto_reply_subject(mail.subject)
        || precedence_is(mail.precedence, &["auto_reply"])
    {
        return away();
    }
    // The empty return path of a bounce is also that of a proper vacation program (RFC 3834 §3.3).
    let bulk = precedence_is(mail.precedence, &["bulk", "junk"]);
    if (mail.bounce || bulk) && words(AWAY) {
        return away();
    }
    if mail.bounce {
        return Answer::Bounce { permanent: true };
    }
    let whole =
        clauses.iter().map(|clause| clause.trim()).filter(|clause| !clause.is_empty()).collect::<Vec<_>>().join(" ");
    if words(STOP) || STOP_ALONE.contains(&whole.as_str()) {
        return Answer::Unsubscribe;
    }
    let yes = clauses.iter().any(|clause| says_yes(clause));
    let no = clauses.iter().any(|clause| says_no(clause));
    match (yes, no) {
        (true, false) if !words(LATER) && !words(AWAY) => Answer::Positive,
        (false, true) => Answer::Negative,
        (false, false) if words(AWAY) => away(),
        _ => Answer::Neutral,
    }
}

/// As much of a text as is read: whoever has an answer gives it early.
fn beginning(text: &str) -> &str {
    const MOST: usize = 8_000;
    text.char_indices().nth(MOST).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Whether a subject is that of a bounce; if so, whether it is for good.
fn bounce_subject(subject: &str) -> Option<bool> {
    const FAILED: &[&str] = &[
        "undelivered mail returned to sender",
        "undeliverable:",
        "undeliverable mail",
        "delivery status notification (failure)",
        "delivery failure",
        "mail delivery failed",
        "mail delivery failure",
        "mail delivery system",
        "message not delivered",
        "returned mail:",
        "failure notice",
        "unzustellbar:",
        "nicht zustellbar:",
        "non remis :",
        "non remis:",
        "non distribuable",
        "echec de la remise",
        "no se puede entregar:",
        "no entregado:",
        "mancato recapito",
        "non recapitabile:",
        "nao e possivel entregar:",
        "onbestelbaar:",
        "kan inte levereras:",
        "olevererbart:",
        "kan ikke leveres:",
    ];
    const DELAYED: &[&str] = &[
        "delivery status notification (delay)",
        "delivery delayed",
        "warning: could not send message",
        "warning: message",
        "zustellung verzogert",
        "verzogert:",
        "retarde:",
        "retardado:",
    ];
    let subject = fold_text(subject);
    let opens = |openings: &[&str]| openings.iter().any(|opening| subject.starts_with(opening));
    if opens(FAILED) {
        Some(true)
    } else if opens(DELAYED) {
        Some(false)
    } else {
        None
    }
}

fn says_yes(clause: &str) -> bool {
    let counts = |phrase: &str| {
        let rest = without(clause, phrase);
        has(clause, phrase) && !NEGATIONS.iter().chain(SUPPOSING).any(|word| has(&rest, word))
    };
    POSITIVE.iter().any(|phrase| counts(phrase))
}

fn says_no(clause: &str) -> bool {
    NEGATIVE.iter().any(|phrase| has(clause, phrase)) && !NO_NO.iter().any(|phrase| has(clause, phrase))
}

/// The clauses of a text, each folded and with a space at either end so that whole words can be looked for in it.
///
/// A clause ends at a mark, at a word that says "but", and at a line's end, unless the line is as long as one that a mail program has wrapped.
fn clauses(text: &str) -> Vec<String> {
    const WRAPPED: usize = 50;
    let mut joined = String::with_capacity(text.len());
    for line in text.lines() {
        joined.push_str(line.trim());
        joined.push_str(if line.trim().chars().count() >= WRAPPED { " " } else { "\n" });
    }
    let mut clauses = Vec::new();
    for piece in joined.split(['\n', '.', '!', '?', ';', ',', ':', '(', ')', '…', '–', '—']) {
        let mut piece = plain(piece);
        for idiom in IDIOMS {
            piece = without(&piece, idiom);
        }
        let polite = piece.split(' ').nth(1).is_some_and(|word| POLITE.contains(&word));
        if let Some(short) = clauses.pop_if(|last: &mut String| polite && YES_NO.contains(&last.as_str())) {
            piece.insert_str(0, short.trim_end());
        }
        let mut rest = piece.as_str();
        while let Some((at, but)) = BUT.iter().filter_map(|but| Some((rest.find(but)?, *but))).min() {
            let (clause, after) = rest.split_at(at);
            clauses.push(format!("{clause} "));
            // Keeps the space before the next word.
            rest = after.get(but.len() - 1..).unwrap_or_default();
        }
        clauses.push(rest.to_owned());
    }
    clauses
}

/// A text as the lists of words have it: folded, without apostrophes, every other mark a space, a space at either end.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    for c in fold_text(text).chars() {
        match c {
            '\'' => {}
            c if c.is_alphanumeric() => out.push(c),
            _ if out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Whether the words of a phrase stand in a clause.
fn has(clause: &str, phrase: &str) -> bool {
    clause.match_indices(phrase).any(|(at, _)| {
        let before = clause.get(..at).is_some_and(|head| head.ends_with(' '));
        let after = clause.get(at + phrase.len()..).is_some_and(|tail| tail.starts_with(' '));
        before && after
    })
}

/// A clause without a phrase.
fn without(clause: &str, phrase: &str) -> String {
    if has(clause, phrase) { clause.replace(&format!(" {phrase} "), " ") } else { clause.to_owned() }
}

#[cfg(test)]
mod tests;
