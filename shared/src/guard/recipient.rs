//! It goes to the contact's own address, and to nobody else.

use super::excerpt::excerpt;
use super::finding::{Finding, Guardrail};
use super::invisible;
use crate::capture::email::{BadEmail, EmailAddress};

/// Passes when `to` is one valid address and the contact's own: the domain in any case, the rest as the contact's record has it
/// (the two are compared as addresses are everywhere, see [`EmailAddress`]).
#[must_use]
pub fn check(to: &[&str], contact: Option<&str>) -> Finding {
    let block = |reason: String| Finding::block(Guardrail::Recipient, reason);
    let needs_person = |reason: &str| Finding::needs_person(Guardrail::Recipient, reason);
    let [to] = to else {
        return block(match to.len() {
            0 => "it has no recipient: choose a contact with an address".to_owned(),
            many => format!("it has {many} recipients: a move writes to its contact only"),
        });
    };
    let address: EmailAddress = match to.parse() {
        Ok(address) => address,
        Err(BadEmail::At) if to.contains([',', ';']) => {
            return block("it has several recipients: a move writes to its contact only".to_owned());
        }
        Err(problem) => return block(format!("{} is no address: {problem}", shown(to))),
    };
    // Reading an address forgives white space and invisible characters around it; a header does not.
    if to.chars().any(|c| c.is_whitespace() || c.is_control() || invisible::is_suspect(c)) {
        return block(format!("{} has spaces or invisible characters around it: remove them", shown(to)));
    }
    let Some(contact) = contact.filter(|contact| !contact.trim().is_empty()) else {
        return needs_person("the contact has no address: enter one, or choose another contact");
    };
    match contact.parse::<EmailAddress>() {
        Err(problem) => return needs_person(&format!("the contact's address {} is none: {problem}", shown(contact))),
        Ok(own) if own != address => {
            let reason = format!(
                "{} is not the contact's address {}: write to the contact, or change the contact first",
                shown(to),
                shown(contact)
            );
            return block(reason);
        }
        Ok(_) => {}
    }
    if address.is_no_reply() {
        return block(format!("nobody reads {}: find the address of a person", shown(to)));
    }
    Finding::pass(Guardrail::Recipient)
}

fn shown(address: &str) -> String {
    match excerpt(address) {
        text if text.is_empty() => "the recipient".to_owned(),
        text => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::guard::Verdict;

    #[test]
    fn the_contacts_own_address_passes() {
        for (to, contact) in [
            ("ann@acme.example", "ann@acme.example"),
            ("ann@ACME.Example", "ann@acme.example"),
            ("Ann.Lee@acme.example", "Ann.Lee@acme.example"),
            ("ann.lee@acme.example", "Ann.Lee@Acme.Example"),
            ("ann+crm@acme.example", "ann+crm@acme.example"),
            ("o'neil@acme.example", "o'neil@acme.example"),
            ("jörg@müller.example", "jörg@müller.example"),
            ("jo\u{308}rg@müller.example", "jörg@müller.example"),
            ("用户@例子.example", "用户@例子.example"),
            ("x@xn--mller-kva.example", "x@xn--mller-kva.example"),
            ("info@acme.example", "info@acme.example"),
            ("ann@gmail.com", " ann@gmail.com "),
        ] {
            assert_eq!(check(&[to], Some(contact)), Finding::pass(Guardrail::Recipient), "{to} {contact}");
        }
    }

    #[test]
    fn any_other_recipient_blocks() {
        for (to, contact) in [
            ("bob@acme.example", "ann@acme.example"),
            ("ann@evil.example", "ann@acme.example"),
            ("ann@acme.example.evil.example", "ann@acme.example"),
            ("ann@аcme.example", "ann@acme.example"),
            ("ann+x@acme.example", "ann@acme.example"),
            ("ann@acme.example,bob@acme.example", "ann@acme.example"),
            ("ann@acme.example; bob@acme.example", "ann@acme.example"),
            ("ann@acme.example\r\nBcc: bob@evil.example", "ann@acme.example"),
            ("ann@acme.example\r\n", "ann@acme.example"),
            (" ann@acme.example", "ann@acme.example"),
            ("ann@acme.example\u{2028}", "ann@acme.example"),
            ("ann@acme.example\u{200b}", "ann@acme.example"),
            ("Ann <ann@acme.example>", "ann@acme.example"),
            ("a\u{200b}nn@acme.example", "ann@acme.example"),
            ("ann", "ann"),
            ("", "ann@acme.example"),
            ("no-reply@acme.example", "no-reply@acme.example"),
            ("mailer-daemon@acme.example", "mailer-daemon@acme.example"),
            ("bounces+12@acme.example", "bounces+12@acme.example"),
        ] {
            let finding = check(&[to], Some(contact));
            assert_eq!(finding.verdict, Verdict::Block, "{to:?} {contact}");
            assert!(!finding.reason.unwrap().contains(['\r', '\n', '\u{2028}']));
        }
        assert_eq!(check(&[], Some("ann@acme.example")).verdict, Verdict::Block);
        assert_eq!(check(&["ann@acme.example"; 2], Some("ann@acme.example")).verdict, Verdict::Block);
    }

    #[test]
    fn a_contact_without_a_usable_address_needs_a_person() {
        for contact in [None, Some(""), Some("  "), Some("n/a"), Some("ann at acme.example")] {
            assert_eq!(check(&["ann@acme.example"], contact).verdict, Verdict::NeedsPerson, "{contact:?}");
        }
    }

    proptest! {
        #[test]
        fn what_passes_is_one_address_without_spaces_or_breaks(to in "\\PC{0,8}[@ ,\r\n]?\\PC{0,8}(\\.\\PC{1,4})?[\r\n\u{2028}\u{200b}]?") {
            if check(&[&to], Some(&to)).verdict == Verdict::Pass {
                prop_assert_eq!(to.matches('@').count(), 1);
                prop_assert!(!to.contains(|c: char| c.is_whitespace() || c.is_control()), "{:?}", to);
            }
        }
    }
}
