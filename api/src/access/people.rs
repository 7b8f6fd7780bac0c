//! Adding and changing people: the same rules for the command line, the API and the pages.

use caseyos_shared::aps::Weights;
use caseyos_shared::model::{Role, Ts, UserId, WorkspaceId};
use serde_json::json;

use crate::store::access::{self, Person};
use crate::store::events::{Actor, NewEvent};
use crate::store::{StoreError, Tx};

/// The longest e-mail address (RFC 5321 §4.5.3.1.3: a path of 256 octets with its brackets).
const LONGEST_EMAIL: usize = 254;
/// The longest name.
const LONGEST_NAME: usize = 200;

/// Somebody who is about to be added.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The id.
    pub id: UserId,
    /// The e-mail address, as [`email`] made it.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The hash of the first password.
    pub password_hash: String,
}

/// What changes of a person; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The name.
    pub name: Option<String>,
    /// The role.
    pub role: Option<Role>,
    /// Until when the person is on leave; `Some(None)` ends it.
    pub absent_until: Option<Option<Ts>>,
    /// The person's own weights; `Some(None)` goes back to the workspace's.
    pub weights: Option<Option<Weights>>,
    /// Whether the person is shut out.
    pub disabled: Option<bool>,
    /// The hash of a new password; every session of the person ends with it.
    pub password_hash: Option<String>,
}

/// Why a person cannot be changed.
#[derive(Debug)]
pub enum PersonError {
    /// There is no such person.
    Missing,
    /// Nobody would be left who may do everything.
    LastAdmin,
    /// The store could not.
    Store(StoreError),
}

impl From<StoreError> for PersonError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for PersonError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such person"),
            Self::LastAdmin => f.write_str("this is the workspace's last admin; make somebody else an admin first"),
            Self::Store(error) => error.fmt(f),
        }
    }
}

/// An e-mail address in the form in which it is kept: trimmed, in lower case.
///
/// # Errors
/// What is wrong with it, to be read after the field's name.
pub fn email(text: &str) -> Result<String, String> {
    let email = text.trim().to_lowercase();
    let fits = email.len() <= LONGEST_EMAIL
        && !email.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\".contains(c))
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && !domain.is_empty()
                && domain.split('.').all(|label| !label.is_empty())
        });
    if fits { Ok(email) } else { Err("must be an e-mail address such as ann@example.com".to_owned()) }
}

/// A name in the form in which it is kept: trimmed, of visible characters.
///
/// # Errors
/// What is wrong with it, to be read after the field's name.
pub fn name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(format!("must have 1 to {LONGEST_NAME} visible characters"));
    }
    Ok(name.to_owned())
}

/// The name of somebody who gave none: what stands before the @.
#[must_use]
pub fn name_from(email: &str) -> String {
    email.split('@').next().unwrap_or(email).to_owned()
}

/// Adds a person with a password.
///
/// # Errors
/// [`StoreError::Taken`] when the workspace has somebody with this e-mail address.
pub async fn add(
    tx: &mut Tx,
    workspace: WorkspaceId,
    person: &NewPerson,
    actor: Actor,
    now: Ts,
) -> Result<(), StoreError> {
    access::add_person(tx, workspace, person.id, &person.email, &person.name, person.role, now).await?;
    access::set_identity(tx, workspace, person.id, access::PASSWORD, &person.email, Some(&person.password_hash), now)
        .await?;
    tx.emit(event(workspace, "person.added", person.id, actor, now, json!({ "role": person.role })));
    Ok(())
}

/// Changes a person. Who is shut out, or gets a new password from somebody else, loses every session at once; the API
/// keys of who is shut out are refused from then on.
///
/// # Errors
/// [`PersonError`].
pub async fn change(
    tx: &mut Tx,
    workspace: WorkspaceId,
    id: UserId,
    change: &Change,
    actor: Actor,
    now: Ts,
) -> Result<Person, PersonError> {
    // One after the other: two admins who demote each other at the same moment must not both succeed.
    access::hold_workspace(tx, workspace).await?;
    let before = access::person_to_change(tx, workspace, id).await?.ok_or(PersonError::Missing)?;
    let mut person = before.clone();
    let mut changed = Vec::new();
    if let Some(name) = &change.name {
        person.name.clone_from(name);
        changed.push("name");
    }
    if let Some(role) = change.role {
        person.role = role;
        changed.push("role");
    }
    if let Some(absent_until) = change.absent_until {
        person.absent_until = absent_until;
        changed.push("absent_until");
    }
    if let Some(weights) = &change.weights {
        person.weights = *weights;
        changed.push("weights");
    }
    match change.disabled {
        Some(true) => person.disabled_at = before.disabled_at.or(Some(now)),
        Some(false) => person.disabled_at = None,
        None => {}
    }
    access::save_person(tx, workspace, &person, now).await?;
    if person.weights != before.weights || person.absent_until != before.absent_until {
        crate::jobs::rescore::soon(tx, workspace, now).await?;
    }
    if person.weights != before.weights {
        tx.issue(super::settings::weighed(workspace, Some(id), before.weights, person.weights, &actor, now));
    }
    let was_admin = before.role == Role::Admin && before.disabled_at.is_none();
    if was_admin && access::count_admins(tx, workspace).await? == 0 {
        return Err(PersonError::LastAdmin);
    }
    if let Some(hash) = &change.password_hash {
        access::set_identity(tx, workspace, id, access::PASSWORD, &person.email, Some(hash), now).await?;
        changed.push("password");
    }
    if person.disabled_at.is_some() || change.password_hash.is_some() {
        access::end_sessions(tx, workspace, id, None).await?;
    }
    if person.disabled_at.is_some() != before.disabled_at.is_some() {
        let kind = if person.disabled_at.is_some() { "person.disabled" } else { "person.enabled" };
        tx.emit(event(workspace, kind, id, actor.clone(), now, json!({})));
    }
    if !changed.is_empty() {
        let data = json!({ "changed": changed, "role": person.role });
        tx.emit(event(workspace, "person.changed", id, actor, now, data));
    }
    Ok(person)
}

/// An event about a person.
pub(super) fn event(
    workspace: WorkspaceId,
    kind: &'static str,
    person: UserId,
    actor: Actor,
    at: Ts,
    data: serde_json::Value,
) -> NewEvent {
    NewEvent { workspace, kind, at, actor, move_id: None, subject_id: Some(person.to_string()), data }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_one_spelling() {
        assert_eq!(email(" Ann@Example.COM "), Ok("ann@example.com".to_owned()));
        for bad in
            ["", "ann", "@example.com", "ann@", "a b@example.com", "ann@example..com", "a@b@c", "ann@b.c\r\nx: y"]
        {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn a_name_is_visible_and_not_endless() {
        assert_eq!(name(" Ann Lee "), Ok("Ann Lee".to_owned()));
        for bad in ["", "  ", "a\nb", "a\0b", &"x".repeat(201)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
