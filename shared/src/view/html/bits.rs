//! The small pieces that pages are made of.

use maud::{Markup, html};

use crate::view::card::{Chip, WhyPart};
use crate::view::frame::Flash;
use crate::view::time::When;
use crate::view::today::Empty;
use crate::view::words;

/// A picture beside a word; it says nothing by itself, so screen readers pass it by.
pub(super) fn icon(name: &str) -> Markup {
    let path = match name {
        "today" => "M4 12.5l5 5L20 6.5",
        "dashboard" => "M4 20V11M10 20V4M16 20v-7M21 20H3",
        "contacts" => "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20c1-4 4-6 7.5-6s6.500 2 7.5 6",
        "signals" => "M3 12h4l3-8 4 16 3-8h4",
        "more" => "M5 12h.01M12 12h.01M19 12h.01",
        _ => "M4 12h16",
    };
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" { path d=(path) {} }
    }
}

/// A moment: how long ago, with the calendar for who points at it.
pub(super) fn when(when: &When) -> Markup {
    html! { time datetime=(when.iso) title=(when.absolute) { (when.relative) } }
}

/// A badge.
pub(super) fn chip(chip: &Chip) -> Markup {
    html! { span class={ "chip " (chip.tone) } { (chip.text) } }
}

/// A reason, their words told from ours.
pub(super) fn why(parts: &[WhyPart]) -> Markup {
    html! {
        @for part in parts {
            @match part {
                WhyPart::Said(text) => (text),
                WhyPart::Quoted(text) => q { (text) },
            }
        }
    }
}

/// What stands in place of an empty list.
pub(super) fn empty(empty: &Empty) -> Markup {
    html! {
        section.empty {
            h2 { (empty.title) }
            p { (empty.text) }
            ul.steps {
                @for step in &empty.steps {
                    li { a href=(step.href) { (step.label) } span { (step.hint) } }
                }
            }
        }
    }
}

/// An empty list's words with one step.
pub(super) fn nothing(title: &str, text: &str, step: Option<(&str, &str)>) -> Markup {
    html! {
        section.empty {
            h2 { (title) }
            p { (text) }
            @if let Some((label, href)) = step { p { a.button href=(href) { (label) } } }
        }
    }
}

/// The hidden field that shows a form to be ours.
pub(super) fn csrf(secret: &str) -> Markup {
    html! { input type="hidden" name="csrf" value=(secret); }
}

/// What just happened, with the way back; the same markup as the script makes.
#[must_use]
pub fn flash(flash: &Flash, csrf_secret: &str) -> Markup {
    html! {
        div class={ "toast" @if flash.bad { " bad" } } {
            b { (flash.text) }
            @if let Some(id) = flash.undo {
                form method="post" action={ "/queue/" (id) "/undo" } {
                    (csrf(csrf_secret))
                    button data-undo=(id) aria-keyshortcuts="z" { "Undo" " " kbd { "Z" } }
                }
                @if flash.dismissed { (say_why(&format!("/queue/{id}/because"), "because", csrf_secret)) }
            }
        }
    }
}

/// The offer to say why something was dismissed: it is there, and in nobody's way.
pub(super) fn say_why(action: &str, field: &str, csrf_secret: &str) -> Markup {
    html! {
        details.menu.because {
            summary.button aria-keyshortcuts="w" { "Say why " kbd aria-hidden="true" { "W" } }
            div.panel { (reasons(action, field, csrf_secret)) }
        }
    }
}

/// The usual reasons for a dismissal as buttons, and a field for another.
pub(super) fn reasons(action: &str, field: &str, csrf_secret: &str) -> Markup {
    html! {
        form.choices method="post" action=(action) data-because="" {
            (csrf(csrf_secret))
            @for reason in words::DISMISSED_BECAUSE { button name="reason" value=(reason) { (reason) } }
        }
        form.pick method="post" action=(action) data-because="" {
            (csrf(csrf_secret))
            label for=(field) { "Another reason" }
            input id=(field) name="reason" required maxlength="400" autocomplete="off";
            button { "Note it" }
        }
    }
}

/// A text field with its label, hint and complaint tied to it.
pub(super) struct Input<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) kind: &'a str,
    pub(super) value: &'a str,
    pub(super) hint: &'a str,
    pub(super) required: bool,
    pub(super) autocomplete: &'a str,
}

impl Default for Input<'_> {
    fn default() -> Self {
        Self { name: "", label: "", kind: "text", value: "", hint: "", required: false, autocomplete: "" }
    }
}

/// The field, with what is wrong with it.
pub(super) fn input(field: &Input<'_>, errors: &[(String, String)]) -> Markup {
    let error = complaint(field.name, errors);
    let id = format!("f-{}", field.name);
    let described = described_by(&id, field.hint, error);
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    html! {
        div.field {
            label for=(id) { (field.label) }
            input id=(id) name=(field.name) type=(field.kind) value=[optional(field.value)] required[field.required]
                autocomplete=[optional(field.autocomplete)] aria-describedby=[described] aria-invalid=[error.map(|_| "true")];
            (below(&id, field.hint, error))
        }
    }
}

/// A choice among words, with its label.
pub(super) fn select(name: &str, label: &str, options: &[(String, String)], chosen: &str, hint: &str) -> Markup {
    let id = format!("f-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) aria-describedby=[described_by(&id, hint, None)] {
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
            (below(&id, hint, None))
        }
    }
}

/// A choice among words that are their own names: time zones.
pub(super) fn select_words(name: &str, label: &str, words: &[String], chosen: &str, hint: &str) -> Markup {
    let options: Vec<_> = words.iter().map(|word| (word.clone(), word.replace('_', " "))).collect();
    select(name, label, &options, chosen, hint)
}

fn described_by(id: &str, hint: &str, error: Option<&str>) -> Option<String> {
    match (hint.is_empty(), error) {
        (true, None) => None,
        (false, None) => Some(format!("{id}-hint")),
        (true, Some(_)) => Some(format!("{id}-error")),
        (false, Some(_)) => Some(format!("{id}-hint {id}-error")),
    }
}

fn below(id: &str, hint: &str, error: Option<&str>) -> Markup {
    html! {
        @if !hint.is_empty() { small id={ (id) "-hint" } { (hint) } }
        @if let Some(error) = error { small.error id={ (id) "-error" } { (error) } }
    }
}

fn complaint<'a>(name: &str, errors: &'a [(String, String)]) -> Option<&'a str> {
    errors.iter().find(|(field, _)| field == name).map(|(_, detail)| detail.as_str())
}

/// Complaints as a list above a form, each leading to its field by the name that stands on it.
pub(super) fn complaints(errors: &[(String, String)], labels: &[(&str, &str)]) -> Markup {
    let label = |field: &str| {
        let known = labels.iter().find(|(name, _)| *name == field);
        known.map_or_else(|| words::plain(field), |(_, label)| (*label).to_owned())
    };
    html! {
        @if !errors.is_empty() {
            div.notice.bad role="alert" {
                p { "Nothing was saved. Put this right and press again:" }
                ul { @for (field, detail) in errors { li { a href={ "#f-" (field) } { (label(field)) } ": " (detail) } } }
            }
        }
    }
}

/// The link to the next page of a list.
pub(super) fn next_page(next: Option<&str>) -> Markup {
    html! { @if let Some(next) = next { p.next { a.button href=(next) rel="next" { "Show older" } } } }
}
