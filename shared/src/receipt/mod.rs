//! Receipts: an append-only chain that shows what was done, by whom, on what grounds and with what result.
//!
//! # The format, for a second verifier
//!
//! An export is JSON Lines: UTF-8, one receipt a line, lines ended by one line feed, in the order of `seq`. All receipts of a file
//! belong to one workspace. Nothing but a JSON parser and SHA-256 (FIPS 180-4) is needed to check it.
//!
//! **Canonical JSON** is RFC 8785 (JCS) for strings, booleans, null, arrays, objects and whole numbers of at most 2^53 − 1 either
//! side of zero (the range in which every JSON parser agrees, RFC 7493 §2.2). Fractions and exponents do not occur. In short:
//!
//! - no white space between tokens;
//! - the members of an object are sorted by their names, compared as UTF-16 code units; a name occurs once;
//! - whole numbers are written in decimal, without a plus, leading zeros or a minus before zero;
//! - in strings only `"`, `\` and the characters below U+0020 are escaped: `\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r`, the others as
//!   `\u00` and two lower-case hexadecimal digits; everything else stands as it is, in UTF-8. Text is not normalised.
//!
//! **A line** is exactly the canonical JSON of its receipt: [`Entry`]'s members, `prev_hash` and `hash`. A member without a value is
//! `null`, never left out. Times are RFC 3339 in UTC with three decimals and `Z`; ids are UUIDs in lower case with hyphens; digests
//! and hashes are 64 lower-case hexadecimal digits.
//!
//! **The chain.** `seq` begins at 1 and rises by 1 without a gap. `prev_hash` is the `hash` of the receipt before, and 64 zeros
//! in the first. And
//!
//! ```text
//! hash = lower-case hex of SHA-256( prev_hash || canonical JSON of the receipt without its member "hash" )
//! ```
//!
//! where `prev_hash` stands for its 64 hexadecimal digits as ASCII bytes, not for the 32 bytes that they name, and `||` puts the two byte strings
//! one after the other with nothing in between. The receipt that is hashed still has its member `prev_hash`.
//!
//! **To verify** a file: for every line, in order, check that the line is canonical (parse it, write it again, compare the bytes; this
//! also finds a name that occurs twice); that `seq` is the number expected; that `prev_hash` is the last line's `hash`; that
//! `workspace` is the first line's; that `hash` is what the formula gives. The first line where one of these fails is where the chain
//! is broken. A chain cannot show that receipts are missing at its *end*: compare the last `seq` and `hash` with ones that were noted
//! elsewhere ([`Verified::holds`]).
//!
//! **Payloads** are not in the chain. `payload_digest` is the SHA-256 of the canonical JSON of what was sent or changed
//! ([`digest_of`]), so the payload can be erased when a person asks for it, and the chain still verifies. A payload that could be guessed
//! (an address, a yes or no) carries a random member `nonce`; once that is erased with it, the digest tells nothing.
//!
//! **Test vector.** The canonical JSON `{"seq":1}` after 64 zeros gives
//! `0a00898550374c41186879d92f30325cd0a550ce8c5da4d9aeef34a95c0b85ea`; whole receipts stand in this module's tests.

mod canonical;
mod chain;
mod digest;
mod entry;
#[cfg(test)]
mod tests;

pub use canonical::{NotCanonical, canonical};
pub use chain::{Anchor, Broken, Chain, Verified, Why, seal, verify, verify_lines};
pub use digest::{BadDigest, Digest};
pub use entry::{Actor, Attempt, Entry, Finding, Grounds, Receipt, ReceiptKind, RuleGrounds, VERSION};

use serde_json::Value;

/// The digest of a payload, which stands in a receipt in its place.
///
/// # Errors
/// [`NotCanonical`] when the payload holds a number that is not whole or is beyond 2^53 − 1.
pub fn digest_of(payload: &Value) -> Result<Digest, NotCanonical> {
    canonical(payload).map(|text| Digest::of(&[text.as_bytes()]))
}
