#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;

fn blocks(result: &Value) -> Vec<Value> {
    parts(result)
        .unwrap()
        .into_iter()
        .map(|part| match part {
            Part::Block(block) => block,
            Part::Image(Bytes { what, extension, bytes }) => json!(["image?", what, extension, bytes]),
            Part::File(Bytes { what, extension, bytes }) => json!([what, extension, bytes]),
        })
        .collect()
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

#[test]
fn kinds_of_blocks_may_be_mixed_row_306_row_558() {
    let image = json!({ "type": "image", "data": "AAEC", "mimeType": "image/png" });
    let readme = json!({ "uri": "any:thing", "mimeType": "text/markdown", "text": "# Hi" });
    let picture = json!({ "uri": "file:///a.png", "mimeType": "image/png", "blob": "AAEC" });
    let zip = json!({ "uri": "file:///a.zip", "mimeType": "application/zip", "blob": "AAEC" });
    let result = json!({ "content": [
        text("one"),
        text("  "),
        image,
        { "type": "resource", "resource": readme },
        { "type": "resource", "resource": picture },
        { "type": "resource", "resource": zip },
    ] });
    let expected = json!([
        text("one"),
        ["image?", "Image (image/png)", "png", [0, 1, 2]],
        text("[Resource from any:thing]\n# Hi"),
        ["image?", "Resource file:///a.png (image/png)", "png", [0, 1, 2]],
        ["Resource file:///a.zip (application/zip)", "zip", [0, 1, 2]],
    ]);
    assert_eq!(json!(blocks(&result)), expected);
}

#[test]
fn audio_is_a_file_and_a_link_is_text_row_311() {
    let audio = json!({ "type": "audio", "data": "AAEC", "mimeType": "audio/x-wav" });
    let link =
        json!({ "type": "resource_link", "name": "log", "uri": "file:///l", "description": "The log" });
    let result = json!({ "content": [audio, link] });
    let expected =
        json!([["Audio (audio/x-wav)", "wav", [0, 1, 2]], text("[Resource log at file:///l: The log]")]);
    assert_eq!(json!(blocks(&result)), expected);
}

#[test]
fn structured_content_replaces_the_text_that_repeats_it_row_311() {
    let structured = json!({ "b": 1, "a": [true] });
    let repeated = text("{\n  \"b\": 1, \"a\": [true] }");
    let result = json!({ "content": [repeated, text("One left.")], "structuredContent": structured });
    assert_eq!(blocks(&result), [text("{\"b\":1,\"a\":[true]}"), text("One left.")]);
    assert_eq!(blocks(&json!({ "structuredContent": 3 })), [text("3")]);
}

#[test]
fn what_the_api_would_refuse_does_not_reach_it() {
    let image = |data: &str, kind: &str| {
        blocks(&json!({ "content": [{ "type": "image", "data": data, "mimeType": kind }] })).remove(0)
    };
    assert_eq!(image("%%%", "image/png"), text("[Image (image/png) whose data is not base64]"));
    // What it is, is for the bytes to tell.
    assert_eq!(image("AAEC", "image/tiff"), json!(["image?", "Image (image/tiff)", "tiff", [0, 1, 2]]));
    assert_eq!(image("AAEC", ""), json!(["image?", "Image (unknown type)", "bin", [0, 1, 2]]));
    // Without padding and with line breaks.
    assert_eq!(image("AAE\nCAw", "image/png")[3], json!([0, 1, 2, 3]));
    assert_eq!(blocks(&json!({ "content": [] })), [] as [Value; 0]);
}

#[test]
fn a_result_that_is_none_is_said_to_be_none() {
    assert!(parts(&json!({ "content": "text" })).unwrap_err().contains("no list"));
    assert!(parts(&json!({})).unwrap_err().contains("neither"));
}
