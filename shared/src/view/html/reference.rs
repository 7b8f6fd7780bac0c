//! The API's reference.

use maud::{Markup, html};

use crate::view::reference::{Field, Operation, Reference, Schema, Shape};

/// The page's content.
#[must_use]
pub fn page(reference: &Reference) -> Markup {
    html! {
        div.title { h1 { (reference.title) " API" } p { (prose(&reference.description)) } }
        p { "The same as a document for programs: " a href="/openapi.json" { code { "/openapi.json" } } }
        nav.contents aria-label="Operations" {
            ul { @for group in &reference.groups { li { a href={ "#" (anchor(&group.name)) } { (group.name) } } } li { a href="#schemas" { "Schemas" } } }
        }
        @for group in &reference.groups {
            section aria-labelledby=(anchor(&group.name)) {
                h2 id=(anchor(&group.name)) { (group.name) }
                @for operation in &group.operations { (self::operation(operation)) }
            }
        }
        section aria-labelledby="schemas" {
            h2 #schemas { "Schemas" }
            @for schema in &reference.schemas { (self::schema(schema)) }
        }
    }
}

fn operation(operation: &Operation) -> Markup {
    html! {
        details.operation id=(operation.anchor) {
            summary { span class={ "method " (operation.method.to_lowercase()) } { (operation.method) } " " code { (operation.path) } " " span.what { (prose(&operation.summary)) } }
            div.inside {
                @if !operation.description.is_empty() { p { (prose(&operation.description)) } }
                p.hint { "Who may call it: " (operation.who.join(", ")) }
                @if !operation.parameters.is_empty() { h3 { "Takes" } (fields(&operation.parameters)) }
                @if let Some(body) = &operation.body { h3 { "Body" } p { (shape(body)) } }
                h3 { "Answers" }
                dl.facts {
                    @for answer in &operation.answers {
                        div { dt { (answer.status) } dd { (prose(&answer.description)) @if let Some(one) = &answer.shape { " " (shape(one)) } } }
                    }
                }
            }
        }
    }
}

fn schema(schema: &Schema) -> Markup {
    html! {
        details.operation id={ "s-" (schema.name) } {
            summary { code { (schema.name) } " " span.what { (prose(&schema.description)) } }
            div.inside {
                @if !schema.fields.is_empty() { (fields(&schema.fields)) }
                @if !schema.words.is_empty() {
                    dl.facts { @for (word, means) in &schema.words { div { dt { code { (word) } } dd { (prose(means)) } } } }
                }
                @if let Some(one) = &schema.shape { p { (shape(one)) } }
            }
        }
    }
}

fn fields(fields: &[Field]) -> Markup {
    html! {
        dl.facts {
            @for field in fields {
                div { dt { code { (field.name) } @if field.required { " " span.hint { "required" } } } dd { (shape(&field.shape)) @if !field.description.is_empty() { p.hint { (prose(&field.description)) } } } }
            }
        }
    }
}

fn shape(shape: &Shape) -> Markup {
    html! {
        @match &shape.schema {
            Some(schema) => a href={ "#s-" (schema) } { (shape.text) },
            None => code { (shape.text) },
        }
    }
}

/// A group's place on the page.
fn anchor(group: &str) -> String {
    format!("g-{}", group.replace(' ', "-"))
}

/// A sentence whose words between backticks are code.
fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
