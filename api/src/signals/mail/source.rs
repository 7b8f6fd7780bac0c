//! A mailbox on disk, in whatever form it comes: an mbox, an `.eml` file, a folder of them, a Maildir.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::mbox::{Content, MAX_MESSAGE, Mbox, is_from_line};

/// How much is read from a file at once, in bytes.
const CHUNK: usize = 1 << 20;

/// The bytes of one message and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawMail {
    /// The file.
    pub path: Arc<Path>,
    /// Its first byte in the file; 0 in a file with one message.
    pub offset: u64,
    /// Its first line in the file, from 1.
    pub line: u64,
    /// How many bytes it takes in the file (for progress).
    pub size: u64,
    /// The message.
    pub bytes: Vec<u8>,
    /// Whether the file ends in the middle of it. Take it or leave it, but report it.
    pub truncated: bool,
}

/// A message or a file that could not be read; what follows it still is.
#[derive(Debug, thiserror::Error)]
#[error("{}, line {line}: {reason}", path.display())]
pub struct SourceFault {
    /// The file or folder.
    pub path: Arc<Path>,
    /// Where in the file, in bytes.
    pub offset: u64,
    /// Where in the file, in lines from 1.
    pub line: u64,
    /// How many bytes were skipped (for progress).
    pub size: u64,
    /// Why.
    pub reason: FaultReason,
}

/// Why a message or a file was not read.
#[derive(Debug, thiserror::Error)]
pub enum FaultReason {
    /// It is larger than `MAX_MESSAGE`.
    #[error("the message is larger than 50 MB and was skipped")]
    TooLarge,
    /// The system says so.
    #[error("could not be read: {0}")]
    Io(#[from] io::Error),
}

/// All messages of a file or folder, one after the other; folders recursively, in the order of their names.
#[derive(Debug)]
pub struct MailSource {
    mailbox: Option<(Arc<Path>, Mbox<BufReader<File>>)>,
    pending: VecDeque<PathBuf>,
    /// Files below the given path are read only if they look like mail; the given path itself always is.
    root: PathBuf,
}

impl MailSource {
    /// Opens a file or folder.
    ///
    /// # Errors
    /// When there is nothing at `path`.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let root: PathBuf = path.into();
        fs::metadata(&root)?;
        Ok(Self { mailbox: None, pending: VecDeque::from([root.clone()]), root })
    }

    fn enter(&mut self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        // Links are followed only where the caller gave one: below, they could lead in circles.
        let meta = if path == self.root { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
        if meta.is_dir() {
            let mut names =
                fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
            names.sort();
            for name in names.into_iter().rev() {
                self.pending.push_front(name);
            }
            return Ok(None);
        }
        if !meta.is_file() || (path != self.root && !may_be_mail(path)) {
            return Ok(None);
        }
        let mut file = File::open(path)?;
        let mut head = Vec::with_capacity(1_024);
        (&mut file).take(1_024).read_to_end(&mut head)?;
        let start = head.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
        let first = head.get(start..).unwrap_or(&[]).split(|byte| *byte == b'\n').next().unwrap_or(&[]);
        if is_from_line(first, true) || has_extension(path, "mbox") {
            let file = File::open(path)?;
            self.mailbox = Some((path.into(), Mbox::new(BufReader::with_capacity(CHUNK, file))));
            return Ok(None);
        }
        if meta.len() > MAX_MESSAGE as u64 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 50 MB"));
        }
        head.reserve(usize::try_from(meta.len()).unwrap_or(0));
        file.take(MAX_MESSAGE as u64).read_to_end(&mut head)?;
        Ok(Some(head))
    }
}

impl Iterator for MailSource {
    type Item = Result<RawMail, SourceFault>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((path, mailbox)) = &mut self.mailbox {
                let path = Arc::clone(path);
                match mailbox.next() {
                    Some(Ok(entry)) => {
                        let (bytes, truncated) = match entry.content {
                            Content::Whole(bytes) => (bytes, false),
                            Content::Truncated(bytes) => (bytes, true),
                            Content::TooLarge => {
                                return Some(Err(SourceFault {
                                    path,
                                    offset: entry.offset,
                                    line: entry.line,
                                    size: entry.size,
                                    reason: FaultReason::TooLarge,
                                }));
                            }
                        };
                        return Some(Ok(RawMail {
                            path,
                            offset: entry.offset,
                            line: entry.line,
                            size: entry.size,
                            bytes,
                            truncated,
                        }));
                    }
                    Some(Err(error)) => {
                        let offset = mailbox.bytes_read();
                        return Some(Err(SourceFault { path, offset, line: 0, size: 0, reason: error.into() }));
                    }
                    None => self.mailbox = None,
                }
            }
            let path = self.pending.pop_front()?;
            match self.enter(&path) {
                Ok(Some(bytes)) => {
                    return Some(Ok(RawMail {
                        path: path.into(),
                        offset: 0,
                        line: 1,
                        size: bytes.len() as u64,
                        bytes,
                        truncated: false,
                    }));
                }
                Ok(None) => {}
                Err(error) => {
                    let reason =
                        if error.kind() == io::ErrorKind::FileTooLarge { FaultReason::TooLarge } else { error.into() };
                    return Some(Err(SourceFault { path: path.into(), offset: 0, line: 1, size: 0, reason }));
                }
            }
        }
    }
}

fn has_extension(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
}

/// `.eml`, `.mbox`, files of a Maildir (in `cur` or `new`), and files without extension such as `Inbox` or `mbox`.
fn may_be_mail(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    if name.starts_with('.') {
        return false;
    }
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy()).unwrap_or_default();
    if matches!(&*folder, "cur" | "new") {
        return true;
    }
    has_extension(path, "eml")
        || has_extension(path, "mbox")
        || has_extension(path, "mbx")
        || (path.extension().is_none() && begins_as_mailbox(path))
}

fn begins_as_mailbox(path: &Path) -> bool {
    let mut head = Vec::new();
    File::open(path).and_then(|file| file.take(1_024).read_to_end(&mut head)).is_ok()
        && is_from_line(head.split(|byte| *byte == b'\n').next().unwrap_or(&[]), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_in_order_and_other_files_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let from = "From a@x Mon Mar  2 10:00:00 2026\n";
        write("b.eml", "Subject: b\n\nx");
        write("a.mbox", &format!("{from}Subject: a1\n\nx\n\n{from}Subject: a2\n\nx\n"));
        write("Inbox", &format!("{from}Subject: inbox\n\nx\n"));
        write("maildir/cur/1:2,S", "Subject: c\n\nx");
        write("maildir/tmp/1", "Subject: t\n\nx");
        write("notes.txt", "Subject: no\n\nx");
        let subjects: Vec<String> = MailSource::open(dir.path())
            .unwrap()
            .map(|mail| String::from_utf8(mail.unwrap().bytes).unwrap().lines().next().unwrap().to_owned())
            .collect();
        assert_eq!(subjects, ["Subject: inbox", "Subject: a1", "Subject: a2", "Subject: b", "Subject: c"]);
    }

    #[test]
    fn a_given_file_is_read_whatever_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mail.txt");
        fs::write(&path, "Subject: x\n\ny").unwrap();
        assert_eq!(MailSource::open(&path).unwrap().count(), 1);
        assert!(MailSource::open(dir.path().join("missing")).is_err());
    }

    #[test]
    fn an_unreadable_file_is_reported_and_the_rest_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let file = File::create(dir.path().join("a.eml")).unwrap();
        file.set_len(MAX_MESSAGE as u64 + 1).unwrap();
        fs::write(dir.path().join("b.eml"), "Subject: b\n\nx").unwrap();
        let all: Vec<_> = MailSource::open(dir.path()).unwrap().collect();
        assert!(matches!(&all[0], Err(SourceFault { reason: FaultReason::TooLarge, .. })));
        assert!(all[1].is_ok());
    }
}
