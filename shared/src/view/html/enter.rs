//! The doors: signing in, setting up.

use maud::{Markup, html};

use super::bits::{Input, complaints, input, select, select_words};
use crate::view::enter::{SetUp, SignIn};

/// The sign-in page.
#[must_use]
pub fn sign_in(form: &SignIn) -> Markup {
    html! {
        div.door {
            h1 { "Sign in" }
            @if form.nobody_yet {
                div.notice.warn { p { "Nobody can sign in yet. Open the set-up link that the server printed when it started." } }
            }
            @if let Some(error) = &form.error { div.notice.bad role="alert" { p { (error) } } }
            form.sheet method="post" action="/sign-in" {
                input type="hidden" name="next" value=(form.next);
                (input(&Input { name: "email", label: "E-mail", kind: "email", value: &form.email, required: true, autocomplete: "username", ..Input::default() }, &[]))
                @if !form.workspaces.is_empty() { (select("workspace", "Workspace", &form.workspaces, "", "")) }
                (input(&Input { name: "password", label: "Password", kind: "password", required: true, autocomplete: "current-password", ..Input::default() }, &[]))
                button.go { "Sign in" }
            }
            p.hint { "Forgot it? An admin can set a new one, or whoever runs the server: caseyos user reset." }
        }
    }
}

/// The set-up page.
#[must_use]
pub fn set_up(form: &SetUp) -> Markup {
    const COMPANY: &str = "Your company";
    const NAME: &str = "Your name";
    let errors = &form.errors;
    let labels = [
        ("workspace", COMPANY),
        ("time_zone", "Time zone"),
        ("name", NAME),
        ("email", "E-mail"),
        ("password", "Password"),
    ];
    html! {
        div.door {
            h1 { "Set up CaseyOS" }
            p { "You will be its first admin. Everything stays on this machine." }
            (complaints(errors, &labels))
            form.sheet method="post" action={ "/setup?token=" (form.token) } {
                (input(&Input { name: "workspace", label: COMPANY, value: &form.workspace, required: true, autocomplete: "organization", ..Input::default() }, errors))
                (select_words("time_zone", "Time zone", &form.zones, &form.time_zone, "Times are shown in it."))
                (input(&Input { name: "name", label: NAME, value: &form.name, required: true, autocomplete: "name", ..Input::default() }, errors))
                (input(&Input { name: "email", label: "E-mail", kind: "email", value: &form.email, required: true, autocomplete: "username", ..Input::default() }, errors))
                (input(&Input { name: "password", label: "Password", kind: "password", required: true, autocomplete: "new-password", hint: "At least 10 characters; a sentence is good.", ..Input::default() }, errors))
                button.go { "Make my workspace" }
            }
        }
    }
}

/// The page of a set-up link that does not open.
#[must_use]
pub fn set_up_closed(somebody_exists: bool) -> Markup {
    html! {
        div.door {
            h1 { "This link does not open" }
            @if somebody_exists {
                p { "CaseyOS is set up already, so set-up links are closed." }
                p { a.button.go href="/sign-in" { "Sign in" } }
            } @else {
                p { "It was used, is older than a day, or was made before the server last started." }
                p { "Start the server again and open the link that it prints then." }
            }
        }
    }
}
