//! The doors: signing in, and setting up the first workspace.

/// The sign-in page.
#[derive(Debug, Clone, Default)]
pub struct SignIn {
    /// The address that was typed.
    pub email: String,
    /// Where to go afterwards: a local path.
    pub next: String,
    /// Why the last attempt was refused.
    pub error: Option<String>,
    /// The workspaces to choose among, by id and name, where the address and the password fit more than one.
    pub workspaces: Vec<(String, String)>,
    /// Whether nobody exists yet, so that the set-up link is what one needs.
    pub nobody_yet: bool,
}

/// The set-up page.
#[derive(Debug, Clone, Default)]
pub struct SetUp {
    /// The one-time token of the link.
    pub token: String,
    /// The workspace's name, as typed.
    pub workspace: String,
    /// The chosen time zone.
    pub time_zone: String,
    /// Every time zone there is.
    pub zones: Vec<String>,
    /// The person's name, as typed.
    pub name: String,
    /// The person's address, as typed.
    pub email: String,
    /// What is wrong, by field.
    pub errors: Vec<(String, String)>,
}

/// Where somebody who signed in is sent: the local path they came from, or Today.
///
/// A path that starts with two slashes, or holds a backslash or a control character, is another site's to a browser.
#[must_use]
pub fn local_path(next: &str) -> &str {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2_000
        && !next.contains('\\')
        && !next.chars().any(char::is_control);
    let leads_back = ["/sign-in", "/sign-out", "/setup"].iter().any(|door| next.starts_with(door));
    if local && !leads_back { next } else { "/today" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn one_is_sent_to_a_path_of_this_site_only() {
        for good in ["/today", "/queue/1?x=//y", "/contacts?q=a%20b"] {
            assert_eq!(local_path(good), good);
        }
        for bad in [
            "",
            "today",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/a\tb",
            "\\\\evil",
            "javascript:alert(1)",
            "/sign-in?next=/x",
            "/sign-out",
        ] {
            assert_eq!(local_path(bad), "/today", "{bad:?}");
        }
    }
}
