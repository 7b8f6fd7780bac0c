//! What §5 and §9 of the design say, by example.

use uuid::Uuid;

use super::strategy::NOW;
use crate::aps::{
    Clock, ClockKind, DealFacts, Effect, Facts, Fit, GateKind, Intent, IntentKind, Learned, Points, Relationship, Term,
    TermName, Waiting, Weights, When, score, what_would_change,
};
use crate::model::{MoveId, Ts};

fn term(facts: &Facts, name: TermName) -> Term {
    let terms = score(facts, &Weights::default(), NOW).terms;
    terms.into_iter().find(|term| term.name == name).unwrap_or_else(|| panic!("no {name:?}"))
}

/// The points and the reason of a term.
#[track_caller]
fn check(facts: &Facts, name: TermName, points: i32, because: &str) {
    let term = term(facts, name);
    assert_eq!((term.points, term.because.as_str()), (Points(points), because));
}

fn clock(kind: ClockKind, start: i64, due: i64) -> Facts {
    Facts { clocks: vec![Clock { kind, start: NOW + start, due: NOW + due }], ..Facts::default() }
}

#[test]
fn urgency_rises_along_its_service_level_then_is_flat() {
    let h = Ts::HOUR;
    check(&clock(ClockKind::WaitingForUs, -3 * h, h), TermName::Urgency, 2250, "waiting for us 3 h of 4 h");
    check(&clock(ClockKind::WaitingForUs, -9 * h, -5 * h), TermName::Urgency, 3000, "waiting for us for more than 4 h");
    check(&clock(ClockKind::Promise, -24 * h, 24 * h), TermName::Urgency, 1500, "promised, due in 24 h");
    check(&clock(ClockKind::Meeting, -90 * h, 10 * h), TermName::Urgency, 2700, "meeting in 10 h");
    check(&clock(ClockKind::CloseDate, -240 * h, 240 * h), TermName::Urgency, 1500, "the deal is to close in 10 days");
    check(&clock(ClockKind::DueDate, -h, -h), TermName::Urgency, 3000, "its due date has come");
}

#[test]
fn the_most_pressing_clock_counts() {
    let mut facts = clock(ClockKind::CloseDate, -Ts::DAY, 9 * Ts::DAY);
    facts.clocks.push(Clock { kind: ClockKind::WaitingForUs, start: NOW - Ts::HOUR, due: NOW + Ts::HOUR });
    check(&facts, TermName::Urgency, 1500, "waiting for us 1 h of 2 h");
}

#[test]
fn impact_is_a_logarithm_against_the_95th_percentile() {
    let deal = |amount_minor, stage_bp, top_bp| Facts {
        deal: Some(DealFacts { amount_minor, stage_bp, p95_minor: 1_000_000, top_bp }),
        ..Facts::default()
    };
    check(&deal(2_000_000, 10_000, Some(800)), TermName::Impact, 2500, "top 8 % deal");
    check(&deal(2_000_000, 10_000, Some(5001)), TermName::Impact, 2500, "smaller than most of your deals");
    check(&deal(2_000_000, 5000, None), TermName::Impact, 2500, "among your largest deals, 50 % likely to close");
    // ln(1 + 1,000)/ln(1 + 1,000,000) of 25
    check(&deal(10_000, 1000, None), TermName::Impact, 1250, "0.1 % of a large deal, 10 % likely to close");
}

#[test]
fn intent_adds_up_over_groups_and_only_the_strongest_of_a_group_counts() {
    let signals = |signals: &[(IntentKind, i64)]| Facts {
        intent: signals.iter().map(|(kind, ago)| Intent { kind: *kind, occurred_at: NOW - *ago }).collect(),
        ..Facts::default()
    };
    let h = Ts::HOUR;
    check(&signals(&[(IntentKind::DemoForm, 12 * h)]), TermName::Intent, 900, "asked for a demo 12 h ago");
    let same_group = signals(&[(IntentKind::DemoForm, 12 * h), (IntentKind::ContactForm, 48 * h)]);
    check(&same_group, TermName::Intent, 900, "asked for a demo 12 h ago");
    let two_groups = signals(&[(IntentKind::DemoForm, 12 * h), (IntentKind::Reply, 24 * h)]);
    // 1 − (1 − .45)(1 − .4) = .67
    check(&two_groups, TermName::Intent, 1340, "asked for a demo 12 h ago, replied 24 h ago");
    let three = signals(&[(IntentKind::DemoForm, 0), (IntentKind::Reply, 0), (IntentKind::Social, 0)]);
    assert_eq!(term(&three, TermName::Intent).because, "asked for a demo just now, replied just now, and 1 more");
}

#[test]
fn an_opened_email_never_counts() {
    let opened = Intent { kind: IntentKind::EmailOpened, occurred_at: NOW };
    let aps = score(&Facts { intent: vec![opened; 9], ..Facts::default() }, &Weights::default(), NOW);
    assert!(aps.terms.is_empty() && aps.next_change.is_none());
}

#[test]
fn what_was_learned_says_on_how_much_evidence() {
    let learned = |tries, reasons: &[&str]| Facts {
        learned: Some(Learned {
            probability_bp: 3000,
            base_bp: 2000,
            good: 12,
            tries,
            reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
        }),
        ..Facts::default()
    };
    // 20 · (.3 − .2)/(.3 + .2 − .12) = 5.26
    check(&learned(40, &[]), TermName::Learned, 526, "12 of 40 like this went well, +5.26");
    let told = "12 of 40 like this went well, +5.26: small company, referral";
    check(&learned(40, &["small company", " ", "referral", "spring"]), TermName::Learned, 526, told);
    assert!(score(&learned(0, &[]), &Weights::default(), NOW).terms.is_empty(), "no evidence, no points");
}

#[test]
fn fit_relationship_effort_fatigue_and_doubt_say_why() {
    let mut facts = Facts {
        fit: Some(Fit { bp: 8000, words: "head of sales".to_owned() }),
        relationship: Relationship { replies: 2, meetings: 1, referral: true },
        minutes: 6,
        ..Facts::default()
    };
    facts.fatigue.touched_at = vec![NOW - Ts::HOUR, NOW - 2 * Ts::DAY, NOW - 3 * Ts::DAY, NOW - 8 * Ts::DAY];
    facts.fatigue.cap = 2;
    facts.doubt.identity_bp = 6000;
    check(&facts, TermName::Fit, 1200, "head of sales");
    check(&facts, TermName::Relationship, 800, "replied 2 times before, 1 meeting held, came by referral");
    check(&facts, TermName::Effort, -200, "6 minutes");
    check(&facts, TermName::Fatigue, -750, "3 touches in 7 days, 1 over the cap");
    check(&facts, TermName::Doubt, -400, "only 60 % sure who this is");
    facts.fatigue.colleague = Some("Ana".to_owned());
    check(&facts, TermName::Fatigue, -1500, "3 touches in 7 days, 1 over the cap, Ana is already at it");
    facts.doubt.verified_at = Some(NOW - 300 * Ts::DAY);
    check(&facts, TermName::Doubt, -764, "data not checked for 300 days");
}

#[test]
fn what_is_over_100_or_under_0_shows_as_a_clamp() {
    let mut facts = clock(ClockKind::Meeting, -1, 0);
    facts.deal = Some(DealFacts { amount_minor: 9, stage_bp: 10_000, p95_minor: 9, top_bp: None });
    facts.fit = Some(Fit { bp: 10_000, words: String::new() });
    facts.relationship = Relationship { replies: 3, meetings: 2, referral: true };
    facts.learned = Some(Learned { probability_bp: 9999, base_bp: 1, good: 9, tries: 9, reasons: vec![] });
    facts.intent = vec![Intent { kind: IntentKind::DemoForm, occurred_at: NOW }];
    assert_eq!(score(&facts, &Weights::default(), NOW).value, Points(10_000));
    check(&facts, TermName::Clamp, -1800, "no score is above 100");
    let idle = Facts { minutes: 30, ..Facts::default() };
    check(&idle, TermName::Clamp, 1000, "no score is below 0");
}

#[test]
fn urgent_is_24_of_30_points_or_due_within_four_hours() {
    let urgent = |facts: &Facts, weights| score(facts, weights, NOW).urgent;
    let usual = &Weights::default();
    assert!(urgent(&clock(ClockKind::Promise, -80, 20), usual));
    assert!(!urgent(&clock(ClockKind::Promise, -799, 201), usual));
    let light = Weights { urgency: Points(500), ..Weights::default() };
    assert!(urgent(&clock(ClockKind::Promise, -80, 20), &light), "scaled with the weight");
    let off = Weights { urgency: Points(0), ..Weights::default() };
    assert!(!urgent(&clock(ClockKind::Promise, -80, -20), &off), "a weight of nothing presses nobody");
    for (due, is) in [(4 * Ts::HOUR, true), (4 * Ts::HOUR + 1, false), (-Ts::DAY, true)] {
        assert_eq!(urgent(&Facts { due_at: Some(NOW + due), ..Facts::default() }, usual), is);
    }
}

#[test]
fn each_gate_keeps_a_move_out_of_today_with_its_reason() {
    let later = Some(NOW + Ts::DAY);
    let mut facts = Facts::default();
    let gates = &mut facts.gates;
    gates.suppressed = Some("opted out on the form".to_owned());
    gates.answered_at = Some(NOW - Ts::DAY);
    gates.in_flight = true;
    gates.covered_by = Some(MoveId::new(Uuid::nil()));
    gates.waiting_on_them = Some(Waiting { since: NOW - 3 * Ts::DAY, until: later });
    gates.snoozed_until = later;
    gates.assignee_absent_until = later;
    gates.identity_unresolved = true;
    gates.actionable_from = later;
    let aps = score(&facts, &Weights::default(), NOW);
    let closed: Vec<_> = aps.gates.iter().map(|gate| (gate.kind, gate.because.as_str(), gate.opens_at)).collect();
    assert_eq!(
        closed,
        [
            (GateKind::Suppressed, "must not be contacted: opted out on the form", None),
            (GateKind::Answered, "already answered", None),
            (GateKind::InFlight, "being carried out", None),
            (GateKind::Covered, "a better move for them comes first", None),
            (GateKind::WaitingOnThem, "it is their turn: we wrote 3 days ago", later),
            (GateKind::Snoozed, "snoozed", later),
            (GateKind::OwnerAbsent, "the assignee is away", later),
            (GateKind::IdentityUnresolved, "not clear yet who this is about", None),
            (GateKind::NotActionable, "nothing to do yet", later),
        ]
    );
    assert!(!aps.ready());
    let kinds: Vec<_> = score(&facts, &Weights::default(), NOW + Ts::DAY).gates.iter().map(|gate| gate.kind).collect();
    assert_eq!(
        kinds,
        [GateKind::Suppressed, GateKind::Answered, GateKind::InFlight, GateKind::Covered, GateKind::IdentityUnresolved],
        "a timed gate opens at its moment"
    );
}

#[test]
fn a_term_tells_its_next_tick() {
    let facts = clock(ClockKind::WaitingForUs, -7 * Ts::HOUR, 3 * Ts::HOUR);
    let tick = term(&facts, TermName::Urgency).next_tick.unwrap();
    assert_eq!((tick.at, tick.delta, tick.to), (NOW + 3 * Ts::HOUR, Points(900), Points(3000)));
    assert_eq!(tick.because, "they will have waited 10 h");
    let facts = Facts { intent: vec![Intent { kind: IntentKind::DemoForm, occurred_at: NOW }], ..Facts::default() };
    let tick = term(&facts, TermName::Intent).next_tick.unwrap();
    assert_eq!((tick.at, tick.delta, tick.to), (NOW + 12 * Ts::HOUR, Points(-900), Points(900)));
}

#[test]
fn what_would_change_names_moments_and_what_people_may_do() {
    let mut facts = clock(ClockKind::DueDate, Ts::HOUR, 3 * Ts::HOUR);
    facts.gates.snoozed_until = Some(NOW + 2 * Ts::HOUR);
    let changes = what_would_change(&facts, &Weights::default(), NOW);
    let told: Vec<_> = changes.iter().map(|change| (change.when, change.effect)).collect();
    assert_eq!(
        told,
        [
            (When::Time { at: NOW + 2 * Ts::HOUR }, Effect::EntersToday),
            (When::Time { at: NOW + 3 * Ts::HOUR }, Effect::Points { term: TermName::Urgency, delta: Points(3000) }),
            (When::TheyReply, Effect::LeavesQueue),
        ]
    );
    let waiting = clock(ClockKind::WaitingForUs, -9, -5);
    let changes = what_would_change(&waiting, &Weights::default(), NOW);
    assert_eq!(changes.iter().map(|change| change.when).collect::<Vec<_>>(), [When::WeAnswer]);
}
