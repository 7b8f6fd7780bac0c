//! Which characters can hide something, and where the writing of a language needs them all the same.

/// What sort of hiding a character is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It takes no room and does nothing: `a<U+200B>b`.
    Nothing,
    /// It breaks words where the script has no spaces.
    WordBreak,
    /// It joins or parts its neighbours.
    Joiner,
    /// It turns the direction of what has none.
    Direction,
    /// It opens or closes a run of another direction.
    Embedding,
    /// It reverses what stands there.
    Override,
    /// It spells a letter that nobody sees.
    Tag,
    /// It chooses a form of the character before it.
    Selector,
    /// It is no character of a text at all.
    Control,
}

const fn kind(c: char) -> Option<Kind> {
    Some(match c {
        '\u{200b}' => Kind::WordBreak,
        '\u{200c}' | '\u{200d}' => Kind::Joiner,
        '\u{61c}' | '\u{200e}' | '\u{200f}' => Kind::Direction,
        '\u{202a}'..='\u{202c}' | '\u{2066}'..='\u{2069}' => Kind::Embedding,
        '\u{202d}' | '\u{202e}' => Kind::Override,
        '\u{e0000}'..='\u{e007f}' => Kind::Tag,
        '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Kind::Selector,
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0080}'..='\u{e00ff}'
        | '\u{e01f0}'..='\u{e0fff}' => Kind::Nothing,
        '\t' | '\n' | '\r' => return None,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Kind::Control,
        _ => return None,
    })
}

/// Whether the character can hide something, wherever it stands.
#[must_use]
pub(super) const fn is_suspect(c: char) -> bool {
    kind(c).is_some()
}

/// What people call the character.
#[must_use]
pub(super) const fn name(c: char) -> &'static str {
    match kind(c) {
        Some(Kind::Override | Kind::Embedding | Kind::Direction) => "a character that turns the direction of text",
        Some(Kind::Tag) => "a letter that nobody sees",
        Some(Kind::Control) => "a control character",
        Some(Kind::Nothing | Kind::WordBreak | Kind::Joiner | Kind::Selector) | None => "a character without width",
    }
}

/// Scripts whose letters join, and change with a joiner between them: Arabic and its neighbours, the scripts of India and South-East Asia.
const fn joins(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{61b}' | '\u{61d}'..='\u{dff}' | '\u{f00}'..='\u{109f}' | '\u{1780}'..='\u{17b3}' | '\u{17b6}'..='\u{180a}'
        | '\u{1810}'..='\u{18af}' | '\u{1900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}'
        | '\u{10a00}'..='\u{10fff}' | '\u{11000}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}

/// Scripts that write without spaces: Thai, Lao, Burmese, Khmer and their neighbours.
const fn runs_on(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}' | '\u{17b6}'..='\u{17ff}' | '\u{1950}'..='\u{1aad}')
}

/// Scripts that are written from right to left.
const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{61b}' | '\u{61d}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Pictures, and signs that have a picture's form too.
const fn is_emoji(c: char) -> bool {
    matches!(c, '©' | '®' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{20e3}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}'
        | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}'
        | '\u{3299}' | '\u{1f000}'..='\u{1fbff}')
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a selector chooses among forms that the character before it has.
fn selects(selector: char, before: char, next: Option<char>) -> bool {
    match selector {
        '\u{fe0e}' | '\u{fe0f}' => {
            is_emoji(before) || (matches!(before, '0'..='9' | '#' | '*') && next == Some('\u{20e3}'))
        }
        '\u{180b}'..='\u{180f}' => matches!(before, '\u{1800}'..='\u{180a}' | '\u{1810}'..='\u{18af}'),
        '\u{fe00}'..='\u{fe02}' => {
            is_ideograph(before) || matches!(before, '\u{2200}'..='\u{22ff}' | '\u{1000}'..='\u{109f}')
        }
        _ => is_ideograph(before) && matches!(selector, '\u{e0100}'..='\u{e01ef}'),
    }
}

/// How many characters after a black flag spell the region it stands for (England, Scotland, Wales); 0 when they don't.
fn flag_length(after: &str) -> usize {
    let letters = after
        .chars()
        .take(7)
        .take_while(|c| matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}'))
        .count();
    let ends = after.chars().nth(letters) == Some('\u{e007f}');
    if ends && (3..=6).contains(&letters) { letters + 1 } else { 0 }
}

/// Calls `each` with every character of the text in order, and whether it is hidden: it could hide something, and the writing around
/// it does not need it. Leaving the hidden ones out, or writing others in their place, gives a text in which none is hidden.
pub(super) fn scan(text: &str, mut each: impl FnMut(usize, char, bool)) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let right_to_left = line.chars().any(is_right_to_left);
        let mut before: Option<char> = None;
        let mut after_hidden = false;
        let mut flag = 0;
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            let plain_next = next.is_none_or(|next| !is_suspect(next));
            let needed = match kind(c) {
                None => {
                    if c == '\u{1f3f4}' {
                        flag = flag_length(line.get(at + c.len_utf8()..).unwrap_or_default());
                    }
                    true
                }
                Some(Kind::Tag) => flag > 0,
                Some(Kind::WordBreak) => before.is_some_and(runs_on) && next.is_some_and(runs_on),
                Some(Kind::Joiner) => {
                    let pictures = c == '\u{200d}'
                        && before.is_some_and(|before| is_emoji(before) || before == '\u{fe0f}')
                        && next.is_some_and(is_emoji);
                    pictures || (before.is_some_and(joins) && plain_next)
                }
                Some(Kind::Direction | Kind::Embedding) => {
                    right_to_left && !after_hidden && before.is_none_or(|before| !is_suspect(before))
                }
                Some(Kind::Selector) => before.is_some_and(|before| selects(c, before, next)),
                Some(Kind::Nothing | Kind::Override | Kind::Control) => false,
            };
            if matches!(kind(c), Some(Kind::Tag)) {
                flag = flag.saturating_sub(1);
            }
            each(start + at, c, !needed);
            before = needed.then_some(c);
            after_hidden = !needed;
        }
        start += line.len();
    }
}
