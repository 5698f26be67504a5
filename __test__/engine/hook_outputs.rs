//! Outputs of tools that hooks put others in the place of, as the model sees them.

use crate::hook_calls::{hooks, input, specific};
use crate::mcp::embedded;
use crate::support::{Bench, calls, says};
use base64::Engine as _;
use native_agent_sdk::engine::host::HookRequest;
use serde_json::{Value, json};

fn png() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 3).write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// What the model is given as the result of a call while PostToolUse hooks answer so; without hooks for `None`.
async fn seen(tool: &str, given: &Value, hook: Option<fn(&HookRequest) -> Value>) -> Value {
    let bench = Bench::new(json!([])).await;
    bench.file("a.txt", "one\ntwo\n");
    std::fs::write(bench.path("a.png"), png()).unwrap();
    let text = given.to_string().replace("$CWD", &bench.cwd().to_string_lossy());
    bench.add_rules(json!([calls("toolu_1", tool, serde_json::from_str(&text).unwrap()), says("Done.")]));
    bench.host.serve(|call| {
        Ok(match call.method.as_str() {
            "connect" => json!({ "capabilities": { "tools": {} } }),
            "tools/list" => json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" } }] }),
            _ if call.params["arguments"]["image"] == true => {
                json!({ "content": [{ "type": "image", "mimeType": "image/png", "data": base64(&png()) }] })
            }
            _ => json!({ "content": [{ "type": "text", "text": "ran" }] }),
        })
    });
    let mut options = json!({
        "permissionMode": "acceptEdits",
        "allowedTools": ["Bash", "mcp__s"],
        "mcpServers": embedded(&["s"]),
    });
    if let Some(hook) = hook {
        bench.host.hooks_return(hook);
        options["hooks"] = hooks(&[("PostToolUse", json!({}))]);
    }
    // The scripted API refuses what the real one would.
    bench.run("go", options).await;
    let folder = bench.cwd().to_string_lossy().into_owned();
    let content = bench.body(1)["messages"][2]["content"][0]["content"].to_string();
    serde_json::from_str(&content.replace(&folder, "$CWD")).unwrap()
}

#[tokio::test]
async fn an_output_that_a_hook_gives_back_as_it_was_changes_nothing_row_191() {
    for (tool, given) in [
        ("Bash", json!({ "command": "echo out; echo err >&2" })),
        ("Read", json!({ "file_path": "$CWD/a.txt" })),
        ("Read", json!({ "file_path": "$CWD/a.png" })),
        ("Glob", json!({ "pattern": "*.txt" })),
        ("Grep", json!({ "pattern": "two", "output_mode": "content" })),
        ("Write", json!({ "file_path": "$CWD/new.txt", "content": "text" })),
        ("TodoWrite", json!({ "todos": [{ "content": "a", "activeForm": "doing a", "status": "pending" }] })),
        ("mcp__s__t", json!({})),
        ("mcp__s__t", json!({ "image": true })),
    ] {
        let plain = seen(tool, &given, None).await;
        let same = |request: &HookRequest| {
            specific(request, json!({ "updatedToolOutput": input(request)["tool_response"] }))
        };
        assert_eq!(seen(tool, &given, Some(same)).await, plain, "{tool} {given}");
        assert!(!plain.is_null(), "{tool} {given}");
    }
}

#[tokio::test]
async fn a_changed_output_of_a_built_in_tool_looks_like_one_row_191() {
    fn changed(request: &HookRequest) -> Value {
        let text = input(request)["tool_response"].to_string().replace("two", "2").replace("hello", "secret");
        let mut output: Value = serde_json::from_str(&text).unwrap();
        if output["type"] == "image" {
            output["file"]["base64"] = base64(b"no image").into();
        }
        specific(request, json!({ "updatedToolOutput": output }))
    }
    for (tool, given, expected) in [
        ("Bash", json!({ "command": "echo hello; echo err >&2" }), "secret\nerr"),
        ("Read", json!({ "file_path": "$CWD/a.txt" }), "1\tone\n2\t2"),
        ("Grep", json!({ "pattern": "two", "output_mode": "content" }), "a.txt:2:2"),
        (
            "Read",
            json!({ "file_path": "$CWD/a.png" }),
            "[A hook has put something in the place of this image that is no image.]",
        ),
    ] {
        let seen = seen(tool, &given, Some(changed)).await;
        assert!(seen.as_str().is_some_and(|text| text.contains(expected)), "{tool} {given}: {seen}");
        assert!(!seen.to_string().contains("filePath"), "{tool}: {seen}");
    }
}

#[tokio::test]
async fn an_output_for_a_servers_tool_may_be_of_any_form_and_never_breaks_the_conversation_row_191() {
    let text = |text: &str| json!({ "type": "text", "text": text });
    let shown = json!([{ "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": base64(&png()) } }]);
    let mcp_image = json!({ "type": "image", "mimeType": "image/png", "data": base64(&png()) });
    let nothing = json!("The tool returned nothing.");
    for (given, expected) in [
        (json!("plain"), json!("plain")),
        (json!([text("block")]), json!("block")),
        (json!({ "content": [text("a"), text("b")] }), json!([text("a"), text("b")])),
        (json!({ "content": "a text" }), json!("a text")),
        (json!([mcp_image]), shown.clone()),
        (json!({ "content": [mcp_image] }), shown.clone()),
        (shown.clone(), shown.clone()),
        (json!([{ "type": "image" }]), json!("[Image (unknown type), 0 bytes, saved")),
        (
            json!([{ "type": "resource", "resource": { "uri": "note://1", "text": "milk" } }]),
            json!("[Resource from note://1]\nmilk"),
        ),
        (json!([text("")]), nothing.clone()),
        (json!([{ "type": "text" }]), nothing.clone()),
        (json!([]), nothing.clone()),
        (json!([{ "type": "foo" }]), json!("{\"type\":\"foo\"}")),
        (json!({ "structuredContent": { "x": 1 } }), json!("{\"x\":1}")),
        (json!({ "x": 1 }), json!("{\"x\":1}")),
        (json!(null), json!("ran")),
        (json!(7), json!("7")),
    ] {
        for field in ["updatedMCPToolOutput", "updatedToolOutput"] {
            let bench = Bench::new(json!([calls("toolu_1", "mcp__s__t", json!({})), says("Done.")])).await;
            bench.host.serve(|call| {
                Ok(match call.method.as_str() {
                    "connect" => json!({ "capabilities": { "tools": {} } }),
                    "tools/list" => {
                        json!({ "tools": [{ "name": "t", "inputSchema": { "type": "object" } }] })
                    }
                    _ => json!({ "content": [{ "type": "text", "text": "ran" }] }),
                })
            });
            let output = given.clone();
            bench.host.hooks_return(move |request| specific(request, json!({ field: output })));
            let options = json!({
                "allowedTools": ["mcp__s"],
                "mcpServers": embedded(&["s"]),
                "hooks": hooks(&[("PostToolUse", json!({}))]),
            });
            let messages = bench.run("go", options).await;
            assert_eq!(messages.last().unwrap()["is_error"], false, "{field} {given}: {messages:?}");
            let seen = bench.body(1)["messages"][2]["content"][0]["content"].clone();
            match (&seen, &expected) {
                (Value::String(seen), Value::String(expected)) => {
                    assert!(seen.starts_with(expected), "{field} {given}: {seen}");
                }
                _ => assert_eq!(seen, expected, "{field} {given}"),
            }
        }
    }
}
