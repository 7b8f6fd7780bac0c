//! Public forms.

use maud::{Markup, html};

use super::bits::{Input, chip, csrf, input, nothing, select, when};
use crate::view::card::Chip;
use crate::view::forms::{FormList, FormPage, FormRow, KINDS, kind_name};
use crate::view::frame::Frame;

/// The list's content.
#[must_use]
pub fn list(list: &FormList, frame: &Frame) -> Markup {
    html! {
        div.title { h1 { "Forms" } p { "Paste one into your site; every post becomes a move." } }
        @if list.rows.is_empty() {
            (nothing("No form yet", "A form needs a name and what a post should become. The HTML to paste comes next.", None))
        } @else {
            ul.lines {
                @for row in &list.rows {
                    li.line {
                        div { a href={ "/forms/" (row.id) } { (row.name) } p.who { (kind_name(&row.kind)) " · made " (when(&row.created)) } }
                        span.chips { (open(row)) }
                    }
                }
            }
        }
        @if list.may_write {
            details.add open[list.rows.is_empty()] {
                summary.button { "Make a form" }
                form.sheet method="post" action="/forms" { (fields(None, &list.people, frame)) button.go { "Make this form" } }
            }
        }
    }
}

/// One form's page.
#[must_use]
pub fn page(page: &FormPage, frame: &Frame) -> Markup {
    let row = &page.row;
    html! {
        p.back { a href="/forms" { "Forms" } }
        div.title { h1 { (row.name) } (open(row)) }
        section aria-labelledby="paste" {
            h2 #paste { "Paste this into your site" }
            p { "It works without a script. Add fields as you like: whatever they are called, they are kept. The hidden field keeps robots out." }
            label.unseen for="snippet" { "The form’s HTML" }
            textarea #snippet.code readonly rows="12" spellcheck="false" { (page.snippet) }
            p { button type="button" data-copy="snippet" hidden { "Copy the HTML" } }
            dl.facts { div { dt { "Address" } dd { code { (row.address) } } } div { dt { "Made" } dd { (when(&row.created)) } } }
        }
        @if page.may_write {
            section aria-labelledby="change" {
                h2 #change { "Change it" }
                form.sheet method="post" action={ "/forms/" (row.id) } { (fields(Some(row), &page.people, frame)) button.go { "Save the changes" } }
                form method="post" action={ "/forms/" (row.id) @if row.open { "/close" } @else { "/open" } } {
                    (csrf(frame.csrf()))
                    @if row.open { button { "Stop taking posts" } } @else { button { "Take posts again" } }
                }
            }
        }
    }
}

fn open(row: &FormRow) -> Markup {
    chip(&if row.open { Chip::toned("Takes posts", "good") } else { Chip::plain("Closed") })
}

fn fields(row: Option<&FormRow>, people: &[(String, String)], frame: &Frame) -> Markup {
    let kinds = KINDS.map(|(word, name)| (word.to_owned(), name.to_owned()));
    let mut whose = vec![(String::new(), "Everybody’s".to_owned())];
    whose.extend_from_slice(people);
    let name = row.map_or("", |row| row.name.as_str());
    let redirect = row.and_then(|row| row.redirect_url.as_deref()).unwrap_or_default();
    html! {
        (csrf(frame.csrf()))
        (input(&Input { name: "name", label: "Name", value: name, hint: "Visitors see it on the button, you see it on every move.", required: true, ..Input::default() }, &[]))
        (select("kind", "A post becomes a", &kinds, row.map_or(KINDS[0].0, |row| row.kind.as_str()), ""))
        (select("assignee", "Whose moves they are", &whose, row.and_then(|row| row.assignee.as_deref()).unwrap_or_default(), ""))
        (input(&Input { name: "redirect_url", label: "Send visitors on to", kind: "url", value: redirect, hint: "Left empty, they see a page that says thank you.", ..Input::default() }, &[]))
    }
}
