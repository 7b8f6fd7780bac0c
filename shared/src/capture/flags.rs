//! Yes and no as spreadsheets write them, in seven languages.

use super::fold::{fold, trim};
use super::values::parse_date;

const YES: &[&str] = &[
    "1",
    "y",
    "yes",
    "true",
    "t",
    "on",
    "x",
    "checked",
    "ok",
    "j",
    "ja",
    "wahr",
    "o",
    "oui",
    "vrai",
    "s",
    "si",
    "verdadero",
    "vero",
    "waar",
    "sim",
    "verdadeiro",
];
const NO: &[&str] = &[
    "0",
    "n",
    "no",
    "false",
    "f",
    "off",
    "unchecked",
    "nein",
    "falsch",
    "non",
    "faux",
    "falso",
    "nee",
    "onwaar",
    "nao",
];
/// Words that an opt-out column uses for yes, folded.
const OPTED_OUT: &[&str] = &[
    "optout",
    "optedout",
    "unsubscribed",
    "unsubscribe",
    "donotemail",
    "donotcall",
    "donotcontact",
    "dnc",
    "suppressed",
    "abgemeldet",
    "desabonne",
    "desinscrit",
    "cancelado",
    "disiscritto",
    "afgemeld",
    "descadastrado",
];
/// Words that an opt-out column uses for no, folded.
const OPTED_IN: &[&str] = &[
    "optin",
    "optedin",
    "subscribed",
    "allowed",
    "angemeldet",
    "abonne",
    "inscrit",
    "suscrito",
    "iscritto",
    "aangemeld",
    "inscrito",
];

/// What people put in a cell that has nothing to say, folded; a cell of punctuation alone (`-`, `?`) says nothing either.
const NOTHING: &[&str] = &[
    "na",
    "none",
    "null",
    "nil",
    "nan",
    "unknown",
    "notavailable",
    "notapplicable",
    "ka",
    "keineangabe",
    "unbekannt",
    "inconnu",
    "desconocido",
    "sconosciuto",
    "onbekend",
    "desconhecido",
    "nvt",
];

/// What a form's list shows before anything is chosen from it, folded.
const UNCHOSEN: &[&str] = &[
    "select",
    "selectone",
    "selectanoption",
    "selectoption",
    "pleaseselect",
    "pleaseselectone",
    "pleasechoose",
    "chooseone",
    "chooseanoption",
    "auswahlen",
    "bitteauswahlen",
    "bittewahlen",
    "selectionner",
    "selectionnez",
    "choisissez",
    "seleccionar",
    "seleccione",
    "seleziona",
    "selezionare",
    "selecteer",
    "maakeenkeuze",
    "selecione",
    "selecionar",
];

/// Yes or no, if the text is one of the words for it in English, German, French, Spanish, Italian, Dutch or Portuguese, or a tick, a cross, 1 or 0.
#[must_use]
pub fn parse_flag(text: &str) -> Option<bool> {
    match trim(text) {
        "✓" | "✔" | "☑" | "✅" | "1.0" => return Some(true),
        "✗" | "✘" | "☐" | "❌" | "0.0" => return Some(false),
        _ => {}
    }
    let word = fold(text);
    if YES.contains(&word.as_str()) {
        Some(true)
    } else if NO.contains(&word.as_str()) {
        Some(false)
    } else {
        None
    }
}

/// Whether an opt-out column says that somebody opted out: a yes or no as [`parse_flag`] reads it, the words for the two states
/// themselves, or the date on which it happened.
#[must_use]
pub fn parse_opt_out(text: &str) -> Option<bool> {
    parse_flag(text).or_else(|| {
        let word = fold(text);
        if OPTED_OUT.contains(&word.as_str()) {
            Some(true)
        } else if OPTED_IN.contains(&word.as_str()) {
            Some(false)
        } else {
            parse_date(text).map(|_| true)
        }
    })
}

/// Whether a cell says in words that it has nothing to say: `n/a`, `-`, `none`, `k. A.`
#[must_use]
pub fn says_nothing(text: &str) -> bool {
    let word = fold(text);
    word.is_empty() || NOTHING.contains(&word.as_str()) || UNCHOSEN.contains(&word.as_str())
}

/// Whether a cell holds what a form's list shows before anything is chosen: `Select`, `-- Please select --`, `Bitte wählen`.
#[must_use]
pub fn is_unchosen(text: &str) -> bool {
    UNCHOSEN.contains(&fold(text).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_read_in_every_language() {
        for yes in ["Yes", "TRUE", "1", "1.0", "x", "Ja", "Oui", "Sí", "Si", "vrai", "Vero", "sim", " y ", "✓"] {
            assert_eq!(parse_flag(yes), Some(true), "{yes}");
        }
        for no in ["No", "false", "0", "0.0", "Nein", "non", "não", "NEE", "Falso", "☐"] {
            assert_eq!(parse_flag(no), Some(false), "{no}");
        }
        for neither in ["", "maybe", "10", "00", "2", "yes and no", "subscribed"] {
            assert_eq!(parse_flag(neither), None, "{neither}");
        }
    }

    #[test]
    fn an_opt_out_column_may_name_the_state_instead() {
        assert_eq!(parse_opt_out("Unsubscribed"), Some(true));
        assert_eq!(parse_opt_out("opted-in"), Some(false));
        assert_eq!(parse_opt_out("Yes"), Some(true));
        assert_eq!(parse_opt_out("2024-01-01 10:30"), Some(true));
        assert_eq!(parse_opt_out("perhaps"), None);
    }

    #[test]
    fn placeholders_say_nothing() {
        for text in ["-", "N/A", "#N/A", "null", "k. A.", "?", ""] {
            assert!(says_nothing(text), "{text}");
        }
        for text in
            ["Select", "-- Please select --", "Select an option…", "Bitte wählen", "Sélectionnez", "(choose one)"]
        {
            assert!(says_nothing(text) && is_unchosen(text), "{text}");
        }
        for text in ["Nadia", "Select Medical", "Selectra", "none"] {
            assert!(!is_unchosen(text), "{text}");
        }
        assert!(!says_nothing("Nadia"));
    }
}
