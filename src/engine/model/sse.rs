//! Bytes to server-sent events.

/// One event, its lines included, may not be larger than this.
pub(super) const MAX_EVENT: usize = 64 * 1024 * 1024;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// An event as it came off the wire.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SseEvent {
    /// The name, as far as it matters.
    pub name: Name,
    /// The data lines, joined.
    pub data: Box<str>,
}

/// Event names that are looked at; the others repeat the type that is in the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Name {
    /// Any other name, or none.
    #[default]
    Other,
    /// `ping`: the data means nothing.
    Ping,
    /// `error`: the data is an error even when it does not say so.
    Error,
}

/// What makes a byte stream unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SseFault {
    /// An event over [`MAX_EVENT`].
    TooLarge,
    /// Data that is not UTF-8.
    NotUtf8,
}

/// Takes bytes in any portions, gives events.
#[derive(Debug, Default)]
pub(super) struct SseParser {
    buf: Vec<u8>,
    /// Start of the line that is not complete yet.
    line: usize,
    /// Up to here there is no line end.
    scanned: usize,
    data: Option<Vec<u8>>,
    name: Name,
    first_line_done: bool,
    /// The last line ended in CR: a LF that follows belongs to it.
    after_cr: bool,
}

impl SseParser {
    /// Takes the next bytes. Call [`SseParser::next`] until it is empty before the next push.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.line > 0 {
            self.buf.drain(..self.line);
            self.scanned -= self.line;
            self.line = 0;
        }
        self.buf.extend_from_slice(bytes);
    }

    /// The next complete event, if there is one.
    pub(super) fn next(&mut self) -> Option<Result<SseEvent, SseFault>> {
        while let Some(end) = self.line_end() {
            let mut start = self.line;
            self.line = end + 1;
            self.scanned = self.line;
            self.after_cr = self.buf.get(end) == Some(&b'\r');
            if !std::mem::replace(&mut self.first_line_done, true)
                && self.buf.get(start..end).is_some_and(|line| line.starts_with(BOM))
            {
                start += BOM.len();
            }
            if start < end {
                self.field(start, end);
                continue;
            }
            let name = std::mem::take(&mut self.name);
            if let Some(data) = self.data.take() {
                return Some(match String::from_utf8(data) {
                    Ok(data) => Ok(SseEvent { name, data: data.into_boxed_str() }),
                    Err(_) => Err(SseFault::NotUtf8),
                });
            }
        }
        let held = self.buf.len() - self.line + self.data.as_ref().map_or(0, Vec::len);
        (held > MAX_EVENT).then_some(Err(SseFault::TooLarge))
    }

    /// Where the current line ends: at LF, CR or CR LF.
    fn line_end(&mut self) -> Option<usize> {
        if self.after_cr {
            let next = *self.buf.get(self.line)?;
            self.after_cr = false;
            if next == b'\n' {
                self.line += 1;
                self.scanned = self.line;
            }
        }
        let Some(offset) = find_line_end(self.buf.get(self.scanned..)?) else {
            self.scanned = self.buf.len();
            return None;
        };
        Some(self.scanned + offset)
    }

    /// Takes in the line `start..end`, which is not empty.
    fn field(&mut self, start: usize, end: usize) {
        let line = self.buf.get(start..end).unwrap_or_default();
        let (field, value) = match line.iter().position(|b| *b == b':') {
            Some(colon) => (line.get(..colon), line.get(colon + 1..)),
            None => (Some(line), None),
        };
        let value = value.unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            Some(b"data") => match &mut self.data {
                None => self.data = Some(value.to_vec()),
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
            },
            Some(b"event") => {
                self.name = match value {
                    b"ping" => Name::Ping,
                    b"error" => Name::Error,
                    _ => Name::Other,
                };
            }
            // Comments have an empty field name; `id`, `retry` and unknown fields mean nothing here.
            _ => {}
        }
    }
}

/// The first LF or CR, eight bytes at a step.
fn find_line_end(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    // Not zero exactly when one of the eight bytes is zero.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let mut at = 0;
    for chunk in bytes.chunks_exact(8) {
        let word = u64::from_ne_bytes(chunk.try_into().unwrap_or_default());
        if zeros(word ^ (ONES * u64::from(b'\n'))) | zeros(word ^ (ONES * u64::from(b'\r'))) != 0 {
            break;
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|b| *b == b'\n' || *b == b'\r').map(|offset| at + offset)
}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
