//! Long calls of servers' tools that go on in the background (row 340).

use crate::engine::env::Env;
use crate::engine::io::process::log::Log;
use crate::engine::mcp::transport::connection::Failure;
use crate::engine::task::{NewTask, Outcome, Status, files};
use crate::engine::tool::saved::temp_base;
use crate::engine::tool::{ToolContext, ToolOutput};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a call holds up the conversation before it moves.
const AFTER: Duration = Duration::from_secs(120);

/// Characters of a result that the model is told when there is no file of it.
const PREVIEW: usize = 2000;

/// A call under way; the outer error says that it took longer than its limit.
pub type Running = BoxFuture<'static, Result<Result<Value, Failure>, String>>;

/// After how long calls move. Nobody watches a program's session, so they do only when the environment says so.
pub fn moves_after(env: &Env) -> Option<Duration> {
    let wanted =
        env.flag("CLAUDE_AUTO_BACKGROUND_TASKS") && !env.flag("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS");
    wanted.then_some(AFTER)
}

/// Where a task puts what comes of it: its id and a file.
pub type Place = (String, Arc<Log>);

/// A place for a new task; none when no file can be made.
pub async fn place(cx: &ToolContext) -> Option<Place> {
    files::open_log(temp_base(&cx.env), Arc::clone(&cx.session_id)).await.ok()
}

/// Lets a call go on as a task; returns what the model is told.
pub fn go_on(running: Running, tool: &str, (id, log): Place, cx: &ToolContext) -> ToolOutput {
    let text = format!(
        "The call of {tool} took longer than {} s and goes on in the background as task {id}. You will be told when it ends; its result will be in {}. TaskStop ends it.",
        AFTER.as_secs(),
        log.path().display()
    );
    let handle = cx.tasks.begin(NewTask {
        id: id.clone(),
        kind: "mcp_tool",
        description: tool.to_owned(),
        command: None,
        tool_use_id: cx.tool_use_id.clone(),
        log: Arc::clone(&log),
    });
    let stop = handle.task().stop.clone();
    tokio::spawn(async move {
        let ended = tokio::select! {
            biased;
            () = stop.cancelled() => None,
            ended = running => Some(ended),
        };
        let outcome = ended.map_or_else(stopped, |ended| written(ended, &log));
        log.close();
        handle.finish(outcome);
    });
    ToolOutput::text(text, json!({ "backgroundTaskId": id }))
}

fn stopped() -> Outcome {
    Outcome { status: Status::Stopped, exit_code: None, how: "was stopped".to_owned() }
}

/// Puts what came back into the file.
fn written(ended: Result<Result<Value, Failure>, String>, log: &Log) -> Outcome {
    let failed = |why: String| {
        log.append(why.as_bytes());
        Outcome { status: Status::Failed, exit_code: None, how: format!("failed: {why}") }
    };
    let result = match ended {
        Err(why) => return failed(why),
        Ok(Err(failure)) => return failed(failure.text().to_owned()),
        Ok(Ok(result)) => result,
    };
    let mut text = String::new();
    for part in result.get("content").and_then(Value::as_array).into_iter().flatten() {
        text.push_str(
            &part.get("text").and_then(Value::as_str).map_or_else(|| part.to_string(), str::to_owned),
        );
        text.push('\n');
    }
    log.append(text.as_bytes());
    if let Some(why) = log.error() {
        let begins: String = text.chars().take(PREVIEW).collect();
        let how = format!("ended, but its result could not be saved: {why}. It begins:\n{begins}");
        return Outcome { status: Status::Failed, exit_code: None, how };
    }
    if result.get("isError").and_then(Value::as_bool) == Some(true) {
        let how = "failed: its result is an error".to_owned();
        return Outcome { status: Status::Failed, exit_code: None, how };
    }
    Outcome { status: Status::Completed, exit_code: None, how: "completed".to_owned() }
}

#[cfg(test)]
#[path = "background_tests.rs"]
mod tests;
