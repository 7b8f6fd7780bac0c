//! Nobody sends too much: not a person in a day, not an account at its provider.

use super::finding::{Finding, Guardrail};
use crate::model::{Caps, Ts};

/// How much of a window is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// How many were sent within the window.
    pub count: u32,
    /// When the oldest of them leaves it.
    pub frees_at: Option<Ts>,
}

/// What a sender sent already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Mails by this person in the last day.
    pub user_day: Used,
    /// Mails through this account in the last day.
    pub provider_day: Used,
    /// How many the provider lets through in a day, where it says so.
    pub provider_cap: Option<u32>,
}

/// Passes while one more mail keeps within what the person and the provider may send.
#[must_use]
pub fn check(sent: &Sent, caps: &Caps, now: Ts) -> Finding {
    let user = within(Guardrail::DailyCaps, sent.user_day, caps.emails_per_user_day, now, "by you in a day");
    match sent.provider_cap {
        None => user,
        Some(cap) => user.or_worse(within(
            Guardrail::DailyCaps,
            sent.provider_day,
            cap,
            now,
            "through this account in a day, as its provider has it",
        )),
    }
}

/// Passes while one more keeps within the cap; otherwise waits until the oldest leaves the window, at least a minute. A cap of nothing
/// is not waited for.
pub(super) fn within(guardrail: Guardrail, used: Used, cap: u32, now: Ts, what: &str) -> Finding {
    if cap == 0 {
        let reason = format!("the cap of e-mails {what} is 0: an admin can raise it in the settings");
        return Finding::needs_person(guardrail, reason);
    }
    if used.count < cap {
        return Finding::pass(guardrail);
    }
    let soonest = now + Ts::MINUTE;
    let until = used.frees_at.map_or(soonest, |frees_at| frees_at.max(soonest));
    let count = used.count;
    Finding::wait(
        guardrail,
        until,
        format!("{count} e-mails {what}, the cap is {cap}: it goes when the oldest no longer counts"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Verdict;

    const NOW: Ts = Ts::from_millis(1_772_442_000_000);

    fn of(user: (u32, i64), provider: (u32, i64), provider_cap: Option<u32>) -> Finding {
        let used = |(count, hours): (u32, i64)| Used { count, frees_at: Some(NOW + hours * Ts::HOUR) };
        let sent = Sent { user_day: used(user), provider_day: used(provider), provider_cap };
        check(&sent, &Caps::default(), NOW)
    }

    #[test]
    fn below_the_caps_it_goes() {
        for (user, provider, cap) in [
            ((0, 0), (0, 0), None),
            ((199, 1), (0, 0), None),
            ((1, 1), (499, 0), Some(500)),
            ((199, 1), (499, 5), Some(500)),
            ((199, 1), (199, 1), Some(200)),
            ((0, 0), (0, 0), Some(1)),
            ((0, 0), (1_999, 3), Some(2_000)),
            ((100, 2), (u32::MAX, 5), None),
            ((150, 20), (150, 20), Some(u32::MAX)),
            ((199, -5), (0, -5), Some(10)),
        ] {
            assert_eq!(of(user, provider, cap), Finding::pass(Guardrail::DailyCaps), "{user:?} {provider:?} {cap:?}");
        }
    }

    #[test]
    fn at_a_cap_it_waits_until_the_oldest_leaves_the_window() {
        for (user, provider, cap, until) in [
            ((200, 3), (0, 0), None, 3 * Ts::HOUR),
            ((201, 3), (0, 0), None, 3 * Ts::HOUR),
            ((u32::MAX, 24), (0, 0), None, 24 * Ts::HOUR),
            ((200, 3), (499, 5), Some(500), 3 * Ts::HOUR),
            ((0, 0), (500, 5), Some(500), 5 * Ts::HOUR),
            ((200, 3), (500, 5), Some(500), 5 * Ts::HOUR),
            ((200, 9), (500, 5), Some(500), 9 * Ts::HOUR),
            ((0, 0), (1, 1), Some(1), Ts::HOUR),
            ((200, -1), (0, 0), None, Ts::MINUTE),
            ((200, 0), (0, 0), None, Ts::MINUTE),
        ] {
            assert_eq!(of(user, provider, cap).verdict, Verdict::Wait { until: NOW + until }, "{user:?} {provider:?}");
        }
        let unknown = Sent { user_day: Used { count: 200, frees_at: None }, ..Sent::default() };
        assert_eq!(check(&unknown, &Caps::default(), NOW).verdict, Verdict::Wait { until: NOW + Ts::MINUTE });
    }

    #[test]
    fn a_cap_of_nothing_is_not_waited_for() {
        assert_eq!(of((0, 0), (0, 0), Some(0)).verdict, Verdict::NeedsPerson);
        let none = Caps { emails_per_user_day: 0, ..Caps::default() };
        assert_eq!(check(&Sent::default(), &none, NOW).verdict, Verdict::NeedsPerson);
    }
}
