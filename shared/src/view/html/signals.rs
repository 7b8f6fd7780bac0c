//! Signals and their ledger.

use maud::{Markup, html};

use super::bits::{chip, next_page, nothing, when};
use super::contacts::facts;
use crate::model::Verdict;
use crate::view::signals::{SignalList, SignalPage, SignalRow};
use crate::view::words;

/// The list's content.
#[must_use]
pub fn list(list: &SignalList) -> Markup {
    html! {
        div.title { h1 { "Signals" } p { "Everything that came in, the latest first, and what became of it." } }
        nav.piles aria-label="What became of them" {
            a href="/signals" aria-current=[list.verdict.is_none().then_some("page")] { "All" }
            @for verdict in Verdict::ALL {
                a href={ "/signals?verdict=" (verdict) } aria-current=[(list.verdict == Some(*verdict)).then_some("page")] { (words::verdict(*verdict)) }
            }
        }
        @if list.rows.is_empty() {
            @match (list.verdict, list.may_write) {
                (None, true) => (nothing("Nothing has come in yet", "Forms, lead lists, mailboxes and webhooks bring signals in.", Some(("Import something", "/imports")))),
                (None, false) => (nothing("Nothing has come in yet", "Forms, lead lists, mailboxes and webhooks bring signals in.", None)),
                (Some(_), _) => (nothing("None like this", "No signal stands like this now.", Some(("Show all", "/signals")))),
            }
        } @else {
            (ledger(&list.rows))
            (next_page(list.next.as_deref()))
        }
    }
}

/// Lines of the ledger.
pub(super) fn ledger(rows: &[SignalRow]) -> Markup {
    html! {
        ul.lines {
            @for row in rows {
                li.line {
                    div {
                        a href={ "/signals/" (row.id) } { (row.what) }
                        p.who {
                            @if let Some((name, href)) = &row.who { a href=(href) { (name) } " · " }
                            "came in " (when(&row.arrived))
                            @if let Some(happened) = &row.happened { " · happened " (when(happened)) }
                        }
                        @if let Some(reason) = &row.reason { p.why { (reason) } }
                    }
                    span.chips {
                        (chip(&row.verdict))
                        @for (at, href) in row.moves.iter().enumerate() {
                            a href=(href) { @if row.moves.len() > 1 { "Move " (at + 1) } @else { "See the move" } span.unseen { " of " (row.what) } }
                        }
                    }
                }
            }
        }
    }
}

/// One signal's page.
#[must_use]
pub fn page(page: &SignalPage) -> Markup {
    html! {
        p.back { a href="/signals" { "Signals" } }
        div.title { h1 { (page.row.what) } (chip(&page.row.verdict)) }
        section aria-labelledby="became" {
            h2 #became { "What became of it" }
            p { (page.answer) }
            @for href in &page.row.moves { p { a.button href=(href) { "See the move" } } }
        }
        section aria-labelledby="said" {
            h2 #said { "What the source said" }
            @if page.payload.is_empty() { p { "It said nothing beyond that it happened." } }
            (facts(&page.payload))
        }
        section aria-labelledby="where" {
            h2 #where { "Where it stands" }
            dl.facts {
                @if let Some((name, href)) = &page.row.who { div { dt { "About" } dd { a href=(href) { (name) } } } }
                div { dt { "Happened" } dd { (when(&page.happened)) } }
                div { dt { "Arrived" } dd { (when(&page.row.arrived)) } }
                div { dt { "Known again by" } dd { code { (page.dedupe_key) } } }
            }
        }
    }
}
