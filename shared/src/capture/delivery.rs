//! What a mail server reports of a mail it could not deliver (RFC 3464): the `message/delivery-status` part of a bounce.

use serde::{Deserialize, Serialize};

use crate::model::words::words;

/// The most recipients that are read of one report.
const MOST: usize = 1_000;

words! {
    /// What the reporting server did with the mail (RFC 3464 §2.3.3).
    pub enum DeliveryAction {
        /// It could not be delivered, and is not tried again.
        Failed = "failed",
        /// It could not be delivered yet, and is tried again.
        Delayed = "delayed",
        /// It was delivered.
        Delivered = "delivered",
        /// It was handed to a server that reports nothing.
        Relayed = "relayed",
        /// It was delivered to a list and sent on to its members.
        Expanded = "expanded",
    }

    /// How long a failure lasts.
    pub enum Lasting {
        /// Nothing will arrive at this address.
        Permanent = "permanent",
        /// The address may be right: a full mailbox, a server that was away.
        Temporary = "temporary",
    }
}

/// What became of a mail for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryStatus {
    /// The address that was written to: the original recipient where the report names it, the final one otherwise (a forwarded
    /// mail fails at an address that the sender has never seen).
    pub recipient: String,
    /// What the server did.
    pub action: DeliveryAction,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// The other server's own words, such as `550 5.1.1 no such user`.
    pub diagnostic: Option<String>,
}

impl DeliveryStatus {
    /// How long the failure lasts; none when it is none.
    ///
    /// The class of the status code decides (RFC 3463 §2: 5 is permanent, 4 is transient), so that a server which gives up on a full
    /// mailbox (`failed`, `4.2.2`) does not condemn the address. Without a code, `failed` is permanent.
    #[must_use]
    pub fn failure(&self) -> Option<Lasting> {
        match (self.action, self.status.as_deref().and_then(|status| status.chars().next())) {
            (DeliveryAction::Delivered | DeliveryAction::Relayed | DeliveryAction::Expanded, _) => None,
            (DeliveryAction::Delayed, _) | (DeliveryAction::Failed, Some('4')) => Some(Lasting::Temporary),
            (DeliveryAction::Failed, _) => Some(Lasting::Permanent),
        }
    }
}

/// Reads the text of a `message/delivery-status` part: groups of fields with an empty line between them, the first about the mail, each other
/// about one recipient (RFC 3464 §2.1). A group that names no recipient, or neither an action nor a status, is left out. Takes time
/// linear in the text.
#[must_use]
pub fn delivery_status(text: &str) -> Vec<DeliveryStatus> {
    let mut statuses = Vec::new();
    let mut group: Vec<(String, String)> = Vec::new();
    for line in text.lines().chain([""]) {
        let line = line.trim_end();
        if line.is_empty() {
            statuses.extend(status(&group));
            group.clear();
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        if statuses.len() >= MOST {
            break;
        }
    }
    statuses
}

fn status(group: &[(String, String)]) -> Option<DeliveryStatus> {
    let field = |wanted: &str| {
        group.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    };
    let recipient = [field("original-recipient"), field("final-recipient")]
        .into_iter()
        .flatten()
        .map(typed)
        .find(|address| !address.is_empty())?;
    let status = field("status").map(first_word).filter(|word| is_code(word));
    let action = field("action").and_then(|action| first_word(action).to_ascii_lowercase().parse().ok());
    let action = action.or_else(|| match status?.chars().next()? {
        '5' => Some(DeliveryAction::Failed),
        '4' => Some(DeliveryAction::Delayed),
        '2' => Some(DeliveryAction::Delivered),
        _ => None,
    })?;
    Some(DeliveryStatus {
        recipient: recipient.to_owned(),
        action,
        status: status.map(str::to_owned),
        diagnostic: field("diagnostic-code").map(typed).filter(|said| !said.is_empty()).map(str::to_owned),
    })
}

/// What stands behind the type: `rfc822; anna@kunde.example` is `anna@kunde.example` (RFC 3464 §2.1.2). Angle brackets, which some
/// servers add, are taken off.
fn typed(value: &str) -> &str {
    let bare = value.split_once(';').map_or(value, |(_, rest)| rest).trim();
    bare.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(bare).trim()
}

fn first_word(value: &str) -> &str {
    value.split(|c: char| c.is_whitespace() || c == '(' || c == ';').next().unwrap_or_default()
}

/// `class.subject.detail`, of one, up to three and up to three digits (RFC 3463 §2).
fn is_code(word: &str) -> bool {
    let numeric =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = word.split('.').collect();
    match parts.as_slice() {
        [class, subject, detail] => matches!(*class, "2" | "4" | "5") && numeric(subject, 3) && numeric(detail, 3),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The second example of RFC 3464, appendix E, with its fields in full.
    const REPORT: &str = "Reporting-MTA: dns; cs.utk.example\n\
        \n\
        Original-Recipient: rfc822;arathib@vnet.example\n\
        Final-Recipient: rfc822;arathib@vnet.example\n\
        Action: failed\n\
        Status: 5.0.0 (permanent failure)\n\
        Diagnostic-Code: smtp; 550 'arathib@vnet.EXAMPLE' is\n\
        \x20not a registered gateway user\n\
        Remote-MTA: dns; vnet.example\n\
        \n\
        Original-Recipient: rfc822;johnh@hpnjld.example\n\
        Final-Recipient: rfc822;johnh@hpnjld.example\n\
        Action: delayed\n\
        Status: 4.0.0 (hpnjld.example: host name lookup failure)\n\
        \n\
        Original-Recipient: rfc822;wsnell@sdcc13.example\n\
        Final-Recipient: rfc822;wsnell@sdcc13.example\n\
        Action: failed\n\
        Status: 5.0.0\n\
        Diagnostic-Code: smtp; 550 user unknown\n";

    #[test]
    fn the_example_of_rfc_3464_is_read_as_it_says() {
        let statuses = delivery_status(REPORT);
        let told: Vec<_> =
            statuses.iter().map(|status| (status.recipient.as_str(), status.action, status.failure())).collect();
        assert_eq!(
            told,
            [
                ("arathib@vnet.example", DeliveryAction::Failed, Some(Lasting::Permanent)),
                ("johnh@hpnjld.example", DeliveryAction::Delayed, Some(Lasting::Temporary)),
                ("wsnell@sdcc13.example", DeliveryAction::Failed, Some(Lasting::Permanent)),
            ]
        );
        assert_eq!(statuses[0].status.as_deref(), Some("5.0.0"));
        assert_eq!(
            statuses[0].diagnostic.as_deref(),
            Some("550 'arathib@vnet.EXAMPLE' is not a registered gateway user")
        );
        assert_eq!(statuses[1].diagnostic, None);
        assert_eq!(delivery_status(&REPORT.replace('\n', "\r\n")), statuses);
    }

    #[test]
    fn a_failure_lasts_as_long_as_its_code_says() {
        for (fields, failure) in [
            ("Action: failed\nStatus: 5.1.1", Some(Lasting::Permanent)),
            ("Action: Failed\nStatus: 5.7.1", Some(Lasting::Permanent)),
            ("Action: failed", Some(Lasting::Permanent)),
            ("Action: failed (bounced)\nStatus: nonsense", Some(Lasting::Permanent)),
            ("Status: 5.4.4", Some(Lasting::Permanent)),
            ("Action: failed\nStatus: 4.4.7", Some(Lasting::Temporary)),
            ("Action: failed\nStatus: 4.2.2", Some(Lasting::Temporary)),
            ("Action: delayed\nStatus: 4.4.1", Some(Lasting::Temporary)),
            ("Action: delayed\nStatus: 5.0.0", Some(Lasting::Temporary)),
            ("Status: 4.7.0", Some(Lasting::Temporary)),
            ("Action: delivered\nStatus: 2.0.0", None),
            ("Action: relayed\nStatus: 2.1.9", None),
            ("Action: expanded", None),
            ("Status: 2.1.5", None),
        ] {
            let read = delivery_status(&format!("Final-Recipient: rfc822; a@b.example\n{fields}\n"));
            assert_eq!(read.len(), 1, "{fields}");
            assert_eq!(read[0].failure(), failure, "{fields}");
        }
    }

    #[test]
    fn the_address_that_was_written_to_counts() {
        for (fields, recipient) in [
            ("Original-Recipient: rfc822;a@x.example\nFinal-Recipient: rfc822;b@y.example", "a@x.example"),
            ("Final-Recipient: RFC822; <b@y.example>", "b@y.example"),
            ("final-recipient: utf-8; jörg@y.example", "jörg@y.example"),
            ("Final-Recipient: b@y.example", "b@y.example"),
            ("Original-Recipient: rfc822;\nFinal-Recipient: rfc822;b@y.example", "b@y.example"),
        ] {
            assert_eq!(delivery_status(&format!("{fields}\nAction: failed"))[0].recipient, recipient, "{fields}");
        }
    }

    #[test]
    fn what_says_nothing_of_a_recipient_is_left_out() {
        for text in [
            "",
            "\n\n\n",
            "Reporting-MTA: dns; mx.example\nArrival-Date: Mon, 2 Mar 2026 09:00:00 +0000",
            "Final-Recipient: rfc822;a@b.example",
            "Action: failed\nStatus: 5.1.1",
            "Final-Recipient: rfc822;a@b.example\nAction: pondered\nStatus: 9.9.9",
            " folded onto nothing",
            "Dear customer, your mail could not be delivered.",
        ] {
            assert!(delivery_status(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_report_makes_it_panic(text in "(?s).{0,300}") {
            for status in delivery_status(&text) {
                prop_assert!(!status.recipient.is_empty());
            }
        }
    }
}
