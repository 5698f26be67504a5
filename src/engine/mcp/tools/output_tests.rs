#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn limits(vars: &[(&str, &str)], meta: &Value) -> (Limits, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let mut vars: Vec<(String, String)> = vars.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    vars.push(("CLAUDE_CODE_TMPDIR".into(), dir.path().to_string_lossy().into_owned()));
    (Limits::new(&Env::new(vars), meta, "session"), dir)
}

async fn shown(limits: &Limits, text: &str) -> (String, Option<String>) {
    let result = json!({ "content": [{ "type": "text", "text": text }] });
    let finished = finish("mcp__s__t", &result, limits).await.unwrap();
    let ToolContent::Text(shown) = finished.output.content else { panic!("blocks") };
    (shown, finished.warning)
}

#[tokio::test]
async fn a_result_over_the_limit_goes_to_a_file_row_326() {
    let (limits, _dir) = limits(&[("MAX_MCP_OUTPUT_TOKENS", "1000")], &Value::Null);
    assert_eq!(shown(&limits, &"x".repeat(4000)).await, ("x".repeat(4000), None));
    let long = "y".repeat(4001);
    let (text, _) = shown(&limits, &long).await;
    assert!(text.len() < 3000, "{text}");
    let path = text.split("saved to ").nth(1).unwrap().split(". Read").next().unwrap();
    assert_eq!(std::fs::read_to_string(path).unwrap(), long);
}

#[tokio::test]
async fn many_tokens_are_a_warning_row_326() {
    let (limits, _dir) = limits(&[], &Value::Null);
    assert_eq!(shown(&limits, &"x".repeat(40_003)).await.1, None);
    let (text, warning) = shown(&limits, &"x".repeat(44_000)).await;
    assert_eq!(text.len(), 44_000);
    assert!(warning.unwrap().contains("about 11000 tokens"));
    assert!(shown(&limits, &"x".repeat(100_004)).await.0.contains("saved to"));
}

#[tokio::test]
async fn a_tool_may_raise_its_limit_up_to_a_point_row_326() {
    let (raised, _dir) = limits(&[], &json!({ "anthropic/maxResultSizeChars": 900_000 }));
    assert_eq!(shown(&raised, &"x".repeat(500_000)).await.0.len(), 500_000);
    assert!(shown(&raised, &"x".repeat(500_001)).await.0.contains("saved to"));
}

#[tokio::test]
async fn bytes_are_saved_and_nothing_is_said() {
    let (limits, _dir) = limits(&[], &Value::Null);
    let result =
        json!({ "content": [{ "type": "audio", "data": "AAEC", "mimeType": "audio/wav" }], "isError": true });
    let finished = finish("t", &result, &limits).await.unwrap();
    assert!(finished.output.is_error);
    let ToolContent::Text(text) = finished.output.content else { panic!("blocks") };
    let path = text.strip_prefix("[Audio (audio/wav), 3 bytes, saved to ").unwrap().trim_end_matches(']');
    assert_eq!(std::fs::read(path).unwrap(), [0, 1, 2]);
    let empty = finish("t", &json!({ "content": [] }), &limits).await.unwrap();
    assert_eq!(empty.output.content, ToolContent::Text("The tool returned nothing.".into()));
}

/// One pixel, as PNG.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[tokio::test]
async fn an_image_is_what_its_bytes_say_and_else_a_file_row_306() {
    let wide = {
        let mut png = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(9000, 2).write_to(&mut png, image::ImageFormat::Png).unwrap();
        image_file::base64(png.get_ref())
    };
    let (limits, _dir) = limits(&[], &Value::Null);
    for (media_type, data, shown_as) in [
        ("image/png", PIXEL, Some("image/png")),
        // The wrong type, none, and one that the API does not know: the API compares it with the bytes.
        ("image/jpeg", PIXEL, Some("image/png")),
        ("image/x-png", PIXEL, Some("image/png")),
        ("", PIXEL, Some("image/png")),
        ("image/png", wide.as_str(), Some("image/png")),
        ("image/png", "bm90cG5n", None),
        ("image/png", "", None),
        ("image/jpeg", "/9j/4A==", None),
        ("image/svg+xml", "PHN2Zy8+", None),
        // Cut off.
        ("image/png", &PIXEL[..40], None),
    ] {
        let alone = json!({ "type": "image", "data": data, "mimeType": media_type });
        let inside = json!({ "uri": "u", "blob": data, "mimeType": media_type });
        let resource = json!({ "type": "resource", "resource": inside });
        // What a resource of no type is, nobody has said.
        let both = if media_type.is_empty() { json!([alone]) } else { json!([alone, resource]) };
        let count = both.as_array().unwrap().len();
        let finished = finish("t", &json!({ "content": both }), &limits).await.unwrap();
        let blocks: Vec<Value> = match finished.output.content {
            ToolContent::Blocks(blocks) => blocks,
            ToolContent::Text(text) => vec![text_block(&text)],
        };
        assert_eq!(blocks.len(), count, "{media_type} {data}");
        for block in blocks {
            match shown_as {
                Some(shown_as) => {
                    assert_eq!(block["source"]["media_type"], shown_as, "{media_type} {block}");
                    let bytes = content::decoded(block["source"]["data"].as_str().unwrap()).unwrap();
                    let image = image::load_from_memory(&bytes).unwrap();
                    assert!(image.width() <= image_file::LARGEST_SIDE, "{media_type}");
                }
                None => {
                    let text = block["text"].as_str().unwrap_or_default();
                    assert!(text.contains(" bytes, saved to "), "{media_type}: {block}");
                }
            }
        }
    }
}

#[tokio::test]
async fn faults_of_the_disk_leave_the_beginning() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let (limits, dir) = limits(&[("MAX_MCP_OUTPUT_TOKENS", "1000")], &Value::Null);
    for (fault, kind, why) in [
        (Fault::MakeDir, ErrorKind::PermissionDenied, "the operating system denies access"),
        (Fault::Create, ErrorKind::StorageFull, "the disk is full"),
        (Fault::Write, ErrorKind::StorageFull, "the disk is full"),
    ] {
        let _guard = inject(dir.path(), fault, kind);
        let (text, _) = shown(&limits, &"y".repeat(4001)).await;
        let expected = format!(
            "The result has 4001 characters, more than the 1000 tokens that one result may have, and it could not be \
             saved ({why}). Ask the tool for less. It begins:\n\n{}\n…",
            "y".repeat(2000)
        );
        assert_eq!(text, expected);
        let (line, path) = limits.saved("audio", "wav", vec![0; 3]).await;
        assert_eq!((line, path), (format!("[audio, 3 bytes, could not be saved: {why}]"), None));
    }
}
