//! Nobody outside chooses what is done, or to whom: text that came in is data, never an instruction.

use super::excerpt::excerpt;
use super::finding::{Finding, Guardrail};
use super::{orders, plainly};
use crate::model::words::words;

words! {
    /// Who or what decided something.
    pub enum Chooser {
        /// A person.
        Person = "person",
        /// A rule that a person wrote.
        Rule = "rule",
        /// A template that a person wrote.
        Template = "template",
        /// A language model.
        Model = "model",
    }
}

/// Where an action, its recipient and its text come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// Who chose whom it goes to.
    pub recipient: Chooser,
    /// Who chose what is done.
    pub action: Chooser,
    /// Who wrote the text.
    pub text: Chooser,
    /// Whether what came from outside (a mail, a form, a page) was read by whoever chose.
    pub inbound_read: bool,
    /// Whether a person saw recipient, action and text as they are now, and said yes.
    pub confirmed: bool,
}

/// What gives a text away that talks to a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The words, as they stand in the text, shortened.
    pub words: String,
}

/// Passes when no model that read what came from outside chose the recipient or the action. `inbound` are the texts that were read: where
/// one of them talks to a machine and a model wrote the answer, a person must have seen it.
#[must_use]
pub fn check(provenance: &Provenance, inbound: &[&str]) -> Finding {
    let needs_person = |reason: String| Finding::needs_person(Guardrail::Instruction, reason);
    let model = |chooser: Chooser| chooser == Chooser::Model && provenance.inbound_read;
    if model(provenance.recipient) {
        let reason = "a model chose the recipient after it had read a text from outside: choose the recipient yourself";
        return Finding::block(Guardrail::Instruction, reason);
    }
    if provenance.confirmed {
        return Finding::pass(Guardrail::Instruction);
    }
    if model(provenance.action) {
        return needs_person(
            "a model chose this action after it had read a text from outside: look at it and decide".to_owned(),
        );
    }
    let told = || inbound.iter().find_map(|text| looks_like_instruction(text));
    match model(provenance.text).then(told).flatten() {
        Some(evidence) => needs_person(format!(
            "the text that this answers talks to a machine (“{}”): read the answer first",
            evidence.words
        )),
        None => Finding::pass(Guardrail::Instruction),
    }
}

/// Longest ending of a word that is quoted with its stem, in letters.
const MAX_ENDING: usize = 24;

/// Words in the text that tell a machine what to do, in English, German, French, Spanish, Portuguese, Italian or Dutch, however they
/// are spaced, spelt or hidden. It knows common phrases only: what passes is not thereby harmless.
#[must_use]
pub fn looks_like_instruction(text: &str) -> Option<Evidence> {
    let range = orders::roles(text).or_else(|| {
        let plain = plainly::read(text);
        orders::phrases(&plain).or_else(|| orders::errands(text, &plain))
    })?;
    let end = text.ceil_char_boundary(range.end.min(text.len()));
    let word = text.get(end..).unwrap_or_default().chars().take(MAX_ENDING).take_while(|c| c.is_alphanumeric());
    let end = end + word.map(char::len_utf8).sum::<usize>();
    let start = text.floor_char_boundary(range.start.min(end));
    Some(Evidence { words: excerpt(&super::show_hidden(text.get(start..end).unwrap_or_default())) })
}

#[cfg(test)]
#[path = "instruction_tests.rs"]
mod tests;
