//! Answers control requests from what the session knows.

use super::inbox::Inbox;
use crate::engine::error::EngineError;
use crate::engine::message::control::ControlRequest;
use crate::engine::options::Thinking;
use crate::engine::session::run::Session;
use crate::engine::task::Stopper;
use crate::engine::tool::dispatch;
use serde_json::{Value, json};
use std::sync::Arc;

/// Does what `request` asks for.
pub fn answer(request: ControlRequest, session: &Session, inbox: &Inbox) -> Result<Value, EngineError> {
    Ok(match request {
        ControlRequest::Interrupt => json!({ "still_queued": inbox.interrupt() }),
        ControlRequest::SetPermissionMode { mode } => {
            dispatch::set_mode(mode, session)?;
            Value::Null
        }
        ControlRequest::SetModel { model } => {
            let name = model.as_deref().filter(|name| *name != "default");
            let name = crate::engine::model::table::ModelTable::choose(
                name.or(session.options.model.as_deref().filter(|_| model.is_none())),
                &session.env,
            );
            let model = Arc::new(session.models.resolve(name, &session.env));
            session.live.change(|settings| settings.model = model);
            Value::Null
        }
        ControlRequest::SetMaxThinkingTokens { value } => {
            let thinking = match value {
                None => session.options.thinking.clone(),
                Some(0) => Some(Thinking::Disabled),
                Some(tokens) => Some(Thinking::Legacy(tokens)),
            };
            session.live.change(|settings| settings.thinking = thinking);
            Value::Null
        }
        ControlRequest::ApplyFlagSettings { settings } => {
            super::settings::apply_flag(settings, session)?;
            Value::Null
        }
        ControlRequest::UpdateSettings { source, settings } => {
            super::settings::update(&source, &settings, session)?;
            Value::Null
        }
        ControlRequest::InitializationResult => json!({
            "commands": [],
            "agents": [],
            "output_style": "default",
            "available_output_styles": ["default"],
            "models": models(session),
            "account": account(session),
        }),
        ControlRequest::SupportedCommands
        | ControlRequest::SupportedAgents
        | ControlRequest::McpServerStatus => {
            json!([])
        }
        ControlRequest::SupportedModels => models(session),
        ControlRequest::AccountInfo => account(session),
        ControlRequest::StopTask { task_id } => {
            session.tasks.stop(&task_id, Stopper::Host);
            Value::Null
        }
        ControlRequest::BackgroundTasks { tool_use_id } => {
            json!(session.tasks.move_to_background(tool_use_id.as_deref()))
        }
    })
}

fn account(session: &Session) -> Value {
    json!({ "tokenSource": session.api_key_source, "apiKeySource": session.api_key_source })
}

fn models(session: &Session) -> Value {
    let rows = ["default", "opus", "sonnet", "haiku"].map(|alias| {
        let info = session.models.resolve(alias, &session.env);
        let mut row = json!({
            "value": alias,
            "displayName": info.id,
            "description": format!("{} tokens of context, up to {} of output", info.window, info.max_output),
            "supportsEffort": info.effort.is_some(),
            "supportsAdaptiveThinking": info.supports_adaptive,
        });
        if info.effort.is_some() {
            row["supportedEffortLevels"] = json!(["low", "medium", "high", "xhigh", "max"]);
        }
        row
    });
    json!(rows)
}
