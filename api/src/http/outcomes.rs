//! Outcomes: what came of a move, reported, read, and counted.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use caseyos_shared::model::{ContactId, DealId, MoveId, Outcome, OutcomeId, OutcomeKind, Ts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::check::{self, Complaints, LONG};
use super::{ApiError, Body, Can, Fresh, OutcomesWrite, Page, Params, QueueRead, Window};
use crate::access::callers::Caller;
use crate::app::App;
use crate::queue::outcomes::record;
use crate::store::StoreError;
use crate::store::contacts::find_contact;
use crate::store::deals::find_deal;
use crate::store::moves::find_move;
use crate::store::outcomes::{NewOutcome, OutcomeFilter, Tally, find_outcome, list_outcomes, tallies};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, report)).routes(routes!(stats))
}

/// How far ahead of this clock another system's may run.
const AHEAD: i64 = 5 * Ts::MINUTE;

/// What came of a move.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Report {
    /// What happened.
    kind: OutcomeKind,
    /// The move it came of; its contact and deal need not be named again.
    move_id: Option<MoveId>,
    /// Who it came from.
    contact_id: Option<ContactId>,
    /// The deal it concerns.
    deal_id: Option<DealId>,
    /// When it happened; now if absent.
    occurred_at: Option<Ts>,
    /// A note, up to 4,000 characters.
    note: Option<String>,
}

/// Reports what came of a move. A bounce or a wish not to be written to also stops further sending.
#[utoipa::path(post, path = "/api/outcomes", tag = "outcomes", operation_id = "report_outcome", request_body = Report,
    security(("key" = ["outcomes:write"]), ("session" = [])), responses((status = 201, body = Outcome)))]
async fn report(
    State(app): State<App>,
    Can(caller, _): Can<OutcomesWrite>,
    Fresh(uuid): Fresh,
    Body(report): Body<Report>,
) -> Result<(StatusCode, axum::Json<Outcome>), ApiError> {
    let (id, now, workspace) = (OutcomeId::new(uuid), app.clock.now(), caller.workspace());
    let new = report.checked(&app, &caller, id, now).await?;
    let recorded = app
        .db
        .write::<(), StoreError, _>(move |tx| {
            Box::pin(async move { record(tx, workspace, &new, caller.actor(), now).await })
        })
        .await;
    match recorded {
        // Taken: the first try of this very request recorded it.
        Ok(()) | Err(StoreError::Taken) => {}
        Err(error) => return Err(error.into()),
    }
    let outcome = find_outcome(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    Ok((StatusCode::CREATED, axum::Json(outcome)))
}

impl Report {
    /// The outcome to record: what it names must be here, and the move's contact and deal are its own.
    async fn checked(&self, app: &App, caller: &Caller, id: OutcomeId, now: Ts) -> Result<NewOutcome, ApiError> {
        let mut complaints = Complaints::default();
        let workspace = caller.workspace();
        let (mut contact_id, mut deal_id) = (self.contact_id, self.deal_id);
        if let Some(id) = self.contact_id
            && find_contact(&app.db, workspace, id).await?.is_none()
        {
            complaints.add("/contact_id", "there is no contact with this id");
        }
        if let Some(id) = self.deal_id
            && find_deal(&app.db, workspace, id).await?.is_none()
        {
            complaints.add("/deal_id", "there is no deal with this id");
        }
        if let Some(id) = self.move_id {
            match find_move(&app.db, workspace, id).await? {
                Some(row) => {
                    contact_id = contact_id.or(row.contact.map(|contact| contact.id));
                    deal_id = deal_id.or(row.deal.map(|deal| deal.id));
                }
                None => complaints.add("/move_id", "there is no move with this id"),
            }
        } else if contact_id.is_none() && deal_id.is_none() {
            complaints.add("", "name the move, the contact or the deal that it came of");
        }
        if self.occurred_at.is_some_and(|at| at > now + AHEAD) {
            complaints.add("/occurred_at", "is in the future");
        }
        let note = self.note.as_deref().and_then(|note| complaints.text("/note", note, LONG));
        complaints.refuse()?;
        Ok(NewOutcome {
            id,
            kind: self.kind,
            move_id: self.move_id,
            contact_id,
            deal_id,
            occurred_at: self.occurred_at.unwrap_or(now),
            source: if caller.session().is_some() { "person" } else { "api" }.to_owned(),
            note,
            created_by: Some(caller.person()),
        })
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// A kind of outcome.
    kind: Option<String>,
    /// A move's id.
    move_id: Option<String>,
    /// A contact's id.
    contact_id: Option<String>,
    /// A deal's id.
    deal_id: Option<String>,
    /// How many, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
}

/// Outcomes, the last recorded first.
#[utoipa::path(get, path = "/api/outcomes", tag = "outcomes", operation_id = "list_outcomes", params(ListQuery),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Page<Outcome>)))]
async fn list(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<Page<Outcome>>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let filter = OutcomeFilter {
        kind: check::word_filter("/kind", query.kind.as_deref())?,
        move_id: check::id_filter("/move_id", query.move_id.as_deref())?,
        contact: check::id_filter("/contact_id", query.contact_id.as_deref())?,
        deal: check::id_filter("/deal_id", query.deal_id.as_deref())?,
    };
    let rows = list_outcomes(&app.db, caller.workspace(), &filter, &window.after, window.to_fetch()).await?;
    Ok(axum::Json(window.page(rows, |row| (row.created_at, row.id.to_string()), |row| row)))
}

/// How often something good came of moves of one group.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
struct Rate {
    /// `all`, `kind:` and a kind of move, or `source:` and a source.
    group: String,
    /// How many moves something came of.
    tries: i64,
    /// Of how many of them something good came.
    good: i64,
    /// `good` over `tries`.
    rate: f64,
    /// The true rate is above this with 97.5 % confidence.
    low: f64,
    /// The true rate is below this with 97.5 % confidence.
    high: f64,
}

/// The rates of all groups.
#[derive(Serialize, ToSchema)]
struct Rates {
    /// All moves first, then by kind of move, then by source.
    items: Vec<Rate>,
}

/// How moves went by kind and by source, with the uncertainty of so few or many of them (95 % Wilson intervals).
#[utoipa::path(get, path = "/api/outcomes/stats", tag = "outcomes", operation_id = "outcome_stats",
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Rates)))]
async fn stats(State(app): State<App>, Can(caller, _): Can<QueueRead>) -> Result<axum::Json<Rates>, ApiError> {
    Ok(axum::Json(Rates { items: rates(&tallies(&app.db, caller.workspace()).await?) }))
}

fn rates(tallies: &[Tally]) -> Vec<Rate> {
    let mut groups: BTreeMap<(u8, String), (i64, i64)> = BTreeMap::new();
    for tally in tallies {
        let kind = tally.kind.map(|kind| (1, format!("kind:{kind}")));
        let source = tally.source.as_ref().map(|source| (2, format!("source:{source}")));
        for group in [Some((0, "all".to_owned())), kind, source].into_iter().flatten() {
            let sum = groups.entry(group).or_default();
            sum.0 += tally.tries;
            sum.1 += tally.good;
        }
    }
    groups
        .into_iter()
        .map(|((_, group), (tries, good))| {
            let (low, high) = wilson(good, tries);
            Rate { group, tries, good, rate: rounded(good as f64 / (tries.max(1)) as f64), low, high }
        })
        .collect()
}

/// The 95 % score interval of a proportion (E. B. Wilson 1927, JASA 22:209).
fn wilson(good: i64, tries: i64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    if tries <= 0 {
        return (0.0, 1.0);
    }
    let n = tries as f64;
    let p = good as f64 / n;
    let middle = p + Z * Z / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (rounded(((middle - reach) / whole).max(0.0)), rounded(((middle + reach) / whole).min(1.0)))
}

/// Four decimals: more would say more than is known.
fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use caseyos_shared::model::MoveKind;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // R: prop.test(12, 40, correct = FALSE)$conf.int
        assert_eq!(wilson(12, 40), (0.1807, 0.4543));
        assert_eq!(wilson(0, 10), (0.0, 0.2775));
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn groups_add_up_and_what_names_no_move_counts_by_source() {
        let tally = |kind, source: &str, tries, good| Tally { kind, source: Some(source.to_owned()), tries, good };
        let all = rates(&[
            tally(Some(MoveKind::Reply), "mail", 4, 3),
            tally(Some(MoveKind::NewLead), "csv", 10, 1),
            tally(None, "csv", 6, 1),
        ]);
        let brief: Vec<_> = all.iter().map(|rate| (rate.group.as_str(), rate.tries, rate.good)).collect();
        assert_eq!(
            brief,
            [
                ("all", 20, 5),
                ("kind:new_lead", 10, 1),
                ("kind:reply", 4, 3),
                ("source:csv", 16, 2),
                ("source:mail", 4, 3)
            ]
        );
    }

    proptest! {
        #[test]
        fn the_rate_lies_inside_and_more_tries_narrow_it(tries in 1..2_000_i64, share in 0.0..=1.0_f64) {
            let good = (tries as f64 * share) as i64;
            let (low, high) = wilson(good, tries);
            let rate = rounded(good as f64 / tries as f64);
            prop_assert!(0.0 <= low && low <= rate && rate <= high && high <= 1.0, "{} {} {}", low, rate, high);
            let (lower, higher) = wilson(good * 4, tries * 4);
            prop_assert!(higher - lower <= high - low + 0.0002);
        }
    }
}
