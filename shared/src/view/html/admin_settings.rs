//! The admin pages that change how the workspace works: its settings, the weights of the score.

use maud::{Markup, html};

use super::admin::head;
use super::bits::{Input, complaints, csrf, input, select_words};
use crate::view::admin::{Moved, Room, WeightsPage, WorkspaceForm};
use crate::view::frame::Frame;
use crate::view::words;

/// Name, time zone, limits.
#[must_use]
pub fn workspace(form: &WorkspaceForm, frame: &Frame) -> Markup {
    const NUMBERS: [(&str, &str, &str); 6] = [
        ("undo_seconds", "Seconds to undo", "0 to 60"),
        ("emails_per_user_day", "E-mails a person may send a day", ""),
        ("emails_per_contact_week", "E-mails a contact may get in seven days", ""),
        ("emails_per_domain_day", "E-mails that may go to one domain a day", ""),
        ("requests_per_minute_key", "Requests a minute with one key", ""),
        ("requests_per_minute_user", "Requests a minute by one person", ""),
    ];
    const WORDS: [(&str, &str); 4] =
        [("name", "Name"), ("time_zone", "Time zone"), ("quiet_from", "Quiet from"), ("quiet_to", "Quiet until")];
    let errors = &form.errors;
    let labels: Vec<_> = WORDS.into_iter().chain(NUMBERS.map(|(name, label, _)| (name, label))).collect();
    let number = |at: usize, value| {
        let (name, label, hint) = NUMBERS[at];
        input(&Input { name, label, kind: "number", value, hint, required: true, autocomplete: "off" }, errors)
    };
    html! {
        (head(Room::Workspace))
        (complaints(errors, &labels))
        form.sheet method="post" action="/admin/workspace" {
            (csrf(frame.csrf()))
            (input(&Input { name: "name", label: "Name", value: &form.name, required: true, ..Input::default() }, errors))
            (select_words("time_zone", "Time zone", &form.zones, &form.time_zone, "Times are shown in it."))
            fieldset {
                legend { "Sending" }
                (number(0, &form.undo_seconds))
                (input(&Input { name: "quiet_from", label: "Quiet from", kind: "time", value: &form.quiet_from, hint: "In the recipient’s time zone. Leave both empty for no quiet hours.", ..Input::default() }, errors))
                (input(&Input { name: "quiet_to", label: "Quiet until", kind: "time", value: &form.quiet_to, ..Input::default() }, errors))
                (number(1, &form.emails_per_user_day))
                (number(2, &form.emails_per_contact_week))
                (number(3, &form.emails_per_domain_day))
            }
            fieldset {
                legend { "The API" }
                (number(4, &form.requests_per_minute_key))
                (number(5, &form.requests_per_minute_user))
            }
            button.go { "Save the settings" }
        }
    }
}

/// The weights of the score, with what they would do to the queue.
#[must_use]
pub fn weights(page: &WeightsPage, frame: &Frame) -> Markup {
    let labels: Vec<_> = page.fields.iter().map(|field| (field.term.as_str(), words::term(field.term))).collect();
    html! {
        (head(Room::Weights))
        p { "The most that each part may add to a score, or take away. Look at what would change before you save." }
        (complaints(&page.errors, &labels))
        form.sheet method="post" action="/admin/weights" {
            (csrf(frame.csrf()))
            @for field in &page.fields {
                (input(&Input {
                    name: field.term.as_str(), label: words::term(field.term), kind: "text", value: &field.value,
                    hint: &format!("{} Usually {}.", words::term_means(field.term), field.usual), required: true, autocomplete: "off",
                }, &page.errors))
            }
            p.acts {
                button name="press" value="preview" { "Show what would change" }
                button.go name="press" value="save" { "Save these weights" }
            }
        }
        @if let Some(preview) = &page.preview { (moved(preview)) }
    }
}

fn moved(preview: &[Moved]) -> Markup {
    html! {
        section aria-labelledby="would" {
            h2 #would { "What would change" }
            @if preview.is_empty() { p { "No move that waits now would change." } } @else {
                div.scroll tabindex="0" role="region" aria-labelledby="would" {
                    table {
                        thead { tr { th scope="col" { "Move" } th.num scope="col" { "Place" } th.num scope="col" { "Score" } } }
                        tbody {
                            @for one in preview {
                                tr {
                                    th scope="row" { a href=(one.href) { (one.title) } }
                                    td.num { (one.place_before) " → " (one.place_after) }
                                    td.num { (one.before) " → " (one.after) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
