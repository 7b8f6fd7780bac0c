//! Colours as mails write them, to tell text that has the colour of its ground.

/// A colour that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// Red, green and blue.
    Rgb(u8, u8, u8),
    /// None: what is behind shows.
    Clear,
}

impl Colour {
    pub(super) const WHITE: Self = Self::Rgb(255, 255, 255);
    pub(super) const BLACK: Self = Self::Rgb(0, 0, 0);

    /// Whether nobody can read text of this colour on that ground.
    pub(super) fn vanishes_on(self, ground: Self) -> bool {
        match (self, ground) {
            (Self::Clear, _) => true,
            (Self::Rgb(r, g, b), Self::Rgb(x, y, z)) => {
                let apart = |a: u8, b: u8| u16::from(a.abs_diff(b));
                apart(r, x) + apart(g, y) + apart(b, z) <= 30
            }
            (Self::Rgb(..), Self::Clear) => false,
        }
    }
}

/// Names of colours that text is hidden with: the light ones, and the common grounds.
const NAMES: &[(&str, Colour)] = &[
    ("white", Colour::WHITE),
    ("snow", Colour::Rgb(255, 250, 250)),
    ("ivory", Colour::Rgb(255, 255, 240)),
    ("floralwhite", Colour::Rgb(255, 250, 240)),
    ("ghostwhite", Colour::Rgb(248, 248, 255)),
    ("whitesmoke", Colour::Rgb(245, 245, 245)),
    ("mintcream", Colour::Rgb(245, 255, 250)),
    ("azure", Colour::Rgb(240, 255, 255)),
    ("black", Colour::BLACK),
    ("silver", Colour::Rgb(192, 192, 192)),
    ("gray", Colour::Rgb(128, 128, 128)),
    ("grey", Colour::Rgb(128, 128, 128)),
    ("red", Colour::Rgb(255, 0, 0)),
    ("lime", Colour::Rgb(0, 255, 0)),
    ("green", Colour::Rgb(0, 128, 0)),
    ("blue", Colour::Rgb(0, 0, 255)),
    ("navy", Colour::Rgb(0, 0, 128)),
    ("yellow", Colour::Rgb(255, 255, 0)),
    ("transparent", Colour::Clear),
];

/// Reads the colour at the start of a CSS value or in an attribute: `#fff`, `ffffff`, `rgb(…)`, `rgba(…)`, `white`.
pub(super) fn read(text: &str) -> Option<Colour> {
    let text = text.trim().to_ascii_lowercase();
    if let Some(inner) = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb(")) {
        let inner = inner.split(')').next().unwrap_or_default();
        let mut parts =
            inner.split(|c: char| matches!(c, ',' | '/') || c.is_whitespace()).filter(|part| !part.is_empty());
        let mut next =
            || parts.next()?.split('.').next()?.parse::<u16>().ok().map(|value| u8::try_from(value).unwrap_or(u8::MAX));
        let (red, green, blue) = (next()?, next()?, next()?);
        let clear = parts.next().is_some_and(|alpha| alpha.chars().all(|c| matches!(c, '0' | '.' | '%')));
        return Some(if clear { Colour::Clear } else { Colour::Rgb(red, green, blue) });
    }
    let word = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '!')).next().unwrap_or_default();
    if let Some((_, colour)) = NAMES.iter().find(|(name, _)| *name == word) {
        return Some(*colour);
    }
    let digits: Vec<u8> = word
        .trim_start_matches('#')
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    match digits.as_slice() {
        [r, g, b] => Some(Colour::Rgb(r * 17, g * 17, b * 17)),
        [_, _, _, 0] | [_, _, _, _, _, _, 0, 0] => Some(Colour::Clear),
        [r, g, b, _] => Some(Colour::Rgb(r * 17, g * 17, b * 17)),
        [r, rr, g, gg, b, bb] | [r, rr, g, gg, b, bb, _, _] => Some(Colour::Rgb(r * 16 + rr, g * 16 + gg, b * 16 + bb)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_notation() {
        for text in
            ["#fff", "#FFFFFF", "ffffff", "white", " White !important", "rgb(255, 255, 255)", "rgba(255 255 255 / 1)"]
        {
            assert_eq!(read(text), Some(Colour::WHITE), "{text}");
        }
        for text in
            ["transparent", "rgba(0,0,0,0)", "rgba(1,2,3,0.0)", "#ffff0000".get(..5).unwrap_or_default(), "#12345600"]
        {
            let clear = read(text) == Some(Colour::Clear);
            assert_eq!(clear, text != "#ffff", "{text}");
        }
        for text in ["", "inherit", "#12", "hsl(0 0% 100%)", "rgb(a,b,c)"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn text_vanishes_on_its_own_colour_and_nearly_its_own() {
        assert!(Colour::WHITE.vanishes_on(Colour::WHITE));
        assert!(Colour::Rgb(250, 250, 250).vanishes_on(Colour::WHITE));
        assert!(Colour::Clear.vanishes_on(Colour::BLACK));
        assert!(!Colour::Rgb(153, 153, 153).vanishes_on(Colour::WHITE));
        assert!(!Colour::WHITE.vanishes_on(Colour::Rgb(0, 51, 102)));
    }
}
