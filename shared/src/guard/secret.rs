//! Nothing goes out that is secret: keys, tokens, passwords, card numbers, or what belongs to another workspace.

use super::finding::{Finding, Guardrail};
use super::part::Part;
use super::{numbers, tokens};

/// What makes a text secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// A key or token, by whose it is: "GitHub token".
    Token(&'static str),
    /// A private key.
    PrivateKey,
    /// A password in an address: `https://user:password@host`.
    PasswordInAddress,
    /// The number of a payment card.
    CardNumber,
    /// The number of a bank account (IBAN). It may be meant to be there.
    BankAccount,
}

/// Passes when no part holds a secret, nor any of the texts in `foreign`, which are names and words of other workspaces. The reason never
/// repeats what was found. A bank account's number needs a person: on an invoice it is right.
#[must_use]
pub fn check(parts: &[Part<'_>], foreign: &[&str]) -> Finding {
    let finding = |verdict: fn(Guardrail, String) -> Finding, reason: String| verdict(Guardrail::Secret, reason);
    let mut doubt = None;
    for part in parts {
        let place = part.name;
        match find(part.text) {
            Some(Secret::Token(whose)) => {
                return finding(
                    Finding::block,
                    format!("{place} has what looks like a {whose}: take it out, and replace the key if it is real"),
                );
            }
            Some(Secret::PrivateKey) => {
                return finding(Finding::block, format!("{place} has a private key: take it out, and replace the key"));
            }
            Some(Secret::PasswordInAddress) => {
                return finding(
                    Finding::block,
                    format!("{place} has an address with a password in it: take the password out"),
                );
            }
            Some(Secret::CardNumber) => {
                return finding(Finding::block, format!("{place} has what looks like a card number: take it out"));
            }
            Some(Secret::BankAccount) => doubt = doubt.or(Some(place)),
            None => {}
        }
        if has_any(part.text, foreign) {
            let reason = format!("{place} names something that belongs to another workspace: take it out");
            return Finding::block(Guardrail::Secret, reason);
        }
    }
    match doubt {
        None => Finding::pass(Guardrail::Secret),
        Some(place) => {
            let reason = format!("{place} has a bank account's number: confirm that it is yours and meant for them");
            Finding::needs_person(Guardrail::Secret, reason)
        }
    }
}

/// The gravest secret in a text.
#[must_use]
pub fn find(text: &str) -> Option<Secret> {
    if private_key(text) {
        return Some(Secret::PrivateKey);
    }
    if let Some(whose) = tokens::find(text) {
        return Some(Secret::Token(whose));
    }
    if password_in_address(text) {
        return Some(Secret::PasswordInAddress);
    }
    numbers::find(text)
}

fn private_key(text: &str) -> bool {
    let begins = |(at, mark): (usize, &str)| {
        let after = text.get(at + mark.len()..).unwrap_or_default();
        let line = after.get(..after.floor_char_boundary(48)).unwrap_or_default();
        line.contains("PRIVATE KEY")
    };
    text.match_indices("-----BEGIN ").any(begins)
        || ["PuTTY-User-Key-File-", "AGE-SECRET-KEY-1"].iter().any(|mark| text.contains(mark))
}

/// Longest part of an address before its host that is looked at, in bytes.
const MAX_USER: usize = 256;

fn password_in_address(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let after = text.get(at + mark.len()..).unwrap_or_default();
        let near = after.get(..after.floor_char_boundary(MAX_USER)).unwrap_or_default();
        let authority =
            near.split(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '<' | '>')).next();
        authority
            .and_then(|authority| authority.rsplit_once('@'))
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    })
}

/// Whether one of the words or names stands in the text, in any case, not inside a longer word.
fn has_any(text: &str, wanted: &[&str]) -> bool {
    if wanted.is_empty() {
        return false;
    }
    let text = one_spaced(text);
    wanted.iter().map(|wanted| one_spaced(wanted)).filter(|wanted| wanted.chars().count() > 2).any(|wanted| {
        text.match_indices(wanted.as_str()).any(|(at, found)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

/// The text in lower case with single spaces.
fn one_spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out
}

#[cfg(test)]
#[path = "secret_tests.rs"]
mod tests;
