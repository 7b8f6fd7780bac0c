//! Reading signals: lists, one, those of a move, and the ledger of an import.

use std::collections::HashSet;

use caseyos_shared::model::{ContactId, ContactRef, DealId, ImportId, MoveId, Signal, SignalId, Verdict, WorkspaceId};
use sqlx::{Database, QueryBuilder};

use crate::envelope::Envelope;
use crate::store::CHUNK;
use crate::store::db::{Db, on_read};
use crate::store::error::StoreError;
use crate::store::list::{push_text, push_texts};
use crate::store::moves::After;
use crate::store::row::{Text, Time};

#[derive(sqlx::FromRow)]
struct SignalRow {
    id: Text<SignalId>,
    source: String,
    kind: String,
    dedupe_key: String,
    occurred_at: Time,
    received_at: Time,
    contact_id: Option<Text<ContactId>>,
    contact_name: Option<String>,
    contact_email: Option<String>,
    contact_title: Option<String>,
    company_name: Option<String>,
    deal_id: Option<Text<DealId>>,
    move_id: Option<Text<MoveId>>,
    payload: String,
    verdict: Text<Verdict>,
    reason: Option<String>,
    line: Option<i64>,
}

impl From<SignalRow> for Signal {
    fn from(row: SignalRow) -> Self {
        let contact = row.contact_id.map(|id| ContactRef {
            id: id.0,
            name: row.contact_name.unwrap_or_default(),
            email: row.contact_email,
            company: row.company_name,
            title: row.contact_title,
        });
        // What no version can read is still shown.
        let payload = serde_json::from_str::<Envelope>(&row.payload)
            .map_or(serde_json::Value::String(row.payload), Envelope::into_payload);
        Self {
            id: row.id.0,
            source: row.source,
            kind: row.kind,
            dedupe_key: row.dedupe_key,
            occurred_at: row.occurred_at.0,
            received_at: row.received_at.0,
            contact,
            deal_id: row.deal_id.map(|id| id.0),
            verdict: row.verdict.0,
            reason: row.reason,
            moves: row.move_id.map(|id| id.0).into_iter().collect(),
            payload,
        }
    }
}

macro_rules! select_signals {
    ($rest:literal) => {
        concat!(
            "select s.id, s.source, s.kind, s.dedupe_key, s.occurred_at, s.received_at, s.contact_id, c.name as contact_name,
                 c.email as contact_email, c.title as contact_title, o.name as company_name, s.deal_id, s.move_id, s.payload,
                 s.verdict, s.reason, s.line
             from signal s
             left join contact c on c.workspace_id = s.workspace_id and c.id = s.contact_id
             left join company o on o.workspace_id = c.workspace_id and o.id = c.company_id",
            $rest
        )
    };
}

/// One signal.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_signal(db: &Db, workspace: WorkspaceId, id: SignalId) -> Result<Option<Signal>, StoreError> {
    let row: Option<SignalRow> = on_read!(db, pool => sqlx::query_as(
        select_signals!(" where s.workspace_id = $1 and s.id = $2"),
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .fetch_optional(pool)
    .await)?;
    Ok(row.map(Signal::from))
}

/// The signals that led to a move, oldest first, at most `limit`.
///
/// # Errors
/// When the store cannot answer.
pub async fn signals_of_move(
    db: &Db,
    workspace: WorkspaceId,
    id: MoveId,
    limit: i64,
) -> Result<Vec<Signal>, StoreError> {
    let rows: Vec<SignalRow> = on_read!(db, pool => sqlx::query_as(
        select_signals!(" where s.workspace_id = $1 and s.move_id = $2 order by s.occurred_at, s.id limit $3"),
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Signal::from).collect())
}

/// Which signals a list holds.
#[derive(Debug, Clone, Default)]
pub struct SignalFilter {
    /// From this source.
    pub source: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// With this verdict.
    pub verdict: Option<Verdict>,
    /// About this contact.
    pub contact: Option<ContactId>,
    /// Of this import.
    pub import: Option<ImportId>,
    /// With this text in what it said, in the reason of its verdict, or in its contact's name or address.
    pub text: Option<String>,
}

/// A page of signals, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_signals(
    db: &Db,
    workspace: WorkspaceId,
    filter: &SignalFilter,
    after: &After,
    limit: i64,
) -> Result<Vec<Signal>, StoreError> {
    fn build<DB: Database>(
        query: &mut QueryBuilder<DB>,
        workspace: WorkspaceId,
        filter: &SignalFilter,
        after: &After,
        limit: i64,
    ) where
        String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
        i64: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    {
        query.push(" where s.workspace_id = ").push_bind(workspace.to_string());
        let equal = [
            (" and s.source = ", filter.source.clone()),
            (" and s.kind = ", filter.kind.clone()),
            (" and s.verdict = ", filter.verdict.map(|verdict| verdict.to_string())),
            (" and s.contact_id = ", filter.contact.map(|id| id.to_string())),
            (" and s.import_id = ", filter.import.map(|id| id.to_string())),
        ];
        for (condition, value) in equal {
            if let Some(value) = value {
                query.push(condition).push_bind(value);
            }
        }
        if let Some(text) = &filter.text {
            push_text(query, &["s.payload", "coalesce(s.reason, '')", "coalesce(c.search, '')"], text);
        }
        if let Some((at, id)) = after {
            query.push(" and (s.received_at < ").push_bind(at.millis());
            query.push(" or (s.received_at = ").push_bind(at.millis());
            query.push(" and s.id < ").push_bind(id.clone()).push("))");
        }
        query.push(" order by s.received_at desc, s.id desc limit ").push_bind(limit);
    }
    let rows: Vec<SignalRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(select_signals!(""));
        build(&mut query, workspace, filter, after, limit);
        query.build_query_as().persistent(false).fetch_all(pool).await
    })?;
    Ok(rows.into_iter().map(Signal::from).collect())
}

/// How many signals of an import have the same verdict for the same reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictCount {
    /// The verdict.
    pub verdict: Verdict,
    /// The reason.
    pub reason: Option<String>,
    /// How many.
    pub count: i64,
}

/// What became of an import's signals, the most frequent first; at most the first hundred kinds.
///
/// # Errors
/// When the store cannot answer.
pub async fn count_verdicts(
    db: &Db,
    workspace: WorkspaceId,
    import: ImportId,
) -> Result<Vec<VerdictCount>, StoreError> {
    let rows: Vec<(Text<Verdict>, Option<String>, i64)> = on_read!(db, pool => sqlx::query_as(
        "select verdict, reason, count(*) as n from signal where workspace_id = $1 and import_id = $2
         group by verdict, reason order by n desc, verdict, reason limit 100",
    )
    .bind(Text(workspace))
    .bind(Text(import))
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(|(verdict, reason, count)| VerdictCount { verdict: verdict.0, reason, count }).collect())
}

/// The signals of an import, with this verdict if one is given, with their lines, by line, those after `line`, at most `limit`.
///
/// # Errors
/// When the store cannot answer.
pub async fn signals_of_import(
    db: &Db,
    workspace: WorkspaceId,
    import: ImportId,
    verdict: Option<Verdict>,
    line: i64,
    limit: i64,
) -> Result<Vec<(i64, Signal)>, StoreError> {
    let rows: Vec<SignalRow> = on_read!(db, pool => sqlx::query_as(
        select_signals!(
            " where s.workspace_id = $1 and s.import_id = $2 and s.line > $3 and ($4 = '' or s.verdict = $4)
              order by s.line limit $5"
        ),
    )
    .bind(Text(workspace))
    .bind(Text(import))
    .bind(line)
    .bind(verdict.map_or("", Verdict::as_str))
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(|row| (row.line.unwrap_or_default(), Signal::from(row))).collect())
}

/// Those of these dedupe keys of a source whose signals are here and tell no outcome.
///
/// # Errors
/// When the store cannot answer.
pub async fn without_outcome(
    db: &Db,
    workspace: WorkspaceId,
    source: &str,
    keys: &[String],
) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for some in keys.chunks(CHUNK) {
        let rows: Vec<(String, String)> = on_read!(db, pool => {
            let mut query = QueryBuilder::new("select dedupe_key, payload from signal where workspace_id = ");
            query.push_bind(workspace.to_string()).push(" and source = ").push_bind(source.to_owned());
            query.push(" and dedupe_key in (");
            push_texts(&mut query, some.iter().cloned());
            query.build_query_as().persistent(some.len() == CHUNK).fetch_all(pool).await
        })?;
        let silent =
            |payload: &str| serde_json::from_str::<Envelope>(payload).is_ok_and(|known| known.outcome.is_none());
        found.extend(rows.into_iter().filter(|(_, payload)| silent(payload)).map(|(key, _)| key));
    }
    Ok(found)
}
