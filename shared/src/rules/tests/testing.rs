//! Facts to test on, and any rule.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use crate::aps::{Points, TermName};
use crate::model::{ActionKind, DealState, Money, MoveKind, MoveState, Ts, UserId};
use crate::rules::{
    BusinessHours, CompanyFacts, Condition, ContactFacts, DealFacts, Decimal, Effect, Facts, Field, Key, Length,
    Limits, Moment, MoveFacts, Op, Operand, Rule, ScoreFacts, SignalFacts, SnoozeUntil, Test, Type,
};

/// Monday, 2026-03-02T09:30:00Z.
pub(super) const NOW: Ts = Ts::from_millis(1_772_443_800_000);

/// A demo request of two hours ago, with a deal.
pub(super) fn facts() -> Facts {
    let attributes = BTreeMap::from([
        ("Company size".to_owned(), "1,200".to_owned()),
        ("Industrie".to_owned(), "Maschinenbau".to_owned()),
        ("Empty".to_owned(), " ".to_owned()),
    ]);
    Facts {
        moment: Moment::of(NOW, &TimeZone::UTC, &BusinessHours::default()),
        the_move: MoveFacts {
            kind: MoveKind::DemoRequest,
            state: MoveState::Pending,
            source: "form".into(),
            title: "Answer Priya's demo request".into(),
            why: "She asked for a demo: “for 40 seats, please”".into(),
            created_at: NOW - 2 * Ts::HOUR,
            by_hand: false,
            has_draft: true,
            action: Some(ActionKind::SendEmail),
            minutes: Some(5),
            due_at: Some(NOW + 3 * Ts::HOUR),
        },
        contact: Some(ContactFacts {
            email: Some("priya@Northwind.example".into()),
            name: Some("Priya Nair".into()),
            title: Some("Directrice des Opérations".into()),
            company: Some("Northwind".into()),
            source: Some("form".into()),
            owner: None,
            suppressed: false,
            location: Some("Zürich".into()),
            attributes,
            ever_replied: true,
        }),
        company: Some(CompanyFacts { name: Some("Northwind AG".into()), domain: Some("northwind.example".into()) }),
        deal: Some(DealFacts {
            stage: "Proposal".into(),
            amount: Some(Money { minor: 500_000, currency: "EUR".into() }),
            probability: 40,
            state: DealState::Open,
            close_date: Some(NOW - Ts::DAY),
        }),
        signal: Some(SignalFacts {
            kind: "demo_request".into(),
            source: "form".into(),
            count: 2,
            occurred_at: NOW - 30 * Ts::MINUTE,
        }),
        score: Some(ScoreFacts { aps: Points(7250), terms: vec![(TermName::Intent, Points(1800))] }),
    }
}

/// The same moment with nothing known but a bare move.
pub(super) fn bare() -> Facts {
    let full = facts();
    let the_move = MoveFacts {
        source: String::new(),
        why: String::new(),
        action: None,
        minutes: None,
        due_at: None,
        ..full.the_move
    };
    Facts { the_move, contact: None, company: None, deal: None, signal: None, score: None, ..full }
}

fn words() -> impl Strategy<Value = String> {
    "[A-Za-zÀ-ž0-9@.,:&'%€\"-]{1,12}( [A-Za-z0-9.]{1,8}){0,3}"
}

fn operand(field: Field, op: Op) -> BoxedStrategy<Operand> {
    let one = match field.kind() {
        Type::Text => words().prop_map(Operand::Text).boxed(),
        Type::Number => (-20_000..=20_000i64).prop_map(|n| Operand::Number(Decimal::from_hundredths(n))).boxed(),
        Type::Money => {
            (any::<i64>(), "[A-Z]{3}").prop_map(|(minor, currency)| Operand::Money(Money { minor, currency })).boxed()
        }
        Type::Duration => prop_oneof![
            (-3000..=3000i32).prop_map(Length::Minutes),
            (-3000..=3000i32).prop_map(Length::Hours),
            (-3000..=3000i32).prop_map(Length::Days),
        ]
        .prop_map(Operand::Length)
        .boxed(),
        Type::Time => (0..4_000_000_000_000i64).prop_map(|at| Operand::Text(Ts::from_millis(at).to_string())).boxed(),
        Type::Bool => any::<bool>().prop_map(Operand::Flag).boxed(),
        Type::Choice => {
            let choices: Vec<String> = field.choices().iter().map(|choice| choice.word.to_owned()).collect();
            prop::sample::select(choices).prop_map(Operand::Text).boxed()
        }
        Type::Attribute if matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge) => {
            (0..9_000i64).prop_map(|n| Operand::Number(Decimal::whole(n))).boxed()
        }
        Type::Attribute => words().prop_map(Operand::Text).boxed(),
    };
    if matches!(op, Op::In | Op::NotIn) { vec(one, 1..4).prop_map(Operand::List).boxed() } else { one }
}

pub(super) fn test() -> impl Strategy<Value = Test> {
    let field = prop_oneof![
        12 => prop::sample::select(Key::ALL.to_vec()).prop_map(Field::Key),
        1 => prop::sample::select(vec!["Company size", "Industrie", "Nothing"]).prop_map(|name| Field::Attribute(name.into())),
    ];
    field
        .prop_flat_map(|field| {
            let ops = Op::of(field.kind());
            (Just(field), prop::sample::select(ops))
        })
        .prop_flat_map(|(field, op)| {
            let value = match op {
                Op::Exists | Op::Missing => Just(None).boxed(),
                op => operand(field.clone(), op).prop_map(Some).boxed(),
            };
            value.prop_map(move |value| Test { field: field.clone(), op, value })
        })
}

pub(super) fn condition() -> impl Strategy<Value = Condition> {
    test().prop_map(Condition::Is).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Condition::All),
            vec(inner.clone(), 1..4).prop_map(Condition::Any),
            inner.prop_map(|part| Condition::Not(Box::new(part))),
        ]
    })
}

pub(super) fn rule() -> impl Strategy<Value = Rule> {
    let effect = prop_oneof![
        Just(Effect::Approve {}),
        words().prop_map(|reason| Effect::Dismiss { reason }),
        (1..=2160u32).prop_map(|hours| Effect::Snooze { until: SnoozeUntil::Hours(hours) }),
        Just(Effect::Snooze { until: SnoozeUntil::NextBusinessMorning }),
        any::<u128>().prop_map(|id| Effect::Assign { user: UserId::new(Uuid::from_u128(id)) }),
        (1..=2160u32).prop_map(|hours| Effect::SetDue { hours }),
        words().prop_map(|text| Effect::Notify { text }),
    ];
    let limit = || prop::option::of(1..=10_000u32);
    (words(), condition(), effect, limit(), limit(), any::<i32>()).prop_map(
        |(name, condition, effect, per_day, per_contact_per_week, priority)| Rule {
            name,
            condition,
            effect,
            limits: Limits { per_day, per_contact_per_week },
            priority,
        },
    )
}
