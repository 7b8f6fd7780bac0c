//! The names that people and programs give to what is still to be filled in: "first name", "FNAME", "Ihre Firma".

use crate::capture::fold::fold;

/// Longest name that is looked at, in bytes.
pub(super) const MAX_NAME: usize = 60;
/// Most words of one.
const MAX_WORDS: usize = 6;

/// What a template knows of a person or a company, folded: such a word alone in braces is a blank.
const OWN: &str = "name fname lname firstname lastname fullname surname forename givenname nickname username recipient vorname nachname \
    firmenname prenom nom nombre apellido apellidos nome cognome sobrenome naam voornaam achternaam company companyname firma unternehmen \
    entreprise societe empresa azienda bedrijf organisation organization salutation anrede prospect";

/// What else is filled in, folded: these words have other uses too.
const THINGS: &str = "account address adresse amount betrag business city client competitor contact country customer date datum day \
    department email employer event feature fecha data greeting industry branche job kunde lead link location metric month number \
    percentage phone position preis price product produkt reason role sender service signature stadt telephone telefon time title topic \
    thema url value website weekday zeit";

/// What goes before or between them, folded.
const WITH: &str = "first last full middle your their my a an x of contact recipient prospect customer client sender company job meeting \
    calendar booking phone relevant specific person sir ihr ihre ihren ihres dein deine votre vos notre su tu seu sua tuo tua suo uw \
    jouw de del des der du la le el il do da lead user account the pain point case study here";

/// How instructions to whoever fills a blank begin, folded.
const FILL: &str = "insert enter fill replace einfugen einsetzen inserer inserez insertar insira inserisci invullen your ihr ihre dein deine \
    votre vos tuo";

fn has(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether the word means a blank by itself, alone or with something before it (`yourname`).
fn is_own(word: &str) -> bool {
    has(OWN, word) || joined(word, OWN)
}

fn is_thing(word: &str) -> bool {
    is_own(word) || has(THINGS, word) || joined(word, THINGS)
}

fn joined(word: &str, list: &str) -> bool {
    word.len() > 5
        && WITH
            .split_ascii_whitespace()
            .filter(|with| with.len() > 1)
            .any(|with| word.strip_prefix(with).is_some_and(|rest| has(list, rest)))
}

/// The words of a name in any notation: `first_name`, `FirstName`, `contact.first-name`, `First Name`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (small && c.is_uppercase()) {
            words.push(fold(&word));
            word.clear();
        }
        if c.is_alphanumeric() {
            word.push(c);
        }
        small = c.is_lowercase();
    }
    words.push(fold(&word));
    words.retain(|word| !word.is_empty());
    words
}

/// How sure a name is to be a blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Not at all.
    No,
    /// It is one in square brackets; elsewhere it may be a word of a program.
    InBrackets,
    /// It is one in any brackets.
    Yes,
}

/// Whether a name in brackets stands for something to be filled in.
pub(super) fn is_blank(name: &str) -> Sure {
    if name.len() > MAX_NAME || !name.contains(char::is_alphabetic) {
        return Sure::No;
    }
    let words = words(name);
    let all_known = words.iter().all(|word| has(WITH, word) || is_thing(word));
    let things = words.iter().filter(|word| is_thing(word)).count();
    if words.len() <= MAX_WORDS && all_known && things > 0 {
        let sure = words.iter().any(|word| is_own(word)) || words.len() > 1;
        return if sure { Sure::Yes } else { Sure::InBrackets };
    }
    let told = words.len() > 1 && words.first().is_some_and(|first| has(FILL, first))
        || words.iter().any(|word| word == "einfugen")
        || words.len() > 1 && words.last().is_some_and(|last| last == "here");
    if told { Sure::InBrackets } else { Sure::No }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_known_in_every_notation_and_language() {
        for name in [
            "name",
            "First Name",
            "FIRST_NAME",
            "firstName",
            "contact.first-name",
            "FNAME",
            "yourName",
            "Your Name",
            "Company",
            "Ihre Firma",
            "Vorname",
            "Prénom",
            "votre nom",
            "Nombre",
            "tu empresa",
            "Nome",
            "Achternaam",
            "meeting_link",
            "Job Title",
            "customer name",
        ] {
            assert_eq!(is_blank(name), Sure::Yes, "{name}");
        }
        for name in
            ["date", "link", "Insert case study", "your value proposition", "hier einfügen", "price", "details here"]
        {
            assert_eq!(is_blank(name), Sure::InBrackets, "{name}");
        }
    }

    #[test]
    fn other_words_in_brackets_are_none() {
        for name in [
            "",
            "1",
            "id",
            "x",
            "EXTERNAL",
            "user_id",
            "Action required",
            "sic",
            "CaseyOS",
            "image: logo",
            "...",
            "cid:1",
            "12 %",
            "n",
        ] {
            assert_eq!(is_blank(name), Sure::No, "{name}");
        }
    }
}
