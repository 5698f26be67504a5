#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use image::{Rgba, RgbaImage};

/// Pixels that no format can compress away.
fn noise(width: u32, height: u32, alpha: u8) -> DynamicImage {
    let mut state = 1_u32;
    let image = RgbaImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        Rgba([a, b, c, alpha])
    });
    DynamicImage::ImageRgba8(image)
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = if format == ImageFormat::Jpeg { &DynamicImage::ImageRgb8(image.to_rgb8()) } else { image };
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn shown(bytes: &[u8]) -> (Shown, Vec<u8>) {
    let shown = fit(bytes, &|| false).unwrap();
    let bytes = from_base64(&shown.base64).unwrap();
    // It is what it says it is.
    assert_eq!(media_type(&bytes), Some(shown.media_type));
    let decoded = image::load_from_memory(&bytes).unwrap();
    assert_eq!(decoded.dimensions(), shown.display);
    (shown, bytes)
}

#[test]
fn small_images_are_shown_as_they_are_row_252() {
    for (format, media_type) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        let bytes = encoded(&noise(30, 20, 255), format);
        let (image, same) = shown(&bytes);
        assert_eq!((image.media_type, image.original, image.display), (media_type, (30, 20), (30, 20)));
        assert_eq!(same, bytes);
    }
}

#[test]
fn large_images_are_scaled_down_and_keep_their_form_row_252() {
    for (format, media_type) in [(ImageFormat::Png, "image/png"), (ImageFormat::Jpeg, "image/jpeg")] {
        let flat = DynamicImage::ImageRgba8(RgbaImage::from_pixel(4000, 100, Rgba([1, 2, 3, 255])));
        let (image, _) = shown(&encoded(&flat, format));
        assert_eq!((image.media_type, image.original, image.display), (media_type, (4000, 100), (2000, 50)));
    }
    let tall = DynamicImage::ImageRgba8(RgbaImage::new(3, 9000));
    assert_eq!(shown(&encoded(&tall, ImageFormat::Png)).0.display, (1, 2000));
}

#[test]
fn what_has_more_than_500_kb_becomes_jpeg_row_252() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(&noise(480, 400, 255), format);
        assert!(bytes.len() > RECOMPRESS);
        let (image, bytes) = shown(&bytes);
        assert_eq!((image.media_type, image.display), ("image/jpeg", (480, 400)));
        assert!(bytes.len() <= RECOMPRESS, "{}", bytes.len());
    }
}

#[test]
fn what_shows_through_is_white_in_jpeg() {
    let (_, bytes) = shown(&encoded(&noise(480, 400, 0), ImageFormat::Png));
    let pixel = image::load_from_memory(&bytes).unwrap().to_rgb8().get_pixel(5, 5).0;
    assert!(pixel.iter().all(|channel| *channel > 250), "{pixel:?}");
}

#[test]
fn damaged_images_and_bombs_are_refused() {
    let good = encoded(&noise(30, 20, 255), ImageFormat::Png);
    for bytes in [&good[..20], &good[..good.len() / 2], b"\xFF\xD8\xFF\xE0", b"GIF89a", b"text"] {
        assert_eq!(fit(bytes, &|| false), Err(Unfit::Damaged));
    }
    // A header that promises 60,000 by 60,000 pixels.
    let mut bomb = good;
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    let checked = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checked.to_be_bytes());
    assert_eq!(fit(&bomb, &|| false), Err(Unfit::TooLarge(60_000, 60_000)));
}

/// The checksum of a PNG chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

#[test]
fn work_on_an_image_stops_between_its_steps() {
    let bytes = encoded(&noise(480, 400, 255), ImageFormat::Png);
    assert_eq!(fit(&bytes, &|| true), Err(Unfit::Cancelled));
}
