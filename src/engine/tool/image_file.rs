//! Images as the API takes them: recognised by their first bytes, encoded as base64.

use base64::Engine as _;

/// Bytes of an image file that the API still takes: 5 MB of base64.
pub const LARGEST_IMAGE: usize = 5 * 1024 * 1024 / 4 * 3;

/// Width and height that the API takes at most.
pub const LARGEST_SIDE: u32 = 8000;

/// The media type that the first bytes tell; `None` when they are of no image that the API takes.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Width and height, where the header tells them in a fixed place (PNG and GIF) or in a frame header (JPEG).
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    match media_type(bytes)? {
        "image/png" => {
            let number = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..at + 4)?.first_chunk()?));
            Some((number(16)?, number(20)?))
        }
        "image/gif" => {
            let number =
                |at: usize| Some(u32::from(u16::from_le_bytes(*bytes.get(at..at + 2)?.first_chunk()?)));
            Some((number(6)?, number(8)?))
        }
        "image/jpeg" => jpeg_dimensions(bytes),
        _ => None,
    }
}

fn jpeg_dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from(u16::from_be_bytes(*bytes.get(at..at + 2)?.first_chunk()?)));
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        // Start-of-frame markers, without the tables that share their range.
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            return Some((number(at + 7)?, number(at + 5)?));
        }
        at += 2 + usize::try_from(number(at + 2)?).ok()?;
    }
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
