//! The CRM's nouns on the wire: contacts, companies and deals.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::words::words;
use super::{CompanyId, CompanyRef, ContactId, ContactRef, DealId, Money, Ts, UserRef};

words! {
    /// How a deal stands.
    pub enum DealState {
        /// Still being sold.
        Open = "open",
        /// Won.
        Won = "won",
        /// Lost.
        Lost = "lost",
    }

    /// Why nothing may be sent to a contact.
    pub enum Suppression {
        /// They asked not to be written to.
        OptedOut = "opted_out",
        /// Their address does not exist.
        Bounced = "bounced",
        /// Somebody of the workspace put them on the never-list.
        NeverList = "never_list",
    }
}

/// A person outside, whom one sells to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// The name, or the e-mail address where there is none.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number, as written.
    pub phone: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The company.
    pub company: Option<CompanyRef>,
    /// Where they are, as written.
    pub location: Option<String>,
    /// Their IANA time zone, where known.
    pub time_zone: Option<String>,
    /// The address of their LinkedIn profile.
    pub linkedin_url: Option<String>,
    /// Where they first came from.
    pub source: String,
    /// Whose contact this is.
    pub owner: Option<UserRef>,
    /// Why nothing may be sent to them.
    pub suppressed: Option<Suppression>,
    /// Whether they asked not to be called.
    pub do_not_call: bool,
    /// Everything else that a source said of them, by its own column or field names.
    pub attributes: BTreeMap<String, String>,
    /// When they last wrote or acted.
    pub last_inbound_at: Option<Ts>,
    /// When somebody of the workspace last wrote to them.
    pub last_outbound_at: Option<Ts>,
    /// When the record was made.
    pub created_at: Ts,
    /// When the record last changed.
    pub updated_at: Ts,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its domain, by which people's addresses lead to it.
    pub domain: Option<String>,
    /// Everything else that a source said of it.
    pub attributes: BTreeMap<String, String>,
    /// When the record was made.
    pub created_at: Ts,
    /// When the record last changed.
    pub updated_at: Ts,
}

/// An opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deal {
    /// Its id.
    pub id: DealId,
    /// Its name.
    pub name: String,
    /// Its stage, in the workspace's words.
    pub stage: String,
    /// How it stands.
    pub state: DealState,
    /// How likely it closes at this stage, in percent.
    pub probability: u8,
    /// Its value.
    pub amount: Option<Money>,
    /// When it should close.
    pub close_date: Option<Ts>,
    /// Whom it is with.
    pub contact: Option<ContactRef>,
    /// Which company it is with.
    pub company: Option<CompanyRef>,
    /// Whose deal it is.
    pub owner: Option<UserRef>,
    /// When the record was made.
    pub created_at: Ts,
    /// When the record last changed.
    pub updated_at: Ts,
}
