//! The dashboard.

use maud::{Markup, html};

use super::bits::when;
use super::card::line;
use super::chart::chart;
use crate::view::dashboard::Dashboard;

/// The page's content.
#[must_use]
pub fn page(board: &Dashboard) -> Markup {
    html! {
        div.title { h1 { "Dashboard" } p { (board.headline) } }
        @if !board.steps.is_empty() {
            section.empty aria-labelledby="next" {
                h2 #next { "What to do next" }
                ul.steps { @for step in &board.steps { li { a href=(step.href) { (step.label) } span { (step.hint) } } } }
            }
        }
        ul.figures {
            @for figure in &board.figures {
                li class=[figure.warn.then_some("warn")] { a href=(figure.href) { b { (figure.value) } " " (figure.label) } }
            }
        }
        @if !board.cards.is_empty() {
            section aria-labelledby="now" {
                div.title { h2 #now { "What is now" } a href="/today" { "Work through them" } }
                ol.lines { @for card in &board.cards { (line(card)) } }
            }
        }
        (chart(&board.chart))
        section aria-labelledby="lately" {
            h2 #lately { "Lately" }
            @if board.activity.is_empty() { p { "Nothing has happened yet. What people and sources do will stand here." } }
            ol.timeline {
                @for one in &board.activity {
                    li {
                        (one.text)
                        @if let Some((title, href)) = &one.about { ": " a href=(href) { (title) } }
                        " " span.hint { (when(&one.when)) }
                    }
                }
            }
        }
    }
}
