//! What scores are made from, read for many contacts at once.

use std::collections::HashMap;

use caseyos_shared::model::{ContactId, DealId, DealState, OutcomeKind, Suppression, Ts, WorkspaceId};
use sqlx::QueryBuilder;

use super::CHUNK;
use super::db::{Db, on_read};
use super::error::StoreError;
use super::row::{Text, Time};

/// What is known of a contact, as far as scores need it.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Why nothing may be sent.
    pub suppressed: Option<Suppression>,
    /// Whether the contact must not be called.
    pub do_not_call: bool,
    /// Whether there is an e-mail address.
    pub has_email: bool,
    /// When they last wrote.
    pub last_inbound_at: Option<Ts>,
    /// When one of us last wrote to them.
    pub last_outbound_at: Option<Ts>,
    /// When the record was last confirmed.
    pub updated_at: Option<Ts>,
    /// Their signals by kind: how many, and the latest.
    pub signals: Vec<(String, i64, Ts)>,
    /// Their outcomes by kind: how many.
    pub outcomes: Vec<(OutcomeKind, i64)>,
    /// When we wrote to them lately.
    pub touched_at: Vec<Ts>,
    /// The attributes that the model learns from, as JSON text.
    pub attributes: String,
    /// Where they first came from.
    pub source: String,
}

/// What is known of a deal, as far as scores need it.
#[derive(Debug, Clone)]
pub struct DealEvidence {
    /// The amount in minor units.
    pub amount_minor: Option<i64>,
    /// How likely it closes, in percent.
    pub probability: i64,
    /// When it should close.
    pub close_at: Option<Ts>,
    /// How it stands.
    pub state: DealState,
}

type ContactRow = (
    Text<ContactId>,
    Option<Text<Suppression>>,
    bool,
    Option<String>,
    Option<Time>,
    Option<Time>,
    Time,
    String,
    String,
);

/// The evidence for these contacts; signals and outcomes older than `since` are left out.
///
/// # Errors
/// When the store cannot answer.
pub async fn of_contacts(
    db: &Db,
    workspace: WorkspaceId,
    contacts: &[ContactId],
    since: Ts,
    touches_since: Ts,
) -> Result<HashMap<ContactId, Evidence>, StoreError> {
    let mut found = HashMap::with_capacity(contacts.len());
    for some in contacts.chunks(CHUNK) {
        read_contacts(db, workspace, some, &mut found).await?;
        read_signals(db, workspace, some, since, &mut found).await?;
        read_outcomes(db, workspace, some, since, &mut found).await?;
        read_touches(db, workspace, some, touches_since, &mut found).await?;
    }
    Ok(found)
}

/// Adds `in (…)` with the ids, bound.
macro_rules! push_ids {
    ($query:expr, $ids:expr) => {{
        $query.push(" in (");
        let mut list = $query.separated(", ");
        for id in $ids {
            list.push_bind(id.to_string());
        }
        $query.push(")");
    }};
}

async fn read_contacts(
    db: &Db,
    workspace: WorkspaceId,
    contacts: &[ContactId],
    found: &mut HashMap<ContactId, Evidence>,
) -> Result<(), StoreError> {
    let rows: Vec<ContactRow> = on_read!(db, pool => {
        let mut query = QueryBuilder::new(
            "select id, suppressed, do_not_call, email, last_inbound_at, last_outbound_at, updated_at, attributes, source
             from contact where workspace_id = ",
        );
        query.push_bind(workspace.to_string()).push(" and id");
        push_ids!(query, contacts);
        query.build_query_as().fetch_all(pool).await
    })?;
    for (id, suppressed, do_not_call, email, inbound, outbound, updated_at, attributes, source) in rows {
        let evidence = Evidence {
            suppressed: suppressed.map(|word| word.0),
            do_not_call,
            has_email: email.is_some(),
            last_inbound_at: inbound.map(|time| time.0),
            last_outbound_at: outbound.map(|time| time.0),
            updated_at: Some(updated_at.0),
            attributes,
            source,
            ..Evidence::default()
        };
        found.insert(id.0, evidence);
    }
    Ok(())
}

async fn read_signals(
    db: &Db,
    workspace: WorkspaceId,
    contacts: &[ContactId],
    since: Ts,
    found: &mut HashMap<ContactId, Evidence>,
) -> Result<(), StoreError> {
    let rows: Vec<(Text<ContactId>, String, i64, Time)> = on_read!(db, pool => {
        let mut query = QueryBuilder::new("select contact_id, kind, count(*), max(occurred_at) from signal where workspace_id = ");
        query.push_bind(workspace.to_string()).push(" and occurred_at >= ").push_bind(since.millis()).push(" and contact_id");
        push_ids!(query, contacts);
        query.push(" group by contact_id, kind");
        query.build_query_as().fetch_all(pool).await
    })?;
    for (id, kind, count, latest) in rows {
        found.entry(id.0).or_default().signals.push((kind, count, latest.0));
    }
    Ok(())
}

async fn read_outcomes(
    db: &Db,
    workspace: WorkspaceId,
    contacts: &[ContactId],
    since: Ts,
    found: &mut HashMap<ContactId, Evidence>,
) -> Result<(), StoreError> {
    let rows: Vec<(Text<ContactId>, Text<OutcomeKind>, i64)> = on_read!(db, pool => {
        let mut query = QueryBuilder::new("select contact_id, kind, count(*) from outcome where workspace_id = ");
        query.push_bind(workspace.to_string()).push(" and occurred_at >= ").push_bind(since.millis()).push(" and contact_id");
        push_ids!(query, contacts);
        query.push(" group by contact_id, kind");
        query.build_query_as().fetch_all(pool).await
    })?;
    for (id, kind, count) in rows {
        found.entry(id.0).or_default().outcomes.push((kind.0, count));
    }
    Ok(())
}

async fn read_touches(
    db: &Db,
    workspace: WorkspaceId,
    contacts: &[ContactId],
    since: Ts,
    found: &mut HashMap<ContactId, Evidence>,
) -> Result<(), StoreError> {
    let rows: Vec<(Text<ContactId>, Time)> = on_read!(db, pool => {
        let mut query = QueryBuilder::new("select contact_id, sent_at from mail_message where workspace_id = ");
        query.push_bind(workspace.to_string()).push(" and outbound and sent_at >= ").push_bind(since.millis()).push(" and contact_id");
        push_ids!(query, contacts);
        query.push(" order by sent_at desc limit 2000");
        query.build_query_as().fetch_all(pool).await
    })?;
    for (id, at) in rows {
        found.entry(id.0).or_default().touched_at.push(at.0);
    }
    Ok(())
}

type DealRow = (Text<DealId>, Option<i64>, i64, Option<Time>, Text<DealState>);

/// The evidence for these deals.
///
/// # Errors
/// When the store cannot answer.
pub async fn of_deals(
    db: &Db,
    workspace: WorkspaceId,
    deals: &[DealId],
) -> Result<HashMap<DealId, DealEvidence>, StoreError> {
    let mut found = HashMap::with_capacity(deals.len());
    for some in deals.chunks(CHUNK) {
        let rows: Vec<DealRow> = on_read!(db, pool => {
            let mut query = QueryBuilder::new("select id, amount_minor, probability, close_at, state from deal where workspace_id = ");
            query.push_bind(workspace.to_string()).push(" and id");
            push_ids!(query, some);
            query.build_query_as().fetch_all(pool).await
        })?;
        found.extend(rows.into_iter().map(|(id, amount_minor, probability, close_at, state)| {
            (id.0, DealEvidence { amount_minor, probability, close_at: close_at.map(|time| time.0), state: state.0 })
        }));
    }
    Ok(found)
}
