//! Public forms: the list, the editor, and the HTML to paste into a site.

use crate::model::FormId;
use crate::view::time::When;

/// A form, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRow {
    /// Its id.
    pub id: FormId,
    /// Its name.
    pub name: String,
    /// The address that takes posts.
    pub address: String,
    /// What a post is taken for: one of [`KINDS`].
    pub kind: String,
    /// Where a visitor is sent after posting.
    pub redirect_url: Option<String>,
    /// Whose moves they become; empty is everybody's.
    pub assignee: Option<String>,
    /// When it was made.
    pub created: When,
    /// Whether it takes posts.
    pub open: bool,
}

/// The list, with the form that makes one.
#[derive(Debug, Clone, Default)]
pub struct FormList {
    /// The forms, newest first.
    pub rows: Vec<FormRow>,
    /// People whose moves the posts may become: id and name.
    pub people: Vec<(String, String)>,
    /// Whether the reader may make forms.
    pub may_write: bool,
}

/// One form's page.
#[derive(Debug, Clone)]
pub struct FormPage {
    /// The form.
    pub row: FormRow,
    /// The HTML to paste.
    pub snippet: String,
    /// People whose moves the posts may become: id and name.
    pub people: Vec<(String, String)>,
    /// Whether the reader may change it.
    pub may_write: bool,
}

/// What a post can be taken for: the signal's kind, and its name.
pub const KINDS: [(&str, &str); 3] =
    [("demo_request", "Demo request"), ("contact_form", "Message to answer"), ("form", "New lead")];

/// The name of a kind; of one that is not on the list, the kind itself as text.
#[must_use]
pub fn kind_name(kind: &str) -> String {
    let known = KINDS.iter().find(|(word, _)| *word == kind);
    known.map_or_else(|| crate::view::words::plain(kind), |(_, name)| (*name).to_owned())
}

/// HTML that posts to `address` from any site, without a script; the field nobody sees is the spam trap.
#[must_use]
pub fn snippet(name: &str, address: &str) -> String {
    let (name, address) = (escaped(name), escaped(address));
    format!(
        r#"<!-- {comment} -->
<form action="{address}" method="post" accept-charset="utf-8">
  <p><label>Name<br><input name="name" autocomplete="name" required></label></p>
  <p><label>Work e-mail<br><input name="email" type="email" autocomplete="email" required></label></p>
  <p><label>Company<br><input name="company" autocomplete="organization"></label></p>
  <p><label>What can we do for you?<br><textarea name="message" rows="4"></textarea></label></p>
  <p hidden><label>Leave this empty<br><input name="_gotcha" tabindex="-1" autocomplete="off"></label></p>
  <p><button>Send to {name}</button></p>
</form>"#,
        comment = name.replace("--", "- -"),
    )
}

/// As text inside HTML and its attributes: the snippet is shown as text, pasted as HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_cannot_leave_its_place_in_the_snippet() {
        let html = snippet("--><script>x</script> \"Demo\"", "https://crm.example/f/k?a=1&b=\"2");
        assert!(!html.contains("<script>") && !html.contains("--&gt;<"), "{html}");
        assert!(html.contains("action=\"https://crm.example/f/k?a=1&amp;b=&quot;2\""));
        assert_eq!(html.matches("-->").count(), 1, "the comment ends once: {html}");
    }

    #[test]
    fn every_field_of_the_snippet_has_a_label() {
        let html = snippet("Demo", "https://crm.example/f/k");
        assert_eq!(html.matches("<label>").count(), html.matches("name=\"").count());
    }
}
