//! What holds for every page: escaped words, named controls, no inline script or style, a form secret in every form.

use maud::Markup;

use super::*;
use crate::aps::{Points, TermName};
use crate::model::{ContactRef, Factor, Move, MoveKind, MoveState, Role, Ts, Verdict};
use crate::view::admin::{JobRow, JobsPage, KeyRow, PersonRow, Secret, WeightsPage, WorkspaceForm, weight_fields};
use crate::view::card::{Extra, MoveCard};
use crate::view::chart::{Chart, Day};
use crate::view::contacts::{ContactList, ContactPage, ContactRow};
use crate::view::detail::{Assignable, EditForm, Evidence, Happened, MoveDetail, bars};
use crate::view::enter::{SetUp, SignIn};
use crate::view::forms::{FormList, FormPage, FormRow};
use crate::view::frame::{Assets, Flash, Frame, Place, Visitor};
use crate::view::imports::{
    Bad, Column, ImportList, ImportPage, ImportRow, Line, MappingPreview, Reason, chip as imports_chip,
};
use crate::view::signals::{SignalList, SignalPage, SignalRow};
use crate::view::time::Clockface;
use crate::view::today::{Empty, Known, Pile, Step, TodayList};

/// What somebody outside may call themselves.
const HOSTILE: &str = "\"><script>alert(1)</script><b onload='x'>&";

fn id<T: std::str::FromStr>() -> T
where
    T::Err: std::fmt::Debug,
{
    "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
}

fn clock() -> Clockface {
    Clockface::utc(Ts::from_millis(1_767_225_600_000))
}

fn frame() -> Frame {
    Frame {
        title: HOSTILE.into(),
        place: Place::Today,
        visitor: Some(Visitor {
            name: HOSTILE.into(),
            workspace: HOSTILE.into(),
            role: Role::Admin,
            csrf: "the-secret".into(),
            pending: 5,
            urgent: 1,
        }),
        flash: Some(Flash { text: HOSTILE.into(), undo: Some(id()), bad: false, dismissed: true }),
        assets: Assets { css: "/a.css".into(), js: "/a.js".into(), icon: "/i.svg".into(), touch_icon: "/i.png".into() },
        as_of: None,
    }
}

fn card(state: MoveState) -> MoveCard {
    let m = Move {
        id: id(),
        title: HOSTILE.into(),
        why: format!("{HOSTILE} “{HOSTILE}”"),
        state,
        kind: MoveKind::Reply,
        aps: Points(5_000),
        factors: vec![Factor { name: TermName::Fit, points: Points(5_000), because: HOSTILE.into() }],
        contact: Some(ContactRef {
            id: id(),
            name: HOSTILE.into(),
            email: None,
            company: Some(HOSTILE.into()),
            title: None,
        }),
        deal: None,
        action: None,
        draft_id: None,
        source: HOSTILE.into(),
        assignee: None,
        due_at: Some(clock().now + Ts::HOUR),
        snoozed_until: None,
        created_at: clock().now - Ts::DAY,
        updated_at: clock().now,
        url: HOSTILE.into(),
    };
    MoveCard::new(&m, Extra { urgent: true, minutes: 5, role: Role::Admin }, &clock())
}

fn signal() -> crate::model::Signal {
    crate::model::Signal {
        id: id(),
        source: HOSTILE.into(),
        kind: HOSTILE.into(),
        dedupe_key: HOSTILE.into(),
        occurred_at: clock().now,
        received_at: clock().now,
        contact: Some(ContactRef { id: id(), name: HOSTILE.into(), email: None, company: None, title: None }),
        deal_id: None,
        verdict: Verdict::NoMove,
        reason: Some(HOSTILE.into()),
        moves: vec![id(), id()],
        payload: serde_json::json!({ HOSTILE: HOSTILE }),
    }
}

fn contact_row() -> ContactRow {
    ContactRow {
        id: id(),
        name: HOSTILE.into(),
        line: HOSTILE.into(),
        email: Some(HOSTILE.into()),
        chip: None,
        last: Some(clock().when(clock().now)),
        added: clock().when(clock().now),
    }
}

fn today(state: MoveState) -> TodayList {
    let known = Known { any_signal: true, may_write: true };
    TodayList::new(Pile::Now, vec![card(state)], 5, 9, known, clock().when(clock().now))
}

fn move_detail() -> MoveDetail {
    let factors = [Factor { name: TermName::Fit, points: Points(-50), because: HOSTILE.into() }];
    MoveDetail {
        card: card(MoveState::Pending),
        exact: "50.00".into(),
        bars: bars(&factors),
        gates: vec![HOSTILE.into()],
        changes: vec![HOSTILE.into()],
        scored: clock().when(clock().now),
        versions: HOSTILE.into(),
        evidence: vec![Evidence::new(HOSTILE, clock().now, HOSTILE, Some(id()), &clock())],
        history: vec![Happened { text: HOSTILE.into(), note: Some(HOSTILE.into()), when: clock().when(clock().now) }],
        facts: vec![("Kind", HOSTILE.into())],
        edit: Some(EditForm { title: HOSTILE.into(), why: HOSTILE.into(), due: String::new(), minutes: 5 }),
        assignable: vec![Assignable {
            id: id::<crate::model::UserId>().to_string(),
            name: HOSTILE.into(),
            chosen: true,
        }],
        editing: true,
    }
}

/// Every page there is, filled with hostile words.
fn pages() -> Vec<(&'static str, Markup)> {
    let f = frame();
    let now = || clock().when(clock().now);
    let text = || HOSTILE.to_owned();
    let errors = || vec![("name".to_owned(), text())];
    let form = || FormRow {
        id: id(),
        name: text(),
        address: text(),
        kind: text(),
        redirect_url: Some(text()),
        assignee: None,
        created: now(),
        open: true,
    };
    let import = || ImportRow {
        id: id(),
        file: text(),
        kind: "Leads".into(),
        result: text(),
        running: false,
        bad: true,
        failed: false,
        when: now(),
    };
    let imports_list = ImportList {
        rows: vec![import()],
        next: Some("/imports?cursor=x".into()),
        may_write: true,
        errors: errors(),
        me: text(),
    };
    let key = KeyRow {
        id: id(),
        name: text(),
        prefix: text(),
        person: text(),
        scopes: vec![crate::model::Scope::Admin],
        created: now(),
        used: None,
        revoked: false,
    };
    let person = PersonRow {
        id: id(),
        name: text(),
        email: text(),
        role: Role::Member,
        chips: Vec::new(),
        enabled: true,
        oneself: false,
    };
    let job = || JobRow { id: id(), kind: text(), attempts: 3, error: Some(text()), when: now() };
    let secret = Secret { name: text(), text: text(), hint: text() };
    let mut problem = crate::problem::Problem::new(500, "x", HOSTILE);
    problem.detail = Some(text());
    problem.errors = vec![crate::problem::FieldError::new("/name", HOSTILE)];
    let days = vec![Day { label: text(), made: 3, decided: 1 }; 4];
    let board = crate::view::dashboard::Dashboard {
        headline: text(),
        cards: vec![card(MoveState::Pending)],
        figures: Vec::new(),
        chart: Chart::new(days),
        activity: vec![crate::view::dashboard::Activity {
            text: text(),
            about: Some((text(), "/x".into())),
            when: now(),
        }],
        steps: vec![Step::new(HOSTILE, "/x", HOSTILE)],
    };
    let mut person_page = ContactPage {
        row: contact_row(),
        facts: vec![(text(), text())],
        attributes: vec![(text(), text())],
        moves: vec![card(MoveState::Snoozed)],
        signals: vec![SignalRow::new(&signal(), &clock())],
        outcomes: Vec::new(),
    };
    person_page.outcomes.push(crate::view::contacts::OutcomeRow { what: "x", note: Some(text()), when: now() });
    let weights = WeightsPage {
        fields: weight_fields(&crate::aps::Weights::default()),
        preview: Some(vec![crate::view::admin::Moved {
            title: text(),
            href: "/x".into(),
            before: Points(1),
            after: Points(2),
            place_before: 1,
            place_after: 2,
        }]),
        errors: errors(),
    };
    let reference = crate::view::reference::Reference::of(&serde_json::json!({
        "info": {"title": HOSTILE, "description": HOSTILE},
        "paths": {"/api/x": {"get": {"summary": HOSTILE, "description": HOSTILE, "responses": {}}}},
        "components": {"schemas": {"X": {"description": HOSTILE, "properties": {"a": {"type": "string", "description": HOSTILE}}}}}
    }));
    let mut pages = vec![
        ("taken", today::page(&today(MoveState::Accepted), &f)),
        ("today", today::page(&today(MoveState::Pending), &f)),
        ("move", detail::page(&move_detail(), &f)),
        ("dashboard", dashboard::page(&board)),
        (
            "contacts",
            contacts::list(&ContactList { query: text(), rows: vec![contact_row()], next: None, may_write: true }, &f),
        ),
        ("contact", contacts::page(&person_page)),
        (
            "signals",
            signals::list(&SignalList { rows: vec![SignalRow::new(&signal(), &clock())], ..SignalList::default() }),
        ),
        ("signal", signals::page(&SignalPage::new(&signal(), &clock()))),
        ("forms", forms::list(&FormList { rows: vec![form()], people: vec![(text(), text())], may_write: true }, &f)),
        ("form", forms::page(&FormPage { row: form(), snippet: text(), people: Vec::new(), may_write: true }, &f)),
        ("imports", imports::list(&imports_list, &f)),
        ("people", admin::people(&[person], Some(&secret), &errors(), &f)),
        ("keys", admin::keys(&[key], Some(&secret), &errors(), &f)),
        ("hooks", admin::hooks(&[], Some(&secret), &[], &f)),
        ("jobs", admin::jobs(&JobsPage { dead: vec![job()], waiting: vec![job()], failed_signals: 2 }, &f)),
        (
            "workspace",
            admin_settings::workspace(
                &WorkspaceForm { name: text(), errors: errors(), ..WorkspaceForm::default() },
                &f,
            ),
        ),
        ("weights", admin_settings::weights(&weights, &f)),
        (
            "sign-in",
            enter::sign_in(&SignIn {
                email: text(),
                next: text(),
                error: Some(text()),
                nobody_yet: true,
                workspaces: vec![(text(), text())],
            }),
        ),
        ("set-up", enter::set_up(&SetUp { token: text(), workspace: text(), errors: errors(), ..SetUp::default() })),
        ("landing", landing::page(false)),
        ("problem", problem::page(&problem)),
        ("reference", reference::page(&reference)),
    ];
    let import_page = ImportPage {
        row: import(),
        noun: "Row",
        failed: Some(text()),
        notes: vec![text()],
        bad: 3,
        reasons: vec![Reason { verdict: imports_chip("moved"), reason: text(), count: 2 }],
        verdict: String::new(),
        lines: vec![Line {
            line: 3,
            verdict: imports_chip("bad"),
            reason: Some(text()),
            signal: Some("/signals/x".into()),
            who: Some((text(), "/contacts/x".into())),
            moves: vec!["/queue/x".into(), "/queue/y".into()],
        }],
        next: Some("/imports/x?cursor=y".into()),
        under_way: true,
    };
    pages.push(("import", imports::page(&import_page)));
    let mapping = MappingPreview {
        file: text(),
        upload: text(),
        rows: "3 rows".into(),
        columns: vec![Column { header: text(), samples: vec![text()], field: "email".into() }],
        more_columns: 1,
        outcome: text(),
        missing: Some(text()),
        problems: vec![Bad { line: 3, reason: text() }],
        more_problems: 1,
        errors: errors(),
    };
    pages.push(("mapping", imports::mapping(&mapping, &f)));
    let nothing = Empty { title: text(), text: text(), steps: vec![Step::new(HOSTILE, "/x", HOSTILE)] };
    pages.push(("empty", bits::empty(&nothing)));
    pages.into_iter().map(|(name, body)| (name, page(&f, &body))).collect()
}

/// The opening tags of a page, one by one.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter(|rest| !rest.starts_with(['/', '!'])).filter_map(|rest| rest.split('>').next())
}

#[test]
fn words_from_outside_never_become_markup() {
    for (name, page) in pages() {
        let html = page.into_string();
        assert!(!html.contains("<script>alert") && !html.contains("<b onload"), "{name}");
        assert!(!html.contains(HOSTILE), "{name}: unescaped");
    }
}

#[test]
fn no_page_holds_an_inline_script_style_or_handler() {
    for (name, page) in pages() {
        let html = page.into_string();
        for tag in tags(&html) {
            // What stands in an attribute's value is not an attribute.
            let bare: String = tag.split('"').step_by(2).collect();
            assert!(!bare.contains(" style=") && !bare.contains(" on"), "{name}: <{tag}>");
            assert!(!tag.starts_with("style"), "{name}");
            assert!(!tag.starts_with("script") || tag.contains("src=\""), "{name}: <{tag}>");
        }
    }
}

#[test]
fn every_form_that_changes_something_carries_the_secret() {
    for (name, page) in pages() {
        let html = page.into_string();
        for form in html.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next()) {
            let open = form.split('>').next().unwrap_or_default();
            let free = ["/sign-in", "/setup?token="].iter().any(|door| open.contains(door));
            if open.contains("method=\"post\"") && !free {
                assert!(form.contains("name=\"csrf\" value=\"the-secret\""), "{name}: <form{open}>");
            }
        }
    }
}

#[test]
fn every_button_link_and_field_has_a_name() {
    for (name, page) in pages() {
        let html = page.into_string();
        for kind in ["button", "a", "summary", "label"] {
            for rest in html.split(&format!("<{kind}")).skip(1).filter(|rest| rest.starts_with([' ', '>'])) {
                let inside = rest.split(&format!("</{kind}>")).next().unwrap_or_default();
                let words: String = inside.split('>').skip(1).filter_map(|part| part.split('<').next()).collect();
                assert!(!words.trim().is_empty() || inside.contains("aria-label="), "{name}: <{kind}{inside}");
            }
        }
        for tag in tags(&html).filter(|tag| ["input", "select", "textarea"].iter().any(|kind| tag.starts_with(kind))) {
            let wrapped = tag.contains("type=\"checkbox\"") || tag.contains("type=\"hidden\"");
            let labelled = tag
                .split(" id=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .is_some_and(|id| html.contains(&format!("for=\"{id}\"")));
            assert!(wrapped || labelled || tag.contains("aria-label="), "{name}: <{tag}>");
        }
    }
}

#[test]
fn ids_are_unique_and_headings_begin_with_one_h1() {
    for (name, page) in pages() {
        let html = page.into_string();
        let mut ids: Vec<&str> = tags(&html)
            .filter_map(|tag| tag.split(" id=\"").nth(1))
            .filter_map(|rest| rest.split('"').next())
            .collect();
        ids.sort_unstable();
        let doubled: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(doubled.is_empty(), "{name}: {doubled:?}");
        assert_eq!(html.matches("<h1").count(), usize::from(name != "empty"), "{name}");
    }
}

#[test]
fn a_viewer_is_offered_nothing_that_would_be_refused() {
    let mut f = frame();
    if let Some(visitor) = &mut f.visitor {
        visitor.role = Role::Viewer;
    }
    let html = page(&f, &today::page(&today(MoveState::Pending), &f)).into_string();
    assert!(!html.contains("Add a move by hand") && !html.contains("href=\"/admin\""));
}

#[test]
fn a_stranger_gets_no_navigation_and_no_secret() {
    let f = Frame { visitor: None, flash: None, ..frame() };
    let html = page(&f, &landing::page(false)).into_string();
    assert!(!html.contains("csrf-token") && !html.contains("/today"));
}
