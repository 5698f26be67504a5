//! Checks on images and documents: source, type by their first bytes, size.

use serde_json::Value;

use super::{Failure, Placed, fail, only_fields, want_text};
use crate::scripted::blocks::{kind, text_of};
use crate::scripted::rules::Context;

type Check = Result<(), Failure>;

const MAX_IMAGE: usize = 5 * 1024 * 1024;
const MAX_PDF: usize = 32 * 1024 * 1024;

/// The first bytes and the length of what a base64 text stands for; nothing if it is no base64.
fn decode_start(text: &str) -> Option<(Vec<u8>, usize)> {
    let bytes = text.as_bytes();
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let data = &bytes[..bytes.len() - padding];
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    if !bytes.len().is_multiple_of(4) || padding > 2 || data.iter().any(|byte| value(*byte).is_none()) {
        return None;
    }
    let mut start = Vec::new();
    for group in data.chunks(4).take(8) {
        let bits =
            group.iter().filter_map(|byte| value(*byte)).fold(0u32, |bits, six| (bits << 6) | u32::from(six));
        let bits = bits << (6 * (4 - group.len()));
        start.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some((start, data.len() * 3 / 4))
}

/// The media type that the first bytes of an image tell.
fn sniff(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if start.starts_with(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if start.starts_with(b"GIF87a") || start.starts_with(b"GIF89a") {
        Some("image/gif")
    } else if start.starts_with(b"RIFF") && start.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else {
        None
    }
}

/// Blocks of one kind with their source, those inside tool_results among them.
fn sources<'a>(context: &Context<'a>, wanted: &str) -> Vec<(Placed<'a>, &'a Value)> {
    let blocks = context.all_blocks().into_iter().filter(|placed| placed.kind() == wanted);
    blocks.filter_map(|placed| placed.block.get("source").map(|source| (placed, source))).collect()
}

fn base64_images<'a>(context: &Context<'a>) -> Vec<(String, &'a Value, Vec<u8>, usize)> {
    sources(context, "image")
        .into_iter()
        .filter(|(_, source)| kind(source) == "base64")
        .filter_map(|(placed, source)| {
            let (start, length) = decode_start(text_of(source, "data"))?;
            Some((format!("{}.image.source.base64", placed.path), source, start, length))
        })
        .collect()
}

pub fn image_source(context: &Context<'_>) -> Check {
    for (placed, source) in sources(context, "image") {
        let path = format!("{}.image.source.{}", placed.path, kind(source));
        match kind(source) {
            "base64" => {
                want_text(source, &path, "data")?;
                want_text(source, &path, "media_type")?;
                only_fields(source, &path, &["type", "data", "media_type"])?;
                if decode_start(text_of(source, "data")).is_none() {
                    return fail(format!("{path}.data: The image data is not valid base64"));
                }
            }
            "url" => {
                want_text(source, &path, "url")?;
                only_fields(source, &path, &["type", "url"])?;
            }
            "file" => {
                want_text(source, &path, "file_id")?;
                only_fields(source, &path, &["type", "file_id"])?;
            }
            other => {
                return fail(format!(
                    "{}.image.source: Input tag '{other}' found using 'type' does not match any of the expected tags: 'base64', 'file', 'url'",
                    placed.path
                ));
            }
        }
    }
    Ok(())
}

pub fn image_media_type(context: &Context<'_>) -> Check {
    for (path, source, start, _) in base64_images(context) {
        let said = text_of(source, "media_type");
        if !matches!(said, "image/jpeg" | "image/png" | "image/gif" | "image/webp") {
            return fail(format!(
                "{path}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
            ));
        }
        match sniff(&start) {
            None => return fail(format!("{path}.data: Could not process image")),
            Some(is) if is != said => {
                return fail(format!(
                    "{path}.data: Image does not match the provided media type {said}; it appears to be {is}"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

pub fn image_size(context: &Context<'_>) -> Check {
    for (path, _, _, length) in base64_images(context) {
        if length > MAX_IMAGE {
            return fail(format!("{path}: image exceeds 5 MB maximum: {length} bytes > {MAX_IMAGE} bytes"));
        }
    }
    Ok(())
}

pub fn document_source(context: &Context<'_>) -> Check {
    for (placed, source) in sources(context, "document") {
        let path = format!("{}.document.source.{}", placed.path, kind(source));
        match kind(source) {
            "base64" => pdf(source, &path)?,
            "text" => {
                want_text(source, &path, "data")?;
                if text_of(source, "media_type") != "text/plain" {
                    return fail(format!("{path}.media_type: Input should be 'text/plain'"));
                }
                only_fields(source, &path, &["type", "data", "media_type"])?;
            }
            "content" => {
                if source.get("content").is_none() {
                    return fail(format!("{path}.content: Field required"));
                }
                only_fields(source, &path, &["type", "content"])?;
            }
            "url" => want_text(source, &path, "url")?,
            "file" => want_text(source, &path, "file_id")?,
            other => {
                return fail(format!(
                    "{}.document.source: Input tag '{other}' found using 'type' does not match any of the expected tags: 'base64', 'content', 'file', 'text', 'url'",
                    placed.path
                ));
            }
        }
    }
    Ok(())
}

fn pdf(source: &Value, path: &str) -> Check {
    want_text(source, path, "data")?;
    if text_of(source, "media_type") != "application/pdf" {
        return fail(format!("{path}.media_type: Input should be 'application/pdf'"));
    }
    only_fields(source, path, &["type", "data", "media_type"])?;
    match decode_start(text_of(source, "data")) {
        None => fail(format!("{path}.data: The PDF data is not valid base64")),
        Some((start, _)) if !start.starts_with(b"%PDF") => {
            fail(format!("{path}.data: The PDF specified was not valid."))
        }
        Some((_, length)) if length > MAX_PDF => fail(format!("{path}.data: The PDF is too large")),
        Some(_) => Ok(()),
    }
}
