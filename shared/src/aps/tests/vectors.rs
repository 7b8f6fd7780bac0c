//! Pinned answers: a change of any of them is a change of the score, to be made on purpose.
//!
//! `CASEYOS_WRITE_VECTORS=1 cargo test -p caseyos-shared pinned` writes them anew; the difference then shows in the
//! commit.

use serde::{Deserialize, Serialize};

use crate::aps::testing::{vector, vectors_digest};
use crate::aps::{Aps, Facts, Weights, score};
use crate::model::Ts;

/// The digest of all made-up facts' answers; a WASM build must give the same.
const DIGEST: u64 = 0x696C_4911_82FC_A20B;

#[derive(Serialize, Deserialize)]
struct Vector {
    facts: Facts,
    weights: Weights,
    now: Ts,
    aps: Aps,
}

#[test]
fn the_pinned_vectors_score_as_written_down() {
    if std::env::var_os("CASEYOS_WRITE_VECTORS").is_some() {
        let lines: Vec<String> = (0..48)
            .map(|number| {
                let (facts, weights, now) = vector(number);
                let aps = score(&facts, &weights, now);
                serde_json::to_string(&Vector { facts, weights, now, aps }).unwrap()
            })
            .collect();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/aps/vectors.json");
        std::fs::write(path, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
        return;
    }
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../vectors.json")).unwrap();
    assert_eq!(vectors.len(), 48);
    for Vector { facts, weights, now, aps } in vectors {
        assert_eq!(score(&facts, &weights, now), aps);
    }
}

#[test]
fn the_digest_of_all_vectors_is_pinned() {
    assert_eq!(vectors_digest(), DIGEST, "{:#018X}", vectors_digest());
}
