//! Threads of mail: who wrote last, and which contact a message belongs to.

use std::collections::HashMap;

use caseyos_shared::model::{ContactId, Ts, WorkspaceId};
use sqlx::QueryBuilder;

use super::CHUNK;
use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Text, Time};
use super::tx::{Tx, on_tx};

/// When each of these threads was last written to by us.
///
/// # Errors
/// When the store cannot answer.
pub async fn last_answers(
    db: &Db,
    workspace: WorkspaceId,
    threads: &[String],
) -> Result<HashMap<String, Ts>, StoreError> {
    let mut found = HashMap::new();
    for some in threads.chunks(CHUNK) {
        let rows: Vec<(String, Time)> = on_read!(db, pool => {
            let mut query = QueryBuilder::new("select thread_key, max(sent_at) from mail_message where workspace_id = ");
            query.push_bind(workspace.to_string()).push(" and outbound and thread_key in (");
            let mut list = query.separated(", ");
            for thread in some {
                list.push_bind(thread.clone());
            }
            query.push(") group by thread_key");
            query.build_query_as().fetch_all(pool).await
        })?;
        found.extend(rows.into_iter().map(|(thread, at)| (thread, at.0)));
    }
    Ok(found)
}

/// A message of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its message id, or a digest in its place.
    pub id: String,
    /// Its thread.
    pub thread_key: String,
    /// Whether we sent it.
    pub outbound: bool,
    /// When it was sent.
    pub sent_at: Ts,
}

/// Adds messages to their threads; one that is there already stays as it is.
///
/// # Errors
/// When the store cannot.
pub async fn add_messages(tx: &mut Tx, workspace: WorkspaceId, messages: &[Message]) -> Result<(), StoreError> {
    for some in messages.chunks(CHUNK) {
        on_tx!(tx, conn => {
            let mut insert = QueryBuilder::new("insert into mail_message (workspace_id, message_id, thread_key, outbound, sent_at) ");
            insert.push_values(some, |mut row, message| {
                row.push_bind(Text(workspace))
                    .push_bind(&message.id)
                    .push_bind(&message.thread_key)
                    .push_bind(message.outbound)
                    .push_bind(Time(message.sent_at));
            });
            insert.push(" on conflict (workspace_id, message_id) do nothing");
            insert.build().persistent(some.len() == CHUNK).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// Notes whom messages were from or to.
///
/// # Errors
/// When the store cannot.
pub async fn link_messages(
    tx: &mut Tx,
    workspace: WorkspaceId,
    links: &[(String, ContactId)],
) -> Result<(), StoreError> {
    for some in links.chunks(CHUNK) {
        on_tx!(tx, conn => {
            let mut update = QueryBuilder::new("with v (message_id, contact_id) as (");
            update.push_values(some, |mut row, (message, contact)| {
                row.push_bind(message.clone()).push_bind(Text(*contact));
            });
            update.push(
                ") update mail_message set contact_id = v.contact_id from v
                   where mail_message.message_id = v.message_id and mail_message.workspace_id = ",
            );
            update.push_bind(workspace.to_string());
            update.build().persistent(some.len() == CHUNK).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}

/// Moves the moments of contacts' last mails forward: from them, and from us.
///
/// # Errors
/// When the store cannot.
pub async fn touch_contacts(
    tx: &mut Tx,
    workspace: WorkspaceId,
    touches: &[(ContactId, Option<Ts>, Option<Ts>)],
) -> Result<(), StoreError> {
    for some in touches.chunks(CHUNK) {
        on_tx!(tx, conn => {
            let mut update = QueryBuilder::new("with v (id, inbound_at, outbound_at) as (");
            update.push_values(some, |mut row, (contact, inbound, outbound)| {
                row.push_bind(Text(*contact)).push_bind(inbound.map(Time)).push_bind(outbound.map(Time));
            });
            update.push(
                ") update contact set
                       last_inbound_at = case when v.inbound_at > coalesce(contact.last_inbound_at, 0) then v.inbound_at else contact.last_inbound_at end,
                       last_outbound_at = case when v.outbound_at > coalesce(contact.last_outbound_at, 0) then v.outbound_at else contact.last_outbound_at end
                   from v where contact.id = v.id and contact.workspace_id = ",
            );
            update.push_bind(workspace.to_string());
            update.build().persistent(some.len() == CHUNK).execute(conn).await.map(drop)
        })?;
    }
    Ok(())
}
