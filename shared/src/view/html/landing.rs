//! The landing page.

use maud::{Markup, html};

/// What CaseyOS is, on one page.
#[must_use]
pub fn page(signed_in: bool) -> Markup {
    html! {
        div.landing {
            h1 { "Five moves for today, and why." }
            p.lead {
                "CaseyOS reads what happens around your deals, turns it into next steps, and ranks them by a score that explains itself. "
                "It runs on your own machine."
            }
            p.acts {
                @if signed_in { a.button.go href="/today" { "Go to Today" } a.button href="/caseyos" { "Dashboard" } }
                @else { a.button.go href="/sign-in" { "Sign in" } a.button href="/docs" { "API reference" } }
            }
            (sample())
            ul.three {
                li { h2 { "One list" } p { "Forms, replies, lead lists and webhooks become moves: one person, one next step, the evidence quoted." } }
                li { h2 { "A score you can check" } p { "Urgency, worth, interest, fit. Every point has a reason, and the points add up." } }
                li { h2 { "Nothing behind your back" } p { "You decide. What you decide can be undone, and every step is on record." } }
            }
        }
    }
}

/// A picture of a card, made of words.
fn sample() -> Markup {
    html! {
        figure.sample {
            div.move {
                p.aps { "87" small { "APS" } }
                div.head { p.name { "Answer Priya’s pricing question" } p.who { "Priya Nair · Head of Ops, Lumen Freight · deal Lumen 40 seats, 48,000 €" } }
                p.why { "She asked 3 h ago: " q { "Does the annual plan include the API, and can you hold the price until Friday?" } }
                ul.terms aria-label="Why this score" {
                    li { b { "+30" } " waiting for us 3 h of 4 h" }
                    li { b { "+25" } " top 8 % deal" }
                    li { b { "+20" } " a reply today" }
                    li { b { "+14" } " fits “ops in logistics”" }
                    li.neg { b { "−2" } " 6 minutes" }
                }
            }
            figcaption.hint { "An example of a move." }
        }
    }
}
