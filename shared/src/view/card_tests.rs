//! What a card says.

use proptest::prelude::*;

use super::*;
use crate::aps::TermName;
use crate::model::{Money, Ts, UserRef};

fn id<T: std::str::FromStr>() -> T
where
    T::Err: std::fmt::Debug,
{
    "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
}

fn now() -> Ts {
    "2026-03-10T12:00:00Z".parse().unwrap()
}

fn a_move(kind: MoveKind, state: MoveState) -> Move {
    Move {
        id: id(),
        title: "Answer Priya’s pricing question".into(),
        why: "She asked 3 h ago: “Does it include the API?”".into(),
        state,
        kind,
        aps: Points(8_650),
        factors: vec![
            Factor { name: TermName::Urgency, points: Points(8_730), because: "waiting 3 h of 4 h".into() },
            Factor { name: TermName::Effort, points: Points(-80), because: "6 minutes".into() },
        ],
        contact: Some(ContactRef {
            id: id(),
            name: "Priya Nair".into(),
            email: None,
            company: Some("Lumen Freight".into()),
            title: Some("Head of Ops".into()),
        }),
        deal: Some(DealRef {
            id: id(),
            name: "Lumen 40 seats".into(),
            stage: "proposal".into(),
            amount: Some(Money { minor: 4_800_000, currency: "EUR".into() }),
            close_date: None,
        }),
        action: None,
        draft_id: None,
        source: "mail".into(),
        assignee: None,
        due_at: None,
        snoozed_until: None,
        created_at: now() - Ts::HOUR,
        updated_at: now(),
        url: String::new(),
    }
}

fn card(m: &Move, role: Role) -> MoveCard {
    MoveCard::new(m, Extra { urgent: true, minutes: 6, role }, &Clockface::utc(now()))
}

#[test]
fn the_primary_button_says_what_pressing_it_does() {
    let label = |kind, state| card(&a_move(kind, state), Role::Member).buttons[0].label.clone();
    assert_eq!(label(MoveKind::Reply, MoveState::Pending), "I’ll answer Priya");
    assert_eq!(label(MoveKind::Call, MoveState::Pending), "I’ll call Priya");
    assert_eq!(label(MoveKind::Call, MoveState::Accepted), "Mark done");
    for kind in MoveKind::ALL {
        let words = label(*kind, MoveState::Pending);
        assert!(!["Accept", "Submit", "OK"].contains(&words.as_str()), "{words}");
    }
}

#[test]
fn every_button_is_a_transition_that_the_state_allows() {
    for state in MoveState::ALL {
        for button in card(&a_move(MoveKind::Task, *state), Role::Admin).buttons {
            assert!(crate::model::transition(*state, button.act).is_ok(), "{state} {:?}", button.act);
        }
    }
}

#[test]
fn a_viewer_sees_the_card_without_buttons() {
    let card = card(&a_move(MoveKind::Reply, MoveState::Pending), Role::Viewer);
    assert!(card.buttons.is_empty() && card.snooze.is_empty());
}

#[test]
fn the_line_of_who_leaves_out_what_is_not_known() {
    let mut m = a_move(MoveKind::Reply, MoveState::Pending);
    assert_eq!(
        who(m.contact.as_ref(), m.deal.as_ref()),
        "Priya Nair · Head of Ops, Lumen Freight · deal Lumen 40 seats, 48,000 €"
    );
    m.deal = None;
    if let Some(contact) = &mut m.contact {
        contact.title = None;
    }
    assert_eq!(who(m.contact.as_ref(), None), "Priya Nair · Lumen Freight");
    assert_eq!(who(None, None), "");
}

#[test]
fn their_words_are_told_from_ours() {
    assert_eq!(
        why_parts("She asked: “Is it in?” Twice."),
        [WhyPart::Said("She asked: ".into()), WhyPart::Quoted("Is it in?".into()), WhyPart::Said(" Twice.".into())]
    );
    assert_eq!(why_parts("An open “quote"), [WhyPart::Said("An open “quote".into())]);
    assert!(why_parts("").is_empty());
}

#[test]
fn badges_tell_what_presses() {
    let mut m = a_move(MoveKind::Reply, MoveState::Pending);
    m.due_at = Some(now() - 2 * Ts::HOUR);
    let texts = |m: &Move| card(m, Role::Member).chips.into_iter().map(|chip| chip.text).collect::<Vec<_>>();
    assert_eq!(texts(&m), ["Urgent", "overdue by 2 h"]);
    m.state = MoveState::Accepted;
    m.assignee = Some(UserRef { id: id(), name: "Elin".into() });
    assert!(texts(&m).contains(&"Elin has it".to_owned()));
    m.state = MoveState::Done;
    assert_eq!(texts(&m), ["Done"], "nothing presses any more");
}

proptest! {
    #[test]
    fn shown_points_add_up_to_the_shown_score(cents in prop::collection::vec(-3_000i32..3_000, 0..10)) {
        let factors: Vec<Factor> = cents
            .iter()
            .map(|cents| Factor { name: TermName::Fit, points: Points(*cents), because: String::new() })
            .collect();
        let value = Points(cents.iter().sum());
        let (whole, parts) = shown_points(value, &factors);
        prop_assert_eq!(parts.iter().sum::<i32>(), whole);
        prop_assert!((whole * 100 - value.0).abs() <= 50);
        for (part, exact) in parts.iter().zip(&cents) {
            prop_assert!((part * 100 - exact).abs() < 100, "{part} for {exact}");
        }
    }
}
