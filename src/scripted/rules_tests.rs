#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::*;
use crate::scripted::state::Glance;

/// One request under test: a valid one until a test breaks it.
struct Trial {
    path: &'static str,
    headers: BTreeMap<String, String>,
    body: Value,
    key: Option<&'static str>,
    memory: Memory,
    too_large: bool,
    parse_error: Option<String>,
}

impl Trial {
    fn new() -> Self {
        let headers = [
            ("x-api-key", "sk-test"),
            ("anthropic-version", "2023-06-01"),
            ("content-type", "application/json"),
        ];
        let mut memory = Memory::default();
        memory.remember(&[
            json!({ "type": "thinking", "thinking": "hm", "signature": "s1" }),
            json!({ "type": "redacted_thinking", "data": "r1" }),
            json!({ "type": "tool_use", "id": "thought", "name": "Read", "input": {} }),
        ]);
        Self {
            path: "/v1/messages",
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: json!({
                "model": "claude-sonnet-4-6",
                "max_tokens": 8000,
                "stream": true,
                "system": [{ "type": "text", "text": "Be brief.", "cache_control": { "type": "ephemeral" } }],
                "tools": [tool("Read"), tool("Bash")],
                "messages": [
                    { "role": "user", "content": "Fix it." },
                    { "role": "assistant", "content": [
                        { "type": "text", "text": "Reading." },
                        { "type": "tool_use", "id": "t1", "name": "Read", "input": { "file_path": "/a" } },
                        { "type": "tool_use", "id": "t2", "name": "Bash", "input": {} },
                    ] },
                    { "role": "user", "content": [
                        { "type": "tool_result", "tool_use_id": "t1", "content": "one" },
                        { "type": "tool_result", "tool_use_id": "t2", "content": [{ "type": "text", "text": "two" }], "is_error": true },
                        { "type": "text", "text": "Go on." },
                    ] },
                ],
            }),
            key: None,
            memory,
            too_large: false,
            parse_error: None,
        }
    }

    fn header(&mut self, name: &str, value: &str) {
        self.headers.insert(name.to_owned(), value.to_owned());
    }

    /// Sets one top-level field.
    fn set(&mut self, name: &str, value: Value) {
        self.body[name] = value;
    }

    /// Sets what a JSON pointer points at.
    fn put(&mut self, pointer: &str, value: Value) {
        *self.body.pointer_mut(pointer).expect("the pointer names something") = value;
    }

    /// Adds a block in front of the first message's text.
    fn user_block(&mut self, block: Value) {
        self.put("/messages/0/content", json!([block, { "type": "text", "text": "Look." }]));
    }

    fn image(&mut self, media_type: &str, data: &str) {
        self.user_block(json!({
            "type": "image",
            "source": { "type": "base64", "media_type": media_type, "data": data },
        }));
    }

    fn judge(&self) -> Option<Refusal> {
        let glance = Glance::of(&self.body);
        let request = Arrived {
            method: "POST".to_owned(),
            path: self.path.to_owned(),
            headers: self.headers.clone(),
            raw: bytes::Bytes::new(),
            too_large: self.too_large,
            body: self.body.clone(),
            parse_error: self.parse_error.clone(),
            stream: glance.stream,
            model: glance.model,
            index: 0,
        };
        judge(&Context { request: &request, memory: &self.memory, api_key: self.key, betas: &[] })
    }
}

fn tool(name: &str) -> Value {
    json!({ "name": name, "description": "d", "input_schema": { "type": "object", "properties": {} } })
}

fn ephemeral() -> Value {
    json!({ "type": "ephemeral" })
}

const PNG: &str = "iVBORw0KGgoAAAANSUhEUg==";
const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQ==";
const GIF: &str = "R0lGODlhAQABAAAAACw=";
const WEBP: &str = "UklGRiQAAABXRUJQVlA4IA==";

fn accepts(change: impl FnOnce(&mut Trial)) {
    let mut trial = Trial::new();
    change(&mut trial);
    assert_eq!(trial.judge(), None);
}

fn refuses(rule: &str, status: u16, change: impl FnOnce(&mut Trial)) {
    let mut trial = Trial::new();
    change(&mut trial);
    let refusal = trial.judge().expect("the request is refused");
    assert_eq!((refusal.rule, refusal.status), (rule, status), "{}", refusal.message);
    assert!(!refusal.message.is_empty());
}

/// One test for each rule that breaks it (`=>` is followed by every way to break it), and the list of rules covered.
macro_rules! breaks {
    ($($name:ident $rule:literal $status:literal => [$($change:expr),+ $(,)?];)+) => {
        $(#[test] fn $name() { $(refuses($rule, $status, $change);)+ })+
        const BROKEN: &[&str] = &[$($rule),+];
    };
}

breaks! {
    breaks_header_auth "header.auth" 401 => [
        |t| { t.headers.remove("x-api-key"); },
        |t| t.header("x-api-key", ""),
        |t| t.key = Some("other"),
        |t| { t.headers.remove("x-api-key"); t.header("authorization", "Bearer wrong"); t.key = Some("other"); },
        |t| { t.headers.remove("x-api-key"); t.header("authorization", "Basic abc"); },
    ];
    breaks_header_version "header.version" 400 => [
        |t| { t.headers.remove("anthropic-version"); },
        |t| t.header("anthropic-version", "2024-01-01"),
    ];
    breaks_version_sampling "version.sampling" 400 => [
        |t| { t.header("anthropic-version", "2026-10-21"); t.body["temperature"] = 1.into(); },
        |t| { t.header("anthropic-version", "2026-10-21"); t.body["top_k"] = 5.into(); },
    ];
    breaks_header_content_type "header.content_type" 400 => [
        |t| { t.headers.remove("content-type"); },
        |t| t.header("content-type", "text/plain"),
    ];
    breaks_header_beta "header.beta" 400 => [
        |t| t.header("anthropic-beta", "no-such-beta-2020-01-01"),
        |t| t.header("anthropic-beta", ""),
        |t| t.header("anthropic-beta", "interleaved-thinking-2025-05-14,,"),
    ];
    breaks_body_size "body.size" 413 => [|t| t.too_large = true];
    breaks_body_json "body.json" 400 => [
        |t| { t.body = Value::Null; t.parse_error = Some("EOF".to_owned()); },
        |t| t.body = json!([]),
    ];
    breaks_body_fields "body.fields" 400 => [
        |t| t.set("session_id", json!("x")),
        |t| t.set("betas", json!(["interleaved-thinking-2025-05-14"])),
        |t| t.path = "/v1/messages/count_tokens",
    ];
    breaks_body_beta_fields "body.beta_fields" 400 => [
        |t| t.set("context_management", json!({ "edits": [] })),
        |t| t.set("mcp_servers", json!([])),
        |t| t.set("container", json!({ "skills": [] })),
        |t| { t.set("speed", json!("fast")); t.header("anthropic-beta", "context-1m-2025-08-07"); },
    ];
    breaks_model "model.string" 400 => [
        |t| t.set("model", json!("")),
        |t| t.set("model", json!(4)),
        |t| { t.body.as_object_mut().unwrap().remove("model"); },
    ];
    breaks_max_tokens "max_tokens.range" 400 => [
        |t| t.set("max_tokens", json!(0)),
        |t| t.set("max_tokens", json!(-1)),
        |t| t.set("max_tokens", json!(1.5)),
        |t| t.set("max_tokens", json!("8")),
        |t| t.set("max_tokens", json!(128_001)),
        |t| { t.body.as_object_mut().unwrap().remove("max_tokens"); },
    ];
    breaks_stream "stream.boolean" 400 => [|t| t.set("stream", json!("true")), |t| t.set("stream", Value::Null)];
    breaks_metadata "metadata.shape" 400 => [
        |t| t.set("metadata", json!({ "session": "x" })),
        |t| t.set("metadata", json!({ "user_id": 1 })),
        |t| t.set("metadata", json!({ "user_id": "u".repeat(513) })),
        |t| t.set("metadata", json!("x")),
    ];
    breaks_stop_sequences "stop_sequences.shape" 400 => [
        |t| t.set("stop_sequences", json!(["\n"])),
        |t| t.set("stop_sequences", json!([""])),
        |t| t.set("stop_sequences", json!([1])),
        |t| t.set("stop_sequences", json!("x")),
    ];
    breaks_sampling "sampling.range" 400 => [
        |t| t.set("temperature", json!(1.1)),
        |t| t.set("temperature", json!("0")),
        |t| t.set("top_p", json!(-0.1)),
        |t| t.set("top_k", json!(-1)),
        |t| { t.set("model", json!("claude-opus-4-7")); t.set("temperature", json!(0.5)); },
        |t| { t.set("model", json!("claude-opus-5-5")); t.set("top_k", json!(4)); },
    ];
    breaks_service_tier "service_tier.value" 400 => [|t| t.set("service_tier", json!("fast"))];
    breaks_speed "speed.value" 400 => [
        |t| { t.header("anthropic-beta", "fast-mode-2026-02-01"); t.set("speed", json!("slow")); },
    ];
    breaks_output_config "output_config.shape" 400 => [
        |t| t.set("output_config", json!({ "effort": "huge" })),
        |t| t.set("output_config", json!({ "verbosity": "low" })),
        |t| t.set("output_config", json!({ "format": { "type": "json" } })),
        |t| t.set("output_config", json!({ "format": { "type": "json_schema" } })),
        |t| t.set("output_config", json!([])),
        |t| { t.set("model", json!("claude-sonnet-4-5")); t.set("output_config", json!({ "effort": "low" })); },
    ];
    breaks_context_management "context_management.shape" 400 => [
        |t| { management(t); t.set("context_management", json!({ "edits": [{ "type": "forget" }] })); },
        |t| { management(t); t.set("context_management", json!({ "rules": [] })); },
        |t| { management(t); t.set("context_management", json!({ "edits": [{ "type": "clear_thinking_20251015" }] })); },
    ];
    breaks_mcp_servers "mcp_servers.shape" 400 => [
        |t| { t.header("anthropic-beta", "mcp-client-2025-11-20"); t.set("mcp_servers", json!([{ "type": "stdio" }])); },
        |t| { t.header("anthropic-beta", "mcp-client-2025-11-20"); t.set("mcp_servers", json!([{ "type": "url", "name": "n" }])); },
    ];
    breaks_system "system.shape" 400 => [
        |t| t.set("system", json!({})),
        |t| t.set("system", Value::Null),
        |t| t.set("system", json!([{ "type": "text", "text": "" }])),
        |t| t.set("system", json!([{ "type": "text", "text": " \n" }])),
        |t| t.set("system", json!([{ "type": "image" }])),
        |t| t.set("system", json!([{ "type": "text", "text": "a", "name": "b" }])),
    ];
    breaks_messages_array "messages.array" 400 => [
        |t| t.set("messages", json!([])),
        |t| t.set("messages", json!("hi")),
        |t| t.set("messages", json!(["hi"])),
        |t| { t.body.as_object_mut().unwrap().remove("messages"); },
    ];
    breaks_messages_role "messages.role" 400 => [
        |t| t.put("/messages/0/role", json!("system")),
        |t| t.put("/messages/0/role", Value::Null),
    ];
    breaks_messages_first_user "messages.first_user" 400 => [
        |t| t.set("messages", json!([{ "role": "assistant", "content": "a" }, { "role": "user", "content": "b" }])),
    ];
    breaks_messages_fields "messages.fields" 400 => [|t| t.body["messages"][0]["uuid"] = json!("u")];
    breaks_messages_content "messages.content" 400 => [
        |t| t.put("/messages/0/content", json!("")),
        |t| t.put("/messages/0/content", json!([])),
        |t| t.put("/messages/0/content", Value::Null),
        |t| { t.body["messages"][0].as_object_mut().unwrap().remove("content"); },
    ];
    breaks_block_type "block.type" 400 => [
        |t| t.user_block(json!({ "type": "video" })),
        |t| t.user_block(json!({ "text": "x" })),
        |t| t.put("/messages/2/content/1/content", json!([{ "type": "resource" }])),
    ];
    breaks_block_fields "block.fields" 400 => [
        |t| t.user_block(json!({ "type": "text", "text": "x", "uuid": "u" })),
        |t| t.put("/messages/1/content/1", json!({ "type": "tool_use", "id": "t1", "name": "Read" })),
        |t| t.body["messages"][2]["content"][0]["tool_use_result"] = json!({}),
        |t| t.body["messages"][1]["content"][1]["rawInput"] = json!(""),
    ];
    breaks_block_role "block.role" 400 => [
        |t| t.user_block(json!({ "type": "tool_use", "id": "t9", "name": "Read", "input": {} })),
        |t| t.user_block(json!({ "type": "thinking", "thinking": "hm", "signature": "s1" })),
        |t| t.put("/messages/1/content/0", json!({ "type": "tool_result", "tool_use_id": "t1" })),
    ];
    breaks_text_empty "text.empty" 400 => [
        |t| t.user_block(json!({ "type": "text", "text": "" })),
        |t| t.user_block(json!({ "type": "text", "text": 1 })),
        |t| t.put("/messages/2/content/1/content/0/text", json!("")),
    ];
    breaks_text_whitespace "text.whitespace" 400 => [
        |t| t.user_block(json!({ "type": "text", "text": "\n " })),
        |t| t.put("/messages/0/content", json!("  ")),
    ];
    breaks_tool_use_shape "tool_use.shape" 400 => [
        |t| t.put("/messages/1/content/1/id", json!("t 1")),
        |t| t.put("/messages/1/content/1/name", json!("")),
        |t| t.put("/messages/1/content/1/input", json!("{}")),
    ];
    breaks_tool_use_duplicate "tool_use.duplicate" 400 => [
        |t| t.put("/messages/1/content/1/id", json!("t2")),
        |t| t.body["messages"].as_array_mut().unwrap().push(json!(
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "t1", "name": "Read", "input": {} }] })),
    ];
    breaks_tool_result_shape "tool_result.shape" 400 => [
        |t| t.put("/messages/2/content/0/content", json!({ "a": 1 })),
        |t| t.put("/messages/2/content/0/content", Value::Null),
        |t| t.put("/messages/2/content/0/tool_use_id", json!(1)),
        |t| t.put("/messages/2/content/1/is_error", json!("yes")),
        |t| t.put("/messages/2/content/0/content", json!([{ "type": "tool_use", "id": "a", "name": "b", "input": {} }])),
        |t| t.put("/messages/2/content/1/content", json!([
            { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": PNG } }])),
    ];
    breaks_tool_result_duplicate "tool_result.duplicate" 400 => [
        |t| t.put("/messages/2/content/1/tool_use_id", json!("t1")),
    ];
    breaks_tool_result_orphan "tool_result.orphan" 400 => [
        |t| t.put("/messages/2/content/0/tool_use_id", json!("t9")),
        |t| t.user_block(json!({ "type": "tool_result", "tool_use_id": "t0" })),
    ];
    breaks_tool_use_unanswered "tool_use.unanswered" 400 => [
        |t| { t.body["messages"][2]["content"].as_array_mut().unwrap().remove(1); },
        |t| { t.body["messages"].as_array_mut().unwrap().pop(); },
        |t| t.put("/messages/2/content", json!("Go on.")),
    ];
    breaks_tool_result_first "tool_result.first" 400 => [
        |t| t.body["messages"][2]["content"].as_array_mut().unwrap().insert(1, json!({ "type": "text", "text": "x" })),
        |t| t.body["messages"][2]["content"].as_array_mut().unwrap().rotate_right(1),
    ];
    breaks_cache_shape "cache.shape" 400 => [
        |t| t.put("/system/0/cache_control", json!({ "type": "persistent" })),
        |t| t.put("/system/0/cache_control", json!({ "type": "ephemeral", "ttl": "2h" })),
        |t| t.put("/system/0/cache_control", json!({ "type": "ephemeral", "scope": "global" })),
        |t| t.set("cache_control", json!({})),
    ];
    breaks_cache_breakpoints "cache.breakpoints" 400 => [
        |t| {
            for pointer in ["/tools/0", "/tools/1", "/messages/1/content/0", "/messages/2/content/2"] {
                t.body.pointer_mut(pointer).unwrap()["cache_control"] = ephemeral();
            }
        },
        |t| {
            for pointer in ["/tools/0", "/messages/1/content/0", "/messages/2/content/1/content/0"] {
                t.body.pointer_mut(pointer).unwrap()["cache_control"] = ephemeral();
            }
            t.set("cache_control", ephemeral());
        },
    ];
    breaks_cache_placement "cache.placement" 400 => [
        |t| t.put("/messages/1/content/0", json!({ "type": "text", "text": " ", "cache_control": ephemeral() })),
        |t| t.put("/messages/1/content/0", json!(
            { "type": "thinking", "thinking": "hm", "signature": "s1", "cache_control": ephemeral() })),
        |t| t.put("/messages/1/content/0", json!(
            { "type": "redacted_thinking", "data": "r1", "cache_control": ephemeral() })),
    ];
    breaks_cache_ttl_order "cache.ttl_order" 400 => [
        |t| t.body["messages"][2]["content"][2]["cache_control"] = json!({ "type": "ephemeral", "ttl": "1h" }),
    ];
    breaks_tools_shape "tools.shape" 400 => [
        |t| t.set("tools", json!({})),
        |t| t.set("tools", json!(["Read"])),
        |t| t.body["tools"][0]["output_schema"] = json!({}),
        |t| t.body["tools"][0]["type"] = json!("function"),
        |t| t.body["tools"][0]["description"] = json!(1),
    ];
    breaks_tools_name "tools.name" 400 => [
        |t| t.put("/tools/0/name", json!("mcp:read")),
        |t| t.put("/tools/0/name", json!("")),
        |t| t.put("/tools/0/name", json!("a".repeat(129))),
    ];
    breaks_tools_unique "tools.unique" 400 => [|t| t.put("/tools/0/name", json!("Bash"))];
    breaks_tools_schema "tools.schema" 400 => [
        |t| t.put("/tools/0/input_schema", json!({ "properties": {} })),
        |t| t.put("/tools/0/input_schema", json!({ "type": "string" })),
        |t| t.put("/tools/0/input_schema", json!("object")),
        |t| t.put("/tools/0/input_schema", json!({ "type": "object", "oneOf": [] })),
        |t| t.put("/tools/0/input_schema", json!({ "type": "object", "anyOf": [] })),
        |t| t.put("/tools/0/input_schema", json!({ "type": "object", "allOf": [] })),
        |t| t.put("/tools/0/input_schema", json!({ "type": "object", "required": "a" })),
        |t| { t.body["tools"][0].as_object_mut().unwrap().remove("input_schema"); },
    ];
    breaks_tools_deferred "tools.deferred" 400 => [
        |t| for index in 0..2 { t.body["tools"][index]["defer_loading"] = json!(true); },
    ];
    breaks_tool_choice "tool_choice.shape" 400 => [
        |t| t.set("tool_choice", json!({ "type": "required" })),
        |t| t.set("tool_choice", json!("auto")),
        |t| t.set("tool_choice", json!({ "type": "tool", "name": "Write" })),
        |t| t.set("tool_choice", json!({ "type": "auto", "name": "Read" })),
        |t| { t.set("tools", json!([])); t.set("tool_choice", json!({ "type": "auto" })); },
    ];
    breaks_thinking_shape "thinking.shape" 400 => [
        |t| t.set("thinking", json!({ "type": "on" })),
        |t| t.set("thinking", json!({ "type": "adaptive", "budget_tokens": 2000 })),
        |t| t.set("thinking", json!({ "type": "disabled", "display": "omitted" })),
        |t| t.set("thinking", json!({ "type": "adaptive", "display": "all" })),
    ];
    breaks_thinking_budget "thinking.budget" 400 => [
        |t| t.set("thinking", json!({ "type": "enabled" })),
        |t| t.set("thinking", json!({ "type": "enabled", "budget_tokens": 1023 })),
        |t| t.set("thinking", json!({ "type": "enabled", "budget_tokens": "2000" })),
        |t| t.set("thinking", json!({ "type": "enabled", "budget_tokens": 8000 })),
        |t| {
            // Interleaved thinking lifts the limit only for requests with tools.
            t.set("tools", json!([]));
            t.header("anthropic-beta", "interleaved-thinking-2025-05-14");
            t.set("thinking", json!({ "type": "enabled", "budget_tokens": 9000 }));
        },
    ];
    breaks_thinking_model "thinking.model" 400 => [
        |t| { t.set("model", json!("claude-sonnet-4-5")); t.set("thinking", json!({ "type": "adaptive" })); },
        |t| {
            t.set("model", json!("claude-3-5-haiku-20241022"));
            t.set("thinking", json!({ "type": "enabled", "budget_tokens": 2000 }));
        },
    ];
    breaks_thinking_sampling "thinking.sampling" 400 => [
        |t| { adaptive(t); t.set("temperature", json!(0.3)); },
        |t| { adaptive(t); t.set("top_k", json!(5)); },
        |t| { adaptive(t); t.set("top_p", json!(0.5)); },
    ];
    breaks_thinking_tool_choice "thinking.tool_choice" 400 => [
        |t| { adaptive(t); t.set("tool_choice", json!({ "type": "any" })); },
        |t| { adaptive(t); t.set("tool_choice", json!({ "type": "tool", "name": "Read" })); },
    ];
    breaks_thinking_prefill "thinking.prefill" 400 => [
        |t| { adaptive(t); assistant(t, json!("So")); },
    ];
    breaks_thinking_altered "thinking.altered" 400 => [
        |t| thought(t, &[json!({ "type": "thinking", "thinking": "ha", "signature": "s1" })]),
        |t| thought(t, &[json!({ "type": "thinking", "thinking": "hm", "signature": "s2" })]),
        |t| thought(t, &[json!({ "type": "redacted_thinking", "data": "r2" })]),
    ];
    breaks_thinking_dropped "thinking.dropped" 400 => [
        |t| { adaptive(t); thought(t, &[]); },
        |t| { adaptive(t); thought(t, &[json!({ "type": "thinking", "thinking": "hm", "signature": "s1" })]); },
    ];
    breaks_prefill_model "prefill.model" 400 => [
        |t| { t.set("model", json!("claude-opus-4-7")); assistant(t, json!("So")); },
    ];
    breaks_prefill_whitespace "prefill.whitespace" 400 => [
        |t| assistant(t, json!("So ")),
        |t| assistant(t, json!([{ "type": "text", "text": "So\n" }])),
    ];
    breaks_image_source "image.source" 400 => [
        |t| t.user_block(json!({ "type": "image", "source": { "type": "path", "path": "/a" } })),
        |t| t.user_block(json!({ "type": "image", "source": { "type": "base64", "data": PNG } })),
        |t| t.user_block(json!({ "type": "image", "source": { "type": "url" } })),
        |t| t.user_block(json!({ "type": "image", "source": { "type": "file", "file_id": "f", "x": 1 } })),
        |t| t.image("image/png", "data:image/png;base64,iVBO"),
        |t| t.image("image/png", "iVBORw0KGgo"),
    ];
    breaks_image_media_type "image.media_type" 400 => [
        |t| t.image("image/bmp", PNG),
        |t| t.image("image/jpeg", PNG),
        |t| t.image("image/png", "AAAAAAAAAAAAAAAA"),
        |t| t.put("/messages/2/content/0/content", json!([
            { "type": "image", "source": { "type": "base64", "media_type": "image/png", "data": GIF } }])),
    ];
    breaks_image_size "image.size" 400 => [
        |t| t.image("image/png", &format!("{}{}", &PNG[..12], "A".repeat(5 * 1024 * 1024 / 3 * 4))),
    ];
    breaks_document_source "document.source" 400 => [
        |t| t.user_block(json!({ "type": "document", "source": { "type": "docx" } })),
        |t| t.user_block(json!({ "type": "document", "source": { "type": "base64", "media_type": "application/pdf", "data": PNG } })),
        |t| t.user_block(json!({ "type": "document", "source": { "type": "base64", "media_type": "image/png", "data": "JVBERi0xLjQK" } })),
        |t| t.user_block(json!({ "type": "document", "source": { "type": "text", "media_type": "text/html", "data": "x" } })),
        |t| t.user_block(json!({ "type": "document", "source": { "type": "content" } })),
    ];
}

fn management(trial: &mut Trial) {
    trial.header("anthropic-beta", "context-management-2025-06-27");
}

fn adaptive(trial: &mut Trial) {
    trial.set("thinking", json!({ "type": "adaptive" }));
}

fn assistant(trial: &mut Trial, content: Value) {
    trial.body["messages"].as_array_mut().unwrap().push(json!({ "role": "assistant", "content": content }));
}

/// A conversation whose tool_use was sent after thinking, with what comes back of that thinking.
fn thought(trial: &mut Trial, thinking: &[Value]) {
    let mut content = thinking.to_vec();
    content.push(json!({ "type": "tool_use", "id": "thought", "name": "Read", "input": {} }));
    trial.set(
        "messages",
        json!([
            { "role": "user", "content": "Fix it." },
            { "role": "assistant", "content": content },
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "thought" }] },
        ]),
    );
}

#[test]
fn every_rule_has_a_test_that_breaks_it_and_an_id_of_its_own() {
    let mut ids = HashSet::new();
    for rule in RULES {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert!(!rule.text.is_empty() && !rule.source.is_empty());
        assert!(BROKEN.contains(&rule.id), "nothing breaks {}", rule.id);
    }
    assert!(is_known("text.empty") && !is_known("text.long"));
}

#[test]
fn a_valid_request_passes() {
    accepts(|_| {});
}

#[test]
fn shapes_that_the_api_takes_pass() {
    accepts(|t| {
        t.headers.remove("x-api-key");
        t.header("authorization", "Bearer token");
        t.key = Some("token");
    });
    accepts(|t| t.header("content-type", "application/json; charset=utf-8"));
    accepts(|t| t.header("anthropic-beta", "interleaved-thinking-2025-05-14, context-1m-2025-08-07"));
    accepts(|t| t.set("system", json!("Be brief.")));
    accepts(|t| t.put("/messages/2/content/0", json!({ "type": "tool_result", "tool_use_id": "t1" })));
    accepts(|t| t.put("/messages/2/content/0/content", json!("")));
    accepts(|t| assistant(t, json!([])));
    accepts(|t| assistant(t, json!("So")));
    accepts(|t| t.set("stop_sequences", json!(["END"])));
    accepts(|t| t.set("metadata", json!({ "user_id": "u" })));
    accepts(|t| t.set("temperature", json!(0.2)));
    accepts(|t| t.set("tool_choice", json!({ "type": "tool", "name": "Read" })));
    accepts(|t| {
        t.set(
            "output_config",
            json!({ "effort": "xhigh", "format": { "type": "json_schema", "schema": {} } }),
        )
    });
    accepts(|t| {
        t.body["tools"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "type": "web_search_20250305", "name": "web_search" }))
    });
    accepts(|t| {
        t.body["tools"][0]["cache_control"] = json!({ "type": "ephemeral", "ttl": "1h" });
        t.body["messages"][2]["content"][2]["cache_control"] = ephemeral();
        t.body["messages"][2]["content"][1]["cache_control"] = ephemeral();
    });
    accepts(|t| {
        t.path = "/v1/messages/count_tokens";
        t.body.as_object_mut().unwrap().retain(|name, _| name != "max_tokens" && name != "stream");
    });
    accepts(|t| {
        management(t);
        adaptive(t);
        t.set(
            "context_management",
            json!({ "edits": [{ "type": "clear_thinking_20251015", "keep": "all" }] }),
        );
    });
}

#[test]
fn media_that_are_what_they_say_pass() {
    for (media_type, data) in
        [("image/png", PNG), ("image/jpeg", JPEG), ("image/gif", GIF), ("image/webp", WEBP)]
    {
        accepts(|t| t.image(media_type, data));
    }
    accepts(|t| {
        t.user_block(
            json!({ "type": "image", "source": { "type": "url", "url": "https://a.example/a.png" } }),
        )
    });
    accepts(|t| {
        let source = json!({ "type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK" });
        t.user_block(json!({ "type": "document", "source": source, "title": "a" }));
    });
    accepts(|t| t.image("image/png", &format!("{}{}", &PNG[..12], "A".repeat(5_000_000 / 3 * 4))));
}

#[test]
fn thinking_that_comes_back_unchanged_passes() {
    let all = [
        json!({ "type": "thinking", "thinking": "hm", "signature": "s1" }),
        json!({ "type": "redacted_thinking", "data": "r1" }),
    ];
    accepts(|t| {
        adaptive(t);
        thought(t, &all);
    });
    // Without thinking, and in turns that are over, it may be left out.
    accepts(|t| thought(t, &[]));
    accepts(|t| {
        adaptive(t);
        thought(t, &[]);
        assistant(t, json!("Done."));
        t.body["messages"].as_array_mut().unwrap().push(json!({ "role": "user", "content": "More." }));
    });
    // Thinking that another server signed: any text, if the scenario says so.
    accepts(|t| {
        t.memory = Memory::knowing(&BTreeMap::from([("old".to_owned(), "*".to_owned())]));
        thought(t, &[json!({ "type": "thinking", "thinking": "anything", "signature": "old" })]);
    });
    accepts(|t| {
        t.header("anthropic-beta", "interleaved-thinking-2025-05-14");
        t.set("thinking", json!({ "type": "enabled", "budget_tokens": 9000 }));
    });
}

#[test]
fn messages_name_the_place() {
    let mut trial = Trial::new();
    trial.put("/messages/2/content/1/content/0/text", json!(""));
    let message = trial.judge().unwrap().message;
    assert_eq!(
        message,
        "messages.2.content.1.tool_result.content.0.text: text content blocks must be non-empty"
    );
}
