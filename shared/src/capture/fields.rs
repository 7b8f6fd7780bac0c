//! Which column of somebody's spreadsheet, or field of somebody's form, holds which field that CaseyOS knows.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::fold::{fold, trim};
use super::headers::{ASKING, CONTAINERS, NAMES, NO_CONTACT, OWNED, OWNERS, TRAILING};
use super::near::did_you_mean;

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What a column can hold that CaseyOS understands; everything else is an attribute.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Field {
            $($(#[$doc])* $variant,)*
        }

        impl Field {
            /// Every field, in the order in which help texts list them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The field's name, as `--map COLUMN=FIELD` and the wire have it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

fields! {
    /// The person's e-mail address.
    Email = "email";
    /// The person's whole name.
    Name = "name";
    /// Given name.
    FirstName = "first_name";
    /// Family name.
    LastName = "last_name";
    /// The company's name.
    Company = "company";
    /// The company's website or domain.
    Website = "website";
    /// Job title.
    Title = "title";
    /// Telephone number.
    Phone = "phone";
    /// City.
    City = "city";
    /// Country, as a name or a code.
    Country = "country";
    /// Address of the person's LinkedIn profile.
    LinkedinUrl = "linkedin_url";
    /// Where the lead came from.
    Source = "source";
    /// Whether the person must not be mailed.
    DoNotEmail = "do_not_email";
    /// Whether the person must not be called.
    DoNotCall = "do_not_call";
    /// What the deal is worth.
    Amount = "amount";
    /// The amount's currency.
    Currency = "currency";
    /// When the deal is expected to close.
    CloseDate = "close_date";
    /// The deal's stage.
    Stage = "stage";
    /// E-mail address of the colleague who owns the lead.
    OwnerEmail = "owner_email";
    /// Notes, or the message that was sent.
    Notes = "notes";
    /// The person's time zone.
    TimeZone = "time_zone";
    /// When the lead came in or the record was made.
    OccurredAt = "occurred_at";
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What `--map COLUMN=…` says to keep a column as it is.
const ATTRIBUTE: &str = "attribute";
/// What is added to the rank of a name that was only recognised without a word before or behind it.
const STRIPPED: usize = 10_000;

/// Why an override of the mapping was refused: a sentence for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadOverride(String);

/// Which column holds which field. No two columns hold the same one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub(super) columns: Vec<Column>,
}

/// One column and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The column's name, unlike any other's.
    pub name: String,
    /// The field it holds; none means that its cells become attributes under `name`.
    pub field: Option<Field>,
    /// Whether a person said so.
    #[serde(default)]
    pub authored: bool,
    /// Flags that a yes in this column raises beside what the column is: a second opt-out column must not be overlooked because
    /// another one holds the field.
    #[serde(default)]
    pub raises: Vec<Field>,
}

impl Mapping {
    /// Maps the columns whose names are obvious. Of several columns that claim one field the best-known name wins, then the first.
    #[must_use]
    pub fn guess<S: AsRef<str>>(headers: &[S]) -> Self {
        let known = Known::new();
        let names = unique_names(headers);
        let claims: Vec<Option<(Field, usize)>> = headers.iter().map(|header| known.claim(header.as_ref())).collect();
        let mut winners: HashMap<Field, (usize, usize)> = HashMap::new();
        for (at, claim) in claims.iter().enumerate() {
            if let Some((field, rank)) = *claim {
                let winner = winners.entry(field).or_insert((rank, at));
                *winner = (*winner).min((rank, at));
            }
        }
        prefer_profile_url(headers, &mut winners);
        split_names(headers, &mut winners);
        let mut columns: Vec<Column> =
            names.into_iter().map(|name| Column { name, field: None, authored: false, raises: Vec::new() }).collect();
        for (field, (_, at)) in winners {
            if let Some(column) = columns.get_mut(at) {
                column.field = Some(field);
            }
        }
        for ((column, claim), header) in columns.iter_mut().zip(&claims).zip(headers) {
            if let Some((claimed @ (Field::DoNotEmail | Field::DoNotCall), _)) = *claim {
                if column.field != Some(claimed) {
                    column.raises.push(claimed);
                }
                if NO_CONTACT.contains(&fold(header.as_ref()).as_str()) {
                    column.raises.push(Field::DoNotCall);
                }
            }
        }
        Self { columns }
    }

    /// The same mapping with one column mapped by hand: `COLUMN=FIELD`, or `COLUMN=attribute` to keep the column as it is.
    /// The column that held the field before becomes an attribute.
    ///
    /// # Errors
    /// When the text has no `=`, names no column or no field, or gives a field that another override gave to another column.
    pub fn with_override(mut self, spec: &str) -> Result<Self, BadOverride> {
        let Some((column, wanted)) = spec.rsplit_once('=') else {
            return Err(BadOverride(format!(
                "\"{spec}\" maps nothing: write COLUMN=FIELD, such as \"Work mail=email\"."
            )));
        };
        let at = self.find(trim(column))?;
        let field = if fold(wanted) == ATTRIBUTE { None } else { Some(field_named(wanted)?) };
        let holder = self
            .columns
            .iter()
            .position(|column| field.is_some() && column.field == field && column.name != self.columns[at].name);
        if let (Some(holder), Some(field)) = (holder, field) {
            let holder = &mut self.columns[holder];
            if holder.authored {
                return Err(BadOverride(format!(
                    "Two columns are mapped to {field}: \"{}\" and \"{}\". Only one can be.",
                    holder.name,
                    trim(column)
                )));
            }
            holder.field = None;
            if matches!(field, Field::DoNotEmail | Field::DoNotCall) && !holder.raises.contains(&field) {
                holder.raises.push(field);
            }
        }
        let column = &mut self.columns[at];
        column.field = field;
        column.authored = true;
        column.raises.clear();
        Ok(self)
    }

    /// The columns, in the file's order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The name of the column that holds this field.
    #[must_use]
    pub fn column_of(&self, field: Field) -> Option<&str> {
        self.columns.iter().find(|column| column.field == Some(field)).map(|column| column.name.as_str())
    }

    /// Why no row of this file can be a lead, whatever its cells say: nothing in it tells who the person is. None when something does.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        let has = |field| self.column_of(field).is_some();
        let named = has(Field::Name) || has(Field::FirstName) || has(Field::LastName);
        if has(Field::Email) || has(Field::Phone) || (named && (has(Field::Company) || has(Field::Website))) {
            return None;
        }
        let names: Vec<String> = self.columns.iter().take(12).map(|column| format!("\"{}\"", column.name)).collect();
        let more = if self.columns.len() > names.len() { " …" } else { "" };
        Some(format!(
            "No column was recognised as an e-mail address, a phone number, or a name with a company. The columns are {}{more}. Map one by hand, such as COLUMN=email.",
            names.join(", ")
        ))
    }

    fn find(&self, wanted: &str) -> Result<usize, BadOverride> {
        if let Some(at) = self.columns.iter().position(|column| column.name == wanted) {
            return Ok(at);
        }
        let folded = fold(wanted);
        let mut like =
            self.columns.iter().enumerate().filter(|(_, column)| !folded.is_empty() && fold(&column.name) == folded);
        match (like.next(), like.next()) {
            (Some((at, _)), None) => Ok(at),
            (Some((_, one)), Some((_, other))) => Err(BadOverride(format!(
                "\"{wanted}\" could be the column \"{}\" or \"{}\": write it as the file has it.",
                one.name, other.name
            ))),
            _ => {
                let hint = did_you_mean(wanted, self.columns.iter().map(|column| column.name.as_str()));
                Err(BadOverride(format!("There is no column \"{wanted}\".{hint}")))
            }
        }
    }
}

/// The field that a person named in an override: by its own name or by any column name that is known for it.
fn field_named(wanted: &str) -> Result<Field, BadOverride> {
    let folded = fold(wanted);
    if let Some(field) = Field::ALL.iter().find(|field| fold(field.as_str()) == folded) {
        return Ok(*field);
    }
    if let Some((field, _)) = Known::new().claim(wanted) {
        return Ok(field);
    }
    let known = Field::ALL.iter().map(|field| field.as_str()).chain([ATTRIBUTE]);
    let hint = did_you_mean(wanted, known.clone());
    let hint =
        if hint.is_empty() { format!(" The fields are {}.", known.collect::<Vec<_>>().join(", ")) } else { hint };
    Err(BadOverride(format!("There is no field \"{}\".{hint}", trim(wanted))))
}

/// The column names as keys: trimmed, `column 3` for an empty third one, and ` (2)` behind a name that stands there a second time.
#[must_use]
pub fn unique_names<S: AsRef<str>>(headers: &[S]) -> Vec<String> {
    let mut taken: HashSet<String> = headers.iter().map(|header| trim(header.as_ref()).to_owned()).collect();
    let mut used: HashSet<String> = HashSet::new();
    let mut next: HashMap<String, usize> = HashMap::new();
    headers
        .iter()
        .enumerate()
        .map(|(at, header)| {
            let name = trim(header.as_ref());
            let name = if name.is_empty() { format!("column {}", at + 1) } else { name.to_owned() };
            if used.insert(name.clone()) {
                return name;
            }
            let number = next.entry(name.clone()).or_insert(1);
            loop {
                *number += 1;
                let candidate = format!("{name} ({number})");
                if !taken.contains(&candidate) && used.insert(candidate.clone()) {
                    taken.insert(candidate.clone());
                    return candidate;
                }
            }
        })
        .collect()
}

/// The known names, ready for look-up.
struct Known(HashMap<&'static str, (Field, usize)>);

impl Known {
    fn new() -> Self {
        Self(
            NAMES
                .iter()
                .flat_map(|(field, names)| {
                    names.split_whitespace().enumerate().map(|(rank, name)| (name, (*field, rank)))
                })
                .collect(),
        )
    }

    /// The field that a column of this name holds, and how good the name is (lower is better).
    fn claim(&self, header: &str) -> Option<(Field, usize)> {
        if header.len() > 200 {
            return None;
        }
        let words = words(header);
        let nested = header.contains('[') || header.contains('.');
        // A name in all its words first, then with less and less behind it: what stands in front matters more.
        (0..words.len().min(3)).find_map(|cut| {
            let (rest, trailing) = words.split_at(words.len() - cut);
            let plain = trailing.iter().all(|word| TRAILING.contains(&word.as_str()));
            if !plain {
                return None;
            }
            self.claim_words(rest, nested, 0).map(|(field, rank)| (field, rank + cut * STRIPPED))
        })
    }

    fn claim_words(&self, words: &[String], nested: bool, depth: usize) -> Option<(Field, usize)> {
        if let Some(found) = self.0.get(words.concat().as_str()) {
            return Some(*found);
        }
        if depth == 2 {
            return None;
        }
        (1..words.len()).rev().find_map(|at| {
            let (before, rest) = words.split_at(at);
            let before = before.concat();
            let before = before.as_str();
            let (field, rank) = if ASKING.contains(&before) || (nested && CONTAINERS.contains(&before)) {
                self.claim_words(rest, nested, depth + 1)?
            } else if OWNERS.contains(&before) {
                self.claim_words(rest, nested, depth + 1).filter(|(field, _)| OWNED.contains(field))?
            } else {
                return None;
            };
            Some((field, rank + STRIPPED))
        })
    }
}

/// A name's words, folded: split where it has something that is neither letter nor digit, and at `camelCase`.
fn words(header: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for c in header.chars() {
        let breaks = !c.is_alphanumeric() && !unicode_normalization::char::is_combining_mark(c);
        if breaks || (lower_before && c.is_uppercase()) {
            words.push(fold(&word));
            word.clear();
        }
        word.push(c);
        lower_before = c.is_lowercase();
    }
    words.push(fold(&word));
    words.retain(|word| !word.is_empty());
    words
}

/// LinkedIn's own export of connections calls the profile's address just `URL`; elsewhere that may be any address.
fn prefer_profile_url<S: AsRef<str>>(headers: &[S], winners: &mut HashMap<Field, (usize, usize)>) {
    let at = |name: &str| headers.iter().position(|header| fold(header.as_ref()) == name);
    if let (Some(url), Some(_)) = (at("url"), at("connectedon")) {
        winners.entry(Field::LinkedinUrl).or_insert((0, url));
    }
}

/// Beside a column for the one half of a name, the bare word for "name" means the other half: `Vorname, Name`, `Prénom, Nom`,
/// `Nombre, Apellidos`, `Nome, Cognome`. In English it means the whole.
fn split_names<S: AsRef<str>>(headers: &[S], winners: &mut HashMap<Field, (usize, usize)>) {
    let of = |field: Field, winners: &HashMap<Field, (usize, usize)>| {
        winners.get(&field).and_then(|&(_, at)| headers.get(at)).map(|header| fold(header.as_ref()))
    };
    let Some(name) = of(Field::Name, winners) else {
        return;
    };
    let (first, last) = (of(Field::FirstName, winners), of(Field::LastName, winners));
    let other = match (name.as_str(), first.as_deref(), last) {
        ("name", Some("vorname" | "rufname"), None)
        | ("nom", Some(_), None)
        | ("naam", Some("voornaam" | "roepnaam"), None) => Field::LastName,
        ("nombre" | "nome", None, Some(_)) => Field::FirstName,
        _ => return,
    };
    if let Some(claim) = winners.remove(&Field::Name) {
        winners.insert(other, claim);
    }
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
