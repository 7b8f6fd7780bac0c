//! The ledger of an import: what became of each line, and why not a move.

use axum::extract::State;
use caseyos_shared::model::{ContactRef, ImportId, MoveId, SignalId, Ts, Verdict, WorkspaceId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ImportView;
use crate::app::App;
use crate::http::{ApiError, Can, Id, Page, Params, QueueRead, Window};
use crate::store::imports::{Problems, find_import, problems_of_import};
use crate::store::signals::{count_verdicts, signals_of_import};

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// What became of an import.
#[derive(Serialize, ToSchema)]
pub struct Ledger {
    /// The import.
    pub import: ImportView,
    /// How many signals have the same verdict for the same reason.
    pub verdicts: Vec<VerdictView>,
    /// Its lines, in their order; those that were known from earlier imports are in the counts only.
    pub lines: Page<LineView>,
}

/// Signals with the same verdict for the same reason.
#[derive(Serialize, ToSchema)]
pub struct VerdictView {
    /// The verdict.
    pub verdict: Verdict,
    /// The reason.
    pub reason: Option<String>,
    /// How many.
    pub count: i64,
}

/// What became of one line.
#[derive(Serialize, ToSchema)]
pub struct LineView {
    /// The line, or the number of the message.
    pub line: i64,
    /// `waiting`, `moved`, `merged`, `no_move`, `failed`; `known` repeats an earlier line, `bad` could not be taken.
    pub verdict: String,
    /// Why.
    pub reason: Option<String>,
    /// The signal it became.
    pub signal_id: Option<SignalId>,
    /// Whom it is about.
    pub contact: Option<ContactRef>,
    /// The moves it led to.
    pub moves: Vec<MoveId>,
}

/// Which lines of a ledger are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those that became signals with this verdict.
    Verdict(Verdict),
    /// Those that repeat an earlier line.
    Known,
    /// Those that could not be taken.
    Bad,
}

impl Which {
    /// The lines that a word means, in the words that lines have as their verdicts.
    #[must_use]
    pub fn from_word(word: Option<&str>) -> Option<Self> {
        match word {
            None | Some("") => Some(Self::All),
            Some("known") => Some(Self::Known),
            Some("bad") => Some(Self::Bad),
            Some(word) => word.parse().ok().map(Self::Verdict),
        }
    }
}

/// The ledger of an import, a page of these lines at a time.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none with this id.
pub async fn ledger(
    app: &App,
    workspace: WorkspaceId,
    id: ImportId,
    which: Which,
    window: &Window,
) -> Result<Ledger, ApiError> {
    let import = find_import(&app.db, workspace, id).await?.ok_or(ApiError::NotFound)?;
    let after = window.after.as_ref().map_or(-1, |(line, _)| line.millis());
    let (verdict, problems) = match which {
        Which::All => (Some(None), Some(Problems::All)),
        Which::Verdict(verdict) => (Some(Some(verdict)), None),
        Which::Known => (None, Some(Problems::Known)),
        Which::Bad => (None, Some(Problems::Bad)),
    };
    let mut lines: Vec<LineView> = Vec::new();
    if let Some(verdict) = verdict {
        let signals = signals_of_import(&app.db, workspace, id, verdict, after, window.to_fetch()).await?;
        lines.extend(signals.into_iter().map(|(line, signal)| LineView {
            line,
            verdict: signal.verdict.to_string(),
            reason: signal.reason,
            signal_id: Some(signal.id),
            contact: signal.contact,
            moves: signal.moves,
        }));
    }
    if let Some(problems) = problems {
        let problems = problems_of_import(&app.db, workspace, id, problems, after, window.to_fetch()).await?;
        lines.extend(problems.into_iter().map(|problem| LineView {
            line: problem.line,
            verdict: if problem.known { "known" } else { "bad" }.to_owned(),
            reason: Some(problem.reason),
            signal_id: None,
            contact: None,
            moves: Vec::new(),
        }));
    }
    lines.sort_by_key(|line| line.line);
    lines.truncate(usize::try_from(window.to_fetch()).unwrap_or(usize::MAX));
    let verdicts = count_verdicts(&app.db, workspace, id).await?;
    let verdicts = verdicts
        .into_iter()
        .map(|one| VerdictView { verdict: one.verdict, reason: one.reason, count: one.count })
        .collect();
    let lines = window.page(lines, |line| (Ts::from_millis(line.line), String::new()), |line| line);
    Ok(Ledger { import: import.into(), verdicts, lines })
}

/// The query of a ledger.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Query {
    /// How many lines, 1 to 200.
    limit: Option<i64>,
    /// Where the last page ended.
    cursor: Option<String>,
    /// Only lines with this verdict: `waiting`, `moved`, `merged`, `no_move`, `failed`, `known` or `bad`.
    verdict: Option<String>,
}

/// One import: what became of each line, and why not a move.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "imports", params(("id" = ImportId, Path), Query),
    security(("key" = ["queue:read"]), ("session" = [])), responses((status = 200, body = Ledger)))]
async fn read(
    State(app): State<App>,
    Can(caller, _): Can<QueueRead>,
    Id(id): Id<ImportId>,
    Params(query): Params<Query>,
) -> Result<axum::Json<Ledger>, ApiError> {
    let window = Window::new(query.limit, query.cursor.as_deref())?;
    let which = Which::from_word(query.verdict.as_deref())
        .ok_or_else(|| ApiError::field("/verdict", "must be the verdict of a line, `known` or `bad`"))?;
    Ok(axum::Json(ledger(&app, caller.workspace(), id, which, &window).await?))
}
