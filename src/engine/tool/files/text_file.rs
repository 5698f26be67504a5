//! Bytes of a file as text and back, in the encoding that the file has.

use std::borrow::Cow;

/// How a text file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little endian, with a byte order mark.
    Utf16Le,
    /// UTF-16, big endian, with a byte order mark.
    Utf16Be,
    /// Latin-1: what is left when text is not valid UTF-8.
    Latin1,
}

/// A decoded file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFile {
    /// Its text, without a byte order mark.
    pub text: String,
    /// How it was encoded.
    pub encoding: Encoding,
}

/// Share of control characters from which on bytes that are no UTF-8 count as binary, as one in this many.
const BINARY_SHARE: usize = 20;

/// Decodes `bytes`; `None` when they are no text.
pub fn decode(bytes: Vec<u8>) -> Option<TextFile> {
    if let Some(rest) = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]) {
        return text(String::from_utf8(rest.to_vec()).ok()?, Encoding::Utf8Bom);
    }
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16, encoding| {
        let (pairs, odd) = rest.as_chunks::<2>();
        // A byte too many would be lost on the way back.
        let pairs = odd.is_empty().then_some(pairs)?;
        let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
        text(String::from_utf16(&units).ok()?, encoding)
    };
    if let Some(rest) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        return wide(rest, u16::from_le_bytes, Encoding::Utf16Le);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xFE, 0xFF]) {
        return wide(rest, u16::from_be_bytes, Encoding::Utf16Be);
    }
    if bytes.contains(&0) {
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(valid) => text(valid, Encoding::Utf8),
        Err(error) => {
            let bytes = error.into_bytes();
            let control =
                bytes.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
            if control * BINARY_SHARE > bytes.len() {
                return None;
            }
            text(bytes.iter().map(|byte| char::from(*byte)).collect(), Encoding::Latin1)
        }
    }
}

fn text(text: String, encoding: Encoding) -> Option<TextFile> {
    Some(TextFile { text, encoding })
}

/// What the model is told when a change has turned a whole Latin-1 file into UTF-8.
const RECODED: &str = " The file was Latin-1, which cannot hold the new text: all of it is UTF-8 now.";

/// A sentence for the model if [`encode`] falls back to UTF-8, else nothing.
pub fn recoded(text: &str, encoding: Encoding) -> &'static str {
    let fits = |text: &str| text.chars().all(|c| u32::from(c) <= 0xFF);
    if encoding == Encoding::Latin1 && !fits(text) { RECODED } else { "" }
}

/// Encodes `text`. Text that Latin-1 cannot hold becomes UTF-8, so that nothing is lost.
pub fn encode(text: &str, encoding: Encoding) -> Cow<'_, [u8]> {
    let wide = |mark: [u8; 2], write: fn(u16) -> [u8; 2]| {
        mark.into_iter().chain(text.encode_utf16().flat_map(write)).collect()
    };
    match encoding {
        Encoding::Utf8 => Cow::Borrowed(text.as_bytes()),
        Encoding::Utf8Bom => Cow::Owned([&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat()),
        Encoding::Utf16Le => Cow::Owned(wide([0xFF, 0xFE], u16::to_le_bytes)),
        Encoding::Utf16Be => Cow::Owned(wide([0xFE, 0xFF], u16::to_be_bytes)),
        Encoding::Latin1 => {
            let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            bytes.map_or(Cow::Borrowed(text.as_bytes()), Cow::Owned)
        }
    }
}

#[cfg(test)]
#[path = "text_file_tests.rs"]
mod tests;
