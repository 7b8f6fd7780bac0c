//! Keys and tokens by the marks that their makers give them, so that scanners like this one find them.

/// The characters that a token is made of.
#[derive(Debug, Clone, Copy)]
enum Made {
    /// Capitals and digits.
    Capitals,
    /// Lower-case hexadecimal digits.
    Hex,
    /// Letters and digits.
    Plain,
    /// Letters, digits, hyphens and underscores, as in base64 for addresses.
    Url,
    /// As `Url`, with a digit, a capital and a small letter among them: the mark alone is a common word.
    Mixed,
}

impl Made {
    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Plain => byte.is_ascii_alphanumeric(),
            Self::Url | Self::Mixed => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
        }
    }
}

/// A kind of token: its mark, what follows it at least, and whose it is.
struct Kind(&'static str, Made, usize, &'static str);

/// Sorted by whose they are, ours first.
const KINDS: &[Kind] = &[
    Kind("csy_", Made::Url, 32, "CaseyOS key"),
    Kind("AKIA", Made::Capitals, 16, "AWS key"),
    Kind("ASIA", Made::Capitals, 16, "AWS key"),
    Kind("sk-ant-", Made::Url, 20, "Anthropic key"),
    Kind("dop_v1_", Made::Hex, 64, "DigitalOcean token"),
    Kind("ghp_", Made::Plain, 36, "GitHub token"),
    Kind("gho_", Made::Plain, 36, "GitHub token"),
    Kind("ghu_", Made::Plain, 36, "GitHub token"),
    Kind("ghs_", Made::Plain, 36, "GitHub token"),
    Kind("ghr_", Made::Plain, 36, "GitHub token"),
    Kind("github_pat_", Made::Url, 22, "GitHub token"),
    Kind("glpat-", Made::Url, 20, "GitLab token"),
    Kind("AIza", Made::Url, 35, "Google key"),
    Kind("GOCSPX-", Made::Url, 20, "Google secret"),
    Kind("ya29.", Made::Url, 20, "Google token"),
    Kind("1//0", Made::Url, 30, "Google token"),
    Kind("pat-na1-", Made::Url, 32, "HubSpot token"),
    Kind("pat-na2-", Made::Url, 32, "HubSpot token"),
    Kind("pat-eu1-", Made::Url, 32, "HubSpot token"),
    Kind("pat-ap1-", Made::Url, 32, "HubSpot token"),
    Kind("hf_", Made::Plain, 30, "Hugging Face token"),
    Kind("key-", Made::Hex, 32, "Mailgun key"),
    Kind("npm_", Made::Plain, 36, "npm token"),
    Kind("secret_", Made::Plain, 40, "Notion token"),
    Kind("ntn_", Made::Plain, 40, "Notion token"),
    Kind("sk-proj-", Made::Url, 20, "OpenAI key"),
    Kind("sk-svcacct-", Made::Url, 20, "OpenAI key"),
    Kind("sk-", Made::Mixed, 32, "OpenAI key"),
    Kind("pypi-AgE", Made::Url, 40, "PyPI token"),
    Kind("SG.", Made::Url, 20, "SendGrid key"),
    Kind("shpat_", Made::Hex, 32, "Shopify token"),
    Kind("shpss_", Made::Hex, 32, "Shopify secret"),
    Kind("xoxa-", Made::Url, 10, "Slack token"),
    Kind("xoxb-", Made::Url, 10, "Slack token"),
    Kind("xoxe-", Made::Url, 10, "Slack token"),
    Kind("xoxp-", Made::Url, 10, "Slack token"),
    Kind("xoxr-", Made::Url, 10, "Slack token"),
    Kind("xoxs-", Made::Url, 10, "Slack token"),
    Kind("xapp-", Made::Url, 10, "Slack token"),
    Kind("hooks.slack.com/services/T", Made::Plain, 7, "Slack webhook"),
    Kind("sq0csp-", Made::Url, 40, "Square secret"),
    Kind("sk_live_", Made::Plain, 16, "Stripe key"),
    Kind("sk_test_", Made::Plain, 16, "Stripe key"),
    Kind("rk_live_", Made::Plain, 16, "Stripe key"),
    Kind("rk_test_", Made::Plain, 16, "Stripe key"),
    Kind("whsec_", Made::Plain, 24, "webhook secret"),
    Kind("SK", Made::Hex, 32, "Twilio key"),
];

/// Whose key or token is in the text.
pub(super) fn find(text: &str) -> Option<&'static str> {
    let mut before = b' ';
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        if !before.is_ascii_alphanumeric() && begins_a_mark(byte) {
            let rest = text.get(at..).unwrap_or_default();
            if let Some(kind) = KINDS.iter().find(|kind| begins(rest, kind)) {
                return Some(kind.3);
            }
        }
        before = byte;
    }
    web_token(text).then_some("sign-in token (JWT)")
}

/// Whether a mark begins with this byte: most don't, and need no longer look.
const fn begins_a_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'1' | b'A' | b'G' | b'S' | b'c' | b'd' | b'g' | b'h' | b'k' | b'n' | b'p' | b'r' | b's' | b'w' | b'x' | b'y'
    )
}

/// Whether the text begins with a token of this kind: its mark, then enough of what such tokens are made of.
fn begins(text: &str, kind: &Kind) -> bool {
    let Kind(mark, made, least, _) = kind;
    let Some(body) = text.strip_prefix(mark) else { return false };
    let Some(body) = body.as_bytes().get(..*least) else { return false };
    let mixed = [u8::is_ascii_digit, u8::is_ascii_uppercase, u8::is_ascii_lowercase];
    body.iter().all(|byte| made.has(*byte))
        && (!matches!(made, Made::Mixed) || mixed.iter().all(|kind| body.iter().any(kind)))
}

/// A JSON Web Token: two pieces of base64 whose plain text begins with `{"`, and a signature (RFC 7519).
fn web_token(text: &str) -> bool {
    let part_of = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(|c: char| !part_of(c)).filter(|run| run.len() > 40).any(|run| {
        let mut before = false;
        run.split('.').any(|piece| {
            let json = piece.starts_with("eyJ") && piece.len() >= 16;
            let both = json && before;
            before = json;
            both
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_looked_for() {
        for Kind(mark, ..) in KINDS {
            assert!(mark.bytes().next().is_some_and(begins_a_mark), "{mark}");
        }
    }
}
