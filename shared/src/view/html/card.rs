//! A move's card, in full and in short.

use maud::{Markup, html};

use super::bits::{chip, csrf, reasons, why};
use crate::model::Act;
use crate::view::card::{Button, MoveCard, Style, href};

/// The card in full: score, who, why, terms, buttons.
#[must_use]
pub fn card(card: &MoveCard, csrf_secret: &str) -> Markup {
    let title = format!("m-{}", card.id);
    html! {
        article.move id={ "move-" (card.id) } data-move=(card.id) data-state=(card.state) tabindex="-1" aria-labelledby=(title) {
            (score(card))
            div.head {
                h2 id=(title) { a href=(href(card.id)) { (card.title) } }
                (who(card))
            }
            @if !card.why.is_empty() { p.why { (why(&card.why)) } }
            (chips(card))
            @if !card.terms.is_empty() {
                ul.terms aria-label="Why this score" {
                    @for term in &card.terms { li class=[term.negative.then_some("neg")] { b { (term.points) } " " (term.because) } }
                }
            }
            (acts(card, csrf_secret))
        }
    }
}

/// The card as a line: score, title, who.
#[must_use]
pub fn line(card: &MoveCard) -> Markup {
    html! {
        li.line {
            (score(card))
            div { a href=(href(card.id)) { (card.title) } (who(card)) }
            span.chips { @for one in &card.chips { (chip(one)) } }
        }
    }
}

/// The score as a figure.
pub(super) fn score(card: &MoveCard) -> Markup {
    html! { p.aps { (card.aps) small { abbr title="Action Priority Score, 0 to 100" { "APS" } } } }
}

/// Who it is about, led to their page.
pub(super) fn who(card: &MoveCard) -> Markup {
    html! {
        @if !card.who.is_empty() {
            p.who {
                @match &card.contact {
                    Some(contact) => {
                        a href={ "/contacts/" (contact.id) } { (contact.name) }
                        (card.who.strip_prefix(contact.name.as_str()).unwrap_or_default())
                    }
                    None => (card.who),
                }
            }
        }
    }
}

/// The badges, and what it costs.
pub(super) fn chips(card: &MoveCard) -> Markup {
    html! {
        p.chips {
            @for one in &card.chips { (chip(one)) }
            span.chip { (card.effort) }
        }
    }
}

/// The buttons, each a form of its own that works without a script.
pub(super) fn acts(card: &MoveCard, csrf_secret: &str) -> Markup {
    html! {
        @if !card.buttons.is_empty() {
            div.acts {
                @for button in &card.buttons { @if button.style != Style::Quiet { (act(card, button, csrf_secret)) } }
                (snooze(card, csrf_secret))
                @for button in &card.buttons { @if button.style == Style::Quiet { (act(card, button, csrf_secret)) } }
                @if card.buttons.iter().any(|button| button.act == Act::Dismiss) { (dismiss_because(card, csrf_secret)) }
            }
        }
    }
}

fn act(card: &MoveCard, button: &Button, csrf_secret: &str) -> Markup {
    let style = match button.style {
        Style::Go => "go",
        Style::Plain => "",
        Style::Quiet => "quiet",
    };
    let key = button.key.map(|key| key.to_string());
    html! {
        form method="post" action={ (href(card.id)) "/" (button.act) } data-act=(button.act) {
            (csrf(csrf_secret))
            button class=(style) aria-keyshortcuts=[key.as_deref()] aria-describedby={ "m-" (card.id) } {
                (button.label)
                @if let Some(key) = &key { " " kbd aria-hidden="true" { (key.to_uppercase()) } }
            }
        }
    }
}

fn snooze(card: &MoveCard, csrf_secret: &str) -> Markup {
    let field = format!("until-{}", card.id);
    html! {
        @if !card.snooze.is_empty() {
            details.menu data-menu="snooze" {
                summary.button aria-keyshortcuts="s" { "Snooze " kbd aria-hidden="true" { "S" } }
                div.panel {
                    form.choices method="post" action={ (href(card.id)) "/snooze" } data-act="snooze" {
                        (csrf(csrf_secret))
                        @for choice in &card.snooze { button name="until" value=(choice.until) { (choice.label) } }
                    }
                    form.pick method="post" action={ (href(card.id)) "/snooze" } data-act="snooze" {
                        (csrf(csrf_secret))
                        label for=(field) { "Until" }
                        input id=(field) name="local" type="datetime-local" required;
                        button { "Put off until then" }
                    }
                }
            }
        }
    }
}

/// Where there is no script, the reason is given with the dismissal; where there is one, it is asked for afterwards.
fn dismiss_because(card: &MoveCard, csrf_secret: &str) -> Markup {
    html! {
        noscript {
            details.menu data-menu="dismiss" {
                summary.button.quiet { "Dismiss because…" }
                div.panel { (reasons(&format!("{}/dismiss", href(card.id)), &format!("why-{}", card.id), csrf_secret)) }
            }
        }
    }
}
