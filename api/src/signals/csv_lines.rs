//! The lines of a text file in whatever encoding it was saved, one at a time and never more than a bounded piece in memory.

use std::fmt;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Longest line, and longest record, in bytes.
pub(super) const MAX_RECORD: usize = 1 << 20;
/// How much of a file's beginning decides its encoding, its line ends and its delimiter.
const FIRST: usize = 64 * 1024;

/// How a file's bytes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; ASCII is part of it.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows-1252, which includes Latin-1's letters.
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 (little-endian)",
            Self::Utf16Be => "UTF-16 (big-endian)",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

/// What came of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The line is in the buffer, without its end.
    Read,
    /// The line was longer than [`MAX_RECORD`]; it was passed over.
    TooLong,
    /// There are no more lines.
    End,
}

/// The lines of a file, decoded.
pub(super) struct Lines {
    source: BufReader<Box<dyn Read + Send>>,
    /// The encoding that the beginning of the file shows.
    pub(super) encoding: Encoding,
    /// What ends a line: `\r` only in files that have no `\n`.
    end: u8,
    bytes: Vec<u8>,
    /// How many lines of a UTF-8 file were none and were read as Windows-1252.
    pub(super) fallbacks: u64,
    /// How many lines were read.
    pub(super) number: u64,
}

impl Lines {
    /// Reads the beginning of the file and finds out how the rest is to be read. The second is the beginning, decoded, for whoever
    /// wants to look ahead; it may end inside a line.
    pub(super) fn new(mut reader: impl Read + Send + 'static) -> io::Result<(Self, Vec<u8>)> {
        let mut first = Vec::with_capacity(FIRST);
        reader.by_ref().take(FIRST as u64).read_to_end(&mut first)?;
        let (encoding, mark) = detect(&first);
        first.drain(..mark);
        let whole: Chain<Cursor<Vec<u8>>, _> = Cursor::new(first.clone()).chain(reader);
        let (source, sample): (Box<dyn Read + Send>, Vec<u8>) = match encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let kind = if encoding == Encoding::Utf16Le { UTF_16LE } else { UTF_16BE };
                let (sample, _) = kind.decode_without_bom_handling(&first);
                (
                    Box::new(Transcoder::new(whole, kind.new_decoder_without_bom_handling())),
                    sample.into_owned().into_bytes(),
                )
            }
            Encoding::Windows1252 => {
                let (sample, _) = WINDOWS_1252.decode_without_bom_handling(&first);
                (Box::new(whole), sample.into_owned().into_bytes())
            }
            Encoding::Utf8 => (Box::new(whole), first),
        };
        let end = if sample.contains(&b'\r') && !sample.contains(&b'\n') { b'\r' } else { b'\n' };
        let sample = if end == b'\r' {
            sample.into_iter().map(|b| if b == b'\r' { b'\n' } else { b }).collect()
        } else {
            sample
        };
        let lines = Self {
            source: BufReader::with_capacity(FIRST, source),
            encoding,
            end,
            bytes: Vec::new(),
            fallbacks: 0,
            number: 0,
        };
        Ok((lines, sample))
    }

    /// Puts the next line into `line`, which is emptied first.
    pub(super) fn next(&mut self, line: &mut String) -> io::Result<Line> {
        line.clear();
        self.bytes.clear();
        let mut too_long = false;
        loop {
            let buffer = match self.source.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if buffer.is_empty() {
                if self.bytes.is_empty() && !too_long {
                    return Ok(Line::End);
                }
                break;
            }
            let end = position(self.end, buffer);
            let piece = &buffer[..end.unwrap_or(buffer.len())];
            too_long |= self.bytes.len() + piece.len() > MAX_RECORD;
            if !too_long {
                self.bytes.extend_from_slice(piece);
            }
            let used = piece.len() + usize::from(end.is_some());
            self.source.consume(used);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        if too_long {
            return Ok(Line::TooLong);
        }
        match std::str::from_utf8(&self.bytes) {
            Ok(text) if self.encoding != Encoding::Windows1252 || text.is_ascii() => line.push_str(text),
            _ => {
                self.fallbacks += u64::from(self.encoding == Encoding::Utf8);
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(&self.bytes);
                line.push_str(&text);
            }
        }
        Ok(Line::Read)
    }
}

/// Where the byte stands first.
fn position(wanted: u8, bytes: &[u8]) -> Option<usize> {
    // Sixteen at a time, which the compiler makes one comparison of.
    let mut at = 0;
    for chunk in bytes.chunks_exact(16) {
        if chunk.iter().fold(false, |found, b| found | (*b == wanted)) {
            break;
        }
        at += 16;
    }
    bytes[at..].iter().position(|b| *b == wanted).map(|offset| at + offset)
}

/// The encoding of a file that begins like this, and how many bytes its byte order mark takes.
fn detect(first: &[u8]) -> (Encoding, usize) {
    match first {
        [0xef, 0xbb, 0xbf, ..] => return (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => return (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => return (Encoding::Utf16Be, 2),
        _ => {}
    }
    // Western text in UTF-16 without its mark is every other byte NUL; damaged files have their NULs in a row.
    let nuls = |odd: usize| first.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let half = first.len() / 2;
    let (even, odd) = (nuls(0), nuls(1));
    if half >= 8 && odd * 10 >= half * 8 && even * 10 < half {
        return (Encoding::Utf16Le, 0);
    }
    if half >= 8 && even * 10 >= half * 8 && odd * 10 < half {
        return (Encoding::Utf16Be, 0);
    }
    // A few lines of another encoding do not make a file of it: what most of the letters beyond ASCII are, the file is.
    let (mut good, mut bad) = (0_usize, 0_usize);
    let mut chunks = first.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let cut_off = chunks.peek().is_none() && first.len() == FIRST && chunk.invalid().len() < 4;
        if !chunk.invalid().is_empty() && !cut_off {
            bad += 1;
        }
    }
    (if bad > good { Encoding::Windows1252 } else { Encoding::Utf8 }, 0)
}

/// Reads UTF-16 and gives UTF-8; what is no UTF-16 becomes U+FFFD.
struct Transcoder<R> {
    source: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is read and not yet decoded.
    pending: std::ops::Range<usize>,
    ended: bool,
    flushed: bool,
}

impl<R: Read> Transcoder<R> {
    fn new(source: R, decoder: Decoder) -> Self {
        Self { source, decoder, raw: vec![0; 16 * 1024], pending: 0..0, ended: false, flushed: false }
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // The decoder writes whole characters only.
        if out.len() < 8 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the buffer is too small for a character"));
        }
        while !self.flushed {
            if self.pending.is_empty() && !self.ended {
                let read = self.source.read(&mut self.raw)?;
                self.pending = 0..read;
                self.ended = read == 0;
            }
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(&self.raw[self.pending.clone()], out, self.ended);
            self.pending.start += read;
            self.flushed = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
