//! Domain names in other scripts as they travel (`xn--mller-kva`), read back (RFC 3492).

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE: u32 = 128;
/// Longest label (RFC 1035 §2.3.4): what is longer is not read.
const MAX_LABEL: usize = 63;

/// A domain name with all its labels in their own script; `None` when a label that begins with `xn--` is not one. Lower case in, lower
/// case out.
pub(super) fn domain(name: &str) -> Option<String> {
    if !name.contains("xn--") {
        return Some(name.to_owned());
    }
    let labels: Option<Vec<String>> = name
        .split('.')
        .map(|label| match label.strip_prefix("xn--") {
            Some(code) => decode(code),
            None => Some(label.to_owned()),
        })
        .collect();
    Some(labels?.join("."))
}

/// The label that an `xn--` form without its mark stands for.
fn decode(code: &str) -> Option<String> {
    if code.len() > MAX_LABEL || !code.is_ascii() {
        return None;
    }
    let (plain, code) = code.rsplit_once('-').unwrap_or(("", code));
    let mut out: Vec<char> = plain.chars().collect();
    let (mut n, mut i, mut bias) = (FIRST_CODE, 0_u32, FIRST_BIAS);
    let mut digits = code.bytes().peekable();
    while digits.peek().is_some() {
        let old = i;
        let mut weight = 1_u32;
        let mut k = BASE;
        loop {
            let digit = match digits.next()? {
                byte @ b'a'..=b'z' => u32::from(byte - b'a'),
                byte @ b'0'..=b'9' => u32::from(byte - b'0') + 26,
                _ => return None,
            };
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        let length = u32::try_from(out.len()).ok()? + 1;
        bias = adapt(i - old, length, old == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        out.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(out.into_iter().collect())
}

fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_read_back_into_their_own_script() {
        for (name, read) in [
            ("acme.example", "acme.example"),
            ("xn--mller-kva.example", "müller.example"),
            ("xn--fsqu00a.xn--0zwm56d", "例子.测试"),
            ("xn--e1afmkfd.xn--e1aybc", "пример.тест"),
            ("www.xn--bcher-kva.example", "www.bücher.example"),
            ("xn--80ak6aa92e.com", "аррӏе.com"),
            ("xn--n3h.net", "☃.net"),
        ] {
            assert_eq!(domain(name).as_deref(), Some(read));
        }
        for name in ["xn--\u{fc}.example", "xn--!.example", "xn--9999999999.example", "xn--a-.xn--zzzzzzzzzzzz"] {
            assert_eq!(domain(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_label_is_read_without_a_panic(label in "[a-z0-9-]{0,63}") {
            let _any = domain(&format!("xn--{label}.example"));
        }
    }
}
