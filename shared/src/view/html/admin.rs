//! The admin pages: people, keys, webhooks, jobs.

use maud::{Markup, html};

use super::bits::{Input, chip, csrf, input, next_page, nothing, select, when};
use crate::model::{Role, Scope};
use crate::view::admin::{AuditPage, HookRow, JobRow, JobsPage, KeyRow, PersonRow, Room, Secret};
use crate::view::card::Chip;
use crate::view::frame::Frame;
use crate::view::words;

/// The head of every admin page.
pub(super) fn head(room: Room) -> Markup {
    html! {
        div.title { h1 { (room.name()) } }
        nav.piles aria-label="Admin" {
            @for one in Room::ALL { a href=(one.href()) aria-current=[(one == room).then_some("page")] { (one.name()) } }
        }
    }
}

/// A secret that is shown this once.
fn secret(secret: Option<&Secret>) -> Markup {
    html! {
        @if let Some(secret) = secret {
            div.notice.good role="status" {
                h2 { "Copy it now: " (secret.name) }
                p { (secret.hint) }
                label.unseen for="secret" { "The secret" }
                input #secret.code readonly value=(secret.text);
                p { button type="button" data-copy="secret" hidden { "Copy it" } }
            }
        }
    }
}

fn roles() -> Vec<(String, String)> {
    [Role::Member, Role::Admin, Role::Viewer]
        .iter()
        .map(|role| (role.as_str().to_owned(), format!("{role}: {}", words::role_means(*role))))
        .collect()
}

/// Who may enter.
#[must_use]
pub fn people(people: &[PersonRow], shown: Option<&Secret>, errors: &[(String, String)], frame: &Frame) -> Markup {
    html! {
        (head(Room::People))
        (secret(shown))
        (super::bits::complaints(errors, &[("name", "Name"), ("email", "E-mail"), ("password", "First password")]))
        ul.lines { @for person in people { (self::person(person, frame)) } }
        details.add open[!errors.is_empty()] {
            summary.button { "Add a person" }
            form.sheet method="post" action="/admin/people" {
                (csrf(frame.csrf()))
                (input(&Input { name: "name", label: "Name", required: true, autocomplete: "off", ..Input::default() }, errors))
                (input(&Input { name: "email", label: "E-mail", kind: "email", required: true, autocomplete: "off", ..Input::default() }, errors))
                (select("role", "What they may do", &roles(), "member", ""))
                (input(&Input { name: "password", label: "First password", kind: "password", required: true, autocomplete: "new-password", hint: "At least 10 characters. Tell it to them; they can change it.", ..Input::default() }, errors))
                button.go { "Let them in" }
            }
        }
    }
}

fn person(person: &PersonRow, frame: &Frame) -> Markup {
    let path = format!("/admin/people/{}", person.id);
    html! {
        li.line {
            div { strong { (person.name) } @if person.oneself { " (you)" } p.who { (person.email) } }
            span.chips { (chip(&Chip::plain(person.role.as_str()))) @for one in &person.chips { (chip(one)) } }
            @if !person.oneself {
                div.acts {
                    form.inline method="post" action={ (path) "/role" } {
                        (csrf(frame.csrf()))
                        select name="role" aria-label={ "What " (person.name) " may do" } {
                            @for role in Role::ALL { option value=(role) selected[*role == person.role] { (role) } }
                        }
                        button { "Change the role" span.unseen { " of " (person.name) } }
                    }
                    form method="post" action={ (path) @if person.enabled { "/disable" } @else { "/enable" } } {
                        (csrf(frame.csrf()))
                        button.quiet { @if person.enabled { "Lock out" } @else { "Let in again" } span.unseen { " " (person.name) } }
                    }
                }
            }
        }
    }
}

/// What programs may enter with.
#[must_use]
pub fn keys(keys: &[KeyRow], shown: Option<&Secret>, errors: &[(String, String)], frame: &Frame) -> Markup {
    html! {
        (head(Room::Keys))
        (secret(shown))
        (super::bits::complaints(errors, &[("name", "What it is for"), ("scopes", "What it may do")]))
        @if keys.is_empty() { (nothing("No key yet", "A key lets a program do what its scopes allow, and never more than you may.", None)) }
        ul.lines { @for key in keys { (self::key(key, frame)) } }
        details.add open[keys.is_empty() || !errors.is_empty()] {
            summary.button { "Make a key" }
            form.sheet method="post" action="/admin/keys" {
                (csrf(frame.csrf()))
                (input(&Input { name: "name", label: "What it is for", required: true, ..Input::default() }, errors))
                fieldset #f-scopes {
                    legend { "What it may do" }
                    @for scope in Scope::ALL {
                        label.check { input type="checkbox" name="scopes" value=(scope); span { code { (scope) } " " (words::scope_means(*scope)) } }
                    }
                }
                button.go { "Make this key" }
            }
        }
    }
}

fn key(key: &KeyRow, frame: &Frame) -> Markup {
    html! {
        li.line {
            div {
                strong { (key.name) } " " code { (key.prefix) "…" }
                p.who {
                    (key.person) " · made " (when(&key.created)) " · "
                    @match &key.used { Some(used) => { "used " (when(used)) } None => "never used" }
                }
                p.chips { @for scope in &key.scopes { (chip(&Chip::plain(scope.as_str()))) } }
            }
            @if key.revoked { span.chips { (chip(&Chip::toned("Revoked", "bad"))) } } @else {
                form.acts method="post" action={ "/admin/keys/" (key.id) "/revoke" } {
                    (csrf(frame.csrf()))
                    button { "Revoke" span.unseen { " " (key.name) } }
                }
            }
        }
    }
}

/// Addresses that other systems post to.
#[must_use]
pub fn hooks(hooks: &[HookRow], shown: Option<&Secret>, errors: &[(String, String)], frame: &Frame) -> Markup {
    html! {
        (head(Room::Hooks))
        (super::bits::complaints(errors, &[("name", "Where it comes from")]))
        (secret(shown))
        @if hooks.is_empty() { (nothing("No webhook yet", "Other systems post here what happens in them, signed as Standard Webhooks.", None)) }
        ul.lines {
            @for hook in hooks {
                li.line {
                    div { strong { (hook.name) } p.who { code { (hook.address) } " · made " (when(&hook.created)) } }
                    @if hook.open {
                        form.acts method="post" action={ "/admin/hooks/" (hook.id) "/close" } {
                            (csrf(frame.csrf()))
                            button { "Close" span.unseen { " " (hook.name) } }
                        }
                    } @else {
                        form.acts method="post" action={ "/admin/hooks/" (hook.id) "/open" } {
                            (csrf(frame.csrf()))
                            span.chips { (chip(&Chip::plain("Closed"))) }
                            button { "Open again" span.unseen { " " (hook.name) } }
                        }
                    }
                }
            }
        }
        details.add open[hooks.is_empty() || !errors.is_empty()] {
            summary.button { "Make a webhook" }
            form.sheet method="post" action="/admin/hooks" {
                (csrf(frame.csrf()))
                (input(&Input { name: "name", label: "Where it comes from", required: true, ..Input::default() }, errors))
                button.go { "Make this webhook" }
            }
        }
    }
}

/// What was done: the chain of receipts.
#[must_use]
pub fn audit(page: &AuditPage) -> Markup {
    html! {
        (head(Room::Audit))
        @if page.rows.is_empty() {
            (nothing("No receipt yet", "Whatever CaseyOS does outside, and every change of the score's weights, leaves one here.", None))
        } @else {
            p.who {
                "Each receipt names the hash of the one before it, so that none can be changed unseen. "
                a href="/api/audit/export" download="receipts.jsonl" { "Export all" }
            }
        }
        ul.lines {
            @for row in &page.rows {
                li.line {
                    div {
                        strong { (row.seq) ". " (row.what) }
                        p.who {
                            (row.who) " · " (when(&row.when))
                            @if let Some(id) = &row.move_id { " · " a href={ "/queue/" (id) } { "The move" } }
                        }
                        details { summary { "Hash" span.unseen { " of receipt " (row.seq) } } p.who { code { (row.hash) } } }
                    }
                }
            }
        }
        (next_page(page.next.as_deref()))
    }
}

/// Work that waits or failed.
#[must_use]
pub fn jobs(page: &JobsPage, frame: &Frame) -> Markup {
    html! {
        (head(Room::Jobs))
        @if page.failed_signals > 0 {
            div.notice.warn {
                p { (words::count(page.failed_signals, "signal", "signals")) " could not be read. " a href="/signals?verdict=failed" { "Look at them" } }
                form.acts method="post" action="/admin/signals/retry" { (csrf(frame.csrf())) button { "Try them all again" } }
            }
        }
        section aria-labelledby="dead" {
            h2 #dead { "Given up" }
            @if page.dead.is_empty() { p { "No work was given up. What fails again and again stands here until you try it once more." } }
            ul.lines {
                @for job in &page.dead {
                    li.line {
                        (self::job(job))
                        form.acts method="post" action={ "/admin/jobs/" (job.id) "/retry" } {
                            (csrf(frame.csrf()))
                            button.go { "Try again" span.unseen { ": " (job.kind) } }
                        }
                    }
                }
            }
        }
        section aria-labelledby="waiting" {
            h2 #waiting { "Waiting or running" }
            @if page.waiting.is_empty() { p { "Nothing waits." } }
            ul.lines { @for job in &page.waiting { li.line { (self::job(job)) } } }
        }
    }
}

fn job(job: &JobRow) -> Markup {
    html! {
        div {
            strong { (job.kind) }
            p.who { (words::count(job.attempts, "attempt", "attempts")) " · " (when(&job.when)) }
            @if let Some(error) = &job.error { p.why { (error) } }
        }
    }
}
