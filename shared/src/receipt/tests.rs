//! What holds of every chain, and receipts written down for whoever writes a second verifier.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::{ActionKind, Ts, WorkspaceId};

/// The first two receipts of a chain, as an export holds them. Their hashes were computed by another program.
const VECTORS: [&str; 2] = [
    r#"{"action":"send_email","actor":{"kind":"rule","rule_id":"01890a5d-ac96-774b-bcce-b302099a8001","version":3},"at":"2026-03-02T09:00:00.000Z","execution_id":"01890a5d-ac96-774b-bcce-b302099a8002","grounds":{"draft_hash":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","preview_hash":null,"rule":{"name":"Demo requests","version":3}},"guardrails":[{"name":"recipient","reason":"The address is the contact's own.","verdict":"pass"},{"name":"quiet_hours","reason":"It is 10:00 for them.","verdict":"pass"}],"hash":"4b1497b41458a985b08474206361b7fcf91f73e67e99152c01712b3a307eeb07","kind":"execution","move_id":"01890a5d-ac96-774b-bcce-b302099a8003","payload_digest":"f8612a93221b7e09d44e56cf9c5b057945daffdcd9b550f8eaea3d8ba6e4e7c2","prev_hash":"0000000000000000000000000000000000000000000000000000000000000000","result":{"error":null,"message_id":"<01890a5d-ac96-774b-bcce-b302099a8002@caseyos.example>","provider":"outbox","provider_id":"0001.eml","state":"succeeded"},"seq":1,"v":1,"workspace":"01890a5d-ac96-774b-bcce-b302099a8000"}"#,
    r#"{"action":null,"actor":{"kind":"person","user_id":"01890a5d-ac96-774b-bcce-b302099a8004"},"at":"2026-03-02T09:00:01.250Z","execution_id":null,"grounds":{"draft_hash":null,"preview_hash":null,"rule":null},"guardrails":[],"hash":"20abcc3a4a8a02acd94ddd81af4c6a0b56d54e0792eab613e485fd6803e77d2b","kind":"kill","move_id":null,"payload_digest":null,"prev_hash":"4b1497b41458a985b08474206361b7fcf91f73e67e99152c01712b3a307eeb07","result":{"error":"Zoë said “stop” \\ 😀\n","message_id":null,"provider":null,"provider_id":null,"state":"stopped"},"seq":2,"v":1,"workspace":"01890a5d-ac96-774b-bcce-b302099a8000"}"#,
];

fn workspace() -> WorkspaceId {
    "01890a5d-ac96-774b-bcce-b302099a8000".parse().unwrap()
}

fn entry(seq: u64) -> Entry {
    Entry {
        v: VERSION,
        seq,
        workspace: workspace(),
        at: Ts::from_millis(1_772_442_000_000 + seq as i64),
        kind: ReceiptKind::Execution,
        execution_id: Some("01890a5d-ac96-774b-bcce-b302099a8002".parse().unwrap()),
        move_id: Some("01890a5d-ac96-774b-bcce-b302099a8003".parse().unwrap()),
        action: Some(ActionKind::SendEmail),
        actor: Actor::System { part: "schedule".into() },
        grounds: Grounds {
            draft_hash: Some(Digest::of_text("draft")),
            rule: Some(RuleGrounds { name: "Demo requests".into(), version: 3 }),
            preview_hash: None,
        },
        guardrails: vec![Finding { name: "links".into(), verdict: "pass".into(), reason: "There are none.".into() }],
        payload_digest: Some(Digest::of_text("payload")),
        result: Some(Attempt { state: "succeeded".into(), provider: Some("outbox".into()), ..Attempt::default() }),
    }
}

/// A chain of this many receipts.
fn chain(count: u64) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    let mut last = Digest::GENESIS;
    for seq in 1..=count {
        let receipt = seal(last, entry(seq)).unwrap();
        last = receipt.hash;
        receipts.push(receipt);
    }
    receipts
}

fn lines(receipts: &[Receipt]) -> Vec<String> {
    receipts.iter().map(|receipt| receipt.line().unwrap()).collect()
}

fn broken(seq: u64, why: Why) -> Result<Verified, Broken> {
    Err(Broken { seq, why })
}

#[test]
fn the_written_down_receipts_verify_and_are_what_this_crate_writes() {
    let verified = verify_lines(VECTORS).unwrap();
    assert_eq!(verified.count, 2);
    for line in VECTORS {
        let receipt: Receipt = serde_json::from_str(line).unwrap();
        assert_eq!(receipt.line().unwrap(), line);
        assert_eq!(seal(receipt.prev_hash, receipt.entry.clone()).unwrap(), receipt);
    }
}

#[test]
fn the_short_vector_of_the_documentation_is_right() {
    let hash = Digest::of(&["0".repeat(64).as_bytes(), br#"{"seq":1}"#]);
    assert_eq!(hash.to_string(), "0a00898550374c41186879d92f30325cd0a550ce8c5da4d9aeef34a95c0b85ea");
}

#[test]
fn a_chain_that_was_left_alone_verifies() {
    let receipts = chain(5);
    let verified = verify(&receipts).unwrap();
    assert_eq!((verified.count, verified.last), (5, receipts[4].anchor()));
    assert_eq!(verify_lines(lines(&receipts)), Ok(verified));
    assert_eq!(verified.holds(receipts[4].anchor()), Ok(verified));
    assert_eq!(verify(&[] as &[Receipt]), Ok(Verified { count: 0, last: Anchor::GENESIS }));
}

#[test]
fn a_walk_can_go_on_from_a_known_receipt() {
    let receipts = chain(5);
    let mut walk = Chain::after(receipts[1].anchor());
    receipts[2..].iter().for_each(|receipt| walk.receipt(receipt).unwrap());
    assert_eq!(walk.end(), Verified { count: 3, last: receipts[4].anchor() });
}

#[test]
fn a_receipt_that_was_taken_out_is_missing_at_its_number() {
    let mut receipts = chain(5);
    receipts.remove(2);
    assert_eq!(verify(&receipts), broken(3, Why::Missing { found: 4 }));
}

#[test]
fn a_missing_head_is_found() {
    assert_eq!(verify(&chain(5)[2..]), broken(1, Why::Missing { found: 3 }));
}

#[test]
fn a_missing_tail_is_found_against_what_was_noted() {
    let receipts = chain(5);
    let verified = verify(&receipts[..3]).unwrap();
    assert_eq!(verified.holds(receipts[4].anchor()), broken(4, Why::Ends { noted: 5 }));
}

#[test]
fn a_chain_that_was_sealed_anew_differs_from_what_was_noted() {
    let noted = chain(1)[0].anchor();
    let other = seal(Digest::GENESIS, Entry { kind: ReceiptKind::Undo, ..entry(1) }).unwrap();
    assert_eq!(verify([other]).unwrap().holds(noted), broken(1, Why::Rewritten));
}

#[test]
fn swapped_receipts_are_found_at_the_first_of_them() {
    let mut receipts = chain(5);
    receipts.swap(1, 3);
    assert_eq!(verify(&receipts), broken(2, Why::Missing { found: 4 }));
}

#[test]
fn a_receipt_that_stands_twice_is_found() {
    let mut receipts = chain(5);
    receipts.insert(2, receipts[1].clone());
    assert_eq!(verify(&receipts), broken(3, Why::Repeated { found: 2 }));
}

#[test]
fn a_changed_receipt_that_was_sealed_again_breaks_the_link_after_it() {
    let mut receipts = chain(5);
    let forged = Entry { action: Some(ActionKind::CreateTask), ..receipts[2].entry.clone() };
    receipts[2] = seal(receipts[2].prev_hash, forged).unwrap();
    assert_eq!(verify(&receipts), broken(4, Why::Link));
}

#[test]
fn another_workspaces_receipt_does_not_belong_even_when_it_fits() {
    let mut receipts = chain(2);
    let stranger = "01890a5d-ac96-774b-bcce-b302099a9999".parse().unwrap();
    receipts.push(seal(receipts[1].hash, Entry { workspace: stranger, ..entry(3) }).unwrap());
    assert_eq!(verify(&receipts), broken(3, Why::Workspace));
}

#[test]
fn a_line_that_says_the_same_in_another_spelling_is_refused() {
    let good = lines(&chain(1)).remove(0);
    for bad in [
        good.replacen(',', ", ", 1),
        good.replacen("\"seq\":1", "\"seq\":1,\"seq\":1", 1),
        good.replacen("execution", "\\u0065xecution", 1),
        good.replacen("\"preview_hash\":null,", "", 1),
        format!(" {good}"),
    ] {
        assert_ne!(bad, good);
        assert_eq!(verify_lines([&bad]), broken(1, Why::Spelling), "{bad}");
    }
    assert!(verify_lines([format!("{good}\n")]).is_ok());
}

#[test]
fn what_cannot_be_read_is_named_and_nothing_panics() {
    for bad in ["", "{}", "[1]", "null", "{\"seq\":1.5}", "\u{0}"] {
        let Err(Broken { seq: 1, why: Why::Unreadable(_) }) = verify_lines([bad]) else { panic!("{bad}") };
    }
    let newer = seal(Digest::GENESIS, Entry { v: 2, ..entry(1) }).unwrap();
    let Err(broken) = verify([newer]) else { panic!("format 2") };
    assert_eq!(broken.to_string(), "receipt 1: it cannot be read: format 2 is not known here");
}

#[test]
fn a_payload_can_be_erased_and_the_chain_still_verifies() {
    let payload = json!({"to": "priya@northwind.example", "body": "Hello", "nonce": "5f3c"});
    let sealed = Entry { payload_digest: Some(digest_of(&payload).unwrap()), ..entry(1) };
    let receipt = seal(Digest::GENESIS, sealed).unwrap();
    assert!(verify([&receipt]).is_ok());
    assert!(!receipt.line().unwrap().contains("northwind"));
    assert!(digest_of(&json!({"amount": 1.5})).is_err());
}

/// Every place in a value, as JSON pointers, innermost ones only.
fn leaves(value: &Value, pointer: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| leaves(member, &format!("{pointer}/{name}"), out))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| leaves(item, &format!("{pointer}/{at}"), out))
        }
        _ => out.push(pointer.to_owned()),
    }
}

#[test]
fn a_change_of_any_field_is_found_at_its_number() {
    let good = lines(&chain(4));
    for at in 0..good.len() {
        let value: Value = serde_json::from_str(&good[at]).unwrap();
        let mut pointers = Vec::new();
        leaves(&value, "", &mut pointers);
        assert!(pointers.len() > 20);
        for pointer in pointers {
            let mut changed = value.clone();
            let leaf = changed.pointer_mut(&pointer).unwrap();
            *leaf = match &*leaf {
                Value::String(text) => json!(format!("{text}x")),
                Value::Number(number) => json!(number.as_u64().unwrap() + 1),
                Value::Null => json!("x"),
                _ => Value::Null,
            };
            let mut bad = good.clone();
            bad[at] = canonical(&changed).unwrap();
            assert_eq!(verify_lines(&bad).unwrap_err().seq, at as u64 + 1, "{pointer}");
        }
    }
}

proptest! {
    #[test]
    fn a_flipped_bit_is_found_at_its_number(at in 0..4usize, byte in any::<prop::sample::Index>(), bit in 0..8u8) {
        let mut all = lines(&chain(4));
        let mut bytes = all[at].clone().into_bytes();
        let place = byte.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        all[at] = text;
        prop_assert_eq!(verify_lines(&all).unwrap_err().seq, at as u64 + 1);
    }

    #[test]
    fn any_text_seals_verifies_and_goes_round(name in any::<String>(), reason in any::<String>(), error in any::<Option<String>>()) {
        let said = Entry {
            guardrails: vec![Finding { name, verdict: "wait".into(), reason }],
            result: Some(Attempt { error, ..Attempt::default() }),
            ..entry(1)
        };
        let receipt = seal(Digest::GENESIS, said).unwrap();
        let line = receipt.line().unwrap();
        prop_assert_eq!(serde_json::from_str::<Receipt>(&line).unwrap(), receipt);
        prop_assert!(verify_lines([line]).is_ok());
    }

    #[test]
    fn no_line_makes_the_walk_panic(line in any::<String>()) {
        prop_assert!(verify_lines([line]).is_err());
    }
}
