//! One row or one form as known fields and attributes, with everything that was in it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::domain::Domain;
use super::email::{BadEmail, EmailAddress, parse_mailbox};
use super::fields::{Field, Mapping};
use super::flags::{is_unchosen, parse_opt_out, says_nothing};
use super::fold::{fold, trim};
use super::values::{Amount, parse_amount, parse_currency, parse_date, parse_phone, parse_time};
use crate::model::Ts;

/// Longest part of a cell that a sentence quotes, in characters.
const MAX_QUOTED: usize = 80;

/// What a row or a form says about a person, read; every cell that was not empty is in a field or in `attributes`, or in both when
/// the field could hold only part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadFields {
    /// The person's address.
    pub email: Option<EmailAddress>,
    /// The whole name, when it came as one.
    pub name: Option<String>,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// The company's name.
    pub company: Option<String>,
    /// The company's website as it was written; it holds a domain name.
    pub website: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// A telephone number as it was written.
    pub phone: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country as it was written.
    pub country: Option<String>,
    /// An address on linkedin.com.
    pub linkedin_url: Option<String>,
    /// Where the lead came from, in the file's words.
    pub source: Option<String>,
    /// Whether the person must not be mailed; none when nothing was said.
    pub do_not_email: Option<bool>,
    /// Whether the person must not be called; none when nothing was said.
    pub do_not_call: Option<bool>,
    /// What the deal is worth.
    pub amount: Option<Amount>,
    /// ISO 4217 code, from its own column or beside the amount.
    pub currency: Option<String>,
    /// When the deal is expected to close.
    pub close_date: Option<Date>,
    /// The deal's stage in the file's words.
    pub stage: Option<String>,
    /// The colleague who owns the lead.
    pub owner_email: Option<EmailAddress>,
    /// Notes or the message, with its line breaks.
    pub notes: Option<String>,
    /// Time zone as it was written.
    pub time_zone: Option<String>,
    /// When the lead came in; a time without an offset was read as UTC.
    pub occurred_at: Option<Ts>,
    /// Everything else: column name to trimmed text, empty ones left out.
    pub attributes: BTreeMap<String, String>,
    /// What was kept as an attribute because it could not be read as its field: sentences for a person.
    pub remarks: Vec<String>,
}

/// Why a row is no lead: a sentence that names the column and the value, or what is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// The row has cells without a column.
    #[error("The row has {cells} fields and the header only {columns}.")]
    TooManyCells {
        /// How many cells the row has.
        cells: usize,
        /// How many columns the header has.
        columns: usize,
    },
    /// A cell that must be right is not.
    #[error("Column \"{column}\" has \"{value}\": {reason}.")]
    BadValue {
        /// The column's name.
        column: String,
        /// The cell, shortened.
        value: String,
        /// What is wrong with it, without a full stop.
        reason: String,
    },
    /// Nothing tells who the person is.
    #[error("{0}")]
    Missing(&'static str),
}

impl LeadFields {
    /// The name to show: the whole one, else given and family name.
    #[must_use]
    pub fn display_name(&self) -> Option<String> {
        self.name.clone().or_else(|| match (&self.first_name, &self.last_name) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (one, other) => one.clone().or_else(|| other.clone()),
        })
    }

    /// The company's domain: of the website, else of the e-mail address; never a free-mail provider's or a site's that everybody is on.
    #[must_use]
    pub fn company_domain(&self) -> Option<Domain> {
        let website =
            self.website.as_deref().and_then(|text| Domain::from_website(text).ok()).filter(Domain::names_a_company);
        website.or_else(|| self.email.as_ref().and_then(EmailAddress::company_domain).cloned())
    }

    /// Whether somebody can be told from this: an e-mail address, a phone number, or a name with a company (or its website).
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub fn check(&self) -> Result<(), RowProblem> {
        let named = self.name.is_some() || self.first_name.is_some() || self.last_name.is_some();
        let company = self.company.is_some() || self.company_domain().is_some();
        if self.email.is_some() || self.phone.is_some() || (named && company) {
            return Ok(());
        }
        Err(RowProblem::Missing(match (named, company) {
            (true, _) => "The row has a name but no e-mail address, no phone number and no company: add one of them.",
            (false, true) => {
                "The row has a company but no e-mail address, no phone number and no name: add one of them."
            }
            (false, false) => "The row has no e-mail address, no phone number, and no name with a company.",
        }))
    }

    /// Reads a form's names and values with the names that are obvious. Nothing in it is refused, for whoever wrote it is gone: what cannot be
    /// read is kept as an attribute and remarked on. Values of a repeated name are joined with a comma.
    #[must_use]
    pub fn from_form<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut values: Vec<String> = Vec::new();
        let mut at_of: BTreeMap<String, usize> = BTreeMap::new();
        for (name, value) in pairs {
            let (name, value) = (trim(name.as_ref()), trim(value.as_ref()));
            if let Some(joined) = at_of.get(name).and_then(|at| values.get_mut(*at)) {
                if !joined.is_empty() && !value.is_empty() {
                    joined.push_str(", ");
                }
                joined.push_str(value);
                continue;
            }
            at_of.insert(name.to_owned(), names.len());
            names.push(name.to_owned());
            values.push(value.to_owned());
        }
        let (mut lead, problems) = Mapping::guess(&names).read(&values);
        lead.remarks.extend(problems.iter().map(ToString::to_string));
        lead
    }

    /// Puts a cell into its field. What the field could not hold, or only in part, is kept as an attribute.
    fn put(
        &mut self,
        field: Field,
        column: &str,
        cell: &str,
        beside_email: &mut Option<String>,
    ) -> Result<(), RowProblem> {
        let line = || {
            cell.split(|c: char| c.is_whitespace() || c.is_control())
                .filter(|word| !word.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let text = |slot: &mut Option<String>| {
            if is_placeholder(cell) { false } else { slot.replace(line()).is_none() }
        };
        let kept_whole = match field {
            Field::Name => text(&mut self.name),
            Field::FirstName => text(&mut self.first_name),
            Field::LastName => text(&mut self.last_name),
            Field::Company => text(&mut self.company),
            Field::Title => text(&mut self.title),
            Field::City => text(&mut self.city),
            Field::Country => text(&mut self.country),
            Field::Source => text(&mut self.source),
            Field::Stage => text(&mut self.stage),
            Field::TimeZone => text(&mut self.time_zone),
            Field::Notes if is_unchosen(cell) => false,
            Field::Notes => {
                self.notes = Some(cell.to_owned());
                true
            }
            _ if says_nothing(cell) && !matches!(field, Field::DoNotEmail | Field::DoNotCall) => false,
            Field::Email => {
                *beside_email = self.put_email(column, cell)?;
                return Ok(());
            }
            Field::DoNotEmail | Field::DoNotCall => return self.put_flag(field, column, cell),
            Field::OwnerEmail => {
                self.owner_email = parse_mailbox(cell).ok().filter(|(name, _)| name.is_none()).map(|(_, email)| email);
                self.remark_unless(
                    self.owner_email.is_some(),
                    column,
                    cell,
                    "it is no e-mail address, so the lead has no owner yet",
                )
            }
            Field::Website => {
                let good = Domain::from_website(cell).is_ok();
                self.website = good.then(|| cell.to_owned());
                self.remark_unless(good, column, cell, "it holds no domain name")
            }
            Field::Phone => {
                let (phone, whole) = first_good(cell, parse_phone);
                self.phone = phone;
                self.remark_unless(self.phone.is_some(), column, cell, "it is no phone number") && whole
            }
            Field::LinkedinUrl => {
                let good = Domain::from_website(cell).is_ok_and(|host| format!(".{host}").ends_with(".linkedin.com"));
                self.linkedin_url = good.then(|| cell.to_owned());
                self.remark_unless(good, column, cell, "it is no address on linkedin.com")
            }
            Field::Amount => {
                self.amount = parse_amount(cell);
                if let Some(code) = self.amount.as_ref().and_then(|amount| amount.currency.clone()) {
                    self.currency.get_or_insert(code);
                }
                self.remark_unless(self.amount.is_some(), column, cell, "it is no amount")
            }
            Field::Currency => {
                let code = parse_currency(cell);
                let good = code.is_some();
                self.currency = code.or(self.currency.take());
                self.remark_unless(good, column, cell, "it is no currency code such as EUR")
            }
            Field::CloseDate => {
                self.close_date = parse_date(cell);
                self.remark_unless(
                    self.close_date.is_some(),
                    column,
                    cell,
                    "it is no date, or has two readings: write 2026-03-01",
                )
            }
            Field::OccurredAt => {
                self.occurred_at = parse_time(cell);
                self.remark_unless(
                    self.occurred_at.is_some(),
                    column,
                    cell,
                    "it is no time, or has two readings: write 2026-03-01T09:00:00Z",
                )
            }
        };
        if !kept_whole {
            self.keep(column, cell);
        }
        Ok(())
    }

    fn keep(&mut self, column: &str, cell: &str) {
        self.attributes.insert(column.to_owned(), cell.to_owned());
    }

    fn remark_unless(&mut self, good: bool, column: &str, cell: &str, reason: &str) -> bool {
        if !good {
            self.remarks.push(bad_value(column, cell, reason).to_string());
        }
        good
    }

    /// Takes the first good address of the cell and answers the name that stands beside it.
    fn put_email(&mut self, column: &str, cell: &str) -> Result<Option<String>, RowProblem> {
        let whole = parse_mailbox(cell);
        let several = whole.is_err();
        let read = match whole {
            Ok(read) => Some(read),
            Err(_) => pieces(cell).find_map(|piece| parse_mailbox(piece).ok()),
        };
        let Some((name, email)) = read else {
            self.keep(column, cell);
            let reason = parse_mailbox(cell).err().unwrap_or(BadEmail::At);
            return Err(bad_value(column, cell, &reason.to_string()));
        };
        self.email = Some(email);
        // The row may have a name of its own, so the cell is kept as well.
        if several || name.is_some() {
            self.keep(column, cell);
        }
        Ok(name)
    }

    fn put_flag(&mut self, field: Field, column: &str, cell: &str) -> Result<(), RowProblem> {
        let Some(flag) = parse_opt_out(cell) else {
            self.keep(column, cell);
            if says_nothing(cell) {
                return Ok(());
            }
            return Err(bad_value(column, cell, &format!("{field} is yes or no")));
        };
        self.raise(field, flag);
        Ok(())
    }

    /// Sets a flag; a yes from one column is not taken back by a no from another.
    fn raise(&mut self, field: Field, flag: bool) {
        let slot = if field == Field::DoNotCall { &mut self.do_not_call } else { &mut self.do_not_email };
        *slot = Some(slot.unwrap_or(false) || flag);
    }
}

impl Mapping {
    /// Reads a row. A row that is shorter than the header has empty cells at its end.
    ///
    /// # Errors
    /// When the row has cells without a column, an e-mail address or a yes/no that is none, or nothing that tells who the person is.
    pub fn apply<S: AsRef<str>>(&self, row: &[S]) -> Result<LeadFields, RowProblem> {
        let (lead, problems) = self.read(row);
        if let Some(problem) = problems.into_iter().next() {
            return Err(problem);
        }
        lead.check()?;
        Ok(lead)
    }

    /// Reads a row whatever is in it: the fields and attributes, and what is wrong with them. Nothing is missing from the one because of the other.
    pub(super) fn read<S: AsRef<str>>(&self, row: &[S]) -> (LeadFields, Vec<RowProblem>) {
        let mut lead = LeadFields::default();
        let mut problems = Vec::new();
        let surplus = row.get(self.columns.len()..).unwrap_or_default();
        if surplus.iter().any(|cell| !trim(cell.as_ref()).is_empty()) {
            problems.push(RowProblem::TooManyCells { cells: row.len(), columns: self.columns.len() });
        }
        let mut beside_email = None;
        for (column, cell) in self.columns.iter().zip(row) {
            let cell = trim(cell.as_ref());
            if cell.is_empty() {
                continue;
            }
            // PostgreSQL's text holds no NUL, and no person wrote one.
            let without_nul = if cell.contains('\0') { Some(cell.replace('\0', "")) } else { None };
            let cell = without_nul.as_deref().unwrap_or(cell);
            for &flag in &column.raises {
                if parse_opt_out(cell) == Some(true) {
                    lead.raise(flag, true);
                }
            }
            match column.field {
                None => lead.keep(&column.name, cell),
                Some(field) => problems.extend(lead.put(field, &column.name, cell, &mut beside_email).err()),
            }
        }
        if lead.name.is_none() && lead.first_name.is_none() && lead.last_name.is_none() {
            lead.name = beside_email;
        }
        (lead, problems)
    }
}

/// Whether a cell for text has nothing to say. Stricter than for numbers and addresses: Na and None are people's names.
fn is_placeholder(cell: &str) -> bool {
    let folded = fold(cell);
    folded.is_empty() || folded == "null" || (folded == "na" && cell.contains('/')) || is_unchosen(cell)
}

/// The parts of a cell that holds several values: Google separates them with `:::`, people with commas and semicolons.
fn pieces(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ',', '|', '\n', '\t'])
        .flat_map(|piece| piece.split(":::"))
        .flat_map(|piece| piece.split(" / "))
        .map(trim)
        .filter(|piece| !piece.is_empty())
}

/// The cell read as a whole, else its first part that can be read; and whether it was the whole.
fn first_good<T>(cell: &str, parse: impl Fn(&str) -> Option<T>) -> (Option<T>, bool) {
    match parse(cell) {
        Some(value) => (Some(value), true),
        None => (pieces(cell).find_map(parse), false),
    }
}

fn bad_value(column: &str, cell: &str, reason: &str) -> RowProblem {
    let mut value: String = cell.chars().take(MAX_QUOTED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cell.chars().nth(MAX_QUOTED).is_some() {
        value.push('…');
    }
    RowProblem::BadValue { column: column.to_owned(), value, reason: reason.to_owned() }
}

#[cfg(test)]
#[path = "lead_tests.rs"]
mod tests;
