//! Making and revoking API keys: the same rules for the command line, the API and the pages.

use caseyos_shared::model::{KeyId, Role, Scope, Ts, UserId, WorkspaceId};
use serde_json::json;

use super::token;
use crate::store::access::{self, ApiKey};
use crate::store::events::{Actor, NewEvent};
use crate::store::{StoreError, Tx};

/// How many of a key's last characters lists show, to tell two apart: 24 bits of the secret's 256. A key begins with its
/// workspace, which is the same for all.
const SHOWN: usize = 4;

/// The scopes that this role does not reach, as a complaint; `None` when it reaches all, and there is at least one.
#[must_use]
pub fn complaint(scopes: &[Scope], role: Role) -> Option<String> {
    if scopes.is_empty() {
        return Some("must name at least one scope".to_owned());
    }
    let beyond: Vec<_> = scopes.iter().filter(|scope| scope.needs() > role).map(|scope| scope.as_str()).collect();
    (!beyond.is_empty()).then(|| format!("a {role} cannot give a key the scope {}", beyond.join(", ")))
}

/// Makes a key for a person; answers what lists show of it, and the key itself, which nobody can ask for again.
#[must_use]
pub fn make(
    workspace: WorkspaceId,
    id: KeyId,
    person: UserId,
    name: &str,
    scopes: &[Scope],
    now: Ts,
) -> (ApiKey, String) {
    let secret = token::new_key(workspace);
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    let key = ApiKey {
        id,
        person,
        name: name.to_owned(),
        prefix: format!("{}…{}", token::KEY_PREFIX, &secret[secret.len() - SHOWN..]),
        scopes,
        created_at: now,
        used_at: None,
        revoked_at: None,
    };
    (key, secret)
}

/// Stores a key that was made.
///
/// # Errors
/// [`StoreError::Taken`] when there is one with this id.
pub async fn add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    key: &ApiKey,
    secret: &str,
    actor: Actor,
) -> Result<(), StoreError> {
    access::add_key(tx, workspace, key, &token::digest(secret)).await?;
    let data = json!({ "person": key.person, "scopes": key.scopes });
    tx.emit(event(workspace, "key.created", key.id, actor, key.created_at, data));
    Ok(())
}

/// Revokes a key, of this person where one is given; a key that was revoked stays so. Answers whether there is such a key.
///
/// # Errors
/// When the store cannot.
pub async fn revoke(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: KeyId,
    person: Option<UserId>,
    actor: Actor,
    now: Ts,
) -> Result<bool, StoreError> {
    let is_there = access::revoke_key(tx, workspace, id, person, now).await?;
    if is_there {
        tx.emit(event(workspace, "key.revoked", id, actor, now, json!({})));
    }
    Ok(is_there)
}

fn event(
    workspace: WorkspaceId,
    kind: &'static str,
    id: KeyId,
    actor: Actor,
    at: Ts,
    data: serde_json::Value,
) -> NewEvent {
    NewEvent { workspace, kind, at, actor, move_id: None, subject_id: Some(id.to_string()), data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_not_more_than_its_person() {
        assert_eq!(complaint(&[Scope::QueueRead], Role::Viewer), None);
        assert!(
            complaint(&[Scope::QueueRead, Scope::QueueWrite], Role::Viewer).is_some_and(|c| c.contains("queue:write"))
        );
        assert!(complaint(&[Scope::Admin], Role::Member).is_some());
        assert_eq!(complaint(Scope::ALL, Role::Admin), None);
        assert!(complaint(&[], Role::Admin).is_some());
    }
}
