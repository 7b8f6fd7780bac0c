//! Whether a person's edit of a draft said that the draft was not good enough.

use crate::capture::fold::fold_text;
use crate::capture::reply;

/// How a mail begins before it says anything, folded; only a whole line that begins so is a greeting.
const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good afternoon",
    "good evening",
    "greetings",
    "hallo",
    "guten tag",
    "guten morgen",
    "guten abend",
    "liebe",
    "lieber",
    "sehr geehrte",
    "sehr geehrter",
    "moin",
    "servus",
    "gruezi",
    "bonjour",
    "bonsoir",
    "cher",
    "chere",
    "salut",
    "hola",
    "buenos dias",
    "buenas tardes",
    "estimado",
    "estimada",
    "querido",
    "querida",
    "ciao",
    "buongiorno",
    "buonasera",
    "gentile",
    "caro",
    "cara",
    "egregio",
    "ola",
    "bom dia",
    "boa tarde",
    "prezado",
    "prezada",
    "goedemorgen",
    "goedemiddag",
    "beste",
    "geachte",
    "hej",
    "hei",
    "god morgon",
    "god morgen",
    "kaere",
    "kara",
    "basta",
];

/// Whether what a person made of a draft says something else than the draft: any word, number or link that was added, taken out,
/// changed or moved.
///
/// White space, punctuation, upper and lower case, a greeting that stands on a line of its own, a closing formula with the name
/// below it, and the signature block do not matter. Currency signs, percent signs and minus signs before a number do, and links and
/// addresses count letter by letter.
#[must_use]
pub fn edit_mattered(before: &str, after: &str) -> bool {
    let parts = |text: &str| {
        let cut = reply::cut(text);
        (words(core(&cut.reply)), words(cut.quoted.as_deref().unwrap_or_default().lines().collect()))
    };
    before != after && parts(before) != parts(after)
}

/// The lines between greeting and closing formula.
fn core(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > 1 && lines.first().is_some_and(|line| is_greeting(line)) {
        lines.remove(0);
    }
    let name = usize::from(lines.last().is_some_and(|line| is_name(line)));
    let above = lines.len().saturating_sub(name);
    if above > 1 && lines.get(above - 1).is_some_and(|line| is_closing(line)) {
        lines.truncate(above - 1);
    } else if lines.len() > 1 && lines.last().is_some_and(|line| is_closing(line)) {
        lines.pop();
    }
    lines
}

fn is_greeting(line: &str) -> bool {
    let line = fold_text(line);
    let line = line.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let opens =
        |greeting: &&str| line.strip_prefix(*greeting).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    GREETINGS.iter().any(opens)
        && line.split(' ').count() <= 6
        && !line.contains([',', ';', '!', '?', ':', '@'])
        && !line.contains(char::is_numeric)
}

/// A formula alone, or with a name behind a comma. "Looking forward to Tuesday" says something.
fn is_closing(line: &str) -> bool {
    match reply::closing(line) {
        Some(named) => !named || (line.contains(',') && !line.contains(char::is_numeric)),
        None => false,
    }
}

/// One to four capitalised words.
fn is_name(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && words.iter().all(|word| word.starts_with(char::is_uppercase))
        && !line.contains(|c: char| c.is_numeric() || matches!(c, '@' | ':' | '/' | '?' | '!'))
}

/// The words in order; links and addresses as they are, without the punctuation of the sentence around them.
fn words(lines: Vec<&str>) -> Vec<String> {
    let mut words = Vec::new();
    for token in lines.iter().flat_map(|line| line.split_whitespace()) {
        if token.contains("://") || token.contains('@') || token.starts_with("www.") {
            let bare = token
                .trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | ',' | '.' | ';' | '!' | '"' | '“' | '”'));
            words.push(bare.to_owned());
            continue;
        }
        let mut word = String::new();
        let folded = fold_text(token);
        let mut rest = folded.chars().peekable();
        while let Some(c) = rest.next() {
            let number_ahead = rest.peek().is_some_and(|next| next.is_numeric());
            let inside_number = matches!(c, '.' | ',') && number_ahead && word.ends_with(char::is_numeric);
            if c.is_alphanumeric() || inside_number {
                word.push(c);
            } else if c == '\'' {
                // "don't" is one word, and so is "dont".
            } else {
                words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
                if is_sign(c)
                    || (c == '-' && number_ahead && words.last().is_none_or(|last| !last.ends_with(char::is_numeric)))
                {
                    words.push(c.to_string());
                }
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
    }
    words
}

/// Signs that change what a number means.
fn is_sign(c: char) -> bool {
    matches!(c, '$' | '€' | '£' | '¥' | '₹' | '%' | '‰' | '+' | '<' | '>' | '=')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DRAFT: &str = "Hi Priya,\n\nThanks for asking about the Team plan. It is €1,200 a year for 10 people.\n\nShall we talk on \
                         Tuesday at 15:00? https://acme.example/book\n\nBest regards,\nAlex";

    #[test]
    fn what_does_not_change_the_message_does_not_matter() {
        for (after, what) in [
            (DRAFT.to_owned(), "nothing"),
            (DRAFT.replace("\n\n", "\n"), "line breaks"),
            (format!("  {DRAFT} \r\n"), "white space"),
            (DRAFT.replace("people.", "people!"), "punctuation"),
            (DRAFT.replace("Thanks for", "thanks for"), "case"),
            (DRAFT.replace("Hi Priya,", "Dear Ms Nair,"), "the greeting"),
            (DRAFT.replace("Hi Priya,", "Hello Priya!"), "the greeting's mark"),
            (DRAFT.replace("Hi Priya,\n\n", ""), "no greeting"),
            (DRAFT.replace("Best regards,\nAlex", "Cheers,\nAlex Kim"), "the closing"),
            (DRAFT.replace("Best regards,\nAlex", "Thanks, Alex"), "the closing on one line"),
            (format!("{DRAFT}\n\n-- \nAlex Kim\nAcme Ltd\n+44 20 7946 0000"), "a signature"),
            (DRAFT.replace("https://acme.example/book", "(https://acme.example/book)."), "marks around a link"),
        ] {
            assert!(!edit_mattered(DRAFT, &after), "{what}");
            assert!(!edit_mattered(&after, DRAFT), "{what}, the other way");
        }
    }

    #[test]
    fn what_changes_the_message_matters() {
        for (after, what) in [
            (DRAFT.replace("1,200", "1,100"), "a price"),
            (DRAFT.replace("1,200", "12,00"), "where the comma stands"),
            (DRAFT.replace('€', "$"), "a currency"),
            (DRAFT.replace("Tuesday", "Thursday"), "a day"),
            (DRAFT.replace("15:00", "16:00"), "a time"),
            (DRAFT.replace("Team", "Business"), "a plan"),
            (DRAFT.replace("/book", "/Book"), "a link"),
            (DRAFT.replace("It is", "It is not"), "a not"),
            (DRAFT.replace("Shall we talk", "We shall talk"), "the order of words"),
            (DRAFT.replace("Thanks for asking about the Team plan. ", ""), "a sentence less"),
            (DRAFT.replace("Best regards", "I add a discount of 10 %.\n\nBest regards"), "a sentence more"),
            (DRAFT.replace("Hi Priya,", "Hi Priya, sorry for the delay."), "more than a greeting"),
            (DRAFT.replace("Best regards", "Looking forward to Tuesday, 3 pm"), "more than a formula"),
            (String::new(), "everything"),
        ] {
            assert!(edit_mattered(DRAFT, &after), "{what}");
        }
        assert!(edit_mattered("-5 %", "5 %"));
        assert!(edit_mattered("Write to a@acme.example", "Write to b@acme.example"));
    }

    proptest! {
        #[test]
        fn an_edit_matters_both_ways_or_neither(before in any::<String>(), after in any::<String>()) {
            prop_assert!(!edit_mattered(&before, &before));
            prop_assert_eq!(edit_mattered(&before, &after), edit_mattered(&after, &before));
        }

        #[test]
        fn another_word_in_the_middle_always_matters(words in prop::collection::vec("[a-z]{1,8}", 4..20), at in 1..3usize) {
            let before = words.join(" ");
            let mut longer = words.clone();
            longer.insert(at, "zzzzzzzzzz".to_owned());
            prop_assert!(edit_mattered(&before, &longer.join(" ")));
        }
    }
}
