//! Imports.

use maud::{Markup, html};

use super::bits::{chip, complaints, csrf, next_page, nothing, when};
use crate::capture::fields::Field;
use crate::view::card::Chip;
use crate::view::frame::Frame;
use crate::view::imports::{Bad, ImportList, ImportPage, ImportRow, Line, MappingPreview, VERDICTS, field_name};
use crate::view::words;

/// The list's content.
#[must_use]
pub fn list(list: &ImportList, frame: &Frame) -> Markup {
    html! {
        div.title { h1 { "Imports" } p { "Bring in what you have. A second run of the same file adds only what is new." } }
        (complaints(&list.errors, &[("leads", "CSV file"), ("mail", "mbox or .eml file"), ("me", "Your own addresses")]))
        @if list.may_write { (starts(list, frame)) } @else { p.hint { "Members and admins bring files in; you see what became of them." } }
        section aria-labelledby="before" {
            h2 #before { "What was imported" }
            @if list.rows.is_empty() { p { "Nothing yet. Large files go through the command line, on the machine that runs CaseyOS: " code { "caseyos import leads FILE.csv" } " or " code { "caseyos import mail FILE.mbox" } "." } }
            ul.lines { @for row in &list.rows { (import(row)) } }
            (next_page(list.next.as_deref()))
        }
    }
}

/// The forms that start one.
fn starts(list: &ImportList, frame: &Frame) -> Markup {
    let wrong = |field: &str| list.errors.iter().any(|(name, _)| name == field).then_some("true");
    html! {
        section.two aria-label="Start an import" {
            // The form's secret stands before the file: what is not ours is refused before its file is read.
            form.sheet method="post" action="/imports/leads" enctype="multipart/form-data" {
                (csrf(frame.csrf()))
                h2 { "Leads" }
                div.field {
                    label for="f-leads" { "CSV file" }
                    input #f-leads name="file" type="file" accept=".csv,.tsv,.txt,text/csv" required aria-describedby="f-leads-hint" aria-invalid=[wrong("leads")];
                    small #f-leads-hint { "Up to 20 MiB, any header names, comma, semicolon or tab. You see what each column means before anything is taken." }
                }
                button.go { "Look at the columns" }
            }
            form.sheet method="post" action="/imports/mail" enctype="multipart/form-data" {
                (csrf(frame.csrf()))
                h2 { "Mail" }
                div.field {
                    label for="f-mail" { ".mbox or .eml file" }
                    input #f-mail name="file" type="file" accept=".mbox,.eml,message/rfc822,application/mbox" required aria-describedby="f-mail-hint" aria-invalid=[wrong("mail")];
                    small #f-mail-hint { "Up to 64 MiB. Larger mailboxes go through the command line: " code { "caseyos import mail FILE" } }
                }
                div.field {
                    label for="f-me" { "Your own addresses" }
                    input #f-me name="me" value=[(!list.me.is_empty()).then_some(&list.me)] autocomplete="email" aria-describedby="f-me-hint" aria-invalid=[wrong("me")];
                    small #f-me-hint { "Separated by commas. Left empty, they are guessed from the people here and the most frequent sender." }
                }
                button.go { "Read this mail" }
            }
        }
    }
}

fn import(row: &ImportRow) -> Markup {
    html! {
        li.line {
            div { a href={ "/imports/" (row.id) } { (row.file) } p.who { (row.kind) " · " (row.result) " · " (when(&row.when)) } }
            span.chips { (state(row)) }
        }
    }
}

fn state(row: &ImportRow) -> Markup {
    chip(&match (row.running, row.failed, row.bad) {
        (true, ..) => Chip::toned("Under way", "warn"),
        (false, true, _) => Chip::toned("Not finished", "bad"),
        (false, false, true) => Chip::toned("Some could not be read", "warn"),
        (false, false, false) => Chip::toned("All read", "good"),
    })
}

/// One import's page. The script looks again at what is under way; without it one presses the link.
#[must_use]
pub fn page(page: &ImportPage) -> Markup {
    let here = address(page, &page.verdict);
    html! {
        p.back { a href="/imports" { "Imports" } }
        div #follow data-follow[page.under_way] {
            div.title { h1 { (page.row.file) } p { (page.row.result) } (state(&page.row)) }
            @if page.under_way {
                p.notice { @if page.row.running { "It is being read. " } @else { "All is read; what came of it is being worked out. " }
                    "It goes on by itself, also when you leave this page. " a href=(here) { "Look again" } }
            }
            @if let Some(why) = &page.failed { div.notice.bad { p { (why) } p { a href="/imports" { "Import the file again" } } } }
            @if page.bad > 0 {
                p.notice.warn { (words::count(page.bad, "line", "lines")) " could not be read; the rest was taken. Put them right in the file and import it again: only what was missing is added. "
                    a href=(address(page, "bad")) { "See which" } }
            }
            @if !page.notes.is_empty() { ul.plainlist { @for note in &page.notes { li { (note) } } } }
            @if !page.reasons.is_empty() {
                section aria-labelledby="reasons" {
                    h2 #reasons { "In short" }
                    ul.lines { @for one in &page.reasons { li.line { div { b { (words::number(one.count)) } " " (one.reason) } span.chips { (chip(&one.verdict)) } } } }
                }
            }
            section aria-labelledby="became" {
                h2 #became { "What became of each" }
                nav.piles aria-label="What became of them" {
                    @for (word, name) in VERDICTS { a href=(address(page, word)) aria-current=[(page.verdict == word).then_some("page")] { (name) } }
                }
                @if page.lines.is_empty() {
                    @if page.verdict.is_empty() { p { "What is known from earlier imports is counted above and stands in their ledgers." } }
                    @else { (nothing("None like this", "No line of this file stands like this now.", Some(("Show all", &address(page, ""))))) }
                }
                ul.lines { @for line in &page.lines { (ledger_line(line, page.noun)) } }
                @if let Some(next) = &page.next { p.next { a.button href=(next) rel="next" { "Show more" } } }
            }
        }
    }
}

fn address(page: &ImportPage, verdict: &str) -> String {
    let all = format!("/imports/{}", page.row.id);
    if verdict.is_empty() { all } else { format!("{all}?verdict={verdict}") }
}

fn ledger_line(line: &Line, noun: &str) -> Markup {
    let name = format!("{noun} {}", words::number(line.line));
    html! {
        li.line {
            div {
                @match &line.signal { Some(href) => a href=(href) { (name) }, None => b { (name) } }
                @if let Some((who, href)) = &line.who { p.who { a href=(href) { (who) } } }
                @if let Some(reason) = &line.reason { p.why { (reason) } }
            }
            span.chips {
                (chip(&line.verdict))
                @for (at, href) in line.moves.iter().enumerate() {
                    a href=(href) { @if line.moves.len() > 1 { "Move " (at + 1) } @else { "See the move" } span.unseen { " of " (name) } }
                }
            }
        }
    }
}

/// What a file would become, before it does.
#[must_use]
pub fn mapping(preview: &MappingPreview, frame: &Frame) -> Markup {
    html! {
        p.back { a href="/imports" { "Imports" } }
        div.title { h1 { "What the columns mean" } p { (preview.file) ": " (preview.rows) } }
        (complaints(&preview.errors, &[("outcome", "What came of them")]))
        @if let Some(missing) = &preview.missing { p.notice.warn { (missing) } }
        form method="post" action="/imports/leads/confirm" {
            (csrf(frame.csrf()))
            input type="hidden" name="upload" value=(preview.upload);
            div.scroll tabindex="0" role="region" aria-label="The columns" {
                table.mapping {
                    thead { tr { th scope="col" { "Column" } th scope="col" { "Means" } th scope="col" { "Some values" } } }
                    tbody { @for (at, column) in preview.columns.iter().enumerate() { tr {
                        th scope="row" { (column.header) }
                        td { (meaning(at, &column.header, &column.field)) }
                        td { (column.samples.join(" · ")) }
                    } } }
                }
            }
            @if preview.more_columns > 0 { p.hint { "And " (words::count(preview.more_columns, "more column", "more columns")) ", taken as their names say." } }
            p { "Columns that mean nothing here are kept with each lead, by their own names." }
            div.field {
                label for="f-outcome" { "Which column says what came of each lead" }
                select #f-outcome name="outcome" aria-describedby="f-outcome-hint" {
                    option value="" selected[preview.outcome.is_empty()] { "None" }
                    @for column in &preview.columns { option value=(column.header) selected[column.header == preview.outcome] { (column.header) } }
                }
                small #f-outcome-hint { "Yes or no, 1 or 0, won or lost: scores learn from it." }
            }
            p.acts { button.go { "Import these leads" } button formaction="/imports/leads/look" { "See what that gives" } a.button href="/imports" { "Leave it" } }
        }
        (problems(&preview.problems, preview.more_problems))
        p.hint { "The file waits here for an hour; without your word nothing of it is taken." }
    }
}

fn meaning(at: usize, header: &str, chosen: &str) -> Markup {
    html! {
        select id={ "f-map-" (at) } name={ "map-" (at) } aria-label={ "What “" (header) "” means" } {
            option value="" selected[chosen.is_empty()] { "Keep it as it is" }
            @for field in Field::ALL { option value=(field) selected[field.as_str() == chosen] { (field_name(*field)) } }
        }
    }
}

fn problems(problems: &[Bad], more: i64) -> Markup {
    html! {
        @if !problems.is_empty() {
            section aria-labelledby="bad" {
                h2 #bad { "What cannot be taken" }
                div.scroll tabindex="0" role="region" aria-label="The lines that cannot be taken" {
                    table {
                        thead { tr { th.num scope="col" { "Line" } th scope="col" { "Why" } } }
                        tbody { @for bad in problems { tr { td.num { (bad.line) } td { (bad.reason) } } } }
                    }
                }
                @if more > 0 { p.hint { "And " (words::number(more)) " more." } }
            }
        }
    }
}
