//! Imports.

use maud::{Markup, html};

use super::bits::{chip, csrf, when};
use crate::view::card::Chip;
use crate::view::frame::Frame;
use crate::view::imports::{ImportList, ImportPage, ImportRow, MappingPreview};
use crate::view::words;

/// The list's content.
#[must_use]
pub fn list(list: &ImportList, frame: &Frame) -> Markup {
    html! {
        div.title { h1 { "Imports" } p { "Bring in what you have. A second run of the same file adds only what is new." } }
        @if list.may_write {
            section.two aria-label="Start an import" {
                form.sheet method="post" action="/imports/leads" enctype="multipart/form-data" {
                    (csrf(frame.csrf()))
                    h2 { "Leads" }
                    div.field {
                        label for="f-leads" { "CSV file" }
                        input #f-leads name="file" type="file" accept=".csv,.tsv,.txt,text/csv" required aria-describedby="f-leads-hint";
                        small #f-leads-hint { "Any header names, comma, semicolon or tab. You see what each column means before anything is taken." }
                    }
                    button.go { "Look at the columns" }
                }
                form.sheet method="post" action="/imports/mail" enctype="multipart/form-data" {
                    (csrf(frame.csrf()))
                    h2 { "Mail" }
                    div.field {
                        label for="f-mail" { "mbox or .eml file" }
                        input #f-mail name="file" type="file" accept=".mbox,.eml,message/rfc822,application/mbox" required aria-describedby="f-mail-hint";
                        small #f-mail-hint { "Larger mailboxes go through the command line: caseyos import mail FILE." }
                    }
                    div.field { label for="f-me" { "Your own addresses" } input #f-me name="me" autocomplete="email" aria-describedby="f-me-hint";
                        small #f-me-hint { "Separated by commas. Left empty, they are guessed from the most frequent sender." } }
                    button.go { "Read this mail" }
                }
            }
        }
        section aria-labelledby="before" {
            h2 #before { "What was imported" }
            @if list.rows.is_empty() { p { "Nothing yet. On the machine that runs CaseyOS: " code { "caseyos import leads FILE.csv" } " or " code { "caseyos import mail FILE.mbox" } "." } }
            ul.lines { @for row in &list.rows { (import(row)) } }
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
    chip(&match (row.running, row.bad) {
        (true, _) => Chip::toned("Running", "warn"),
        (false, true) => Chip::toned("Some could not be read", "warn"),
        (false, false) => Chip::toned("All read", "good"),
    })
}

/// One import's page.
#[must_use]
pub fn page(page: &ImportPage) -> Markup {
    html! {
        p.back { a href="/imports" { "Imports" } }
        div.title { h1 { (page.row.file) } p { (page.row.result) } (state(&page.row)) }
        @if !page.notes.is_empty() { ul.plainlist { @for note in &page.notes { li { (note) } } } }
        p { a.button href={ "/signals?import=" (page.row.id) } { "See what became of each" } }
        section aria-labelledby="bad" {
            h2 #bad { "What could not be read" }
            @if page.problems.is_empty() { p { "Everything could be read." } } @else {
                p { "The rest was taken. Put these right in the file and import it again: only what was missing is added." }
                div.scroll tabindex="0" role="region" aria-labelledby="bad" {
                    table {
                        thead { tr { th.num scope="col" { "Line" } th scope="col" { "Why" } } }
                        tbody { @for bad in &page.problems { tr { td.num { (bad.line) } td { (bad.reason) } } } }
                    }
                }
                @if page.more_problems > 0 { p.hint { "And " (words::number(page.more_problems)) " more." } }
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
        form method="post" action="/imports/leads/confirm" {
            (csrf(frame.csrf()))
            input type="hidden" name="upload" value=(preview.upload);
            input type="hidden" name="file_name" value=(preview.file);
            div.scroll tabindex="0" role="region" aria-label="The columns" {
                table {
                    thead { tr { th scope="col" { "Column" } th scope="col" { "Some values" } th scope="col" { "Means" } } }
                    tbody {
                        @for (at, column) in preview.columns.iter().enumerate() {
                            tr {
                                th scope="row" { (column.header) }
                                td { (column.samples.join(" · ")) }
                                td {
                                    select name={ "map-" (at) } aria-label={ "What “" (column.header) "” means" } {
                                        option value="" selected[column.field.is_empty()] { "Keep it as it is" }
                                        @for (word, name) in &preview.fields { option value=(word) selected[*word == column.field] { (name) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            p { "Columns that mean nothing here are kept with each person, by their own names." }
            p.acts { button.go { "Import these leads" } a.button href="/imports" { "Leave it" } }
        }
    }
}
