//! Images as the API takes them: recognised by their first bytes, checked, scaled down and recompressed when too large.

use base64::Engine as _;
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView, ImageError, ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Width and height that an image is scaled down to: what the API takes in a request with many images.
pub const LARGEST_SIDE: u32 = 2000;
/// Bytes from which on an image is recompressed as JPEG (row 252).
pub const RECOMPRESS: usize = 500 * 1024;
/// Memory that decoding one image may take: 8000 by 8000 pixels and their copy.
const MEMORY: u64 = 512 * 1024 * 1024;
/// Qualities of JPEG to try, best first, until the result is small enough.
const QUALITIES: [u8; 4] = [85, 70, 50, 30];

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

/// An image that the API takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its bytes, encoded as base64.
    pub base64: String,
    /// What they are; another type than the file's when it was recompressed.
    pub media_type: &'static str,
    /// Width and height in the file.
    pub original: (u32, u32),
    /// Width and height as shown.
    pub display: (u32, u32),
}

/// Why an image cannot be shown.
#[derive(Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is cut off, or no image after all.
    Damaged,
    /// Decoding it would take too much memory.
    TooLarge(u32, u32),
    /// The work was cancelled.
    Cancelled,
}

/// Checks an image and makes it fit: at most [`LARGEST_SIDE`] each way, as JPEG above [`RECOMPRESS`] bytes. Takes its
/// time with a large one: call it on a blocking thread. `cancelled` is asked between the steps.
pub fn fit(bytes: &[u8], cancelled: &dyn Fn() -> bool) -> Result<Shown, Unfit> {
    let media_type = media_type(bytes).ok_or(Unfit::Damaged)?;
    let format = ImageFormat::from_mime_type(media_type).ok_or(Unfit::Damaged)?;
    let original =
        ImageReader::with_format(Cursor::new(bytes), format).into_dimensions().map_err(|_| Unfit::Damaged)?;
    let (width, height) = original;
    if width == 0 || height == 0 {
        return Err(Unfit::Damaged);
    }
    let small = width <= LARGEST_SIDE && height <= LARGEST_SIDE;
    let as_it_is = || Shown { base64: base64(bytes), media_type, original, display: original };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let image = match reader.decode() {
        Ok(image) => image,
        Err(ImageError::Limits(_)) => return Err(Unfit::TooLarge(width, height)),
        // A variant that only our decoder does not know is left to the API, if it is small enough for it.
        Err(ImageError::Unsupported(_)) if small && bytes.len() <= RECOMPRESS => return Ok(as_it_is()),
        Err(_) => return Err(Unfit::Damaged),
    };
    if cancelled() {
        return Err(Unfit::Cancelled);
    }
    if small && bytes.len() <= RECOMPRESS {
        return Ok(as_it_is());
    }
    let image = if small { image } else { image.thumbnail(LARGEST_SIDE, LARGEST_SIDE) };
    if cancelled() {
        return Err(Unfit::Cancelled);
    }
    let (bytes, media_type) = encode(&image, format, cancelled)?;
    Ok(Shown { base64: base64(&bytes), media_type, original, display: image.dimensions() })
}

/// PNG for what was lossless and stays small, else JPEG of the best quality that is small enough.
fn encode(
    image: &DynamicImage,
    format: ImageFormat,
    cancelled: &dyn Fn() -> bool,
) -> Result<(Vec<u8>, &'static str), Unfit> {
    if format != ImageFormat::Jpeg {
        let mut png = Vec::new();
        let written = image.write_to(&mut Cursor::new(&mut png), ImageFormat::Png);
        if written.is_ok() && png.len() <= RECOMPRESS {
            return Ok((png, "image/png"));
        }
    }
    let flat = on_white(image);
    let mut jpeg = Vec::new();
    for quality in QUALITIES {
        if cancelled() {
            return Err(Unfit::Cancelled);
        }
        jpeg.clear();
        flat.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, quality))
            .map_err(|_| Unfit::Damaged)?;
        if jpeg.len() <= RECOMPRESS {
            break;
        }
    }
    Ok((jpeg, "image/jpeg"))
}

/// JPEG knows no transparency: what shows through is white.
fn on_white(image: &DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.to_rgb8());
    }
    let mut flat = image::RgbImage::new(image.width(), image.height());
    for (from, to) in image.to_rgba8().pixels().zip(flat.pixels_mut()) {
        let alpha = u16::from(from.0[3]);
        for (channel, out) in to.0.iter_mut().enumerate() {
            let mixed = (u16::from(from.0[channel]) * alpha + 255 * (255 - alpha)) / 255;
            *out = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
    DynamicImage::ImageRgb8(flat)
}

/// Base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// The bytes of a base64 text; line breaks in it do not matter.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
#[path = "image_file_tests.rs"]
mod tests;
