//! From a signal to the next step it asks for, in words: a title, a why that quotes its evidence, and how long it keeps.

use caseyos_shared::capture::fields::Mapping;
use caseyos_shared::model::{MoveKind, Ts};

use super::envelope::{Envelope, MailFacts};
use super::kinds::{Meaning, meaning_of};

/// How much of what somebody wrote a why quotes.
const QUOTE: usize = 280;
/// How many attributes of a lead a why names.
const ATTRIBUTES: usize = 4;
/// A mail that has waited longer than this is not answered any more.
pub const STALE_MAIL: i64 = 30 * Ts::DAY;

/// The next step that a signal asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What sort of step.
    pub kind: MoveKind,
    /// A verb and a name.
    pub title: String,
    /// Why now, with the evidence quoted.
    pub why: String,
    /// Since when they wait for us, if they do.
    pub waiting_since: Option<Ts>,
    /// When nobody will need it any more.
    pub expires_at: Ts,
    /// The mail thread it answers.
    pub thread_key: Option<String>,
}

/// What is known of the contact when the step is named.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The contact's name.
    pub name: &'a str,
    /// The company's name.
    pub company: Option<&'a str>,
    /// Whether they asked not to be mailed.
    pub no_mail: bool,
    /// Why they cannot be called instead, if they cannot.
    pub no_calls: Option<&'static str>,
}

/// The step, or the reason why there is none.
///
/// # Errors
/// The reason, as a sentence for the ledger.
pub fn step_of(kind: &str, occurred_at: Ts, now: Ts, envelope: &Envelope, about: About<'_>) -> Result<Step, String> {
    let meaning = meaning_of(kind);
    if let Some(mail) = &envelope.mail {
        return mail_step(mail, occurred_at, now, about);
    }
    let Some(step) = meaning.step else {
        return Err(format!(
            "{} {}: that alone asks for no step, and raises what waits for them",
            about.name, meaning.did
        ));
    };
    let step = match (step, about.no_mail, about.no_calls) {
        (MoveKind::NewLead | MoveKind::FollowUp, true, Some(why)) => {
            return Err(format!("{} asked not to be mailed and {why}", about.name));
        }
        (MoveKind::NewLead | MoveKind::FollowUp, true, None) => MoveKind::Call,
        (step, ..) => step,
    };
    let waits = matches!(step, MoveKind::DemoRequest | MoveKind::Reply | MoveKind::Social)
        || (step == MoveKind::Call && meaning.step == Some(MoveKind::Call))
        || (step == MoveKind::NewLead && envelope.message.is_some());
    Ok(Step {
        kind: step,
        title: title(step, about, None),
        why: why(&meaning, envelope, about),
        waiting_since: waits.then_some(occurred_at),
        expires_at: occurred_at.max(now - keeps(step) + Ts::DAY) + keeps(step),
        thread_key: None,
    })
}

fn mail_step(mail: &MailFacts, occurred_at: Ts, now: Ts, about: About<'_>) -> Result<Step, String> {
    if mail.outbound {
        return Err("you wrote it".to_owned());
    }
    if let Some(reason) = &mail.not_for_us {
        return Err(reason.clone());
    }
    let age = now.since(occurred_at);
    if age > STALE_MAIL {
        return Err(format!("it is {} days old; nobody waits for an answer that long", age / Ts::DAY));
    }
    if mail.reply.trim().is_empty() {
        return Err("it says nothing of its own: only quotes or attachments".to_owned());
    }
    let subject = mail.subject.trim();
    let why = if subject.is_empty() {
        format!("Wrote to you: “{}”", quote(&mail.reply))
    } else {
        format!("Wrote to you about “{}”: “{}”", quote(subject), quote(&mail.reply))
    };
    Ok(Step {
        kind: MoveKind::Reply,
        title: title(MoveKind::Reply, about, Some(subject).filter(|subject| !subject.is_empty())),
        why,
        waiting_since: Some(occurred_at),
        expires_at: occurred_at + STALE_MAIL,
        thread_key: Some(mail.thread_key.clone()),
    })
}

fn title(kind: MoveKind, about: About<'_>, subject: Option<&str>) -> String {
    let first = first_name(about.name);
    let full = match about.company {
        Some(company) if !about.name.contains(company) => format!("{} at {company}", about.name),
        _ => about.name.to_owned(),
    };
    let title = match kind {
        MoveKind::Reply => match subject {
            Some(subject) => format!("Answer {first}: {subject}"),
            None => format!("Answer {full}"),
        },
        MoveKind::DemoRequest => format!("Book the demo {full} asked for"),
        MoveKind::NewLead => format!("Get in touch with {full}"),
        MoveKind::FollowUp => format!("Follow up with {full}"),
        MoveKind::Meeting => format!("Prepare the meeting with {full}"),
        MoveKind::Call => format!("Call {full}"),
        MoveKind::Social => format!("React to what {full} said"),
        MoveKind::Task | MoveKind::SourceHealth | MoveKind::DataFix | MoveKind::Custom => format!("Look after {full}"),
    };
    shorten(&title, 160)
}

/// The first name, where the name is one of a person; an address stays whole.
fn first_name(name: &str) -> &str {
    if name.contains('@') { name } else { name.split_whitespace().next().unwrap_or(name) }
}

fn why(meaning: &Meaning, envelope: &Envelope, about: About<'_>) -> String {
    let first = first_name(about.name);
    if let Some(message) = envelope.message.as_deref().filter(|message| !message.trim().is_empty()) {
        return format!("{first} {}: “{}”", meaning.did, quote(message));
    }
    let facts = evidence(envelope);
    if facts.is_empty() { format!("{first} {}.", meaning.did) } else { format!("{first} {}: {facts}.", meaning.did) }
}

/// A few attributes as the source wrote them: what a rep would glance at. Numbers that look like ids are left out.
fn evidence(envelope: &Envelope) -> String {
    let attributes = envelope.contact.iter().flat_map(|contact| &contact.attributes);
    let payload = envelope.payload.as_object().into_iter().flatten().filter_map(|(name, value)| match value {
        serde_json::Value::String(text) => Some((name, text.clone())),
        serde_json::Value::Number(number) => Some((name, number.to_string())),
        _ => None,
    });
    let telling = |name: &str, value: &str| {
        let is_id = value.len() > 5 && value.bytes().all(|b| b.is_ascii_digit());
        let says_nothing = value.trim().is_empty() || value.eq_ignore_ascii_case("select") || value == "0";
        !is_id && !says_nothing && value.chars().count() <= 60 && !name.to_ascii_lowercase().ends_with("id")
    };
    // Columns that became fields say who it is, which the card says already.
    let says_more = |name: &str| Mapping::guess(&[name]).columns().iter().all(|column| column.field.is_none());
    let mut names = std::collections::HashSet::new();
    attributes
        .map(|(name, value)| (name, value.clone()))
        .chain(payload.filter(|(name, _)| says_more(name)))
        .filter(|(name, value)| telling(name, value) && names.insert((*name).clone()))
        .take(ATTRIBUTES)
        .map(|(name, value)| format!("{} {}", name.replace('_', " ").to_lowercase(), quote(&value)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// What somebody wrote, on one line and cut at a word.
#[must_use]
pub fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&line, QUOTE)
}

fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let at = cut.rfind(' ').filter(|at| *at > most / 2).unwrap_or(cut.len());
    format!("{} …", cut[..at].trim_end())
}

/// How long a step is worth taking.
const fn keeps(kind: MoveKind) -> i64 {
    match kind {
        MoveKind::Reply | MoveKind::DemoRequest | MoveKind::Call => 30 * Ts::DAY,
        MoveKind::NewLead => 60 * Ts::DAY,
        MoveKind::FollowUp | MoveKind::Meeting => 14 * Ts::DAY,
        MoveKind::Social => 7 * Ts::DAY,
        MoveKind::Task | MoveKind::SourceHealth | MoveKind::DataFix | MoveKind::Custom => 90 * Ts::DAY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::envelope::ContactHint;

    const NOW: Ts = Ts::from_millis(1_800_000_000_000);
    const ADA: About<'_> = About { name: "Ada Ruiz", company: Some("Ruiz Ltd"), no_mail: false, no_calls: None };

    fn mail(reply: &str) -> Envelope {
        let mail = MailFacts {
            subject: "Annual plan".to_owned(),
            reply: reply.to_owned(),
            thread_key: "t1".to_owned(),
            ..MailFacts::default()
        };
        Envelope { mail: Some(mail), ..Envelope::default() }
    }

    #[test]
    fn a_mail_asks_for_an_answer_and_the_why_quotes_it() {
        let step = step_of("mail", NOW - Ts::HOUR, NOW, &mail("Does it include\nthe API?"), ADA).unwrap();
        assert_eq!(step.title, "Answer Ada: Annual plan");
        assert_eq!(step.why, "Wrote to you about “Annual plan”: “Does it include the API?”");
        assert_eq!((step.kind, step.waiting_since), (MoveKind::Reply, Some(NOW - Ts::HOUR)));
    }

    #[test]
    fn what_nobody_waits_for_makes_no_step_and_says_why() {
        let old = step_of("mail", NOW - 40 * Ts::DAY, NOW, &mail("Hello"), ADA).unwrap_err();
        assert!(old.contains("40 days"), "{old}");
        let mut newsletter = mail("Buy now");
        newsletter.mail.as_mut().unwrap().not_for_us = Some("a newsletter".to_owned());
        assert_eq!(step_of("mail", NOW, NOW, &newsletter, ADA).unwrap_err(), "a newsletter");
        let mut own = mail("Hello");
        own.mail.as_mut().unwrap().outbound = true;
        assert_eq!(step_of("mail", NOW, NOW, &own, ADA).unwrap_err(), "you wrote it");
        assert!(step_of("mail", NOW, NOW, &mail(" "), ADA).is_err());
        assert!(step_of("email_opened", NOW, NOW, &Envelope::default(), ADA).is_err());
    }

    #[test]
    fn who_wants_no_mail_is_called_and_who_wants_neither_is_left_alone() {
        let lead = Envelope::default();
        let no_mail = About { no_mail: true, ..ADA };
        assert_eq!(step_of("lead", NOW, NOW, &lead, no_mail).unwrap().kind, MoveKind::Call);
        assert!(
            step_of("lead", NOW, NOW, &lead, About { no_calls: Some("asked not to be called"), ..no_mail }).is_err()
        );
    }

    #[test]
    fn a_lead_is_introduced_by_what_its_row_says() {
        let attributes =
            [("lead_number", "634857"), ("visits", "5"), ("last_activity", "Email Opened"), ("matters", "Select")];
        let contact = ContactHint {
            attributes: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            ..ContactHint::default()
        };
        let envelope = Envelope { contact: Some(contact), ..Envelope::default() };
        let step = step_of("lead", NOW, NOW, &envelope, ADA).unwrap();
        assert_eq!(step.why, "Ada is a new lead: last activity Email Opened, visits 5.");
        assert_eq!(step.title, "Get in touch with Ada Ruiz at Ruiz Ltd");
        assert_eq!(step.waiting_since, None, "nobody on a list waits");
    }

    #[test]
    fn a_long_text_is_cut_at_a_word() {
        let cut = quote(&"word ".repeat(200));
        assert!(cut.ends_with("word …") && cut.chars().count() <= QUOTE + 2, "{cut}");
    }
}
