//! Moves: reading them for every surface; the writes that take them through their states are in [`write`].

mod write;

pub use write::{
    NewMove, Place, Scored, Transition, add_move, delete_move, look_again_at_contact, look_again_at_contacts,
    look_again_at_moves, look_again_in_range, recount, recount_all, write_edit, write_score, write_transition,
};

use caseyos_shared::aps::{Gate, Points};
use caseyos_shared::model::{
    ActionKind, ContactId, ContactRef, DealId, DealRef, Factor, Money, MoveId, MoveKind, MoveState, Ts, UserId,
    UserRef, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use sqlx::{Database, QueryBuilder};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::list::push_text;
use super::row::{Json, Text, Time};

/// A move as it is stored, with the names that surfaces show beside it.
#[derive(Debug, Clone)]
pub struct StoredMove {
    /// Its id.
    pub id: MoveId,
    /// What sort of step it is.
    pub kind: MoveKind,
    /// Where it stands.
    pub state: MoveState,
    /// A verb and a name.
    pub title: String,
    /// Why now.
    pub why: String,
    /// Every reason that was merged into it, oldest first.
    pub reasons: Vec<Reason>,
    /// Whether a person made it: then it never merges.
    pub by_hand: bool,
    /// Whom it is about.
    pub contact: Option<ContactRef>,
    /// The opportunity it is about.
    pub deal: Option<DealRef>,
    /// What executing it would do.
    pub action: Option<StoredAction>,
    /// The mail thread it answers.
    pub thread_key: Option<String>,
    /// The source of its first signal.
    pub source: String,
    /// Whose it is.
    pub assignee: Option<UserRef>,
    /// How long it takes.
    pub minutes: i64,
    /// When it should be done by.
    pub due_at: Option<Ts>,
    /// Until when it is put off.
    pub snoozed_until: Option<Ts>,
    /// When nobody will need it any more.
    pub expires_at: Option<Ts>,
    /// Since when they wait for us.
    pub waiting_since: Option<Ts>,
    /// When somebody answered them.
    pub answered_at: Option<Ts>,
    /// Why it was dismissed.
    pub dismiss_reason: Option<String>,
    /// Its score.
    pub aps: Points,
    /// The terms of the score.
    pub factors: Vec<Factor>,
    /// What keeps it out of Today.
    pub gates: Vec<Gate>,
    /// Whether it is in Today: pending, and no gate is shut.
    pub ready: bool,
    /// Whether it is urgent.
    pub urgent: bool,
    /// When the score has to be looked at again.
    pub next_change: Option<Ts>,
    /// When it was scored.
    pub scored_at: Ts,
    /// The version of the facts it was scored with.
    pub facts_version: i64,
    /// Who made it.
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: Ts,
    /// When it last changed.
    pub updated_at: Ts,
    /// Goes up with every change that is not only its score.
    pub version: i64,
}

/// One reason for a move, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The sentence.
    pub why: String,
    /// When it happened.
    pub at: Ts,
    /// Where it came from.
    pub source: String,
    /// The signal behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<caseyos_shared::model::SignalId>,
}

/// What executing a move would do, as stored: the kind and the fields that its kind takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredAction {
    /// The kind of action.
    pub kind: ActionKind,
    /// Its fields.
    #[serde(flatten)]
    pub fields: serde_json::Map<String, serde_json::Value>,
}

#[derive(sqlx::FromRow)]
struct MoveRow {
    id: Text<MoveId>,
    kind: Text<MoveKind>,
    state: Text<MoveState>,
    title: String,
    why: String,
    reasons: Json<Vec<Reason>>,
    by_hand: bool,
    contact_id: Option<Text<ContactId>>,
    contact_name: Option<String>,
    contact_email: Option<String>,
    contact_title: Option<String>,
    company_name: Option<String>,
    deal_id: Option<Text<DealId>>,
    deal_name: Option<String>,
    deal_stage: Option<String>,
    deal_minor: Option<i64>,
    deal_currency: Option<String>,
    deal_close_at: Option<Time>,
    action: Option<Json<StoredAction>>,
    thread_key: Option<String>,
    source: String,
    assignee_id: String,
    assignee_name: Option<String>,
    minutes: i64,
    due_at: Option<Time>,
    snoozed_until: Option<Time>,
    expires_at: Option<Time>,
    waiting_since: Option<Time>,
    answered_at: Option<Time>,
    dismiss_reason: Option<String>,
    aps: i64,
    factors: Json<Vec<Factor>>,
    gates: Json<Vec<Gate>>,
    ready: bool,
    urgent: bool,
    next_change: Option<Time>,
    scored_at: Time,
    facts_version: i64,
    created_by: Option<Text<UserId>>,
    created_at: Time,
    updated_at: Time,
    version: i64,
}

/// The columns of a [`StoredMove`].
macro_rules! columns {
    () => {
        "m.id, m.kind, m.state, m.title, m.why, m.reasons, m.by_hand, m.contact_id, c.name as contact_name, c.email as contact_email, \
         c.title as contact_title, o.name as company_name, m.deal_id, d.name as deal_name, d.stage as deal_stage, \
         d.amount_minor as deal_minor, d.currency as deal_currency, d.close_at as deal_close_at, m.action, m.thread_key, m.source, \
         m.assignee_id, p.name as assignee_name, m.minutes, m.due_at, m.snoozed_until, m.expires_at, m.waiting_since, m.answered_at, \
         m.dismiss_reason, m.aps, m.factors, m.gates, m.ready, m.urgent, m.next_change, m.scored_at, m.facts_version, m.created_by, \
         m.created_at, m.updated_at, m.version"
    };
}

/// The names that are joined to a move.
macro_rules! joins {
    () => {
        " left join contact c on c.workspace_id = m.workspace_id and c.id = m.contact_id \
          left join company o on o.workspace_id = c.workspace_id and o.id = c.company_id \
          left join deal d on d.workspace_id = m.workspace_id and d.id = m.deal_id \
          left join person p on p.workspace_id = m.workspace_id and p.id = m.assignee_id"
    };
}

impl From<MoveRow> for StoredMove {
    fn from(row: MoveRow) -> Self {
        let contact = row.contact_id.map(|id| ContactRef {
            id: id.0,
            name: row.contact_name.unwrap_or_default(),
            email: row.contact_email,
            company: row.company_name,
            title: row.contact_title,
        });
        let amount = row.deal_minor.zip(row.deal_currency).map(|(minor, currency)| Money { minor, currency });
        let deal = row.deal_id.map(|id| DealRef {
            id: id.0,
            name: row.deal_name.unwrap_or_default(),
            stage: row.deal_stage.unwrap_or_default(),
            amount,
            close_date: row.deal_close_at.map(|time| time.0),
        });
        let assignee =
            row.assignee_id.parse().ok().map(|id| UserRef { id, name: row.assignee_name.unwrap_or_default() });
        Self {
            id: row.id.0,
            kind: row.kind.0,
            state: row.state.0,
            title: row.title,
            why: row.why,
            reasons: row.reasons.0,
            by_hand: row.by_hand,
            contact,
            deal,
            action: row.action.map(|action| action.0),
            thread_key: row.thread_key,
            source: row.source,
            assignee,
            minutes: row.minutes,
            due_at: row.due_at.map(|time| time.0),
            snoozed_until: row.snoozed_until.map(|time| time.0),
            expires_at: row.expires_at.map(|time| time.0),
            waiting_since: row.waiting_since.map(|time| time.0),
            answered_at: row.answered_at.map(|time| time.0),
            dismiss_reason: row.dismiss_reason,
            aps: points(row.aps),
            factors: row.factors.0,
            gates: row.gates.0,
            ready: row.ready,
            urgent: row.urgent,
            next_change: row.next_change.map(|time| time.0),
            scored_at: row.scored_at.0,
            facts_version: row.facts_version,
            created_by: row.created_by.map(|id| id.0),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}

fn points(hundredths: i64) -> Points {
    Points(i32::try_from(hundredths).unwrap_or(0))
}

/// One move.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_move(db: &Db, workspace: WorkspaceId, id: MoveId) -> Result<Option<StoredMove>, StoreError> {
    let row: Option<MoveRow> = on_read!(db, pool => sqlx::query_as(
        concat!("select ", columns!(), " from move m", joins!(), " where m.workspace_id = $1 and m.id = $2"),
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(StoredMove::from))
}

/// The best moves of one person's queue: the person's own and the unassigned ones that pass the gates, best first,
/// older first where they are equal. Two ends of one index are merged, so it costs the same whatever the table's size.
///
/// # Errors
/// When the store cannot answer.
pub async fn best_moves(
    db: &Db,
    workspace: WorkspaceId,
    person: UserId,
    limit: i64,
) -> Result<Vec<StoredMove>, StoreError> {
    let rows: Vec<MoveRow> = on_read!(db, pool => sqlx::query_as(
        concat!("select ", columns!(), " from (
             select * from (select * from move where workspace_id = $1 and assignee_id = $2 and ready
                            order by aps desc, created_at, id limit $3) as mine
             union all
             select * from (select * from move where workspace_id = $1 and assignee_id = '' and ready
                            order by aps desc, created_at, id limit $3) as everybodys
         ) as m", joins!(), " order by m.aps desc, m.created_at, m.id limit $3"),
    )
    .bind(Text(workspace))
    .bind(Text(person))
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(StoredMove::from).collect())
}

/// How many moves wait for a person, and how many of them are urgent: the person's own and the unassigned ones.
///
/// # Errors
/// When the store cannot answer.
pub async fn count_waiting(db: &Db, workspace: WorkspaceId, person: UserId) -> Result<(i64, i64), StoreError> {
    Ok(on_read!(db, pool => sqlx::query_as(
        "select cast(coalesce(sum(ready), 0) as bigint), cast(coalesce(sum(urgent), 0) as bigint) from queue_count
         where workspace_id = $1 and assignee_id in ('', $2)",
    )
    .bind(Text(workspace))
    .bind(Text(person))
    .fetch_one(pool)
    .await)?)
}

/// Which moves a list holds.
#[derive(Debug, Clone, Default)]
pub struct MoveFilter {
    /// In one of these states; empty is any.
    pub states: Vec<MoveState>,
    /// Whose: `Some(None)` is nobody's.
    pub assignee: Option<Option<UserId>>,
    /// About this contact.
    pub contact: Option<ContactId>,
    /// From this source.
    pub source: Option<String>,
    /// With this text in its title, its reason, or its contact's name, address or company.
    pub text: Option<String>,
    /// Only what is in Today (`true`) or what waits outside it (`false`).
    pub ready: Option<bool>,
}

/// Where a page of a list begins: after this moment and id, newest first.
pub type After = Option<(Ts, String)>;

/// A page of moves, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_moves(
    db: &Db,
    workspace: WorkspaceId,
    filter: &MoveFilter,
    after: &After,
    limit: i64,
) -> Result<Vec<StoredMove>, StoreError> {
    fn build<DB: Database>(
        query: &mut QueryBuilder<DB>,
        workspace: WorkspaceId,
        filter: &MoveFilter,
        after: &After,
        limit: i64,
    ) where
        String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
        i64: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    {
        query.push(" where m.workspace_id = ").push_bind(workspace.to_string());
        if !filter.states.is_empty() {
            query.push(" and m.state in (");
            let mut list = query.separated(", ");
            for state in &filter.states {
                list.push_bind(state.as_str().to_owned());
            }
            query.push(")");
        }
        if let Some(assignee) = filter.assignee {
            query.push(" and m.assignee_id = ").push_bind(assignee.map(|id| id.to_string()).unwrap_or_default());
        }
        if let Some(contact) = filter.contact {
            query.push(" and m.contact_id = ").push_bind(contact.to_string());
        }
        if let Some(source) = &filter.source {
            query.push(" and m.source = ").push_bind(source.clone());
        }
        match filter.ready {
            Some(true) => {
                query.push(" and m.ready");
            }
            Some(false) => {
                query.push(" and not m.ready");
            }
            None => {}
        }
        if let Some(text) = &filter.text {
            push_text(query, &["m.title", "m.why", "coalesce(c.search, '')", "coalesce(o.name, '')"], text);
        }
        if let Some((at, id)) = after {
            query
                .push(" and (m.created_at < ")
                .push_bind(at.millis())
                .push(" or (m.created_at = ")
                .push_bind(at.millis())
                .push(" and m.id < ")
                .push_bind(id.clone())
                .push("))");
        }
        query.push(" order by m.created_at desc, m.id desc limit ").push_bind(limit);
    }
    let rows: Vec<MoveRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(concat!("select ", columns!(), " from move m", joins!()));
        build(&mut query, workspace, filter, after, limit);
        query.build_query_as().persistent(false).fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(StoredMove::from).collect())
}

/// How many other pending moves a contact has.
///
/// # Errors
/// When the store cannot answer.
pub async fn has_siblings(
    db: &Db,
    workspace: WorkspaceId,
    contact: ContactId,
    except: MoveId,
) -> Result<bool, StoreError> {
    let found: Option<i64> = on_read!(db, pool => sqlx::query_scalar(
        "select cast(1 as bigint) from move where workspace_id = $1 and contact_id = $2 and state = 'pending' and id <> $3 limit 1",
    )
    .bind(Text(workspace))
    .bind(Text(contact))
    .bind(Text(except))
    .fetch_optional(pool)
    .await)?;
    Ok(found.is_some())
}

/// The pending and snoozed moves whose moment has come, the most overdue first.
///
/// # Errors
/// When the store cannot answer.
pub async fn moves_to_look_at(
    db: &Db,
    workspace: WorkspaceId,
    now: Ts,
    limit: i64,
) -> Result<Vec<StoredMove>, StoreError> {
    let rows: Vec<MoveRow> = on_read!(db, pool => sqlx::query_as(
        concat!("select ", columns!(), " from move m", joins!(), "
         where m.workspace_id = $1 and m.next_change is not null and m.next_change <= $2 order by m.next_change limit $3"),
    )
    .bind(Text(workspace))
    .bind(Time(now))
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(StoredMove::from).collect())
}

/// The ids of a workspace's best moves in Today, whosever they are.
///
/// # Errors
/// When the store cannot answer.
pub async fn best_ready(db: &Db, workspace: WorkspaceId, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on_read!(db, pool => sqlx::query_scalar(
        "select id from move where workspace_id = $1 and ready order by aps desc limit $2",
    )
    .bind(Text(workspace))
    .bind(limit)
    .fetch_all(pool)
    .await)?)
}

/// The last id of the next so many moves after an id; `None` when there are fewer.
///
/// # Errors
/// When the store cannot answer.
pub async fn last_of_portion(
    db: &Db,
    workspace: WorkspaceId,
    after: &str,
    portion: i64,
) -> Result<Option<String>, StoreError> {
    Ok(on_read!(db, pool => sqlx::query_scalar(
        "select id from move where workspace_id = $1 and id > $2 order by id limit 1 offset $3",
    )
    .bind(Text(workspace))
    .bind(after)
    .bind(portion - 1)
    .fetch_optional(pool)
    .await)?)
}

/// The moment at which the next move has to be looked at.
///
/// # Errors
/// When the store cannot answer.
pub async fn next_look(db: &Db, workspace: WorkspaceId) -> Result<Option<Ts>, StoreError> {
    let next: Option<Time> = on_read!(db, pool => sqlx::query_scalar(
        "select next_change from move where workspace_id = $1 and next_change is not null order by next_change limit 1",
    )
    .bind(Text(workspace))
    .fetch_optional(pool)
    .await)?;
    Ok(next.map(|time| time.0))
}

/// The open moves of these contacts.
///
/// # Errors
/// When the store cannot answer.
pub async fn open_moves_of(
    db: &Db,
    workspace: WorkspaceId,
    contacts: &[ContactId],
) -> Result<Vec<StoredMove>, StoreError> {
    let mut found = Vec::new();
    for some in contacts.chunks(super::CHUNK) {
        let rows: Vec<MoveRow> = on_read!(db, pool => {
            let mut query = QueryBuilder::new(concat!("select ", columns!(), " from move m", joins!(), " where m.workspace_id = "));
            query.push_bind(workspace.to_string());
            query.push(" and m.state in ('pending', 'accepted', 'executing', 'failed', 'blocked', 'snoozed') and m.contact_id in (");
            let mut list = query.separated(", ");
            for id in some {
                list.push_bind(id.to_string());
            }
            // No `order by`: it would lead the planner to another index and so to every move of the workspace.
            query.push(")");
            query.build_query_as().fetch_all(pool).await
        })?;
        found.extend(rows.into_iter().map(StoredMove::from));
    }
    found.sort_by_key(|row: &StoredMove| (row.created_at, row.id));
    Ok(found)
}
