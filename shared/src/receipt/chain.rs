//! The chain: sealing the next receipt, and finding the first one that does not hold.

use std::fmt;

use serde_json::Value;

use super::canonical::{NotCanonical, canonical};
use super::digest::Digest;
use super::entry::{Entry, Receipt, VERSION};
use crate::model::WorkspaceId;

/// A place in a chain: the last receipt that is known to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Its number; 0 before the first.
    pub seq: u64,
    /// Its hash; 64 zeros before the first.
    pub hash: Digest,
}

impl Anchor {
    /// Before the first receipt.
    pub const GENESIS: Self = Self { seq: 0, hash: Digest::GENESIS };
}

/// What a chain is that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many receipts were read.
    pub count: u64,
    /// The last of them; where the reading began when there was none.
    pub last: Anchor,
}

impl Verified {
    /// Whether the chain ends where it should: a chain alone cannot show that receipts are missing at its end.
    ///
    /// # Errors
    /// [`Broken`] at the first receipt that is missing, or at the noted one when it has another hash now.
    pub fn holds(self, noted: Anchor) -> Result<Self, Broken> {
        if self.last.seq < noted.seq {
            return Err(Broken { seq: self.last.seq + 1, why: Why::Ends { noted: noted.seq } });
        }
        if self.last.seq == noted.seq && self.last.hash != noted.hash {
            return Err(Broken { seq: noted.seq, why: Why::Rewritten });
        }
        Ok(self)
    }
}

/// Where a chain is broken, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("receipt {seq}: {why}")]
pub struct Broken {
    /// The number of the first receipt that does not hold: the one that should stand there.
    pub seq: u64,
    /// Why.
    pub why: Why,
}

/// Why a receipt does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It is no receipt of a format that is known here; the words say what is wrong.
    Unreadable(String),
    /// The line is not the canonical text of what it says.
    Spelling,
    /// Receipts are missing: the next one has this higher number.
    Missing {
        /// The number that was found.
        found: u64,
    },
    /// A receipt stands in the wrong place or twice: the next one has this lower number.
    Repeated {
        /// The number that was found.
        found: u64,
    },
    /// It does not name the hash of the receipt before it: one of the two was changed, or one was taken out or put in.
    Link,
    /// It belongs to another workspace than the first.
    Workspace,
    /// Its hash is not the hash of what it says: it was changed.
    Content,
    /// The chain ends before a receipt that was noted.
    Ends {
        /// The number that was noted.
        noted: u64,
    },
    /// The chain was sealed anew: the noted receipt has another hash now.
    Rewritten,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(what) => write!(f, "it cannot be read: {what}"),
            Self::Spelling => f.write_str("the line is not the canonical text of what it says"),
            Self::Missing { found } => write!(f, "it is missing; the next one is number {found}"),
            Self::Repeated { found } => write!(f, "number {found} stands in its place"),
            Self::Link => f.write_str("it does not name the hash of the receipt before it"),
            Self::Workspace => f.write_str("it belongs to another workspace"),
            Self::Content => f.write_str("its hash is not the hash of what it says"),
            Self::Ends { noted } => write!(f, "it is missing; the chain went on to number {noted} before"),
            Self::Rewritten => f.write_str("it has another hash than the one that was noted"),
        }
    }
}

/// Seals the next receipt of a chain: `prev_hash` is the hash of the receipt before it, [`Digest::GENESIS`] for the first.
///
/// # Errors
/// [`NotCanonical`] when its number is beyond 2^53 − 1.
pub fn seal(prev_hash: Digest, entry: Entry) -> Result<Receipt, NotCanonical> {
    let receipt = Receipt { entry, prev_hash, hash: Digest::GENESIS };
    let mut said = value(&receipt)?;
    let hash = hash(prev_hash, &mut said)?;
    Ok(Receipt { hash, ..receipt })
}

/// `SHA-256(prev_hash as hexadecimal digits || canonical JSON without "hash")`.
fn hash(prev_hash: Digest, said: &mut Value) -> Result<Digest, NotCanonical> {
    if let Some(members) = said.as_object_mut() {
        members.remove("hash");
    }
    Ok(Digest::of(&[prev_hash.to_string().as_bytes(), canonical(said)?.as_bytes()]))
}

fn value(receipt: &Receipt) -> Result<Value, NotCanonical> {
    serde_json::to_value(receipt)
        .map_err(|_| NotCanonical { pointer: String::new(), why: "a receipt that cannot be written" })
}

impl Receipt {
    /// Its line in an export, without the line feed.
    ///
    /// # Errors
    /// [`NotCanonical`] when its number is beyond 2^53 − 1.
    pub fn line(&self) -> Result<String, NotCanonical> {
        canonical(&value(self)?)
    }

    /// Its place in the chain, from which the next one goes on.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        Anchor { seq: self.entry.seq, hash: self.hash }
    }
}

/// A walk along a chain, one receipt after the other, in constant memory.
#[derive(Debug, Clone)]
pub struct Chain {
    last: Anchor,
    count: u64,
    workspace: Option<WorkspaceId>,
}

impl Chain {
    /// A walk that begins after this receipt; [`Anchor::GENESIS`] for the whole chain.
    #[must_use]
    pub const fn after(anchor: Anchor) -> Self {
        Self { last: anchor, count: 0, workspace: None }
    }

    /// Takes the next receipt.
    ///
    /// # Errors
    /// [`Broken`] when it does not hold; the walk stays where it was.
    pub fn receipt(&mut self, receipt: &Receipt) -> Result<(), Broken> {
        let said = value(receipt).map_err(|why| self.broken(Why::Unreadable(why.to_string())))?;
        self.step(receipt, said)
    }

    /// Takes the next line of an export, with or without its line feed.
    ///
    /// # Errors
    /// [`Broken`] when it does not hold; the walk stays where it was.
    pub fn line(&mut self, line: &str) -> Result<(), Broken> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        let unreadable = |why: String| Broken { seq: self.last.seq.saturating_add(1), why: Why::Unreadable(why) };
        let said: Value = serde_json::from_str(line).map_err(|why| unreadable(why.to_string()))?;
        if canonical(&said).map_err(|why| unreadable(why.to_string()))? != line {
            return Err(self.broken(Why::Spelling));
        }
        let receipt: Receipt = serde_json::from_str(line).map_err(|why| unreadable(why.to_string()))?;
        // Written once more: a member that is left out reads like `null`, and an unknown one is not read at all.
        if value(&receipt).map_err(|why| unreadable(why.to_string()))? != said {
            return Err(self.broken(Why::Spelling));
        }
        self.step(&receipt, said)
    }

    /// Ends the walk.
    #[must_use]
    pub const fn end(self) -> Verified {
        Verified { count: self.count, last: self.last }
    }

    fn step(&mut self, receipt: &Receipt, mut said: Value) -> Result<(), Broken> {
        let entry = &receipt.entry;
        let expected = self.last.seq.saturating_add(1);
        if entry.v != VERSION {
            return Err(self.broken(Why::Unreadable(format!("format {} is not known here", entry.v))));
        }
        match entry.seq {
            found if found > expected => return Err(self.broken(Why::Missing { found })),
            found if found < expected => return Err(self.broken(Why::Repeated { found })),
            _ => {}
        }
        if receipt.prev_hash != self.last.hash {
            return Err(self.broken(Why::Link));
        }
        let hash = hash(receipt.prev_hash, &mut said).map_err(|why| self.broken(Why::Unreadable(why.to_string())))?;
        if hash != receipt.hash {
            return Err(self.broken(Why::Content));
        }
        if self.workspace.is_some_and(|workspace| workspace != entry.workspace) {
            return Err(self.broken(Why::Workspace));
        }
        self.workspace = Some(entry.workspace);
        self.last = receipt.anchor();
        self.count += 1;
        Ok(())
    }

    fn broken(&self, why: Why) -> Broken {
        Broken { seq: self.last.seq.saturating_add(1), why }
    }
}

/// Walks a whole chain from its first receipt.
///
/// # Errors
/// [`Broken`] at the first receipt that does not hold.
pub fn verify<R: std::borrow::Borrow<Receipt>>(receipts: impl IntoIterator<Item = R>) -> Result<Verified, Broken> {
    let mut chain = Chain::after(Anchor::GENESIS);
    receipts.into_iter().try_for_each(|receipt| chain.receipt(receipt.borrow()))?;
    Ok(chain.end())
}

/// Walks a whole export, line by line, byte for byte.
///
/// # Errors
/// [`Broken`] at the first line that does not hold.
pub fn verify_lines<L: AsRef<str>>(lines: impl IntoIterator<Item = L>) -> Result<Verified, Broken> {
    let mut chain = Chain::after(Anchor::GENESIS);
    lines.into_iter().try_for_each(|line| chain.line(line.as_ref()))?;
    Ok(chain.end())
}
