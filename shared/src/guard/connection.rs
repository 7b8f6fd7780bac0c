//! The account that something goes through works and may do it.

use super::excerpt::excerpt;
use super::finding::{Finding, Guardrail};
use crate::model::words::words;

words! {
    /// How an account at a provider is.
    pub enum Health {
        /// It answers.
        Healthy = "healthy",
        /// There is none.
        Missing = "missing",
        /// Its permission ran out.
        Expired = "expired",
        /// Its permission was taken away.
        Revoked = "revoked",
        /// Its provider refuses or does not answer.
        Failing = "failing",
    }
}

/// The account that an action needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The provider as people call it: "Gmail".
    pub provider: String,
    /// How it is.
    pub health: Health,
    /// What the provider last said, where it failed.
    pub said: Option<String>,
    /// Whether its permission covers this action.
    pub has_scope: bool,
}

/// Passes when the account works and may do it, or none is needed; otherwise a person is told what to press.
#[must_use]
pub fn check(connection: Option<&Connection>) -> Finding {
    let Some(connection) = connection else {
        return Finding::pass(Guardrail::Connection);
    };
    let provider = excerpt(&connection.provider);
    let reason = match (connection.health, connection.has_scope) {
        (Health::Healthy, true) => return Finding::pass(Guardrail::Connection),
        (Health::Healthy, false) => {
            format!(
                "{provider} was connected without the permission for this: press Reconnect on Integrations and allow it"
            )
        }
        (Health::Missing, _) => format!("{provider} is not connected: press Connect on Integrations"),
        (Health::Expired, _) => format!("the permission at {provider} ran out: press Reconnect on Integrations"),
        (Health::Revoked, _) => format!("{provider} took the permission away: press Reconnect on Integrations"),
        (Health::Failing, _) => match connection.said.as_deref().map(excerpt).filter(|said| !said.is_empty()) {
            Some(said) => format!("{provider} does not work (it says: {said}): press Test on Integrations"),
            None => format!("{provider} does not answer: press Test on Integrations"),
        },
    };
    Finding::needs_person(Guardrail::Connection, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    fn of(provider: &str, health: Health, has_scope: bool, said: Option<&str>) -> Finding {
        let said = said.map(str::to_owned);
        check(Some(&Connection { provider: provider.to_owned(), health, said, has_scope }))
    }

    #[test]
    fn an_account_that_works_and_may_passes_and_so_does_none_where_none_is_needed() {
        for provider in ["Gmail", "HubSpot", "Slack", "Google Calendar", "SMTP", "X", "Notion", "Outlook", "Zoom"] {
            assert_eq!(of(provider, Health::Healthy, true, None), Finding::pass(Guardrail::Connection));
        }
        assert_eq!(check(None), Finding::pass(Guardrail::Connection));
    }

    #[test]
    fn any_other_needs_a_person_who_is_told_what_to_press() {
        for (health, has_scope, said, press) in [
            (Health::Healthy, false, None, "Reconnect"),
            (Health::Missing, false, None, "Connect"),
            (Health::Missing, true, None, "Connect"),
            (Health::Expired, true, None, "Reconnect"),
            (Health::Expired, false, None, "Reconnect"),
            (Health::Revoked, true, None, "Reconnect"),
            (Health::Revoked, false, Some("invalid_grant"), "Reconnect"),
            (Health::Failing, true, None, "Test"),
            (Health::Failing, true, Some("503 backend error"), "503 backend error"),
            (Health::Failing, false, Some("  \n"), "does not answer"),
            (Health::Failing, true, Some("two\r\nlines"), "two lines"),
        ] {
            let finding = of("Gmail", health, has_scope, said);
            assert_eq!(finding.verdict, Verdict::NeedsPerson, "{health} {has_scope}");
            let reason = finding.reason.unwrap();
            assert!(reason.contains("Gmail") && reason.contains(press), "{reason}");
        }
    }
}
