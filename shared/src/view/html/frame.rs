//! The page frame: navigation beside on a desk, below on a phone; skip link, toast, keys, palette.

use maud::{DOCTYPE, Markup, html};

use super::bits::{csrf, flash, icon, say_why};
use crate::view::frame::{Frame, Place, Visitor};
use crate::view::words;

/// A whole page.
#[must_use]
pub fn page(frame: &Frame, body: &Markup) -> Markup {
    let shell = frame.visitor.is_some();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                title { (frame.title) " · CaseyOS" }
                meta name="color-scheme" content="light dark";
                meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)";
                meta name="theme-color" content="#14150f" media="(prefers-color-scheme: dark)";
                @if shell { meta name="csrf-token" content=(frame.csrf()); }
                link rel="stylesheet" href=(frame.assets.css);
                link rel="icon" href=(frame.assets.icon) type="image/svg+xml";
                link rel="apple-touch-icon" href=(frame.assets.touch_icon);
                link rel="manifest" href="/manifest.webmanifest";
                script src=(frame.assets.js) defer {}
            }
            body class=[(!shell).then_some("plain")] {
                a.skip href="#main" { "Skip to the content" }
                @if let Some(visitor) = &frame.visitor {
                    (side(frame.place, visitor))
                    main #main tabindex="-1" { (body) (toast(frame)) }
                    (tabs(frame.place, visitor))
                    (help())
                    (palette())
                } @else {
                    header.top {
                        a.brand href="/" { "CaseyOS" }
                        nav aria-label="Main" {
                            a href="/docs" aria-current=[current(frame.place, Place::Docs)] { "API reference" }
                            a href="/sign-in" { "Sign in" }
                        }
                    }
                    main #main tabindex="-1" { (body) (toast(frame)) }
                    (foot())
                }
            }
        }
    }
}

fn toast(frame: &Frame) -> Markup {
    html! {
        div #toast role="status" aria-live="polite" {
            @if let Some(happened) = &frame.flash { (flash(happened, frame.csrf())) }
        }
        @if frame.may_write() { template #say-why { (say_why("", "because-of", frame.csrf())) } }
    }
}

fn current(here: Place, place: Place) -> Option<&'static str> {
    (here == place).then_some("page")
}

/// How many moves wait; hidden while none does, so that the script can count on it being there.
fn badge(visitor: &Visitor) -> Markup {
    html! { span.badge data-pending="" hidden[visitor.pending == 0] { (words::number(visitor.pending)) } }
}

/// The same where there is room for three letters.
fn short_badge(visitor: &Visitor) -> Markup {
    html! {
        span.badge hidden[visitor.pending == 0] {
            span.unseen { ", " }
            span data-pending="short" { (words::short(visitor.pending)) }
            span.unseen { " waiting" }
        }
    }
}

fn link(here: Place, place: Place, visitor: &Visitor) -> Markup {
    html! {
        a href=(place.href()) aria-current=[current(here, place)] {
            (place.name())
            @if place == Place::Today { " " (badge(visitor)) }
        }
    }
}

fn side(here: Place, visitor: &Visitor) -> Markup {
    html! {
        header.side {
            a.brand href="/caseyos" { "CaseyOS" }
            nav aria-label="Main" {
                @for place in Place::ALL.into_iter().filter(|place| place.is_for(visitor.role)) { (link(here, place, visitor)) }
            }
            div.me {
                p { strong { (visitor.name) } br; (visitor.workspace) }
                (sign_out(visitor))
                p.hint { kbd { "?" } " keys  " kbd { "Ctrl K" } " go to" }
            }
        }
    }
}

fn sign_out(visitor: &Visitor) -> Markup {
    html! {
        form method="post" action="/sign-out" { (csrf(&visitor.csrf)) button.quiet { "Sign out" } }
    }
}

fn tabs(here: Place, visitor: &Visitor) -> Markup {
    let tab = |place: Place, picture: &str| {
        html! {
            a href=(place.href()) aria-current=[current(here, place)] {
                (icon(picture)) (place.name())
                @if place == Place::Today { (short_badge(visitor)) }
            }
        }
    };
    let more = [Place::Forms, Place::Imports, Place::Admin, Place::Docs];
    html! {
        nav.tabs aria-label="Main, on a phone" {
            (tab(Place::Today, "today"))
            (tab(Place::Dashboard, "dashboard"))
            (tab(Place::Contacts, "contacts"))
            (tab(Place::Signals, "signals"))
            details.more {
                summary aria-current=[more.contains(&here).then_some("true")] { (icon("more")) "More" }
                div {
                    @for place in more.into_iter().filter(|place| place.is_for(visitor.role)) { (link(here, place, visitor)) }
                    p { (visitor.name) " · " (visitor.workspace) }
                    (sign_out(visitor))
                }
            }
        }
    }
}

fn help() -> Markup {
    let keys = [
        (&["J", "K"][..], "next card, card before"),
        (&["A"], "take it, or mark it done"),
        (&["D"], "dismiss"),
        (&["S"], "put off"),
        (&["E"], "open and edit"),
        (&["Z"], "undo what you just did"),
        (&["W"], "say why you dismissed it"),
        (&["Ctrl K"], "go to a page, a contact, a move"),
        (&["?"], "this list"),
    ];
    html! {
        dialog #help aria-labelledby="help-title" {
            h2 #help-title { "Keys" }
            dl.keys {
                @for (names, does) in keys {
                    div { dt { @for name in names { kbd { (name) } " " } } dd { (does) } }
                }
            }
            form method="dialog" { button { "Close" } }
        }
    }
}

fn palette() -> Markup {
    html! {
        dialog #palette aria-label="Go to" {
            label.unseen for="palette-text" { "Page, contact or move" }
            input #palette-text type="text" role="combobox" aria-expanded="true" aria-controls="palette-list"
                aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="Page, contact or move";
            ul #palette-list role="listbox" aria-label="Found" {}
            p.hint { kbd { "↑" } " " kbd { "↓" } " choose  " kbd { "Enter" } " go  " kbd { "Esc" } " close" }
        }
    }
}

fn foot() -> Markup {
    html! {
        footer.foot { p { "CaseyOS runs on your own machine. " a href="/docs" { "API reference" } " · " a href="/healthz" { "Health" } } }
    }
}
