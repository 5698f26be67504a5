//! Questions of servers to the user: answered by hooks or the host, else declined (row 332).

use super::servers::Servers;
use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::emit::Emitter;
use crate::engine::hook::output::Elicited;
use crate::engine::hook::{self, HookEvent, Merged, Occurrence, Stops};
use crate::engine::message::sdk::{ElicitationCompleteMessage, SdkMessage, SystemMessage};
use crate::engine::session::run::Session;
use crate::engine::tool::schema::InputSchema;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

/// What a server asks.
struct Question<'a> {
    server: &'a str,
    message: &'a str,
    mode: &'static str,
    url: Option<&'a str>,
    id: Option<&'a str>,
    schema: Option<&'a Value>,
}

impl<'a> Question<'a> {
    fn read(server: &'a str, params: &'a Value) -> Self {
        let text = |name: &str| params.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        Self {
            server,
            message: text("message").unwrap_or_default(),
            mode: if text("mode") == Some("url") { "url" } else { "form" },
            url: text("url"),
            id: text("elicitationId"),
            schema: params.get("requestedSchema").filter(|schema| schema.is_object()),
        }
    }

    /// As `onElicitation` gets it.
    fn for_host(&self) -> Value {
        let mut request = json!({ "serverName": self.server, "message": self.message, "mode": self.mode });
        for (name, value) in [("url", self.url), ("elicitationId", self.id)] {
            if let Some(value) = value {
                request[name] = value.into();
            }
        }
        if let Some(schema) = self.schema {
            request["requestedSchema"] = schema.clone();
        }
        request
    }
}

impl Servers {
    /// Answers `elicitation/create` of a server. Never fails: what cannot be answered is declined.
    pub async fn elicit(&self, server: &str, params: &Value, cancel: &CancellationToken) -> Value {
        let Some(session) = self.context().session() else { return decline() };
        let question = Question::read(server, params);
        let answered = answered(&question, &session, cancel).or_cancel(cancel).await;
        let answer = answered.unwrap_or(Err(Cancelled)).unwrap_or_else(|Cancelled| Elicited::new("cancel"));
        let mut result = json!({ "action": answer.action });
        if let Some(content) = answer.content.filter(|_| answer.action == "accept" && question.mode == "form")
        {
            result["content"] = content;
        }
        result
    }

    /// A server says that the user has done what it asked for at a URL.
    pub fn elicited(&self, server: &str, params: &Value) {
        let Some(id) = params.get("elicitationId").and_then(Value::as_str) else { return };
        let message =
            ElicitationCompleteMessage { mcp_server_name: server.to_owned(), elicitation_id: id.to_owned() };
        self.context().emitter.emit(&SdkMessage::System(SystemMessage::ElicitationComplete(message)));
        let Some(session) = self.context().session() else { return };
        if !session.hooks.table().of(HookEvent::Notification).is_empty() {
            let (cancel, text) =
                (self.context().cancel.clone(), format!("What the MCP server {server} asked for is done"));
            // Nobody waits for it; it ends with the query.
            tokio::spawn(async move { notify("elicitation_complete", &text, &session, &cancel).await });
        }
    }
}

fn decline() -> Value {
    json!({ "action": "decline" })
}

async fn answered(
    question: &Question<'_>,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Elicited, Cancelled> {
    let occurrence = Occurrence::Elicitation {
        mcp_server_name: question.server,
        message: question.message,
        mode: question.mode,
        url: question.url,
        elicitation_id: question.id,
        requested_schema: question.schema,
    };
    let merged = hook::fire_for(Stops::Nothing, session, &occurrence, cancel).await?;
    let answer = match said(merged) {
        Some(answer) => answer,
        None => by_host(question, session, cancel).await?,
    };
    let occurrence = Occurrence::ElicitationResult {
        mcp_server_name: question.server,
        elicitation_id: question.id,
        mode: question.mode,
        action: &answer.action,
        content: answer.content.as_ref(),
    };
    let merged = hook::fire_for(Stops::Nothing, session, &occurrence, cancel).await?;
    let answer = match said(merged) {
        // Another action with the content that there is.
        Some(Elicited { action, content: None }) => Elicited { action, content: answer.content },
        Some(other) => other,
        None => answer,
    };
    Ok(checked(question, answer, &session.emitter))
}

/// What hooks answered; a refusal declines (rows 202 and 214).
fn said(merged: Merged) -> Option<Elicited> {
    if merged.block.is_some() {
        return Some(Elicited::new("decline"));
    }
    merged.elicited
}

/// Tells Notification hooks, if there are any (row 211).
async fn notify(
    notification_type: &str,
    message: &str,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<(), Cancelled> {
    if session.hooks.table().of(HookEvent::Notification).is_empty() {
        return Ok(());
    }
    let occurrence = Occurrence::Notification { message, title: "Question", notification_type };
    let merged = hook::fire_for(Stops::Nothing, session, &occurrence, cancel).await?;
    session.hooks.keep_notes(merged.notes());
    Ok(())
}

async fn by_host(
    question: &Question<'_>,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Elicited, Cancelled> {
    if !session.options.elicitation {
        return Ok(Elicited::new("decline"));
    }
    let kind = if question.mode == "url" { "elicitation_url_dialog" } else { "elicitation_dialog" };
    let asks = format!("The MCP server {} asks: {}", question.server, question.message);
    notify(kind, &asks, session, cancel).await?;
    let returned = session.host.call("onElicitation", question.for_host()).or_cancel(cancel).await?;
    let read = returned.and_then(|value| Elicited::read(value.as_object().unwrap_or(&Map::new())));
    Ok(match read {
        Ok(Some(answer)) => {
            let text =
                format!("The question of the MCP server {} was answered: {}", question.server, answer.action);
            notify("elicitation_response", &text, session, cancel).await?;
            answer
        }
        Ok(None) => {
            let text = "onElicitation must return { action: 'accept' | 'decline' | 'cancel', content? }: the question is declined";
            session.emitter.warn(text);
            Elicited::new("decline")
        }
        Err(why) => {
            let text =
                format!("onElicitation failed, so the question of {} is declined: {why}", question.server);
            session.emitter.warn(text);
            Elicited::new("decline")
        }
    })
}

/// An acceptance with the defaults of what was left out; one that does not fit the form is no answer.
fn checked(question: &Question<'_>, mut answer: Elicited, emitter: &Emitter) -> Elicited {
    let (true, Some(schema)) = (answer.action == "accept" && question.mode == "form", question.schema) else {
        return answer;
    };
    let content = answer.content.get_or_insert_with(|| json!({}));
    let properties = schema.get("properties").and_then(Value::as_object);
    if let Some(fields) = content.as_object_mut() {
        for (name, property) in properties.into_iter().flatten() {
            if let (false, Some(default)) = (fields.contains_key(name), property.get("default")) {
                fields.insert(name.clone(), default.clone());
            }
        }
    }
    let fault = match InputSchema::compile(schema) {
        Ok(schema) => schema.check(content).err().map(|faults| faults.to_string()),
        // Its own schema is wrong: the server has to judge what it gets.
        Err(_) => None,
    };
    match fault {
        None => answer,
        Some(fault) => {
            let server = question.server;
            let text = format!(
                "The answer to the question of the MCP server {server} does not fit its form: {fault}"
            );
            emitter.warn(text);
            Elicited::new("cancel")
        }
    }
}
