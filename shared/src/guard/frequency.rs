//! Nobody gets too much: not a contact in a week, not a company in a day.

use super::caps::{Used, within};
use super::finding::{Finding, Guardrail};
use crate::capture::domain::Domain;
use crate::model::{Caps, Ts};

/// What a recipient got already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Mails to the contact in the last seven days.
    pub contact_week: Used,
    /// Mails to the address's domain in the last day.
    pub domain_day: Used,
}

/// Passes while one more mail keeps within the caps. Everybody's domains (`gmail.com`) are not counted: who shares one shares no employer.
#[must_use]
pub fn check(received: &Received, domain: Option<&Domain>, caps: &Caps, now: Ts) -> Finding {
    let contact = within(
        Guardrail::Frequency,
        received.contact_week,
        caps.emails_per_contact_week,
        now,
        "to this contact in seven days",
    );
    match domain.filter(|domain| !domain.is_free_mail()) {
        None => contact,
        Some(domain) => contact.or_worse(within(
            Guardrail::Frequency,
            received.domain_day,
            caps.emails_per_domain_day,
            now,
            &format!("to {domain} in a day"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    const NOW: Ts = Ts::from_millis(1_772_442_000_000);

    fn used(count: u32, hours: i64) -> Used {
        Used { count, frees_at: Some(NOW + hours * Ts::HOUR) }
    }

    fn of(contact: (u32, i64), domain: (u32, i64), name: &str) -> Finding {
        let received = Received { contact_week: used(contact.0, contact.1), domain_day: used(domain.0, domain.1) };
        check(&received, name.parse().ok().as_ref(), &Caps::default(), NOW)
    }

    #[test]
    fn below_the_caps_it_goes() {
        for (contact, domain, name) in [
            ((0, 0), (0, 0), "acme.example"),
            ((1, 1), (1, 1), "acme.example"),
            ((2, 100), (0, 0), "acme.example"),
            ((2, 100), (19, 3), "acme.example"),
            ((0, 0), (19, 1), "sub.acme.example"),
            ((0, 0), (20, 1), "gmail.com"),
            ((2, 8), (5_000, 8), "gmx.de"),
            ((1, 8), (21, 8), "outlook.com"),
            ((2, 8), (21, 8), ""),
            ((2, 8), (4_000_000_000, 8), "orange.fr"),
        ] {
            assert_eq!(of(contact, domain, name), Finding::pass(Guardrail::Frequency), "{contact:?} {domain:?} {name}");
        }
    }

    #[test]
    fn at_a_cap_it_waits_until_the_oldest_leaves_the_window() {
        for (contact, domain, name, hours) in [
            ((3, 5), (0, 0), "acme.example", 5),
            ((4, 5), (0, 0), "acme.example", 5),
            ((3, 167), (0, 0), "gmail.com", 167),
            ((3, 5), (20, 9), "gmail.com", 5),
            ((0, 0), (20, 9), "acme.example", 9),
            ((2, 1), (21, 23), "acme.example", 23),
            ((3, 5), (20, 9), "acme.example", 9),
            ((3, 9), (20, 5), "acme.example", 9),
            ((u32::MAX, 1), (0, 0), "acme.example", 1),
            ((0, 0), (u32::MAX, 1), "müller.example", 1),
        ] {
            let finding = of(contact, domain, name);
            assert_eq!(finding.verdict, Verdict::Wait { until: NOW + hours * Ts::HOUR }, "{contact:?} {domain:?}");
            assert!(finding.reason.unwrap().contains("the cap"));
        }
    }
}
