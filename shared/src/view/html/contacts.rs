//! Contacts: the list, and one person's page.

use maud::{Markup, html};

use super::bits::{Input, chip, csrf, input, next_page, nothing, when};
use super::card::line;
use super::signals::ledger;
use crate::view::contacts::{ContactList, ContactPage, ContactRow};
use crate::view::frame::Frame;

/// The list's content.
#[must_use]
pub fn list(list: &ContactList, frame: &Frame) -> Markup {
    html! {
        div.title { h1 { "Contacts" } p { "Everybody who came in, the latest first." } }
        form.search method="get" action="/contacts" role="search" {
            label.unseen for="q" { "Name, address or company" }
            input #q name="q" type="search" value=(list.query) placeholder="Name, address or company";
            button { "Search" }
        }
        @if list.rows.is_empty() {
            @if list.query.is_empty() {
                (nothing("Nobody here yet", "People are added when a lead list, a mailbox or a form brings them in.", Some(("Import leads", "/imports"))))
            } @else {
                (nothing("Nobody found", "No name, address or company holds these words.", Some(("Show everybody", "/contacts"))))
            }
        } @else {
            ul.lines { @for row in &list.rows { (contact(row)) } }
            (next_page(list.next.as_deref()))
        }
        @if list.may_write {
            details.add {
                summary.button { "Add a person" }
                form.sheet method="post" action="/contacts" {
                    (csrf(frame.csrf()))
                    (input(&Input { name: "name", label: "Name", required: true, ..Input::default() }, &[]))
                    (input(&Input { name: "email", label: "E-mail", kind: "email", ..Input::default() }, &[]))
                    (input(&Input { name: "title", label: "Job title", ..Input::default() }, &[]))
                    (input(&Input { name: "company", label: "Company", ..Input::default() }, &[]))
                    (input(&Input { name: "phone", label: "Phone", kind: "tel", ..Input::default() }, &[]))
                    button.go { "Add this person" }
                }
            }
        }
    }
}

fn contact(row: &ContactRow) -> Markup {
    html! {
        li.line {
            div {
                a href={ "/contacts/" (row.id) } { (row.name) }
                p.who {
                    (row.line)
                    @if let Some(email) = &row.email { @if !row.line.is_empty() { " · " } (email) }
                    @if let Some(last) = &row.last { span.hint { " · heard from " (when(last)) } }
                }
            }
            span.chips {
                @if let Some(one) = &row.chip { (chip(one)) }
                span.hint { "added " (when(&row.added)) }
            }
        }
    }
}

/// One person's page.
#[must_use]
pub fn page(page: &ContactPage) -> Markup {
    html! {
        p.back { a href="/contacts" { "Contacts" } }
        div.title {
            h1 { (page.row.name) }
            p { (page.row.line) }
            @if let Some(one) = &page.row.chip { (chip(one)) }
        }
        div.columns {
            div {
                section aria-labelledby="moves" {
                    h2 #moves { "Moves" }
                    @if page.moves.is_empty() { p { "No move is about them." } }
                    ol.lines { @for card in &page.moves { (line(card)) } }
                }
                section aria-labelledby="came" {
                    h2 #came { "What came in" }
                    @if page.signals.is_empty() { p { "Nothing came in from them yet." } } @else { (ledger(&page.signals)) }
                }
            }
            div {
                section aria-labelledby="known" {
                    h2 #known { "What is known" }
                    (facts(&page.facts))
                    @if !page.attributes.is_empty() {
                        h3 { "In the sources’ own words" }
                        (facts(&page.attributes))
                    }
                }
                section aria-labelledby="outcomes" {
                    h2 #outcomes { "What came of it" }
                    @if page.outcomes.is_empty() { p { "No outcome was reported yet." } }
                    ol.timeline {
                        @for outcome in &page.outcomes {
                            li { (outcome.what) @if let Some(note) = &outcome.note { ": " (note) } " " span.hint { (when(&outcome.when)) } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn facts(facts: &[(String, String)]) -> Markup {
    html! { dl.facts { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } } }
}
