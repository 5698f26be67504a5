//! Answers control requests from what the session knows.

use super::explain;
use super::host_files;
use super::inbox::Inbox;
use crate::engine::context::usage::Fixed;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::executor;
use crate::engine::mcp;
use crate::engine::message::control::ControlRequest;
use crate::engine::options::Thinking;
use crate::engine::session::flag;
use crate::engine::session::run::Session;
use crate::engine::task::Stopper;
use crate::engine::tool::dispatch;
use futures::FutureExt;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::sync::Arc;

/// There are no others before output styles are read from files.
const OUTPUT_STYLES: [&str; 1] = ["default"];

/// Does what `request` asks for. What takes time is answered by [`wait_for`].
pub fn answer(request: ControlRequest, session: &Session, inbox: &Inbox) -> Result<Value, EngineError> {
    Ok(match request {
        ControlRequest::Interrupt => json!({ "still_queued": inbox.interrupt() }),
        ControlRequest::SetPermissionMode { mode } => {
            dispatch::set_mode(mode, session)?;
            Value::Null
        }
        ControlRequest::SetModel { model } => {
            let to = super::model::wanted(model.as_deref(), session);
            session.live.change(|settings| settings.model = Arc::new(to));
            Value::Null
        }
        ControlRequest::SetMaxThinkingTokens { value, display } => {
            let display = display.map(|display| display.as_str().to_owned());
            let thinking = match value {
                None => session.options.thinking.clone(),
                Some(0) => Some(Thinking::Disabled),
                Some(tokens) => Some(Thinking::Legacy { tokens, display }),
            };
            session.live.change(|settings| settings.thinking = thinking);
            Value::Null
        }
        ControlRequest::UpdateSettings { source, settings } => {
            super::settings::update(&source, &settings, session)?;
            Value::Null
        }
        ControlRequest::InitializationResult | ControlRequest::Reinitialize => handshake(session),
        ControlRequest::SupportedCommands => commands(session),
        ControlRequest::SupportedAgents => json!([]),
        ControlRequest::McpServerStatus => session.mcp.status(),
        ControlRequest::ReconnectMcpServer { .. }
        | ControlRequest::ToggleMcpServer { .. }
        | ControlRequest::SetMcpServers { .. }
        | ControlRequest::McpRequest { .. }
        | ControlRequest::ReadMcpResource { .. } => return Err(takes_time()),
        ControlRequest::ExplainPermission { tool_name, input } => {
            at_once(explain::in_session(tool_name, input, session))?
        }
        ControlRequest::ApplyFlagSettings { settings } => {
            at_once(flag::apply(settings, session))?;
            Value::Null
        }
        ControlRequest::SetMcpPermissionModeOverride { server, mode } => {
            session.mcp.override_mode(&server, mode, &session.live)
        }
        ControlRequest::McpProgress { number, params } => {
            session.mcp.report(number, &params);
            Value::Null
        }
        ControlRequest::ExecutorOutput { number, stream, data } => {
            if let Some(bytes) = executor::bytes_from_json(data) {
                session.services.elsewhere.printed(number, stream, bytes);
            }
            Value::Null
        }
        ControlRequest::McpChanged { handle } => {
            session.mcp.embedded_changed(handle);
            Value::Null
        }
        ControlRequest::McpClosed { handle } => {
            session.mcp.embedded_closed(handle);
            Value::Null
        }
        ControlRequest::SupportedModels => models(session),
        ControlRequest::AccountInfo => account(session),
        ControlRequest::GetContextUsage { detail } => context_usage(session, detail),
        ControlRequest::ReloadPlugins { add_plugins, hold_on_cache_impact: _, refuse_if_busy } => {
            reload_plugins(&add_plugins, refuse_if_busy, session, inbox)?
        }
        ControlRequest::ReloadSkills => json!({ "skills": [] }),
        ControlRequest::ReloadOutputStyles => json!({ "available_output_styles": OUTPUT_STYLES }),
        ControlRequest::ReadFile { .. } | ControlRequest::SeedReadState { .. } => return Err(takes_time()),
        ControlRequest::StopTask { task_id } => {
            session.tasks.stop(&task_id, Stopper::Host);
            Value::Null
        }
        ControlRequest::BackgroundTasks { tool_use_id } => {
            json!(session.tasks.move_to_background(tool_use_id.as_deref()))
        }
    })
}

fn takes_time() -> EngineError {
    EngineError::new(ErrorKind::InternalError, "this control request takes time and must be waited for")
}

/// What takes time only where paths are resolved by the embedder.
fn at_once<T>(work: impl Future<Output = Result<T, EngineError>>) -> Result<T, EngineError> {
    work.now_or_never().unwrap_or_else(|| Err(takes_time()))
}

/// Does what `request` asks for, and waits for what takes time.
pub async fn wait_for(
    request: ControlRequest,
    session: &Session,
    inbox: &Inbox,
) -> Result<Value, EngineError> {
    if let ControlRequest::ReadFile { path, max_bytes, encoding } = &request {
        return host_files::read(session, path, *max_bytes, *encoding).await;
    }
    if let ControlRequest::SeedReadState { path, mtime } = &request {
        return host_files::seed(session, path, *mtime).await;
    }
    if let ControlRequest::UpdateSettings { source, .. } = &request {
        super::settings::may_update(source, session).await?;
    }
    if let ControlRequest::SetModel { model } = &request {
        let to = super::model::wanted(model.as_deref(), session);
        let change = async { answer(request.clone(), session, inbox) };
        return super::model::switching("setModel", model.as_deref(), &to, session, change).await;
    }
    if let ControlRequest::ApplyFlagSettings { settings } = &request {
        let change = async { flag::apply(settings.clone(), session).await.map(|()| Value::Null) };
        let Some(asked) = settings.get("model") else { return change.await };
        let to = flag::model_after(asked, session);
        return super::model::switching("applyFlagSettings", asked.as_str(), &to, session, change).await;
    }
    if let ControlRequest::ReconnectMcpServer { server_name } = &request {
        return session.mcp.reconnect(server_name).await.map(|()| Value::Null);
    }
    if let ControlRequest::ToggleMcpServer { server_name, enabled } = &request {
        return session.mcp.toggle(server_name, *enabled).await.map(|()| Value::Null);
    }
    if let ControlRequest::SetMcpServers { servers } = &request {
        return session.mcp.replace(servers).await;
    }
    if let ControlRequest::McpRequest { handle, method, params } = &request {
        return session.mcp.embedded_request(*handle, method, params).await;
    }
    if let ControlRequest::ReadMcpResource { server, uri } = &request {
        return session.mcp.read_resource(server, uri).await;
    }
    if let ControlRequest::ExplainPermission { tool_name, input } = request {
        return explain::in_session(tool_name, input, session).await;
    }
    answer(request, session, inbox)
}

/// What the session offers (row 576).
fn handshake(session: &Session) -> Value {
    json!({
        "commands": commands(session),
        "agents": [],
        "output_style": "default",
        "available_output_styles": OUTPUT_STYLES,
        "models": models(session),
        "account": account(session),
        "claude_code_version": env!("CARGO_PKG_VERSION"),
        "hook_on_failure_supported": true,
        "fast_mode_state": "off",
    })
}

/// Nothing is read anew yet, so that nothing can spoil the cached prompt.
fn reload_plugins(
    added: &[Value],
    refuse_if_busy: bool,
    session: &Session,
    inbox: &Inbox,
) -> Result<Value, EngineError> {
    if refuse_if_busy && inbox.running() {
        let text = "reloadPlugins: a turn is running, and refuseIfBusy is set.";
        return Err(EngineError::new(ErrorKind::Busy, text));
    }
    if !added.is_empty() {
        let text =
            "reloadPlugins: addPlugins is not available in this version of native-agent-sdk. Leave it out.";
        return Err(EngineError::new(ErrorKind::UnsupportedOption, text));
    }
    Ok(
        json!({ "commands": commands(session), "agents": [], "plugins": [], "mcpServers": session.mcp.status(), "error_count": 0 }),
    )
}

/// The rows of `supportedCommands()`.
fn commands(session: &Session) -> Value {
    let row = |command: mcp::prompts::Command| json!({ "name": command.name, "description": command.description, "argumentHint": command.hint });
    session.mcp.commands().into_iter().map(row).collect()
}

fn context_usage(session: &Session, detail: bool) -> Value {
    let settings = session.live.get();
    let fixed = Fixed {
        model: &settings.model.id,
        window: settings.model.window,
        system: session.system.len(),
        tools: sizes(&session.tools.definitions(&settings.model)),
    };
    session.gauge.report(&fixed, detail)
}

/// Names of the tools that are offered, and the bytes of their definitions.
fn sizes(definitions: &str) -> Vec<(String, usize)> {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
        /// Kept back: it takes no room.
        #[serde(default)]
        defer_loading: bool,
    }
    let definitions: Vec<&RawValue> = serde_json::from_str(definitions).unwrap_or_default();
    let named = |raw: &&RawValue| {
        let tool = serde_json::from_str::<Named>(raw.get()).ok().filter(|tool| !tool.defer_loading)?;
        Some((tool.name, raw.get().len()))
    };
    definitions.iter().filter_map(named).collect()
}

fn account(session: &Session) -> Value {
    json!({
        "tokenSource": session.api_key_source,
        "apiKeySource": session.api_key_source,
        "apiProvider": "firstParty",
    })
}

fn models(session: &Session) -> Value {
    let rows = ["default", "opus", "sonnet", "haiku"].map(|alias| {
        let info = session.models.resolve(alias, &session.env);
        let mut row = json!({
            "value": alias,
            "resolvedModel": info.id,
            "displayName": info.id,
            "description": format!("{} tokens of context, up to {} of output", info.window, info.max_output),
            "supportsEffort": info.effort.is_some(),
            "supportsAdaptiveThinking": info.supports_adaptive,
            "supportsFastMode": false,
            "supportsAutoMode": true,
        });
        if info.effort.is_some() {
            row["supportedEffortLevels"] = json!(["low", "medium", "high", "xhigh", "max"]);
        }
        row
    });
    json!(rows)
}
