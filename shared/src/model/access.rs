//! Who may do what: roles of people and scopes of keys.

use super::words::words;

words! {
    /// What a person may do in a workspace.
    pub enum Role {
        /// Reads everything in the workspace.
        Viewer = "viewer",
        /// Also writes, and approves and executes own and unassigned moves.
        Member = "member",
        /// Everything, including people, keys, rules, connections and settings.
        Admin = "admin",
    }

    /// What an API key may be used for. A key never may more than the person it belongs to.
    pub enum Scope {
        /// Read moves, signals, drafts and events.
        QueueRead = "queue:read",
        /// Create, edit and move moves through their states.
        QueueWrite = "queue:write",
        /// Start executions.
        QueueExecute = "queue:execute",
        /// Write drafts.
        DraftsWrite = "drafts:write",
        /// Approve drafts.
        DraftsApprove = "drafts:approve",
        /// Send signals in.
        SignalsWrite = "signals:write",
        /// Read contacts, companies and deals.
        ContactsRead = "contacts:read",
        /// Write contacts, companies and deals.
        ContactsWrite = "contacts:write",
        /// Report outcomes.
        OutcomesWrite = "outcomes:write",
        /// Write rules.
        RulesWrite = "rules:write",
        /// Read receipts.
        AuditRead = "audit:read",
        /// Everything.
        Admin = "admin",
    }
}

impl Scope {
    /// The least role whose person may do what this scope allows.
    #[must_use]
    pub const fn needs(self) -> Role {
        match self {
            Self::QueueRead | Self::ContactsRead | Self::AuditRead => Role::Viewer,
            Self::QueueWrite
            | Self::QueueExecute
            | Self::DraftsWrite
            | Self::DraftsApprove
            | Self::SignalsWrite
            | Self::ContactsWrite
            | Self::OutcomesWrite => Role::Member,
            Self::RulesWrite | Self::Admin => Role::Admin,
        }
    }

    /// Whether a key with the scopes `held` may do what this scope allows; `admin` implies all.
    #[must_use]
    pub fn granted_by(self, held: &[Self]) -> bool {
        held.contains(&self) || held.contains(&Self::Admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_implies_every_scope_and_nothing_else_implies_another() {
        for scope in Scope::ALL {
            assert!(scope.granted_by(&[Scope::Admin]), "{scope}");
            for held in Scope::ALL.iter().filter(|held| **held != Scope::Admin && *held != scope) {
                assert!(!scope.granted_by(&[*held]), "{held} must not imply {scope}");
            }
        }
    }

    #[test]
    fn a_viewer_may_only_read() {
        for scope in Scope::ALL {
            assert_eq!(scope.needs() == Role::Viewer, scope.as_str().ends_with(":read"), "{scope}");
        }
    }
}
