//! The broken files of the world, one by one, and the fixture.

use std::time::Instant;

use caseyos_shared::capture::fields::{Field, Mapping};
use proptest::prelude::*;

use super::*;

/// What a file gives: its rows as `LINE:cell|cell`, its bad rows as `LINE!reason`.
fn read(bytes: impl AsRef<[u8]>) -> Vec<String> {
    show(open(bytes).unwrap_or_else(|error| panic!("{error}")))
}

fn show(rows: CsvRows) -> Vec<String> {
    rows.map(|row| match row {
        Ok(row) => format!("{}:{}", row.line, row.fields.join("|")),
        Err(bad) => format!("{}!{}", bad.line, bad.reason),
    })
    .collect()
}

/// Opens the bytes as a file on disk, as the import does.
fn open(bytes: impl AsRef<[u8]>) -> Result<CsvRows, BadFile> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("leads.csv");
    std::fs::write(&path, bytes).unwrap();
    CsvRows::open(&path)
}

fn refused(bytes: impl AsRef<[u8]>) -> String {
    open(bytes).err().map(|error| error.to_string()).unwrap_or_default()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let text = "name,city\r\nJörg,Köln\r\nAnn,\"a\r\nb\"\r\n";
    let rows = ["2:Jörg|Köln", "3:Ann|a\r\nb"];
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8),
        (utf16(&format!("\u{feff}{text}"), u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(&format!("\u{feff}{text}"), u16::to_be_bytes), Encoding::Utf16Be),
        (utf16(text, u16::to_le_bytes), Encoding::Utf16Le),
        (utf16(text, u16::to_be_bytes), Encoding::Utf16Be),
        (latin, Encoding::Windows1252),
    ] {
        let file = open(bytes).unwrap();
        assert_eq!(file.encoding(), encoding);
        assert_eq!(file.headers(), ["name", "city"], "{encoding}");
        assert_eq!(show(file), rows, "{encoding}");
    }
}

#[test]
fn a_late_line_that_is_not_utf8_is_read_as_windows_1252_and_counted() {
    let mut bytes = b"name,city\n".to_vec();
    for _ in 0..10_000 {
        bytes.extend("Jörg,Köln\n".as_bytes());
    }
    bytes.extend(b"J\xf6rg,5 \x80\n");
    bytes.extend("Zoë,Ö\n".as_bytes());
    let mut file = open(bytes).unwrap();
    let rows: Vec<Row> = file.by_ref().map(Result::unwrap).collect();
    assert_eq!(file.encoding(), Encoding::Utf8);
    assert_eq!(file.fallback_lines(), 1);
    assert_eq!(rows[10_000].fields, ["Jörg", "5 €"]);
    assert_eq!(rows[10_001].fields, ["Zoë", "Ö"]);
}

#[test]
fn the_first_chunk_may_end_inside_a_character() {
    for shift in 0..4 {
        let mut text = format!("{}\n", "n".repeat(shift + 1));
        while text.len() < 70_000 {
            text.push_str("ééééééééé€\n");
        }
        let file = open(&text).unwrap();
        assert_eq!(file.encoding(), Encoding::Utf8);
        assert!(show(file).iter().all(|row| row.ends_with("ééééééééé€")));
        let wide = open(utf16(&format!("\u{feff}{}", text.replace('€', "🎉")), u16::to_le_bytes)).unwrap();
        assert!(show(wide).iter().all(|row| row.ends_with("ééééééééé🎉")));
    }
}

#[test]
fn the_delimiter_is_found() {
    for (text, delimiter, rows) in [
        ("a,b\n1,2\n", ',', vec!["2:1|2"]),
        ("a;b\n1,5;2,5\n", ';', vec!["2:1,5|2,5"]),
        ("name;amount, EUR\nx;1,5\n", ';', vec!["2:x|1,5"]),
        ("a\tb\n1, x\t2; y\n", '\t', vec!["2:1, x|2; y"]),
        ("a|b\n1|2\n", '|', vec!["2:1|2"]),
        ("\"a;b;c\",d\n\"1;2\",3\n", ',', vec!["2:1;2|3"]),
        ("\"a\n;;;\",d\n1,3\n", ',', vec!["3:1|3"]),
        ("email\na@b.example\n", ',', vec!["2:a@b.example"]),
        ("sep=;\na,x;b\n1;2\n", ';', vec!["3:1|2"]),
        ("a,b,c\n1\n2,3,4\n", ',', vec!["2:1||", "3:2|3|4"]),
    ] {
        let file = open(text).unwrap();
        assert_eq!(file.delimiter(), delimiter, "{text:?}");
        assert_eq!(show(file), rows, "{text:?}");
    }
}

#[test]
fn short_rows_are_filled_and_long_rows_are_reported() {
    assert_eq!(
        read("a,b,c\n1\n1,2,3,,\n1,2,3,4\n5,6,7\n"),
        ["2:1||", "3:1|2|3", "4!The row has 4 fields and the header only 3.", "5:5|6|7"]
    );
}

#[test]
fn quotes_may_hold_anything() {
    assert_eq!(
        read("a,b\n\"x, \"\"y\"\"\n\nz\",1\n2,3 \"q\"\n\"4\"x,5\n"),
        ["2:x, \"y\"\n\nz|1", "5:2|3 \"q\"", "6:4x|5"]
    );
}

#[test]
fn blank_lines_and_empty_rows_are_passed_over() {
    assert_eq!(read("\n  \na,b\n\n1,2\n,\n \n3,4"), ["5:1|2", "8:3|4"]);
}

#[test]
fn every_line_end_is_one() {
    assert_eq!(read("a,b\r1,2\r3,4\r"), ["2:1|2", "3:3|4"]);
    assert_eq!(read("a,b\r\n1,2\r\n\"3\",\"4\"\r\n"), ["2:1|2", "3:3|4"]);
}

#[test]
fn headers_are_made_unique() {
    let file = open("Email,,Email,Email\na@b.example,1,2,3\n").unwrap();
    assert_eq!(file.headers(), ["Email", "column 2", "Email (2)", "Email (3)"]);
}

#[test]
fn files_without_rows_say_what_they_lack() {
    assert_eq!(refused(""), "The file is empty: the first line should name the columns.");
    assert_eq!(refused("\u{feff}\r\n \r\n"), "The file is empty: the first line should name the columns.");
    assert_eq!(refused("name,email\n"), "The file has column names but no rows below them.");
    assert_eq!(refused("name,email"), "The file has column names but no rows below them.");
    assert!(
        refused("Ann,ann@acme.example\nBob,bob@acme.example\n")
            .starts_with("The first line has the e-mail address \"ann@acme.example\"")
    );
    assert!(refused(b"PK\x03\x04\x14\x00\x06\x00").contains("Excel"));
    assert!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\xff\xfe").contains("Excel"));
    assert!(
        refused("a,\"b\n1,2\n")
            .starts_with("The line of column names (line 1) cannot be read: The quote that opens on line 1")
    );
    let missing = CsvRows::open(Path::new("/nonexistent/leads.csv")).err().unwrap().to_string();
    assert!(missing.starts_with("The file cannot be read: "), "{missing}");
}

#[test]
fn nul_bytes_cost_their_row_only() {
    assert_eq!(
        read(b"a,b\n1,2\n3,\0\0\0\n\"x\n\0\",4\n5,6\n"),
        [
            "2:1|2",
            "3!The row has NUL bytes in it: the file is damaged here, or is no text.",
            "4!The row has NUL bytes in it: the file is damaged here, or is no text.",
            "6:5|6",
        ]
    );
}

#[test]
fn an_unterminated_quote_costs_its_row_only() {
    assert_eq!(
        read("a,b\n1,2\n3,\"four\n5,6\n7,8\n"),
        ["2:1|2", "3!The quote that opens on line 3 is not closed in the rest of the file.", "4:5|6", "5:7|8"]
    );
    assert_eq!(
        read("a,b\n\"1\n2\",\"3\n4,5\n"),
        ["2!The quote that opens on line 3 is not closed in the rest of the file. Lines 2 to 3 are left out.", "4:4|5"]
    );
}

#[test]
fn an_unterminated_quote_does_not_take_the_next_quoted_row_with_it() {
    assert_eq!(
        read("a,b\n1,\"two\n\"3\",\"4\"\n5,\"six\n7,\"8, 9\"\n"),
        [
            "2!The quote that opens on line 2 is not closed before the next one, on line 3.",
            "3:3|4",
            "4!The quote that opens on line 4 is not closed before the next one, on line 5.",
            "5:7|8, 9",
        ]
    );
}

#[test]
fn a_quote_that_swallows_a_megabyte_is_given_up() {
    let mut text = "a,b\n1,\"two\n".to_owned();
    for at in 0..200_000 {
        text.push_str(&format!("row {at},x\n"));
    }
    let rows = read(&text);
    assert_eq!(rows[0], "2!The quote that opens on line 2 is not closed within a megabyte.");
    assert_eq!(rows.len(), 200_001);
    assert_eq!(rows[200_000], "200002:row 199999|x");
}

#[test]
fn a_line_of_more_than_a_megabyte_is_reported_and_passed_over() {
    let text = format!("a,b\n1,2\n{}\n3,\"4\n{}\n5,6\n", "x".repeat(3 << 20), "y".repeat(2 << 20));
    assert_eq!(
        read(text),
        [
            "2:1|2",
            "3!The line is longer than a megabyte.",
            "4!The quote that opens on line 4 is not closed within a megabyte.",
            "5!The line is longer than a megabyte.",
            "6:5|6",
        ]
    );
}

#[test]
fn a_file_made_to_be_read_again_and_again_is_read_in_time() {
    // Each line leaves a quote open whether or not one was open before it.
    let text = format!("a,b\n{}", "a\"b,\"c\n".repeat(300_000));
    let begun = Instant::now();
    let rows = read(text);
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    assert_eq!(rows.len(), 300_000);
    assert!(rows.iter().all(|row| row.contains("!The quote")));
}

#[test]
fn a_read_error_is_given_once_after_the_rows_before_it() {
    struct Broken(Cursor<Vec<u8>>);
    use std::io::Cursor;
    impl Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(io::Error::other("the disk is gone")),
                read => Ok(read),
            }
        }
    }
    let text = format!("a,b\n{}", "1,2\n".repeat(50_000)).into_bytes();
    let rows = show(CsvRows::new(Broken(Cursor::new(text))).unwrap());
    assert_eq!(rows.len(), 50_001);
    assert_eq!(rows[50_000], "50002!The file cannot be read from here on: the disk is gone.");
}

#[test]
fn the_fixtures_rows_are_all_leads() {
    let Some(dir) = std::env::var_os("CASEYOS_FIXTURES_DIR") else {
        assert!(std::env::var("CASEYOS_REQUIRE_FIXTURES").as_deref() != Ok("1"), "CASEYOS_FIXTURES_DIR is not set");
        println!("skipped: CASEYOS_FIXTURES_DIR is not set");
        return;
    };
    let file = CsvRows::open(&Path::new(&dir).join("leads/leads.csv")).unwrap();
    let mapping = Mapping::guess(file.headers());
    for field in
        [Field::Email, Field::Name, Field::Source, Field::DoNotEmail, Field::DoNotCall, Field::Country, Field::City]
    {
        assert_eq!(mapping.column_of(field), Some(field.as_str()));
    }
    assert_eq!(mapping.columns().iter().filter(|column| column.field.is_some()).count(), 7);
    let mut rows = 0;
    for row in file {
        let row = row.unwrap();
        let lead = mapping.apply(&row.fields).unwrap_or_else(|problem| panic!("line {}: {problem}", row.line));
        assert!(
            lead.email.is_some() && lead.do_not_email.is_some() && lead.attributes.contains_key("lead_number"),
            "line {}",
            row.line
        );
        assert!(lead.remarks.is_empty(), "line {}: {:?}", row.line, lead.remarks);
        rows += 1;
    }
    assert_eq!(rows, 3000);
}

/// A million rows; run in release with `--ignored --nocapture` to see the rate.
#[test]
#[ignore = "measures: cargo test --release -p caseyos-api a_million_rows -- --ignored --nocapture"]
fn a_million_rows_are_streamed_at_a_rate_with_flat_memory() {
    struct Rows(u64, Vec<u8>, usize);
    impl Read for Rows {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.2 == self.1.len() {
                if self.0 == 1_000_000 {
                    return Ok(0);
                }
                self.0 += 1;
                self.1 = format!("{0},Lead {0},lead{0}@leads.example,\"Acme, Inc\",Landing Page,Google,No,No,1.0,1034,1.0,Opened,India,Ops,,Other,Mumbai,0\n", self.0).into_bytes();
                self.2 = 0;
            }
            let piece = (&self.1[self.2..]).read(out)?;
            self.2 += piece;
            Ok(piece)
        }
    }
    let resident = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
            .unwrap_or(0)
    };
    let header = b"lead_number,name,email,company,origin,source,do_not_email,do_not_call,v,t,p,last_activity,country,spec,h,o,city,converted\n".to_vec();
    let before = resident();
    let begun = Instant::now();
    let file = CsvRows::new(Rows(0, header.clone(), 0)).unwrap();
    assert_eq!(file.filter(Result::is_ok).count(), 1_000_000);
    let reading = begun.elapsed();
    let begun = Instant::now();
    let file = CsvRows::new(Rows(0, header, 0)).unwrap();
    let mapping = Mapping::guess(file.headers());
    assert_eq!(file.filter(|row| mapping.apply(&row.as_ref().unwrap().fields).is_ok()).count(), 1_000_000);
    println!(
        "rows/s read: {:.0}; read and mapped: {:.0}; peak resident grew by {} kB",
        1e6 / reading.as_secs_f64(),
        1e6 / begun.elapsed().as_secs_f64(),
        resident() - before
    );
    assert!(resident() - before < 20_000);
}

fn csv_text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec!["a", "b", ",", "\"", "\"\"", "\n", "\r\n", ";", "é", " ", "x,y\n"]),
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(rows) = CsvRows::new(io::Cursor::new(bytes)) {
            let _ = rows.count();
        }
    }

    #[test]
    fn rows_come_in_order_and_each_line_begins_one_row_at_most(text in csv_text()) {
        let text = format!("h1,h2,h3\n{text}");
        if let Ok(rows) = CsvRows::new(io::Cursor::new(text.clone().into_bytes())) {
            let lines: Vec<u64> = rows.map(|row| row.map_or_else(|bad| bad.line, |row| row.line)).collect();
            prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", lines);
            prop_assert!(lines.iter().all(|line| *line <= text.matches('\n').count() as u64 + 1));
        }
    }

    #[test]
    fn what_the_csv_crate_writes_is_read_back(rows in prop::collection::vec(prop::collection::vec("[a-z\",;\n é|\t]{0,6}", 3), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["first", "second", "third"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        prop_assume!(rows.iter().any(|row| row.iter().any(|cell| !cell.trim().is_empty())));
        let read: Vec<Vec<String>> = CsvRows::new(io::Cursor::new(bytes)).unwrap().map(|row| row.unwrap().fields).collect();
        let wanted: Vec<Vec<String>> = rows.into_iter().filter(|row| row.iter().any(|cell| !cell.trim().is_empty())).collect();
        prop_assert_eq!(read, wanted);
    }
}
