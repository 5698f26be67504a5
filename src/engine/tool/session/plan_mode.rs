//! EnterPlanMode and ExitPlanMode: planning before doing, and the user's word on the plan.

use crate::engine::context::reminder;
use crate::engine::io::fs;
use crate::engine::permission::PermissionMode;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Turns plan mode on.
#[derive(Debug)]
pub struct EnterPlanMode {
    schema: Value,
}

impl Default for EnterPlanMode {
    fn default() -> Self {
        Self { schema: json!({ "type": "object", "properties": {}, "additionalProperties": false }) }
    }
}

impl Tool for EnterPlanMode {
    fn name(&self) -> &'static str {
        "EnterPlanMode"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/enter_plan_mode.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn mode_after(&self, _: PermissionMode) -> Option<PermissionMode> {
        Some(PermissionMode::Plan)
    }

    fn run<'a>(&'a self, _: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let message = "Plan mode is on.";
            let text = format!("{message} {}", reminder::plan_mode(cx.plan_instructions.as_deref()));
            Ok(ToolOutput::text(text, json!({ "message": message })))
        })
    }
}

/// Shows the plan to the user, whose approval turns plan mode off.
#[derive(Debug)]
pub struct ExitPlanMode {
    schema: Value,
}

impl Default for ExitPlanMode {
    fn default() -> Self {
        let schema = json!({
            "type": "object",
            "properties": {
                "plan": { "type": "string", "minLength": 1, "description": "The whole plan, in Markdown: what will be changed and how, in the order in which it is done." },
                "allowedPrompts": {
                    "type": "array",
                    "description": "No longer used.",
                    "items": { "type": "object" }
                },
                "planFilePath": { "type": "string", "description": "Filled in for the user; leave it out." }
            },
            "required": ["plan"],
            "additionalProperties": false
        });
        Self { schema }
    }
}

/// Where the plan of a session is kept: in the folder `plans` of the user's configuration.
fn plan_file(cx: &ToolContext) -> Option<PathBuf> {
    let config = cx.env.get("CLAUDE_CONFIG_DIR").map(PathBuf::from);
    let folder = config.or_else(|| Some(cx.env.home()?.join(".claude")))?.join("plans");
    Some(cx.workspace.original().join(folder).join(format!("{}.md", cx.session_id)))
}

/// Writes the plan; `None` when there is nowhere to put it.
fn keep(plan: &str, cx: &ToolContext) -> Option<PathBuf> {
    let file = plan_file(cx)?;
    fs::create_dir_all(file.parent()?).ok()?;
    fs::write_atomic(&file, plan.as_bytes()).ok()?;
    Some(file)
}

impl Tool for ExitPlanMode {
    fn name(&self) -> &'static str {
        "ExitPlanMode"
    }

    fn description(&self) -> &'static str {
        include_str!("../text/exit_plan_mode.md")
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn needs_person(&self) -> bool {
        true
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn present(&self, input: &Value, cx: &ToolContext) -> Value {
        let mut shown = input.clone();
        if let Some(file) = keep(input["plan"].as_str().unwrap_or_default(), cx) {
            shown["planFilePath"] = file.to_string_lossy().into();
        }
        shown
    }

    fn mode_after(&self, now: PermissionMode) -> Option<PermissionMode> {
        // An approval that brought a mode with it has changed it already.
        (now == PermissionMode::Plan).then_some(PermissionMode::Default)
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move {
            let plan = input["plan"].as_str().unwrap_or_default();
            let before = plan_file(cx).and_then(|file| fs::read(&file).ok());
            let edited = before.is_some_and(|before| before != plan.as_bytes());
            let file = keep(plan, cx);
            let mut text = "The user approved the plan and plan mode is off: carry it out now.".to_owned();
            if edited {
                text.push_str(" The user changed it; this is the approved plan:\n\n");
                text.push_str(plan);
            }
            let mut output = json!({ "plan": plan, "isAgent": false });
            if let Some(file) = file {
                text.push_str(&format!("\n\nThe plan is kept in {}.", file.display()));
                output["filePath"] = file.to_string_lossy().into();
            }
            if edited {
                output["planWasEdited"] = true.into();
            }
            Ok(ToolOutput::text(text, output))
        })
    }
}
