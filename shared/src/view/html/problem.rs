//! Problem pages: what happened, what was kept, what to press.

use maud::{Markup, html};

use crate::problem::Problem;

/// What a problem means for somebody who looks at a page.
struct Words {
    happened: String,
    kept: &'static str,
    press: (&'static str, &'static str),
}

/// The page's content.
#[must_use]
pub fn page(problem: &Problem) -> Markup {
    let words = words(problem);
    html! {
        div.door {
            p.status { (problem.status) }
            h1 { (words.happened) }
            @if let Some(detail) = problem.detail.as_deref().filter(|_| problem.status != 401 && problem.errors.is_empty()) { p { (detail) } }
            @if !problem.errors.is_empty() {
                ul { @for error in &problem.errors { li { @if !error.pointer.is_empty() { strong { (label(&error.pointer)) } ": " } (error.detail) } } }
            }
            @if !words.kept.is_empty() { p { (words.kept) } }
            p.acts { a.button.go href=(words.press.1) { (words.press.0) } @if words.press.1 != "/today" { a.button href="/today" { "Go to Today" } } }
            @if let Some(id) = &problem.request_id { p.hint { "For the log: " code { (id) } } }
        }
    }
}

/// What stands on the field that a complaint is about; what is no field of a page is named by its own words.
fn label(pointer: &str) -> String {
    let name = pointer.trim_start_matches('/');
    let label = match name {
        "title" => "What to do",
        "why" => "Why now",
        "email" => "Their e-mail",
        "due" => "Due",
        "minutes" => "Minutes it takes",
        "until" => "Until",
        "reason" => "The reason",
        "user_id" => "Whose it is",
        "name" => "Name",
        "redirect_url" => "Send visitors on to",
        "assignee" => "Whose moves they are",
        _ => return name.replace(['_', '/'], " "),
    };
    label.to_owned()
}

fn words(problem: &Problem) -> Words {
    let again = problem.instance.as_ref().map_or("/today", |_| "");
    let of = |happened: &str, kept, press| Words { happened: happened.to_owned(), kept, press };
    match problem.status {
        401 => of("You are not signed in", "Nothing was changed.", ("Sign in", "/sign-in")),
        403 => of("You may not do this", "Nothing was changed.", ("Go to Today", "/today")),
        404 => of("There is nothing here", "It was deleted, or the address is wrong.", ("Go to Today", "/today")),
        405 => of("This address does not take that", "Nothing was changed.", ("Go to Today", "/today")),
        409 | 412 => {
            of("Somebody was faster", "Their change is kept; yours was not made.", ("Look at it as it is now", again))
        }
        413 => of("That is too much at once", "Nothing was taken.", ("Go to Today", "/today")),
        422 => of(
            "Something is not right yet",
            "Nothing was changed. Go back in your browser: what you typed is still there.",
            ("Go to Today", "/today"),
        ),
        415 | 400 => of("This could not be read", "Nothing was changed.", ("Go to Today", "/today")),
        429 => of("That was too fast", "Nothing was changed. Wait a moment and press again.", ("Try again", again)),
        503 => of("CaseyOS is busy", "Nothing was changed.", ("Try again", again)),
        507 => of("The disk is full", "Everything that was confirmed is safe.", ("Try again", again)),
        500.. => of(
            "Something went wrong here",
            "What was confirmed before is safe. It is in the log.",
            ("Try again", again),
        ),
        _ => of(&problem.title, "", ("Go to Today", "/today")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_is_told_by_the_name_that_stands_on_the_field() {
        let mut problem = Problem::new(422, "x", "A title");
        problem.errors = vec![crate::problem::FieldError::new("/redirect_url", "must be an address")];
        assert!(page(&problem).into_string().contains("<strong>Send visitors on to</strong>: must be an address"));
    }

    #[test]
    fn every_problem_says_what_was_kept_and_offers_something_to_press() {
        for status in [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429, 500, 503, 507] {
            let html = page(&Problem::new(status, "x", "A title")).into_string();
            assert!(html.contains("<a class=\"button go\" href="), "{status}");
            assert!(!words(&Problem::new(status, "x", "x")).kept.is_empty(), "{status}");
        }
    }
}
