//! Outcomes: reported or seen, read, and counted by what they came of.

use caseyos_shared::model::{
    ContactId, DealId, MoveId, MoveKind, Outcome, OutcomeId, OutcomeKind, Ts, UserId, WorkspaceId,
};
use sqlx::{Database, QueryBuilder};

use super::db::{Db, on_read};
use super::error::StoreError;
use super::list::push_page;
use super::moves::After;
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};

/// An outcome that is about to be recorded.
#[derive(Debug, Clone)]
pub struct NewOutcome {
    /// Its id.
    pub id: OutcomeId,
    /// What happened.
    pub kind: OutcomeKind,
    /// The move it came of.
    pub move_id: Option<MoveId>,
    /// Who it came from.
    pub contact_id: Option<ContactId>,
    /// The deal it concerns.
    pub deal_id: Option<DealId>,
    /// When it happened.
    pub occurred_at: Ts,
    /// Who or what says so.
    pub source: String,
    /// A note.
    pub note: Option<String>,
    /// The person who says so.
    pub created_by: Option<UserId>,
}

#[derive(sqlx::FromRow)]
struct OutcomeRow {
    id: Text<OutcomeId>,
    kind: Text<OutcomeKind>,
    move_id: Option<Text<MoveId>>,
    contact_id: Option<Text<ContactId>>,
    deal_id: Option<Text<DealId>>,
    occurred_at: Time,
    source: String,
    note: Option<String>,
    created_at: Time,
}

impl From<OutcomeRow> for Outcome {
    fn from(row: OutcomeRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind.0,
            move_id: row.move_id.map(|id| id.0),
            contact_id: row.contact_id.map(|id| id.0),
            deal_id: row.deal_id.map(|id| id.0),
            occurred_at: row.occurred_at.0,
            source: row.source,
            note: row.note,
            created_at: row.created_at.0,
        }
    }
}

const SELECT: &str = "select o.id, o.kind, o.move_id, o.contact_id, o.deal_id, o.occurred_at, o.source, o.note, o.created_at \
     from outcome o where o.workspace_id = ";

/// Records an outcome. What follows from it (nothing may be sent any more, scores change) is `queue::outcomes`' business.
///
/// # Errors
/// [`StoreError::Taken`] when there is one with this id.
pub async fn add_outcome(tx: &mut Tx, workspace: WorkspaceId, new: &NewOutcome, now: Ts) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into outcome (workspace_id, id, kind, move_id, contact_id, deal_id, occurred_at, source, note, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(Text(workspace))
    .bind(Text(new.id))
    .bind(Text(new.kind))
    .bind(new.move_id.map(Text))
    .bind(new.contact_id.map(Text))
    .bind(new.deal_id.map(Text))
    .bind(Time(new.occurred_at))
    .bind(&new.source)
    .bind(new.note.as_deref())
    .bind(new.created_by.map(Text))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// One outcome.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_outcome(db: &Db, workspace: WorkspaceId, id: OutcomeId) -> Result<Option<Outcome>, StoreError> {
    let row: Option<OutcomeRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(SELECT);
        query.push_bind(workspace.to_string()).push(" and o.id = ").push_bind(id.to_string());
        query.build_query_as().fetch_optional(pool).await
    })?;
    Ok(row.map(Outcome::from))
}

/// Which outcomes a list holds.
#[derive(Debug, Clone, Default)]
pub struct OutcomeFilter {
    /// Of this kind.
    pub kind: Option<OutcomeKind>,
    /// Of this move.
    pub move_id: Option<MoveId>,
    /// Of this contact.
    pub contact: Option<ContactId>,
    /// Of this deal.
    pub deal: Option<DealId>,
}

/// A page of outcomes, the last recorded first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_outcomes(
    db: &Db,
    workspace: WorkspaceId,
    filter: &OutcomeFilter,
    after: &After,
    limit: i64,
) -> Result<Vec<Outcome>, StoreError> {
    fn build<DB: Database>(query: &mut QueryBuilder<DB>, workspace: WorkspaceId, filter: &OutcomeFilter)
    where
        String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    {
        query.push_bind(workspace.to_string());
        let conditions = [
            (" and o.kind = ", filter.kind.map(|kind| kind.to_string())),
            (" and o.move_id = ", filter.move_id.map(|id| id.to_string())),
            (" and o.contact_id = ", filter.contact.map(|id| id.to_string())),
            (" and o.deal_id = ", filter.deal.map(|id| id.to_string())),
        ];
        for (condition, value) in conditions {
            if let Some(value) = value {
                query.push(condition).push_bind(value);
            }
        }
    }
    let rows: Vec<OutcomeRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(SELECT);
        build(&mut query, workspace, filter);
        push_page(&mut query, "o", after, limit);
        query.build_query_as().persistent(false).fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(Outcome::from).collect())
}

/// How moves of one kind from one source went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// The kind of move; `None` for outcomes that name no move.
    pub kind: Option<MoveKind>,
    /// The source of the move, or of the contact where no move is named.
    pub source: Option<String>,
    /// How many moves (or contacts, deals) something came of.
    pub tries: i64,
    /// Of how many of them something good came.
    pub good: i64,
}

type TallyRow = (Option<Text<MoveKind>>, Option<String>, i64, i64);

/// Pushes the kinds of outcomes that count as a success.
fn push_successes<DB: Database>(query: &mut QueryBuilder<DB>)
where
    String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
{
    let good = OutcomeKind::ALL.iter().filter(|kind| kind.success() == Some(true));
    super::list::push_texts(query, good.map(ToString::to_string));
}

/// How moves went, by kind and source: a move counts once, and well if anything good came of it.
///
/// # Errors
/// When the store cannot answer.
pub async fn tallies(db: &Db, workspace: WorkspaceId) -> Result<Vec<Tally>, StoreError> {
    let rows: Vec<TallyRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(
            "select kind, source, count(*), cast(sum(good) as bigint) from (
                 select m.kind as kind, coalesce(m.source, c.source) as source, max(case when o.kind in (",
        );
        push_successes(&mut query);
        query.push(
            " then 1 else 0 end) as good from outcome o
                 left join move m on m.workspace_id = o.workspace_id and m.id = o.move_id
                 left join contact c on c.workspace_id = o.workspace_id and c.id = o.contact_id
                 where o.workspace_id = ",
        );
        query.push_bind(workspace.to_string());
        query.push(
            " group by m.kind, coalesce(m.source, c.source), coalesce(o.move_id, o.contact_id, o.deal_id, o.id)
             ) as went group by kind, source order by kind, source",
        );
        query.build_query_as().fetch_all(pool).await
    })?;
    Ok(rows
        .into_iter()
        .map(|(kind, source, tries, good)| Tally { kind: kind.map(|kind| kind.0), source, tries, good })
        .collect())
}

/// The outcome that was recorded last.
///
/// # Errors
/// When the store cannot answer.
pub async fn newest_outcome(db: &Db, workspace: WorkspaceId) -> Result<Option<OutcomeId>, StoreError> {
    let id: Option<Text<OutcomeId>> = on_read!(db, pool => sqlx::query_scalar(
        "select id from outcome where workspace_id = $1 order by created_at desc, id desc limit 1",
    )
    .bind(Text(workspace))
    .fetch_optional(pool)
    .await)?;
    Ok(id.map(|id| id.0))
}

/// What the model learns from: an outcome with what is known of its contact.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The move it came of, else the contact: what counts as one try.
    pub subject: String,
    /// What happened.
    pub kind: OutcomeKind,
    /// When it happened.
    pub occurred_at: Ts,
    /// Where the contact came from.
    pub source: String,
    /// The contact's attributes, as JSON text.
    pub attributes: String,
}

/// The newest outcomes whose contact is known, at most `limit`.
///
/// # Errors
/// When the store cannot answer.
pub async fn newest_lessons(db: &Db, workspace: WorkspaceId, limit: i64) -> Result<Vec<Lesson>, StoreError> {
    let rows: Vec<(String, Text<OutcomeKind>, Time, String, String)> = on_read!(db, pool => sqlx::query_as(
        "select coalesce(o.move_id, c.id), o.kind, o.occurred_at, c.source, c.attributes from outcome o
         left join move m on m.workspace_id = o.workspace_id and m.id = o.move_id
         join contact c on c.workspace_id = o.workspace_id and c.id = coalesce(o.contact_id, m.contact_id)
         where o.workspace_id = $1 order by o.created_at desc, o.id desc limit $2",
    )
    .bind(Text(workspace))
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows
        .into_iter()
        .map(|(subject, kind, at, source, attributes)| Lesson {
            subject,
            kind: kind.0,
            occurred_at: at.0,
            source,
            attributes,
        })
        .collect())
}
