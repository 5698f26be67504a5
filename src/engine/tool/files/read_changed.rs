//! What the model sees of an output of Read that a hook has changed.

use super::{image_file, read};
use crate::engine::io::blocking;
use crate::engine::tool::ToolContent;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The lines numbered, an image or a PDF as such; `None` for what has no other form than its JSON.
pub(super) async fn shown(output: &Value) -> Option<ToolContent> {
    let file = output.get("file")?;
    match output.get("type").and_then(Value::as_str)? {
        "text" => numbered(file).map(ToolContent::Text),
        "image" => {
            let bytes = STANDARD.decode(file.get("base64")?.as_str()?).unwrap_or_default();
            // The API refuses a conversation with an image that is none.
            Some(match blocking(move || Ok(image_file::fit(&bytes, &|| false))).await {
                Ok(Ok(image)) => {
                    let source =
                        json!({ "type": "base64", "media_type": image.media_type, "data": image.base64 });
                    ToolContent::Blocks(vec![json!({ "type": "image", "source": source })])
                }
                Ok(Err(_)) | Err(_) => ToolContent::Text(
                    "[A hook has put something in the place of this image that is no image.]".to_owned(),
                ),
            })
        }
        "pdf" => {
            let data = file.get("base64")?.as_str()?;
            STANDARD.decode(data).ok().filter(|bytes| bytes.starts_with(b"%PDF-"))?;
            let source = json!({ "type": "base64", "media_type": "application/pdf", "data": data });
            Some(ToolContent::Blocks(vec![json!({ "type": "document", "source": source })]))
        }
        _ => None,
    }
}

fn numbered(file: &Value) -> Option<String> {
    let first = usize::try_from(file.get("startLine")?.as_u64()?).ok()?;
    let mut text = String::new();
    for (index, line) in file.get("content")?.as_str()?.lines().enumerate() {
        read::push_line(&mut text, first + index, line);
    }
    Some(if text.is_empty() { "[A hook has left nothing of this file.]".to_owned() } else { text })
}
