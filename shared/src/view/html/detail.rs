//! One move's page.

use maud::{Markup, html};

use super::bits::{csrf, select, when, why};
use super::card::{acts, chips, score, who};
use crate::view::card::href;
use crate::view::detail::{Bar, EditForm, Evidence, MoveDetail};
use crate::view::frame::Frame;

/// The page's content.
#[must_use]
pub fn page(detail: &MoveDetail, frame: &Frame) -> Markup {
    let card = &detail.card;
    html! {
        p.back { a href="/today" { "Today’s Moves" } }
        article.move.alone data-move=(card.id) data-state=(card.state) data-page="move" aria-labelledby={ "m-" (card.id) } {
            (score(card))
            div.head { h1 id={ "m-" (card.id) } { (card.title) } (who(card)) }
            @if !card.why.is_empty() { p.why { (why(&card.why)) } }
            (chips(card))
            (acts(card, frame.csrf()))
        }
        div.columns {
            div {
                (score_section(detail))
                (evidence(&detail.evidence))
            }
            div {
                section { h2 { "About it" } (facts(detail)) (assign(detail, frame)) }
                @if let Some(form) = &detail.edit { (edit(detail, form, frame)) }
                (history(detail))
            }
        }
    }
}

fn score_section(detail: &MoveDetail) -> Markup {
    html! {
        section aria-labelledby="why-score" {
            h2 #why-score { "Why this score" }
            @if !detail.gates.is_empty() {
                div.notice.warn {
                    p { "It stands outside Today:" }
                    ul { @for gate in &detail.gates { li { (gate) } } }
                }
            }
            @if detail.bars.is_empty() {
                p { "Nothing speaks for or against it yet." }
            } @else {
                table.bars {
                    caption.unseen { "The terms of the score; they add up to " (detail.exact) }
                    thead.unseen { tr { th scope="col" { "Term" } th scope="col" { "Points" } th scope="col" { "Why" } } }
                    tbody { @for bar in &detail.bars { (self::bar(bar)) } }
                    tfoot { tr { th scope="row" { "Together" } td.num { (detail.exact) } td { "of 100" } } }
                }
            }
            @if !detail.changes.is_empty() {
                h3 { "What would change it" }
                ul.plainlist { @for change in &detail.changes { li { (change) } } }
            }
            p.hint { "Reckoned " (when(&detail.scored)) ". " (detail.versions) }
        }
    }
}

fn bar(bar: &Bar) -> Markup {
    html! {
        tr class=[bar.negative.then_some("neg")] {
            th scope="row" { (bar.name) }
            td.num { (bar.points) }
            td {
                svg.bar viewBox="0 0 100 6" width="100%" height="6" preserveAspectRatio="none" aria-hidden="true" {
                    rect width=(bar.width) height="6" rx="1" {}
                }
                (bar.because)
            }
        }
    }
}

fn evidence(evidence: &[Evidence]) -> Markup {
    html! {
        section aria-labelledby="evidence" {
            h2 #evidence { "The evidence" }
            @if evidence.is_empty() { p { "There is nothing behind it but its own words." } }
            ol.timeline {
                @for one in evidence {
                    li {
                        @if !one.why.is_empty() { p { (why(&one.why)) } }
                        p.hint {
                            (when(&one.when)) ", " (one.source)
                            @if let Some(signal) = one.signal { " · " a href={ "/signals/" (signal) } { "see what came in" } }
                        }
                    }
                }
            }
        }
    }
}

fn facts(detail: &MoveDetail) -> Markup {
    html! {
        dl.facts { @for (name, value) in &detail.facts { div { dt { (name) } dd { (value) } } } }
    }
}

fn assign(detail: &MoveDetail, frame: &Frame) -> Markup {
    let chosen = detail.assignable.iter().find(|person| person.chosen).map_or("", |person| person.id.as_str());
    let people: Vec<_> = detail.assignable.iter().map(|person| (person.id.clone(), person.name.clone())).collect();
    html! {
        @if !people.is_empty() {
            form.inline method="post" action={ (href(detail.card.id)) "/assign" } {
                (csrf(frame.csrf()))
                (select("user_id", "Whose it is", &people, chosen, ""))
                button { "Hand it over" }
            }
        }
    }
}

fn edit(detail: &MoveDetail, form: &EditForm, frame: &Frame) -> Markup {
    html! {
        section {
            details #edit open[detail.editing] {
                summary.button aria-keyshortcuts="e" { "Edit " kbd aria-hidden="true" { "E" } }
                form.sheet method="post" action={ (href(detail.card.id)) "/edit" } {
                    (csrf(frame.csrf()))
                    div.field { label for="f-title" { "What to do" } input #f-title name="title" value=(form.title) required maxlength="200" autofocus[detail.editing]; }
                    div.field { label for="f-why" { "Why now" } textarea #f-why name="why" rows="4" maxlength="2000" { (form.why) } }
                    div.field { label for="f-due" { "Due" } input #f-due name="due" type="datetime-local" value=(form.due); }
                    div.field { label for="f-minutes" { "Minutes it takes" } input #f-minutes name="minutes" type="number" min="1" max="1440" value=(form.minutes); }
                    button.go { "Save the changes" }
                }
            }
        }
    }
}

fn history(detail: &MoveDetail) -> Markup {
    html! {
        section aria-labelledby="history" {
            h2 #history { "What happened to it" }
            ol.timeline {
                @for one in &detail.history {
                    li { (one.text) @if let Some(note) = &one.note { ": " (note) } " " span.hint { (when(&one.when)) } }
                }
                li { "It was made" " " span.hint { (when(&detail.card.created)) } }
            }
        }
    }
}
