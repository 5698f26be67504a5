//! TaskCreate, TaskGet, TaskUpdate and TaskList: a task list with dependencies, instead of TodoWrite.

use super::todo::Status;
use crate::engine::env::Env;
use crate::engine::tool::{Access, Declared, Tool, ToolContext, ToolError, ToolOutput};
use crate::engine::workspace::Workspace;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// One task.
#[derive(Debug, Clone, PartialEq)]
struct Task {
    subject: String,
    description: String,
    active_form: Option<String>,
    status: Status,
    owner: Option<String>,
    metadata: Map<String, Value>,
    blocks: Vec<u64>,
    blocked_by: Vec<u64>,
}

/// The tasks of one session, or of those that share them, by number.
#[derive(Debug, Default)]
pub struct TaskLists(Mutex<List>);

/// The lists that sessions share by name (row 300): a list lives as long as a session that has it.
#[derive(Debug, Default)]
pub struct SharedLists(Mutex<HashMap<String, Weak<TaskLists>>>);

impl SharedLists {
    /// The list of a session: the one that `CLAUDE_CODE_TASK_LIST_ID` names, else its own.
    pub fn list_for(&self, env: &Env) -> Arc<TaskLists> {
        let Some(name) = env.get("CLAUDE_CODE_TASK_LIST_ID").filter(|name| !name.is_empty()) else {
            return Arc::default();
        };
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(list) = lists.get(name).and_then(Weak::upgrade) {
            return list;
        }
        lists.retain(|_, list| list.strong_count() > 0);
        let list = Arc::default();
        lists.insert(name.to_owned(), Arc::downgrade(&list));
        list
    }
}

#[derive(Debug, Default)]
struct List {
    last: u64,
    tasks: BTreeMap<u64, Task>,
}

impl TaskLists {
    fn with<T>(&self, work: impl FnOnce(&mut List) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Subject and description of a task that is not completed yet.
    pub fn open(&self, id: &str) -> Option<(String, String)> {
        let id: u64 = id.parse().ok()?;
        self.with(|list| {
            let task = list.tasks.get(&id).filter(|task| task.status != Status::Completed)?;
            Some((task.subject.clone(), task.description.clone()))
        })
    }

    /// Takes a task off the list.
    pub fn remove(&self, id: &str) {
        if let Ok(id) = id.parse() {
            self.with(|list| list.delete(id));
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    subject: String,
    description: String,
    active_form: Option<String>,
    metadata: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    task_id: String,
    subject: Option<String>,
    description: Option<String>,
    active_form: Option<String>,
    status: Option<NewStatus>,
    #[serde(default)]
    add_blocks: Vec<String>,
    #[serde(default)]
    add_blocked_by: Vec<String>,
    owner: Option<String>,
    metadata: Option<Map<String, Value>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NewStatus {
    Pending,
    InProgress,
    Completed,
    Deleted,
}

/// Which of the four tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Create,
    Get,
    Update,
    List,
}

/// One of the four tools.
#[derive(Debug)]
pub struct TaskTool {
    kind: Kind,
    schema: Value,
}

impl TaskTool {
    /// All four.
    pub fn all() -> [Self; 4] {
        let text = |text: &str| json!({ "type": "string", "minLength": 1, "description": text });
        let ids = |text: &str| json!({ "type": "array", "items": { "type": "string" }, "description": text });
        let metadata = json!({ "type": "object", "description": "Anything else to remember with it." });
        let id = text("The task's id.");
        let schema = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
        let tool = |kind, schema| Self { kind, schema };
        [
            tool(
                Kind::Create,
                schema(
                    json!({
                        "subject": text("What is to be done, in a few words."),
                        "description": text("What is needed to do it, and when it counts as done."),
                        "activeForm": text("The subject while it is being done: \"Running the tests\"."),
                        "metadata": metadata
                    }),
                    &["subject", "description"],
                ),
            ),
            tool(Kind::Get, schema(json!({ "taskId": id }), &["taskId"])),
            tool(
                Kind::Update,
                schema(
                    json!({
                        "taskId": id,
                        "subject": text("A new subject."),
                        "description": text("A new description."),
                        "activeForm": text("A new text for while it is being done."),
                        "status": { "type": "string", "enum": ["pending", "in_progress", "completed", "deleted"], "description": "`deleted` removes the task." },
                        "addBlocks": ids("Ids of tasks that cannot begin before this one is done."),
                        "addBlockedBy": ids("Ids of tasks that must be done before this one can begin."),
                        "owner": text("Who works on it."),
                        "metadata": { "type": "object", "description": "Values to change; null removes one." }
                    }),
                    &["taskId"],
                ),
            ),
            tool(Kind::List, schema(json!({}), &[])),
        ]
    }
}

impl Tool for TaskTool {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Create => "TaskCreate",
            Kind::Get => "TaskGet",
            Kind::Update => "TaskUpdate",
            Kind::List => "TaskList",
        }
    }

    fn description(&self) -> &'static str {
        match self.kind {
            Kind::Create => include_str!("../text/task_create.md"),
            Kind::Get => include_str!("../text/task_get.md"),
            Kind::Update => include_str!("../text/task_update.md"),
            Kind::List => include_str!("../text/task_list.md"),
        }
    }

    fn input_schema(&self) -> &Value {
        &self.schema
    }

    fn prepare(&self, _: &Value, _: &Workspace) -> Result<Declared, ToolError> {
        let looks = matches!(self.kind, Kind::Get | Kind::List);
        Ok(Declared { access: Access::None, parallel: looks })
    }

    fn run<'a>(&'a self, input: Value, cx: &'a ToolContext) -> BoxFuture<'a, Result<ToolOutput, ToolError>> {
        async move {
            let lists = &cx.services.tasks;
            Ok(match self.kind {
                Kind::Create => create(serde_json::from_value(input).map_err(ToolError::bug)?, lists),
                Kind::Get => get(input["taskId"].as_str().unwrap_or_default(), lists),
                Kind::Update => update(serde_json::from_value(input).map_err(ToolError::bug)?, lists),
                Kind::List => list(lists),
            })
        }
        .boxed()
    }
}

fn create(input: Create, lists: &TaskLists) -> ToolOutput {
    let task = Task {
        subject: input.subject.clone(),
        description: input.description.clone(),
        active_form: input.active_form,
        status: Status::Pending,
        owner: None,
        metadata: input.metadata.unwrap_or_default(),
        blocks: Vec::new(),
        blocked_by: Vec::new(),
    };
    let id = lists.with(|list| {
        list.last += 1;
        list.tasks.insert(list.last, task);
        list.last
    });
    let task = json!({ "id": id.to_string(), "subject": input.subject, "description": input.description });
    ToolOutput::text(format!("Created task {id}: {}", input.subject), json!({ "task": task }))
}

fn names(ids: &[u64]) -> Vec<String> {
    ids.iter().map(u64::to_string).collect()
}

fn get(id: &str, lists: &TaskLists) -> ToolOutput {
    let found = id.parse().ok().and_then(|id: u64| lists.with(|list| list.tasks.get(&id).cloned()));
    let Some(task) = found else {
        return ToolOutput::text(format!("There is no task {id}."), json!({ "task": null }));
    };
    let mut text = format!("Task {id} ({}): {}\n{}", task.status.name(), task.subject, task.description);
    for (what, ids) in [("Blocks", &task.blocks), ("Blocked by", &task.blocked_by)] {
        if !ids.is_empty() {
            let _ = write!(text, "\n{what}: {}", names(ids).join(", "));
        }
    }
    if !task.metadata.is_empty() {
        let _ = write!(text, "\nMetadata: {}", Value::Object(task.metadata));
    }
    let task = json!({
        "id": id, "subject": task.subject, "description": task.description, "status": task.status,
        "blocks": names(&task.blocks), "blockedBy": names(&task.blocked_by)
    });
    ToolOutput::text(text, json!({ "task": task }))
}

fn list(lists: &TaskLists) -> ToolOutput {
    let rows = lists.with(|list| {
        let open = |id: &u64| list.tasks.get(id).is_some_and(|task| task.status != Status::Completed);
        let row = |(id, task): (&u64, &Task)| {
            let waits: Vec<u64> = task.blocked_by.iter().filter(|id| open(id)).copied().collect();
            (*id, task.clone(), waits)
        };
        list.tasks.iter().map(row).collect::<Vec<_>>()
    });
    let mut text = String::new();
    let mut tasks = Vec::new();
    for (id, task, waits) in rows {
        let _ = write!(text, "{id} ({}): {}", task.status.name(), task.subject);
        let mut row = json!({ "id": id.to_string(), "subject": task.subject, "status": task.status });
        if let Some(owner) = task.owner {
            let _ = write!(text, ", by {owner}");
            row["owner"] = owner.into();
        }
        if !waits.is_empty() {
            let _ = write!(text, ", blocked by {}", names(&waits).join(", "));
        }
        row["blockedBy"] = json!(names(&waits));
        text.push('\n');
        tasks.push(row);
    }
    if text.is_empty() {
        text.push_str("There are no tasks.");
    }
    ToolOutput::text(text.trim_end(), json!({ "tasks": tasks }))
}

fn update(input: Update, lists: &TaskLists) -> ToolOutput {
    let id = input.task_id.clone();
    match lists.with(|list| list.update(input)) {
        Ok((fields, change)) => {
            let mut structured = json!({ "success": true, "taskId": id, "updatedFields": fields });
            if let Some((from, to)) = change {
                structured["statusChange"] = json!({ "from": from, "to": to });
            }
            let text = match (change, fields.is_empty()) {
                (Some((_, "deleted")), _) => format!("Removed task {id}."),
                (_, true) => format!("Nothing to change in task {id}."),
                (_, false) => format!("Updated task {id}: {}.", fields.join(", ")),
            };
            ToolOutput::text(text, structured)
        }
        Err(error) => {
            let structured = json!({ "success": false, "taskId": id, "updatedFields": [], "error": error });
            ToolOutput::text(error, structured)
        }
    }
}

/// Names of the fields that were changed, and the status before and after if it was.
type Updated = (Vec<&'static str>, Option<(&'static str, &'static str)>);

impl List {
    /// Makes all of the changes, or none.
    fn update(&mut self, input: Update) -> Result<Updated, String> {
        let unknown = |id: &str| format!("There is no task {id}.");
        let known = |id: &String| {
            id.parse().ok().filter(|id: &u64| self.tasks.contains_key(id)).ok_or_else(|| unknown(id))
        };
        let id = known(&input.task_id)?;
        let blocks: Vec<u64> = input.add_blocks.iter().map(known).collect::<Result<_, _>>()?;
        let blocked_by: Vec<u64> = input.add_blocked_by.iter().map(known).collect::<Result<_, _>>()?;
        if blocks.contains(&id) || blocked_by.contains(&id) {
            return Err(format!("Task {id} cannot wait for itself."));
        }
        let status = match input.status {
            Some(NewStatus::Deleted) => return Ok(self.delete(id)),
            Some(NewStatus::Pending) => Some(Status::Pending),
            Some(NewStatus::InProgress) => Some(Status::InProgress),
            Some(NewStatus::Completed) => Some(Status::Completed),
            None => None,
        };
        let mut fields = Vec::new();
        let mut change = None;
        if let Some(task) = self.tasks.get_mut(&id) {
            if let Some(new) = status.filter(|new| *new != task.status) {
                change = Some((task.status.name(), new.name()));
                task.status = new;
                fields.push("status");
            }
            for (field, slot, new) in [
                ("subject", &mut task.subject, input.subject),
                ("description", &mut task.description, input.description),
            ] {
                if let Some(new) = new {
                    *slot = new;
                    fields.push(field);
                }
            }
            for (field, slot, new) in [
                ("activeForm", &mut task.active_form, input.active_form),
                ("owner", &mut task.owner, input.owner),
            ] {
                if new.is_some() {
                    *slot = new;
                    fields.push(field);
                }
            }
            if let Some(metadata) = input.metadata {
                for (key, value) in metadata {
                    if value.is_null() {
                        task.metadata.remove(&key);
                    } else {
                        task.metadata.insert(key, value);
                    }
                }
                fields.push("metadata");
            }
        }
        for (field, pairs) in [
            ("blocks", blocks.iter().map(|other| (id, *other)).collect::<Vec<_>>()),
            ("blockedBy", blocked_by.iter().map(|other| (*other, id)).collect()),
        ] {
            if !pairs.is_empty() {
                fields.push(field);
            }
            for (first, then) in pairs {
                self.link(first, then);
            }
        }
        Ok((fields, change))
    }

    /// `then` waits for `first`.
    fn link(&mut self, first: u64, then: u64) {
        let add = |ids: &mut Vec<u64>, id| {
            if !ids.contains(&id) {
                ids.push(id);
            }
        };
        if let Some(task) = self.tasks.get_mut(&first) {
            add(&mut task.blocks, then);
        }
        if let Some(task) = self.tasks.get_mut(&then) {
            add(&mut task.blocked_by, first);
        }
    }

    fn delete(&mut self, id: u64) -> Updated {
        let from = self.tasks.remove(&id).map_or("pending", |task| task.status.name());
        for task in self.tasks.values_mut() {
            task.blocks.retain(|other| *other != id);
            task.blocked_by.retain(|other| *other != id);
        }
        (vec!["status"], Some((from, "deleted")))
    }
}

#[cfg(test)]
#[path = "todo_tasks_tests.rs"]
mod tests;
