//! Until when somebody is away, in their own words.

use super::super::fold::fold_text;
use super::words::{DATE_JOINTS, DATES, UNTIL};

/// The most words of a date.
const MOST: usize = 6;

/// The first date that stands behind a word for "until" or "back on", as it was written.
pub(super) fn find(text: &str) -> Option<String> {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let folded: Vec<String> = tokens.iter().map(|token| bare(token)).collect();
    let longest = UNTIL.iter().map(|marker| marker.split(' ').count()).max().unwrap_or_default();
    (0..tokens.len()).find_map(|at| {
        let marker =
            |count: &usize| folded.get(at..at + count).is_some_and(|words| UNTIL.contains(&words.join(" ").as_str()));
        let after = at + (1..=longest).rev().find(marker)?;
        date(tokens.get(after..)?, folded.get(after..)?)
    })
}

fn date(tokens: &[&str], folded: &[String]) -> Option<String> {
    let dated = |word: &str| word.contains(|c: char| c.is_ascii_digit()) || DATES.contains(&word);
    let mut end = 0;
    for (at, (token, word)) in tokens.iter().zip(folded).take(MOST).enumerate() {
        if dated(word) {
            end = at + 1;
        } else if !DATE_JOINTS.contains(&word.as_str()) {
            break;
        }
        // "5. Mai" goes on after its full stop, "9 March." does not.
        let stop = token.ends_with(['!', '?', ';', ')'])
            || (token.ends_with('.') && !word.ends_with(|c: char| c.is_ascii_digit()));
        let comma = token.ends_with(',') && folded.get(at + 1).is_none_or(|next| !dated(next));
        if stop || comma {
            break;
        }
    }
    let words = tokens.get(..end).filter(|words| !words.is_empty())?.join(" ");
    Some(words.trim_end_matches(['.', ',', '!', '?', ';', ')']).trim_start_matches('(').to_owned())
}

/// A word without the marks around it.
fn bare(token: &str) -> String {
    let folded = fold_text(token).replace('\'', "");
    let folded = if folded == "t.o.m." || folded == "t/m" { folded.replace(['.', '/'], "") } else { folded };
    folded.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_kept_in_its_own_words() {
        for (text, until) in [
            ("I am away until Monday 9 March. Call Ben.", "Monday 9 March"),
            ("I will be back on March 9th, 2026 and answer then.", "March 9th, 2026"),
            ("away till 09/03/2026", "09/03/2026"),
            ("returning on the 9th of March", "the 9th of March"),
            ("Ich bin bis zum 5. Mai im Urlaub.", "5. Mai"),
            ("Bis einschließlich 05.05.2026 bin ich nicht erreichbar", "05.05.2026"),
            ("Ich bin wieder ab dem 9. März erreichbar", "9. März"),
            ("Je suis absent jusqu'au 12 août inclus.", "12 août"),
            ("Je serai de retour le lundi 3 janvier.", "lundi 3 janvier"),
            ("Estaré fuera de la oficina hasta el 3 de enero.", "3 de enero"),
            ("Sono in ferie fino al 20 agosto.", "20 agosto"),
            ("Estou de férias até 15 de março", "15 de março"),
            ("Ik ben afwezig tot en met 4 mei", "4 mei"),
            ("Jag har semester till och med 9 augusti.", "9 augusti"),
            ("Jag är ledig t.o.m. 9 aug", "9 aug"),
            ("Jeg holder ferie til den 1. maj", "1. maj"),
        ] {
            assert_eq!(find(text).as_deref(), Some(until), "{text}");
        }
    }

    #[test]
    fn without_a_date_there_is_none() {
        for text in [
            "",
            "until",
            "I am away until further notice.",
            "until then",
            "Call me on 5 May",
            "bis bald",
            "until the of",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
