//! `/caseyos`: the dashboard.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use caseyos_shared::model::Role;
use caseyos_shared::view::chart::{Chart, Day};
use caseyos_shared::view::dashboard::{Dashboard, Deed, Figure, Happened as Told, headline, lately};
use caseyos_shared::view::today::Step;
use caseyos_shared::view::{Place, card, html, words};

use super::shell::Shell;
use crate::app::App;
use crate::http::ApiError;
use crate::queue::change::CHANGED;
use crate::store::events::TransitionData;
use crate::store::moves::best_moves;
use crate::store::pages::{Happened, counts, made_and_decided, recent_activity};

/// How many days the chart spans.
const DAYS: i64 = 14;
/// In how many lines recent activity is told, and out of how many events: an import's are one line.
const LINES: usize = 12;
const EVENTS: i64 = 500;

pub(super) fn router() -> Router<App> {
    Router::new().route("/caseyos", get(page))
}

async fn page(State(app): State<App>, shell: Shell) -> Result<Response, ApiError> {
    let (workspace, person) = (shell.caller.workspace(), shell.caller.person());
    let best = best_moves(&app.db, workspace, person, 5).await?;
    let counts = counts(&app.db, workspace, person).await?;
    let starts: Vec<_> = (0..DAYS).rev().map(|ago| shell.clock.day_start(ago)).collect();
    let per_day = made_and_decided(&app.db, workspace, &starts).await?;
    let days = starts
        .iter()
        .zip(per_day)
        .map(|(start, (made, decided))| Day { label: shell.clock.day(*start), made, decided })
        .collect();
    let recent = recent_activity(&app.db, workspace, EVENTS).await?;
    let told: Vec<_> = recent.iter().filter_map(|event| told(event, &shell)).collect();
    let cut = i64::try_from(recent.len()).unwrap_or(EVENTS) >= EVENTS;
    let (pending, urgent) = shell.frame.visitor.as_ref().map_or((0, 0), |visitor| (visitor.pending, visitor.urgent));
    let figure = |label: &str, value: i64, href: &str, warn: bool| Figure {
        label: label.to_owned(),
        value: words::number(value),
        href: href.to_owned(),
        warn,
    };
    let mut figures = vec![
        figure("waiting for you", pending, "/today", false),
        figure("urgent", urgent, "/today", urgent > 0),
        figure("taken by you", counts.taken, "/today?pile=taken", false),
        figure("contacts", counts.contacts, "/contacts", false),
    ];
    if counts.failed_signals > 0 {
        figures.push(figure("could not be read", counts.failed_signals, "/signals?verdict=failed", true));
    }
    if counts.dead_jobs > 0 && shell.frame.is_admin() {
        figures.push(figure("jobs given up", counts.dead_jobs, "/admin/jobs", true));
    }
    let board = Dashboard {
        headline: headline(pending, urgent),
        cards: best.into_iter().map(|row| super::today::card(row, &shell)).collect(),
        figures,
        chart: Chart::new(days),
        activity: lately(&told, cut, LINES, &shell.clock),
        steps: if counts.signals == 0 { first_steps(shell.caller.role()) } else { Vec::new() },
    };
    Ok(shell.page(Place::Dashboard, "Dashboard", |_| html::dashboard::page(&board)))
}

fn first_steps(role: Role) -> Vec<Step> {
    let mut steps = Vec::new();
    if role >= Role::Member {
        steps.push(Step::new("Import leads", "/imports", "A CSV file with any header names."));
        steps.push(Step::new("Import a mailbox", "/imports", "Who waits for an answer comes first."));
        steps.push(Step::new("Make a form", "/forms", "Paste it into your site; every post becomes a move."));
    }
    if role == Role::Admin {
        steps.push(Step::new("Let colleagues in", "/admin", "Members work the queue, viewers read."));
    }
    steps
}

/// An event as a deed, where a reader would care.
fn told(event: &Happened, shell: &Shell) -> Option<Told> {
    let own = event.actor_id.as_deref() == Some(shell.caller.person().to_string().as_str());
    let who = if own { "You" } else { event.actor_name.as_deref().unwrap_or("CaseyOS") };
    let deed = match event.kind.as_str() {
        CHANGED => {
            let data: TransitionData = serde_json::from_value(event.data.clone()).ok()?;
            Deed::Did(who.to_owned(), data.act)
        }
        "move.created" => Deed::Made(event.data["source"].as_str().unwrap_or_default().to_owned()),
        "move.edited" => Deed::Else(format!("{who} edited it")),
        "person.added" => Deed::Else(format!("{who} let somebody in")),
        "key.created" => Deed::Else(format!("{who} made an API key")),
        "key.revoked" => Deed::Else(format!("{who} revoked an API key")),
        _ => return None,
    };
    let about = event.move_id.zip(event.title.clone()).map(|(id, title)| (title, card::href(id)));
    Some(Told { deed, about, at: event.at })
}
