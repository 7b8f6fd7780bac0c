//! Imports of files: how far each came, and what became of every line.

use caseyos_shared::model::{ImportId, Ts, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

use super::db::{Db, on_read};
use super::error::StoreError;
use super::forms::beginning;
use super::moves::After;
use super::row::{Json, Text, Time};
use super::tx::{Tx, on_tx};

/// Rows in one insert.
const ROWS: usize = 200;

/// What an import has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows or messages that were read.
    pub seen: i64,
    /// Those that became signals.
    pub added: i64,
    /// Those that were there already.
    pub known: i64,
    /// Those that could not be taken.
    pub bad: i64,
}

/// One import of a file.
#[derive(Debug, Clone)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// `leads` or `mail`.
    pub kind: String,
    /// The file's name, without its folder.
    pub file_name: String,
    /// `running`, `done` or `failed`.
    pub state: String,
    /// What it did so far.
    pub counts: Counts,
    /// What whoever imports should know: guesses, encodings, why it failed.
    pub notes: Vec<String>,
    /// Who began it.
    pub created_by: Option<UserId>,
    /// When it began.
    pub created_at: Ts,
    /// When it ended.
    pub finished_at: Option<Ts>,
}

#[derive(sqlx::FromRow)]
struct ImportRow {
    id: Text<ImportId>,
    kind: String,
    file_name: String,
    state: String,
    seen: i64,
    added: i64,
    known: i64,
    bad: i64,
    notes: Json<Vec<String>>,
    created_by: Option<Text<UserId>>,
    created_at: Time,
    finished_at: Option<Time>,
}

impl From<ImportRow> for Import {
    fn from(row: ImportRow) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind,
            file_name: row.file_name,
            state: row.state,
            counts: Counts { seen: row.seen, added: row.added, known: row.known, bad: row.bad },
            notes: row.notes.0,
            created_by: row.created_by.map(|id| id.0),
            created_at: row.created_at.0,
            finished_at: row.finished_at.map(|time| time.0),
        }
    }
}

macro_rules! select_imports {
    ($rest:literal) => {
        concat!(
            "select id, kind, file_name, state, seen, added, known, bad, notes, created_by, created_at, finished_at from import ",
            $rest
        )
    };
}

/// Notes that an import began.
///
/// # Errors
/// [`StoreError::Taken`] when one with this id is there.
pub async fn begin_import(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ImportId,
    kind: &str,
    file_name: &str,
    by: Option<UserId>,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "insert into import (workspace_id, id, kind, file_name, state, seen, added, known, bad, notes, created_by, created_at, touched_at)
         values ($1, $2, $3, $4, 'running', 0, 0, 0, 0, '[]', $5, $6, $6)",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(kind)
    .bind(file_name)
    .bind(by.map(Text))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes how far an import has come, and that it lives.
///
/// # Errors
/// When the store cannot.
pub async fn note_counts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ImportId,
    counts: Counts,
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update import set seen = $3, added = $4, known = $5, bad = $6, touched_at = $7 where workspace_id = $1 and id = $2",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(counts.seen)
    .bind(counts.added)
    .bind(counts.known)
    .bind(counts.bad)
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that an import ended: well, or with the last of its notes as the reason.
///
/// # Errors
/// When the store cannot.
pub async fn finish_import(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ImportId,
    failed: bool,
    notes: &[String],
    now: Ts,
) -> Result<(), StoreError> {
    on_tx!(tx, conn => sqlx::query(
        "update import set state = $3, notes = $4, finished_at = $5 where workspace_id = $1 and id = $2",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(if failed { "failed" } else { "done" })
    .bind(Json(notes))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that imports ended which were under way and have given no sign since `silent_since`, unless a job of this kind will go on with
/// them: whoever ran them is gone. Answers how many.
///
/// # Errors
/// When the store cannot.
pub async fn fail_silent(
    tx: &mut Tx,
    workspace: WorkspaceId,
    job_kind: &str,
    silent_since: Ts,
    notes: &[String],
    now: Ts,
) -> Result<u64, StoreError> {
    let failed = on_tx!(tx, conn => sqlx::query(
        "update import set state = 'failed', notes = $4, finished_at = $5
         where workspace_id = $1 and state = 'running' and touched_at < $2 and not exists (
             select 1 from job j where j.workspace_id = import.workspace_id and j.kind = $3 and j.dedupe_key = import.id
             and j.state in ('ready', 'running')
         )",
    )
    .bind(Text(workspace))
    .bind(Time(silent_since))
    .bind(job_kind)
    .bind(Json(notes))
    .bind(Time(now))
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(failed)
}

/// A line that became no signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line it begins on, or the number of the message.
    pub line: i64,
    /// Why, in a sentence.
    pub reason: String,
    /// Whether it repeats an earlier line, which is no fault of the file.
    pub known: bool,
}

/// Keeps why lines became no signals.
///
/// # Errors
/// When the store cannot.
pub async fn note_problems(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: ImportId,
    problems: &[Problem],
) -> Result<(), StoreError> {
    for rows in problems.chunks(ROWS) {
        on_tx!(tx, conn => {
            let mut insert = QueryBuilder::new("insert into import_problem (workspace_id, import_id, line, reason, known) ");
            insert.push_values(rows, |mut row, problem| {
                row.push_bind(Text(workspace))
                    .push_bind(Text(id))
                    .push_bind(problem.line)
                    .push_bind(&problem.reason)
                    .push_bind(problem.known);
            });
            insert.push(" on conflict (workspace_id, import_id, line) do nothing");
            insert.build().persistent(rows.len() == ROWS).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// One import.
///
/// # Errors
/// When the store cannot answer.
pub async fn find_import(db: &Db, workspace: WorkspaceId, id: ImportId) -> Result<Option<Import>, StoreError> {
    let row: Option<ImportRow> = on_read!(db, pool => sqlx::query_as(select_imports!("where workspace_id = $1 and id = $2"))
        .bind(Text(workspace))
        .bind(Text(id))
        .fetch_optional(pool)
        .await)?;
    Ok(row.map(Import::from))
}

/// A page of the imports, newest first.
///
/// # Errors
/// When the store cannot answer.
pub async fn list_imports(
    db: &Db,
    workspace: WorkspaceId,
    after: &After,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let (at, id) = beginning(after);
    let rows: Vec<ImportRow> = on_read!(db, pool => sqlx::query_as(select_imports!(
        "where workspace_id = $1 and (created_at < $2 or (created_at = $2 and id < $3))
         order by created_at desc, id desc limit $4"
    ))
    .bind(Text(workspace))
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(Import::from).collect())
}

/// Which of the lines that became no signals are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problems {
    /// All of them.
    All,
    /// Those that could not be taken.
    Bad,
    /// Those that repeat an earlier line.
    Known,
}

/// The lines of an import that became no signals, by line, those after `line`, at most `limit`.
///
/// # Errors
/// When the store cannot answer.
pub async fn problems_of_import(
    db: &Db,
    workspace: WorkspaceId,
    id: ImportId,
    which: Problems,
    line: i64,
    limit: i64,
) -> Result<Vec<Problem>, StoreError> {
    let rows: Vec<(i64, String, bool)> = on_read!(db, pool => sqlx::query_as(
        "select line, reason, known from import_problem where workspace_id = $1 and import_id = $2 and line > $3
         and known in ($4, $5) order by line limit $6",
    )
    .bind(Text(workspace))
    .bind(Text(id))
    .bind(line)
    .bind(which == Problems::Known)
    .bind(which != Problems::Bad)
    .bind(limit)
    .fetch_all(pool)
    .await)?;
    Ok(rows.into_iter().map(|(line, reason, known)| Problem { line, reason, known }).collect())
}
