//! Today's Moves.

use maud::{Markup, html};

use super::bits::{empty, when};
use super::card::card;
use crate::view::frame::Frame;
use crate::view::today::{Pile, TodayList};
use crate::view::words;

/// The page's content.
#[must_use]
pub fn page(list: &TodayList, frame: &Frame) -> Markup {
    html! {
        div.title {
            h1 { "Today’s Moves" }
            p #summary { (list.summary) }
            span.hint aria-hidden="true" { kbd { "J" } " " kbd { "K" } " move  " kbd { "A" } " take  " kbd { "?" } " keys" }
        }
        nav.piles aria-label="Piles" {
            @for pile in Pile::ALL {
                a href=(pile.href()) aria-current=[(pile == list.pile).then_some("page")] { (pile.name()) }
            }
        }
        div #list data-live=(list.pile.word()) { (self::list(list, frame)) }
        @if frame.may_write() { (add(frame)) }
    }
}

/// The list alone: what the page fetches again when something happened.
#[must_use]
pub fn list(list: &TodayList, frame: &Frame) -> Markup {
    html! {
        @let pending = frame.visitor.as_ref().map_or(0, |visitor| visitor.pending);
        div #cards data-summary=(list.summary) data-count=(words::number(pending)) data-short=(words::short(pending)) {
            div.notice.warn.offline {
                p {
                    "You are offline, or CaseyOS is not running. This is the list as of " (list.as_of.absolute)
                    ": you can read it, and decide again as soon as you are back. "
                    a href="/today" { "Try again" }
                }
            }
            @for one in &list.cards { (card(one, frame.csrf())) }
            @if let Some(nothing) = &list.empty { (empty(nothing)) }
            @if let Some((href, label)) = &list.more { p.next { a.button href=(href) { (label) } } }
            p.hint.asof { "As of " (when(&list.as_of)) }
        }
    }
}

/// The form that adds a move by hand.
fn add(frame: &Frame) -> Markup {
    html! {
        details.add {
            summary.button { "Add a move by hand" }
            form.sheet method="post" action="/queue" {
                (super::bits::csrf(frame.csrf()))
                div.field { label for="f-title" { "What to do" } input #f-title name="title" required maxlength="200" placeholder="Call Elin about the renewal"; }
                div.field { label for="f-why" { "Why now" } textarea #f-why name="why" rows="2" maxlength="2000" {} }
                div.field { label for="f-email" { "Whom it is about: their e-mail" } input #f-email name="email" type="email" autocomplete="off"; }
                div.field { label for="f-due" { "Due" } input #f-due name="due" type="datetime-local"; }
                button.go { "Add it to the queue" }
            }
        }
    }
}
