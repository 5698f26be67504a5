//! One sample per message variant, written to `__test__/fixtures/wire`; vitest proves each against `index.d.ts`.
//!
//! A new variant without a sample does not compile; a stale file fails. `UPDATE_FIXTURES=1` rewrites the files.

use native_agent_sdk::engine::clock::Clock;
use native_agent_sdk::engine::emit::{Emitter, Outbox};
use native_agent_sdk::engine::message::input::UserInput;
use native_agent_sdk::engine::message::result::{PermissionDenial, ResultMessage, Subtype};
use native_agent_sdk::engine::message::sdk::*;
use native_agent_sdk::engine::message::task::*;
use native_agent_sdk::engine::model::cost::{ModelUsages, UsageTotals};
use native_agent_sdk::engine::model::table::ModelTable;
use native_agent_sdk::engine::permission::PermissionMode;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn raw(value: Value) -> Box<RawValue> {
    to_raw_value(&value).unwrap()
}

fn assistant(error: Option<&'static str>) -> SdkMessage {
    SdkMessage::Assistant(Box::new(AssistantMessage {
        message: ApiMessage {
            id: "msg_1".into(),
            r#type: "message",
            role: "assistant",
            model: "claude-opus-5-5".into(),
            content: vec![raw(json!({ "type": "text", "text": "Hello." }))],
            stop_reason: Some("end_turn".into()),
            stop_sequence: None,
            usage: json!({ "input_tokens": 10, "output_tokens": 5 }),
            extra: Map::new(),
        },
        parent_tool_use_id: None,
        error,
        request_id: Some("req_1".into()),
        aborted: error.is_none(),
        timestamp: "2026-01-01T00:00:00.000Z".into(),
    }))
}

fn user(synthetic: bool) -> SdkMessage {
    let block =
        json!({ "type": "tool_result", "tool_use_id": "toolu_1", "content": "1\tone", "is_error": true });
    SdkMessage::User(UserMessage {
        message: UserContent { role: "user", content: vec![raw(block)] },
        parent_tool_use_id: None,
        is_synthetic: synthetic,
        tool_use_result: (!synthetic).then(|| json!({ "type": "text" })),
        timestamp: "2026-01-01T00:00:00.000Z".into(),
    })
}

fn replay() -> SdkMessage {
    let pushed = json!({
        "type": "user",
        "message": { "role": "user", "content": "Hello." },
        "priority": "later",
        "shouldQuery": true,
        "isSynthetic": true,
        "timestamp": "2026-01-01T00:00:00.000Z",
    });
    SdkMessage::Replay(UserInput::parse(&pushed.to_string()).unwrap().replay().unwrap())
}

fn result(subtype: Subtype, api_error_status: Option<Option<u16>>) -> SdkMessage {
    let usage: Map<String, Value> =
        json!({ "input_tokens": 10, "output_tokens": 5 }).as_object().cloned().unwrap();
    let mut totals = UsageTotals::default();
    totals.add(&usage);
    let mut models = ModelUsages::default();
    models.add(&ModelTable::builtin().resolve("opus", &Default::default()), &usage);
    let good = subtype == Subtype::Success;
    SdkMessage::Result(Box::new(ResultMessage {
        subtype,
        is_error: !good || api_error_status.is_some(),
        duration_ms: 12,
        duration_api_ms: 10,
        num_turns: 2,
        result: good.then(|| "Done.".into()),
        errors: (!good).then(|| vec!["why".into()]),
        stop_reason: good.then(|| "end_turn".into()),
        total_cost_usd: models.total_cost_usd(),
        usage: totals.to_json(),
        model_usage: models.to_json(),
        permission_denials: vec![PermissionDenial {
            tool_name: "Bash".into(),
            tool_use_id: "toolu_2".into(),
            tool_input: json!({ "command": "rm x" }),
        }],
        terminal_reason: if good { "completed" } else { "max_turns" },
        api_error_status,
        deferred_tool_use: (good && api_error_status.is_none())
            .then(|| json!({ "id": "toolu_3", "name": "Bash", "input": { "command": "ls" } })),
        ttft_ms: Some(3),
        result_index: 0,
        queued_turn_count: 0,
    }))
}

fn hook() -> HookMessage {
    HookMessage {
        hook_id: "9d1f6a70-51d5-4a3c-8f0a-1de1a0b39f5e".into(),
        hook_name: "PreToolUse:Bash".into(),
        hook_event: "PreToolUse",
    }
}

fn samples() -> Vec<SdkMessage> {
    let system = |message| SdkMessage::System(message);
    vec![
        assistant(None),
        assistant(Some("rate_limit")),
        user(false),
        user(true),
        replay(),
        SdkMessage::StreamEvent(StreamEventMessage {
            event: raw(json!({ "type": "content_block_stop", "index": 0 })),
            parent_tool_use_id: None,
            ttft_ms: Some(3),
        }),
        system(SystemMessage::Init(Box::new(InitMessage {
            api_key_source: "ANTHROPIC_API_KEY",
            claude_code_version: "0.1.0",
            cwd: "/work".into(),
            tools: vec!["Read".into()],
            mcp_servers: vec![json!({ "name": "server", "status": "connected" })],
            model: "claude-opus-5-5".into(),
            permission_mode: PermissionMode::Default,
            slash_commands: vec!["compact".into()],
            output_style: "default",
            skills: vec!["skill".into()],
            plugins: vec![json!({ "name": "plugin", "path": "/plugin" })],
            betas: vec!["context-1m-2025-08-07".into()],
        }))),
        system(SystemMessage::Status(StatusMessage { status: Some("requesting"), permission_mode: None })),
        system(SystemMessage::Status(StatusMessage {
            status: None,
            permission_mode: Some(PermissionMode::Plan),
        })),
        system(SystemMessage::ApiRetry(ApiRetryMessage {
            attempt: 1,
            max_retries: 10,
            retry_delay_ms: 500,
            error_status: None,
            error: "overloaded",
        })),
        system(SystemMessage::PermissionDenied(PermissionDeniedMessage {
            tool_name: "Bash".into(),
            tool_use_id: "toolu_2".into(),
            decision_reason_type: "rule",
            decision_reason: "a rule".into(),
            message: "no".into(),
        })),
        system(SystemMessage::Informational(InformationalMessage {
            content: "text".into(),
            level: "warning",
        })),
        SdkMessage::ToolProgress(ToolProgressMessage {
            tool_use_id: "toolu_1".into(),
            tool_name: "Bash".into(),
            parent_tool_use_id: None,
            elapsed_time_seconds: 5,
            task_id: Some("b1".into()),
        }),
        system(SystemMessage::TaskStarted(TaskStartedMessage {
            task_id: "b1".into(),
            tool_use_id: "toolu_1".into(),
            description: "Serve".into(),
            task_type: "local_bash",
            is_backgrounded: true,
        })),
        system(SystemMessage::TaskProgress(TaskProgressMessage {
            task_id: "b1".into(),
            tool_use_id: "toolu_1".into(),
            description: "Serve".into(),
            usage: TaskUsage { total_tokens: 0, tool_uses: 0, duration_ms: 30_000 },
        })),
        system(SystemMessage::TaskUpdated(TaskUpdatedMessage {
            task_id: "b1".into(),
            patch: TaskPatch { status: "failed", end_time: 1_767_225_600_000, error: Some("why".into()) },
        })),
        system(SystemMessage::TaskNotification(TaskNotificationMessage {
            task_id: "b1".into(),
            tool_use_id: "toolu_1".into(),
            status: "completed",
            output_file: "/tmp/b1.output".into(),
            summary: "Serve completed".into(),
            usage: TaskUsage { total_tokens: 0, tool_uses: 0, duration_ms: 30_000 },
        })),
        system(SystemMessage::BackgroundTasksChanged(BackgroundTasksChangedMessage {
            tasks: vec![TaskRow {
                task_id: "b1".into(),
                task_type: "local_bash",
                description: "Serve".into(),
            }],
        })),
        system(SystemMessage::SessionStateChanged(SessionStateChangedMessage {
            state: SessionState::RequiresAction,
        })),
        system(SystemMessage::HookStarted(hook())),
        system(SystemMessage::HookProgress(HookProgressMessage {
            hook: hook(),
            output: "textmore".into(),
            stdout: "text".into(),
            stderr: "more".into(),
        })),
        system(SystemMessage::HookResponse(HookResponseMessage {
            hook: hook(),
            output: "text".into(),
            stdout: "text".into(),
            stderr: "more".into(),
            exit_code: Some(0),
            outcome: "success",
        })),
        system(SystemMessage::ElicitationComplete(ElicitationCompleteMessage {
            mcp_server_name: "text".into(),
            elicitation_id: "text".into(),
        })),
        result(Subtype::Success, None),
        result(Subtype::Success, Some(Some(529))),
        result(Subtype::Success, Some(None)),
        result(Subtype::ErrorMaxTurns, None),
        result(Subtype::ErrorDuringExecution, None),
    ]
}

/// The file a sample belongs to. Exhaustive, so that a new variant is missed by nobody.
fn file(message: &SdkMessage) -> &'static str {
    match message {
        SdkMessage::Assistant(_) => "assistant",
        SdkMessage::User(_) => "user",
        SdkMessage::Replay(_) => "user-replay",
        SdkMessage::StreamEvent(_) => "stream_event",
        SdkMessage::System(SystemMessage::Init(_)) => "system-init",
        SdkMessage::System(SystemMessage::Status(_)) => "system-status",
        SdkMessage::System(SystemMessage::ApiRetry(_)) => "system-api_retry",
        SdkMessage::System(SystemMessage::PermissionDenied(_)) => "system-permission_denied",
        SdkMessage::System(SystemMessage::Informational(_)) => "system-informational",
        SdkMessage::ToolProgress(_) => "tool_progress",
        SdkMessage::System(SystemMessage::TaskStarted(_)) => "system-task_started",
        SdkMessage::System(SystemMessage::TaskProgress(_)) => "system-task_progress",
        SdkMessage::System(SystemMessage::TaskUpdated(_)) => "system-task_updated",
        SdkMessage::System(SystemMessage::TaskNotification(_)) => "system-task_notification",
        SdkMessage::System(SystemMessage::BackgroundTasksChanged(_)) => "system-background_tasks_changed",
        SdkMessage::System(SystemMessage::SessionStateChanged(_)) => "system-session_state_changed",
        SdkMessage::System(SystemMessage::HookStarted(_)) => "system-hook_started",
        SdkMessage::System(SystemMessage::HookProgress(_)) => "system-hook_progress",
        SdkMessage::System(SystemMessage::HookResponse(_)) => "system-hook_response",
        SdkMessage::System(SystemMessage::ElicitationComplete(_)) => "system-elicitation_complete",
        SdkMessage::Result(result) => match result.subtype {
            Subtype::Success => "result-success",
            Subtype::ErrorMaxTurns => "result-error_max_turns",
            Subtype::ErrorDuringExecution => "result-error_during_execution",
        },
    }
}

const FILES: [&str; 23] = [
    "assistant",
    "user",
    "user-replay",
    "stream_event",
    "system-init",
    "system-status",
    "system-api_retry",
    "system-permission_denied",
    "system-informational",
    "tool_progress",
    "system-task_started",
    "system-task_progress",
    "system-task_updated",
    "system-task_notification",
    "system-background_tasks_changed",
    "system-session_state_changed",
    "system-hook_started",
    "system-hook_progress",
    "system-hook_response",
    "system-elicitation_complete",
    "result-success",
    "result-error_max_turns",
    "result-error_during_execution",
];

#[tokio::test]
async fn every_variant_has_a_sample_and_the_files_are_fresh() {
    let outbox = Arc::new(Outbox::default());
    let session: Arc<str> = "0b5c1c4e-7d4e-4a53-9f0e-0d6a9e0c8b11".into();
    let emitter = Emitter::new(Arc::clone(&outbox), session, Clock::manual(), true);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("__test__/fixtures/wire");
    let mut texts: std::collections::BTreeMap<&str, Vec<Value>> =
        FILES.iter().map(|name| (*name, vec![])).collect();
    for sample in samples() {
        emitter.emit_as(&sample, "5a3c9d0e-6c39-4a4e-9a57-2f3f0d9c1e11");
        let items: Vec<Value> = serde_json::from_str(&outbox.pull().await.items).unwrap();
        texts.get_mut(file(&sample)).expect("a file for the sample").extend(items);
    }
    for (name, samples) in texts {
        assert!(!samples.is_empty(), "{name} has no sample");
        for (n, sample) in samples.iter().enumerate() {
            let number = if n == 0 { String::new() } else { format!("-{}", n + 1) };
            check(&folder.join(format!("{name}{number}.json")), sample);
        }
    }
}

fn check(path: &std::path::Path, sample: &Value) {
    let text = serde_json::to_string_pretty(sample).unwrap() + "\n";
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &text).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, text, "{} is stale: run cargo test with UPDATE_FIXTURES=1", path.display());
}
