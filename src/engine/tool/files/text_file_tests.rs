#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;

#[test]
fn every_encoding_survives_a_round_trip() {
    let samples: [(&[u8], Encoding, &str); 6] = [
        ("häß €".as_bytes(), Encoding::Utf8, "häß €"),
        (b"\xEF\xBB\xBFbom", Encoding::Utf8Bom, "bom"),
        (b"\xFF\xFEh\0i\0", Encoding::Utf16Le, "hi"),
        (b"\xFE\xFF\0h\0i", Encoding::Utf16Be, "hi"),
        (b"caf\xE9 au lait", Encoding::Latin1, "café au lait"),
        (b"", Encoding::Utf8, ""),
    ];
    for (bytes, encoding, text) in samples {
        let file = decode(bytes.to_vec()).unwrap();
        assert_eq!((file.text.as_str(), file.encoding), (text, encoding));
        assert_eq!(encode(&file.text, encoding), bytes, "{encoding:?}");
    }
}

#[test]
fn binary_is_no_text() {
    for bytes in [&b"\x7fELF\x02\0\0"[..], b"\x80\x01\x02\x03\x04\x05\x06", b"\xFF\xFE\x00\xD8"] {
        assert_eq!(decode(bytes.to_vec()), None);
    }
}

#[test]
fn what_latin_1_cannot_hold_becomes_utf_8() {
    assert_eq!(encode("é €", Encoding::Latin1), "é €".as_bytes());
}
