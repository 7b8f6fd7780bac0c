//! The frame around every page: where one is, who one is, and what just happened.

use crate::model::{MoveId, Role};
use crate::view::time::When;

/// A place in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `/today`
    Today,
    /// `/caseyos`
    Dashboard,
    /// `/contacts`
    Contacts,
    /// `/signals`
    Signals,
    /// `/forms`
    Forms,
    /// `/imports`
    Imports,
    /// `/admin`
    Admin,
    /// `/docs`
    Docs,
    /// A page outside the navigation.
    Elsewhere,
}

impl Place {
    /// The places of the navigation, in its order.
    pub const ALL: [Self; 8] = [
        Self::Today,
        Self::Dashboard,
        Self::Contacts,
        Self::Signals,
        Self::Forms,
        Self::Imports,
        Self::Admin,
        Self::Docs,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Dashboard => "Dashboard",
            Self::Contacts => "Contacts",
            Self::Signals => "Signals",
            Self::Forms => "Forms",
            Self::Imports => "Imports",
            Self::Admin => "Admin",
            Self::Docs => "API reference",
            Self::Elsewhere => "CaseyOS",
        }
    }

    /// Its address.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Today => "/today",
            Self::Dashboard => "/caseyos",
            Self::Contacts => "/contacts",
            Self::Signals => "/signals",
            Self::Forms => "/forms",
            Self::Imports => "/imports",
            Self::Admin => "/admin",
            Self::Docs => "/docs",
            Self::Elsewhere => "/",
        }
    }

    /// Whether somebody of this role has any business there.
    #[must_use]
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Admin => role == Role::Admin,
            Self::Today
            | Self::Dashboard
            | Self::Contacts
            | Self::Signals
            | Self::Forms
            | Self::Imports
            | Self::Docs
            | Self::Elsewhere => true,
        }
    }
}

/// The addresses of the style sheet, the script and the pictures; their names hold the digest of what they contain.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The script.
    pub js: String,
    /// The icon as SVG.
    pub icon: String,
    /// The icon for phones' home screens.
    pub touch_icon: String,
}

/// Who looks at the page.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The person's name.
    pub name: String,
    /// The workspace's name.
    pub workspace: String,
    /// The person's role.
    pub role: Role,
    /// The secret that forms carry.
    pub csrf: String,
    /// How many moves wait.
    pub pending: i64,
    /// How many of them are urgent.
    pub urgent: i64,
}

/// What just happened, with the way back where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// In a sentence.
    pub text: String,
    /// The move that `Undo` would take back.
    pub undo: Option<MoveId>,
    /// Whether it went wrong.
    pub bad: bool,
    /// Whether a move was dismissed, so that it can be said why.
    pub dismissed: bool,
}

/// Everything around a page's content.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The page's title, without the product's name.
    pub title: String,
    /// Where the page stands in the navigation.
    pub place: Place,
    /// Who looks, when signed in.
    pub visitor: Option<Visitor>,
    /// What just happened.
    pub flash: Option<Flash>,
    /// Where the assets are.
    pub assets: Assets,
    /// When what is shown was put together; pages that follow events say it.
    pub as_of: Option<When>,
}

impl Frame {
    /// The visitor's form secret; empty when nobody is signed in.
    #[must_use]
    pub fn csrf(&self) -> &str {
        self.visitor.as_ref().map_or("", |visitor| &visitor.csrf)
    }

    /// Whether the visitor may change anything.
    #[must_use]
    pub fn may_write(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.role >= Role::Member)
    }

    /// Whether the visitor is an admin.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.role == Role::Admin)
    }
}
