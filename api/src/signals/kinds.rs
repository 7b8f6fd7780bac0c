//! The words that sources use for what happened, and what each means for intent and for the next step.

use caseyos_shared::aps::IntentKind;
use caseyos_shared::model::MoveKind;

/// What a kind of signal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The interest it shows, if any.
    pub intent: Option<IntentKind>,
    /// The next step it asks for, if any; what asks for none only adds interest to the moves there are.
    pub step: Option<MoveKind>,
    /// What happened, to follow a name: "asked for a demo".
    pub did: &'static str,
}

const fn meaning(intent: IntentKind, step: MoveKind, did: &'static str) -> Meaning {
    Meaning { intent: Some(intent), step: Some(step), did }
}

const fn interest_only(intent: IntentKind, did: &'static str) -> Meaning {
    Meaning { intent: Some(intent), step: None, did }
}

/// The meaning of a kind, whatever case and separators its source writes it with (`demo.requested`, `Demo-Request`).
#[must_use]
pub fn meaning_of(kind: &str) -> Meaning {
    let folded: String =
        kind.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    match folded.as_str() {
        "demo" | "demo_request" | "demo_requested" | "demo_form" | "request_demo" | "trial" | "trial_started" => {
            meaning(IntentKind::DemoForm, MoveKind::DemoRequest, "asked for a demo")
        }
        "contact_form" | "contact" | "message" | "enquiry" | "inquiry" => {
            meaning(IntentKind::ContactForm, MoveKind::Reply, "wrote to you")
        }
        "form" | "form_submitted" | "form_submission" | "signup" | "sign_up" | "newsletter_signup" | "download" => {
            meaning(IntentKind::Form, MoveKind::NewLead, "sent a form")
        }
        "lead" | "new_lead" | "csv_lead" | "lead_created" | "contact_created" => {
            meaning(IntentKind::CsvLead, MoveKind::NewLead, "is a new lead")
        }
        "reply" | "mail" | "email" | "email_reply" | "mail_reply" | "message_received" | "email_received" => {
            meaning(IntentKind::Reply, MoveKind::Reply, "wrote to you")
        }
        "chat" | "chat_message" => meaning(IntentKind::Chat, MoveKind::Reply, "wrote in the chat"),
        "call" | "call_missed" | "missed_call" | "call_requested" | "callback" => {
            meaning(IntentKind::Call, MoveKind::Call, "asked for a call")
        }
        "meeting" | "meeting_booked" | "meeting_requested" | "meeting_scheduled" => {
            meaning(IntentKind::Meeting, MoveKind::Meeting, "has a meeting with you")
        }
        "deal_moved" | "deal_changed" | "deal_stage_changed" | "deal_updated" | "deal_created" => {
            meaning(IntentKind::DealMoved, MoveKind::FollowUp, "moved on in the deal")
        }
        "job_change" | "job_changed" | "new_job" => meaning(IntentKind::JobChange, MoveKind::FollowUp, "changed jobs"),
        "social" | "mention" | "mentioned" | "social_mention" | "comment" => {
            meaning(IntentKind::Social, MoveKind::Social, "mentioned you")
        }
        "pricing" | "pricing_page" | "pricing_page_visited" | "pricing_viewed" => {
            meaning(IntentKind::PricingPage, MoveKind::FollowUp, "looked at the prices")
        }
        "page_visit" | "page_view" | "page_viewed" | "visit" => interest_only(IntentKind::PageVisit, "visited a page"),
        "email_opened" | "mail_opened" | "open" | "opened" => {
            interest_only(IntentKind::EmailOpened, "opened an e-mail")
        }
        "lead_outcome" => Meaning { intent: None, step: None, did: "is known to have ended well or not" },
        "task" | "todo" => Meaning { intent: None, step: Some(MoveKind::Task), did: "left you a task" },
        _ => Meaning { intent: None, step: Some(MoveKind::FollowUp), did: "gave a sign" },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_word_in_another_dress_means_the_same() {
        for word in ["demo_request", "demo.request", "Demo-Request", "DEMO REQUEST"] {
            assert_eq!(meaning_of(word).step, Some(MoveKind::DemoRequest), "{word}");
        }
    }

    #[test]
    fn an_opened_mail_never_asks_for_a_step_and_an_unknown_word_asks_for_a_follow_up() {
        assert_eq!(meaning_of("email_opened").step, None);
        assert_eq!(meaning_of("something_else").step, Some(MoveKind::FollowUp));
        assert_eq!(meaning_of("something_else").intent, None);
    }
}
