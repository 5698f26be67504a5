//! AskUserQuestion: one to four multiple-choice questions, which the host puts to a person.

use crate::engine::options::PreviewFormat;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// The longest header, in characters.
const HEADER: usize = 12;

/// Asks the user.
#[derive(Debug)]
pub struct AskUserQuestion {
    schema: Value,
    description: String,
    previews: Option<PreviewFormat>,
}

impl AskUserQuestion {
    /// The tool; with `previews` options may carry one, in that format (row 288).
    pub fn new(previews: Option<PreviewFormat>) -> Self {
        let mut option = json!({
            "type": "object",
            "properties": {
                "label": { "type": "string", "minLength": 1, "description": "What the user picks, in one to five words." },
                "description": { "type": "string", "description": "What this choice means or leads to." }
            },
            "required": ["label", "description"],
            "additionalProperties": false
        });
        let mut description = include_str!("../text/ask_user_question.md").trim_ascii_end().to_owned();
        let about = match previews {
            None => None,
            Some(PreviewFormat::Markdown) => Some(include_str!("../text/ask_preview_markdown.md")),
            Some(PreviewFormat::Html) => Some(include_str!("../text/ask_preview_html.md")),
        };
        if let Some(about) = about {
            option["properties"]["preview"] = json!({
                "type": "string",
                "description": "What the choice would look like. Only where seeing helps to choose."
            });
            description.push('\n');
            description.push_str(about.trim_ascii_end());
        }
        let schema = json!({
            "type": "object",
            "properties": {
                "questions": {
                    "type": "array", "minItems": 1, "maxItems": 4,
                    "items": {
                        "type": "object",
                        "properties": {
                            "question": { "type": "string", "minLength": 1, "description": "The whole question, ending with a question mark." },
                            "header": { "type": "string", "minLength": 1, "maxLength": HEADER, "description": "A label for the question, at most 12 characters." },
                            "options": { "type": "array", "minItems": 2, "maxItems": 4, "items": option },
                            "multiSelect": { "type": "boolean", "default": false, "description": "Whether several options may be chosen." }
                        },
                        "required": ["question", "header", "options"],
                        "additionalProperties": false
                    }
                },
                "answers": {
                    "type": "object",
                    "description": "Filled in by the user; leave it out.",
                    "additionalProperties": { "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }
                },
                "annotations": { "type": "object", "description": "Filled in by the user; leave it out." },
                "response": { "type": "string", "description": "Filled in by the user; leave it out." },
                "metadata": { "type": "object" }
            },
            "required": ["questions"],
            "additionalProperties": false
        });
        Self { schema, description, previews }
    }
}

impl Tool for AskUserQuestion {
    fn name(&self) -> &'static str {
        "AskUserQuestion"
    }

    fn description(&self) -> &str {
        &self.description
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn needs_person(&self) -> bool {
        true
    }

    fn adapt(&self, mut input: Value) -> Value {
        // Only the host answers: what the model writes there is not what the user said.
        if let Some(fields) = input.as_object_mut() {
            fields.retain(|name, _| !matches!(name.as_str(), "answers" | "annotations" | "response"));
            for question in fields.get_mut("questions").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(question) = question.as_object_mut() {
                    question.entry("multiSelect").or_insert(Value::Bool(false));
                }
            }
        }
        input
    }

    fn prepare(&self, input: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        let mut seen: Vec<&str> = Vec::new();
        for question in questions(input) {
            let text = text(question, "question");
            if seen.contains(&text) {
                return refuse(format!("The question {text:?} is asked twice. Ask each question once."));
            }
            seen.push(text);
            let mut labels: Vec<&str> = Vec::new();
            for option in list(question, "options") {
                let label = self::text(option, "label");
                if labels.contains(&label) {
                    return refuse(format!(
                        "The options of {text:?} hold {label:?} twice. Labels must differ."
                    ));
                }
                labels.push(label);
                let preview = option.get("preview").and_then(Value::as_str).unwrap_or_default();
                if self.previews == Some(PreviewFormat::Html)
                    && let Some(what) = unsafe_html(preview)
                {
                    return refuse(format!(
                        "The preview of {label:?} holds {what}. Give a plain HTML fragment with inline styles."
                    ));
                }
            }
        }
        Ok(Declared { access: Access::None, parallel: false })
    }

    fn run<'a>(&'a self, input: Value, _: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        Box::pin(async move { Ok(answered(&input)) })
    }
}

fn refuse<T>(text: String) -> Result<T, ToolError> {
    Err(ToolError::Respond(text))
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn questions(input: &Value) -> impl Iterator<Item = &Value> {
    list(input, "questions")
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// What in an HTML fragment could run or reach out (row 288). Nothing is repaired: a preview is shown as it is.
fn unsafe_html(html: &str) -> Option<&'static str> {
    // Entities and white space can hide a scheme, so a link is judged without them.
    let lower = html.to_lowercase();
    let bare: String = lower.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    for (needle, what) in [
        ("<script", "a <script> element"),
        ("<style", "a <style> element"),
        ("<!doctype", "a document type"),
        ("<iframe", "an <iframe> element"),
        ("<object", "an <object> element"),
        ("<embed", "an <embed> element"),
        ("<base", "a <base> element"),
        ("<link", "a <link> element"),
        ("<meta", "a <meta> element"),
        ("<form", "a <form> element"),
        ("<html", "a whole document"),
    ] {
        if lower.contains(needle) {
            return Some(what);
        }
    }
    // What a scheme can be written with beside its letters; few texts hold these by name.
    let named = ["&colon;", "&tab;", "&newline;"].iter().any(|entity| bare.contains(entity));
    let numbered = bare.contains("&#") && ["href", "src", "action"].iter().any(|name| bare.contains(name));
    if ["javascript:", "vbscript:", "data:text/html"].iter().any(|scheme| bare.contains(scheme))
        || named
        || numbered
    {
        return Some("a link that runs code");
    }
    has_handler(&lower).then_some("an event handler (on…=)")
}

/// Whether a tag has an attribute that starts with `on`.
fn has_handler(html: &str) -> bool {
    html.split('<').skip(1).any(|tag| {
        let mut quote = None;
        let mut before = ' ';
        for (at, c) in tag.char_indices() {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if c == '>' => return false,
                None if matches!(c, '"' | '\'') => quote = Some(c),
                None => {
                    let starts = before.is_whitespace() || matches!(before, '/' | '"' | '\'');
                    let name = tag[at..].split(['=', '>', ' ', '\t', '\n', '/']).next().unwrap_or_default();
                    if starts && name.len() > 2 && name.starts_with("on") {
                        return true;
                    }
                }
            }
            before = c;
        }
        false
    })
}

/// What the model is told, and the documented output.
fn answered(input: &Value) -> ToolOutput {
    let given = input.get("answers").and_then(Value::as_object);
    let mut annotations = input.get("annotations").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut answers = Map::new();
    let mut told = String::new();
    for question in questions(input).map(|question| text(question, "question")) {
        let answer = given.and_then(|given| given.get(question)).and_then(joined);
        let Some(answer) = answer else {
            let _ = writeln!(told, "- {question} (no answer)");
            let note = annotations.entry(question).or_insert_with(|| json!({}));
            if let Some(note) = note.as_object_mut() {
                note.entry("unanswered").or_insert_with(|| "skipped".into());
            }
            continue;
        };
        let _ = writeln!(told, "- {question}\n  {answer}");
        let notes =
            annotations.get(question).map(|note| text(note, "notes")).filter(|notes| !notes.is_empty());
        if let Some(notes) = notes {
            let _ = writeln!(told, "  Note: {notes}");
        }
        answers.insert(question.to_owned(), answer.into());
    }
    let response = Some(text(input, "response")).filter(|response| !response.trim().is_empty());
    let mut words = match (answers.is_empty(), response) {
        (true, None) => {
            "The user answered none of the questions. Go on with what you know, and say what you assume."
                .to_owned()
        }
        (true, Some(_)) => String::new(),
        (false, _) => format!("The user answered:\n{}", told.trim_end()),
    };
    if let Some(response) = response {
        if !words.is_empty() {
            words.push_str("\n\n");
        }
        let _ = write!(words, "The user wrote: {response}");
    }
    let mut output = json!({ "questions": input.get("questions"), "answers": answers });
    if let Some(response) = response {
        output["response"] = response.into();
    }
    if !annotations.is_empty() {
        output["annotations"] = annotations.into();
    }
    ToolOutput::text(words, output)
}

/// One answer as text: several labels are joined (row 287).
fn joined(answer: &Value) -> Option<String> {
    let text = match answer {
        Value::String(text) => text.clone(),
        Value::Array(labels) => labels.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
#[path = "ask_user_question_tests.rs"]
mod tests;
