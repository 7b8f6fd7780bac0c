//! The kinds of interest people show: how much each counts, how fast it fades, and which ones say the same thing.

use serde::{Deserialize, Serialize};

use crate::model::Ts;

/// What they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IntentKind {
    /// Spoke with us on the telephone.
    Call,
    /// Wrote in the chat.
    Chat,
    /// Sent the contact form.
    ContactForm,
    /// Stood in an imported list of leads.
    CsvLead,
    /// The deal moved on in the CRM.
    DealMoved,
    /// Asked for a demo.
    DemoForm,
    /// Opened an e-mail. Never counts: scanners and mail proxies open more mails than people do.
    EmailOpened,
    /// Sent any other form.
    Form,
    /// Changed jobs.
    JobChange,
    /// Met us.
    Meeting,
    /// Visited some page.
    PageVisit,
    /// Visited the pricing page.
    PricingPage,
    /// Replied to a message.
    Reply,
    /// Mentioned or answered us on a social network.
    Social,
}

/// Kinds that say the same thing: only the strongest signal of a group counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Forms they sent.
    Form,
    /// Talking with us.
    Conversation,
    /// Looking at our pages.
    Web,
    /// Social networks.
    Social,
    /// Movement in the CRM.
    Deal,
    /// Their career.
    Career,
    /// Lists somebody imported.
    List,
}

impl Group {
    /// How many groups there are.
    pub const COUNT: usize = 7;
}

/// How one kind counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Which.
    pub kind: IntentKind,
    /// What it says the same as.
    pub group: Group,
    /// How much it counts when fresh, in basis points of the whole term.
    pub weight_bp: u16,
    /// After how many milliseconds half of it is left.
    pub half_life: i64,
    /// What they did, to follow "they" ("asked for a demo").
    pub words: &'static str,
}

const fn kind(kind: IntentKind, group: Group, weight_bp: u16, half_life: i64, words: &'static str) -> Kind {
    Kind { kind, group, weight_bp, half_life, words }
}

/// Every kind, in the order of [`IntentKind`]. The half-lives of demo form, reply, pricing page, social, deal moved
/// and job change are §5's; the others follow the nearest of those.
#[must_use]
pub const fn kinds() -> &'static [Kind; 14] {
    use IntentKind as K;
    const H: i64 = Ts::HOUR;
    const D: i64 = Ts::DAY;
    const KINDS: [Kind; 14] = [
        kind(K::Call, Group::Conversation, 6000, 48 * H, "spoke with us"),
        kind(K::Chat, Group::Conversation, 6000, 12 * H, "wrote in the chat"),
        kind(K::ContactForm, Group::Form, 7000, 24 * H, "sent the contact form"),
        kind(K::CsvLead, Group::List, 2000, 7 * D, "came in with a list of leads"),
        kind(K::DealMoved, Group::Deal, 5000, 7 * D, "moved on in the deal"),
        kind(K::DemoForm, Group::Form, 9000, 12 * H, "asked for a demo"),
        kind(K::EmailOpened, Group::Web, 0, 24 * H, "opened an e-mail"),
        kind(K::Form, Group::Form, 5000, 24 * H, "sent a form"),
        kind(K::JobChange, Group::Career, 4000, 30 * D, "changed jobs"),
        kind(K::Meeting, Group::Conversation, 7000, 72 * H, "met us"),
        kind(K::PageVisit, Group::Web, 2000, 24 * H, "visited a page"),
        kind(K::PricingPage, Group::Web, 6000, 24 * H, "looked at the prices"),
        kind(K::Reply, Group::Conversation, 8000, 24 * H, "replied"),
        kind(K::Social, Group::Social, 3000, 48 * H, "mentioned us"),
    ];
    &KINDS
}

impl IntentKind {
    /// How this kind counts.
    #[must_use]
    pub const fn rule(self) -> &'static Kind {
        &kinds()[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_kinds() {
        for (at, rule) in kinds().iter().enumerate() {
            assert_eq!(rule.kind as usize, at);
            assert_eq!(rule.kind.rule(), rule);
            assert!(rule.weight_bp < 10_000 && rule.half_life > 0);
            assert!((rule.group as usize) < Group::COUNT);
        }
    }

    #[test]
    fn the_half_lives_of_the_design_hold() {
        for (kind, hours) in [
            (IntentKind::DemoForm, 12),
            (IntentKind::Reply, 24),
            (IntentKind::PricingPage, 24),
            (IntentKind::Social, 48),
            (IntentKind::DealMoved, 7 * 24),
            (IntentKind::JobChange, 30 * 24),
        ] {
            assert_eq!(kind.rule().half_life, hours * Ts::HOUR);
        }
    }
}
