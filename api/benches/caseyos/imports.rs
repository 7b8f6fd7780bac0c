//! Imports of the project's own making: a list of leads, and a mailbox of any size.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::programs::{add_user, timed};
use super::round;

/// So many lines of leads; rows a second and peak memory.
pub(crate) fn leads(folder: &Path, rows: u32) -> anyhow::Result<Value> {
    let leads = folder.join("leads.csv");
    let mut text = String::from("name,email,company,city,visits,last_activity\n");
    for row in 0..rows {
        text.push_str(&format!(
            "Lead {row},lead{row}@firm{}.example,Firm {},Lund,{},Form sent\n",
            row % 5000,
            row % 5000,
            row % 17
        ));
    }
    std::fs::write(&leads, text)?;
    add_user(folder, "leads")?;
    let path = leads.display().to_string();
    let (took, peak) = timed(folder, "leads", &["import", "leads", &path, "--json"])?;
    Ok(json!({ "rows_per_s": (f64::from(rows) / took.as_secs_f64()).round(), "peak_mb": round(peak), "rows": rows }))
}

/// A mailbox of so many megabytes; megabytes a second and peak memory.
pub(crate) fn mail(folder: &Path, megabytes: usize) -> anyhow::Result<Value> {
    let mbox = folder.join("mail.mbox");
    let size = write_mbox(&mbox, megabytes * 1_000_000)?;
    add_user(folder, "mail")?;
    let path = mbox.display().to_string();
    let (took, peak) = timed(folder, "mail", &["import", "mail", &path, "--me", "me@casey.example", "--json"])?;
    std::fs::remove_file(&mbox)?;
    Ok(json!({
        "mb_per_s": round(size as f64 / 1e6 / took.as_secs_f64()),
        "peak_mb": round(peak),
        "mb": size / 1_000_000,
    }))
}

/// A mailbox like one that was exported: short answers with quotes, some newsletters, now and then an attachment.
fn write_mbox(path: &Path, at_least: usize) -> anyhow::Result<usize> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let quoted = "> Thank you for the call yesterday. I have put the figures together as promised.\r\n".repeat(30);
    let attachment = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg\r\n"
        .repeat(1_200);
    let (mut written, mut number) = (0_usize, 0_usize);
    while written < at_least {
        let head = format!(
            "From 1-{number}@xxx Mon Nov 02 10:00:00 +0000 2026\r\nX-GM-THRID: {}\r\nX-Gmail-Labels: Inbox,Important\r\nMessage-ID: <m{number}@firm.example>\r\n\
             Date: Mon, 2 Nov 2026 10:{:02}:00 +0000\r\nFrom: Pat Example <pat{}@firm{}.example>\r\nTo: me@casey.example\r\nSubject: Re: Annual plan {}\r\nMIME-Version: 1.0\r\n",
            number / 4,
            number % 60,
            number % 900,
            number % 300,
            number / 4
        );
        let body = if number % 10 == 9 {
            format!(
                "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere is the file.\r\n\r\nPat\r\n--b\r\n\
                 Content-Type: image/png; name=\"plan.png\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"plan.png\"\r\n\r\n{attachment}--b--\r\n\r\n"
            )
        } else {
            format!(
                "Content-Type: text/plain; charset=utf-8\r\n\r\nHi,\r\n\r\nDoes the annual plan include the API, and can you hold the price until Friday?\r\n\r\nThanks\r\nPat\r\n\r\n\
                 On Mon, 2 Nov 2026 at 09:00, Me <me@casey.example> wrote:\r\n{quoted}\r\n"
            )
        };
        file.write_all(head.as_bytes())?;
        file.write_all(body.as_bytes())?;
        written += head.len() + body.len();
        number += 1;
    }
    file.flush()?;
    Ok(written)
}
