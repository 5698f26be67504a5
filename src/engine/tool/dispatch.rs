//! One call from the model's words to its answer: known, valid, allowed, run.

use super::ask::ask;
use super::call_hooks::{self, Beside};
use super::execute::execute;
use super::review;
use super::{Access, Declared, ToolError};
use super::{entry::Entry, resolver::Resolver};
use crate::engine::cancel::{Cancelled, OrCancel};
use crate::engine::emit::Emitter;
use crate::engine::env::Env;
use crate::engine::error::EngineError;
use crate::engine::hook::CallAtHand;
use crate::engine::io;
use crate::engine::message::result::PermissionDenial;
use crate::engine::message::sdk::{PermissionDeniedMessage, SdkMessage, StatusMessage, SystemMessage};
use crate::engine::permission::auto::Opinion;
use crate::engine::permission::{
    self, Call, CommandLine, Decision, HookDecision, PermissionBehavior, PermissionMode, PolicyContext,
    Reason, Verdict,
};
use crate::engine::session::live::Settings;
use crate::engine::session::run::Session;
use crate::engine::turn::ToolCall;
use crate::engine::workspace::Workspace;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// A call that is about to be answered.
pub struct Dispatch {
    /// The call as the model made it.
    pub call: ToolCall,
    pub(super) ready: Result<Ready, String>,
}

/// A call that passed its checks.
pub struct Ready {
    /// The tool.
    pub entry: Arc<Entry>,
    /// An input that fits its schema.
    pub input: Value,
    declared: Declared,
    /// The command line, parsed at the first decision.
    line: Arc<OnceLock<CommandLine>>,
}

impl Ready {
    /// As hooks are told of it.
    pub fn subject<'a>(&'a self, dispatch: &'a Dispatch) -> CallAtHand<'a> {
        let (tool, origin) = (self.entry.tool.name(), self.entry.tool.origin());
        CallAtHand { tool, origin, input: &self.input, id: &dispatch.call.id }
    }
}

/// How a call was answered.
#[derive(Debug)]
pub enum Answer {
    /// It ran.
    Output {
        /// Content of the `tool_result`.
        content: Value,
        /// The documented output object.
        structured: Value,
        /// Whether the model is told that it failed.
        is_error: bool,
    },
    /// It could not run, or failed; the model is told this text.
    Failed(String),
    /// It was refused.
    Denied {
        /// What the model is told.
        text: String,
        /// For the result message.
        denial: PermissionDenial,
        /// The host asked for the turn to end.
        interrupt: bool,
    },
    /// A hook put it off: the run ends with the call unanswered (row 188).
    Deferred,
    /// The turn ended first.
    Cancelled,
}

impl From<Cancelled> for Answer {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Dispatch {
    /// Whether it may run beside its neighbours.
    pub fn parallel(&self) -> bool {
        self.ready.as_ref().map_or(true, |ready| ready.declared.parallel)
    }
}

/// Finds the tool and checks the input (rows 220 and 225).
pub fn prepare(call: ToolCall, session: &Session) -> Dispatch {
    let ready = check(&call, session).map_err(|text| format!("<tool_use_error>{text}</tool_use_error>"));
    Dispatch { call, ready }
}

fn check(call: &ToolCall, session: &Session) -> Result<Ready, String> {
    // One hop, and only for what the model calls (row 224).
    let name = session.options.tool_aliases.get(&call.name).unwrap_or(&call.name);
    let Some(entry) = session.tools.get(name) else {
        let names = session.tools.names();
        let offer = if names.is_empty() {
            "There are no tools.".to_owned()
        } else {
            format!("Available: {}.", names.join(", "))
        };
        return Err(format!("No tool is named {name}. {offer}"));
    };
    let input = call.input.as_ref().map_err(|text| {
        let head: String = text.chars().take(200).collect();
        format!("The input of {} is not valid JSON: {head}", call.name)
    })?;
    ready(&entry, entry.tool.adapt(input.clone()), session).map_err(|text| {
        if !session.tools.keeps_back(&*entry.tool) {
            return text;
        }
        let schema = entry.tool.input_schema();
        format!("{text}\nYou had not been shown its definition. The schema of its input is: {schema}")
    })
}

/// Checks an input and lets the tool declare its access.
pub fn ready(entry: &Arc<Entry>, input: Value, session: &Session) -> Result<Ready, String> {
    let name = entry.tool.name();
    entry
        .check(&input)
        .map_err(|faults| format!("The input of {name} does not fit its schema:\n{faults}"))?;
    match entry.tool.prepare(&input, &session.workspace) {
        Ok(declared) => Ok(Ready { entry: Arc::clone(entry), input, declared, line: Arc::default() }),
        Err(ToolError::Respond(text) | ToolError::Fatal(text)) => Err(text),
        Err(ToolError::Cancelled) => Err("the call was cancelled".to_owned()),
    }
}

/// Asks hooks and for permission, and runs the call. `alone`: its reply has no other call.
pub async fn run(
    dispatch: &Dispatch,
    alone: bool,
    session: &Session,
    cancel: &CancellationToken,
) -> (Answer, Beside) {
    let mut beside = Beside::default();
    let answer = match &dispatch.ready {
        Ok(ready) => decided(dispatch, ready, alone, &mut beside, session, cancel).await,
        Err(text) => Answer::Failed(text.clone()),
    };
    (answer, beside)
}

/// In this order: PreToolUse hooks, the decision, PermissionRequest hooks, the host.
async fn decided(
    dispatch: &Dispatch,
    ready: &Ready,
    alone: bool,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Answer {
    let said = call_hooks::before(ready.subject(dispatch), alone, beside, session, cancel).await;
    let Ok(said) = said else { return Answer::Cancelled };
    if beside.stop {
        return Answer::Failed("It did not run: a hook stopped the agent.".to_owned());
    }
    if said.defer {
        return Answer::Deferred;
    }
    let changed = said.input.filter(|input| *input != ready.input);
    let changed = match changed.map(|input| self::ready(&ready.entry, input, session)).transpose() {
        Ok(changed) => changed,
        Err(text) => {
            let text = format!("The input that a PreToolUse hook returned cannot be used. {text}");
            return Answer::Denied { text, denial: denial(dispatch), interrupt: false };
        }
    };
    let ready = changed.as_ref().unwrap_or(ready);
    let hook = said.decision;
    let judged = match judge(ready, hook.as_ref(), session).or_cancel(cancel).await {
        Ok(Ok(judged)) => judged,
        Ok(Err(text)) => return Answer::Failed(text),
        Err(Cancelled) => return Answer::Cancelled,
    };
    let judged = match reviewed(ready, hook.as_ref(), judged, session, cancel).await {
        Ok(judged) => judged,
        Err(answer) => return answer,
    };
    match judged.decision.verdict {
        Verdict::Allow => execute(ready, judged.target, dispatch, beside, session, cancel).await,
        Verdict::Deny => refused(dispatch, ready, &judged.decision, beside, session, cancel).await,
        Verdict::Ask => match ask(dispatch, ready, hook.as_ref(), judged, beside, session, cancel).await {
            Ok(approved) => {
                let ready = approved.changed.as_ref().unwrap_or(ready);
                execute(ready, approved.target, dispatch, beside, session, cancel).await
            }
            Err(answer) => answer,
        },
    }
}

/// In mode `auto` a small model answers what would be asked, unless only a person may (row 76).
async fn reviewed(
    ready: &Ready,
    hook: Option<&HookDecision>,
    judged: Judged,
    session: &Session,
    cancel: &CancellationToken,
) -> Result<Judged, Answer> {
    let mode = session.live.get().mode_for(ready.entry.tool.server_tool());
    let auto = mode == PermissionMode::Auto;
    if !auto || judged.decision.verdict != Verdict::Ask || judged.decision.firm {
        return Ok(judged);
    }
    let decision = match review::review(ready.entry.tool.name(), &ready.input, session, cancel).await? {
        Opinion::Unsure(_) => return Ok(judged),
        Opinion::Block(reason) => Decision::reviewed(false, reason),
        Opinion::Allow(reason) => {
            // The review took a while: what it allowed must still be what runs.
            let again = judge(ready, hook, session).or_cancel(cancel).await?.map_err(Answer::Failed)?;
            if again.decision.verdict != Verdict::Ask || again.decision.firm || again.target != judged.target
            {
                return Ok(again);
            }
            Decision::reviewed(true, reason)
        }
    };
    Ok(Judged { decision, ..judged })
}

/// A decision and the target it was made for.
pub struct Judged {
    /// The decision.
    pub decision: Decision,
    /// The file that it is about, links resolved.
    pub target: Option<PathBuf>,
    /// Where the paths of a command line led that somebody is to be asked about.
    pub trail: Trail,
}

/// Paths, and what they led to.
pub type Trail = BTreeMap<PathBuf, PathBuf>;

/// Resolves the target and decides.
pub async fn judge(ready: &Ready, hook: Option<&HookDecision>, session: &Session) -> Result<Judged, String> {
    let settings = session.live.get();
    // An answer that nobody waits for any more is not waited for in the thread below either.
    let stop = CancellationToken::new();
    let _stop_on_drop = stop.clone().drop_guard();
    let is_command = matches!(ready.declared.access, Access::RunCommand(_));
    if !is_command && !session.workspace.is_elsewhere() {
        // Reads a few links: microseconds, less than handing them to another thread would take.
        let (input, declared) = (&ready.input, &ready.declared);
        let known = Known { hook, line: &ready.line };
        return judged(
            &ready.entry,
            input,
            declared,
            &known,
            &settings,
            &session.workspace,
            &session.env,
            &stop,
        );
    }
    // Parses the line, and resolves every path in it; or the embedder resolves the path.
    let (workspace, env) = (Arc::clone(&session.workspace), Arc::clone(&session.env));
    let (entry, input, declared) = (Arc::clone(&ready.entry), ready.input.clone(), ready.declared.clone());
    let (hook, line) = (hook.cloned(), Arc::clone(&ready.line));
    io::blocking(move || {
        let known = Known { hook: hook.as_ref(), line: &line };
        Ok(judged(&entry, &input, &declared, &known, &settings, &workspace, &env, &stop))
    })
    .await
    .map_err(|error| format!("The call could not be judged: {error}"))?
}

/// What is known of a call before it is decided.
pub struct Known<'a> {
    /// What PreToolUse hooks said.
    pub hook: Option<&'a HookDecision>,
    /// The command line, parsed at the first decision.
    pub line: &'a OnceLock<CommandLine>,
}

/// Resolves the target of a call, and decides. An error is a text for the model: nobody can say what the call would touch.
#[expect(clippy::too_many_arguments, reason = "everything that a decision depends on")]
pub fn judged(
    entry: &Entry,
    input: &Value,
    declared: &Declared,
    known: &Known<'_>,
    settings: &Settings,
    workspace: &Workspace,
    env: &Env,
    cancel: &CancellationToken,
) -> Result<Judged, String> {
    let decide = |call: &Call, context: &PolicyContext| {
        let target = call.resolved.map(Path::to_path_buf);
        let decision = permission::decide(call, context, known.hook);
        let asks_about_command = decision.verdict == Verdict::Ask && call.line.is_some();
        let trail = if asks_about_command { followed(call, context, known.hook) } else { Trail::new() };
        Judged { decision, target, trail }
    };
    put_to(entry, (input, declared, known.line), settings, workspace, (env, cancel), decide)
}

/// Where the paths lead that the decision on a call looks at.
fn followed(call: &Call, context: &PolicyContext, hook: Option<&HookDecision>) -> Trail {
    let trail = RefCell::new(Trail::new());
    let resolve = |path: &Path| {
        let found = (context.resolve)(path);
        trail.borrow_mut().insert(path.to_path_buf(), found.target.clone());
        found
    };
    permission::decide(call, &PolicyContext { resolve: &resolve, ..*context }, hook);
    trail.into_inner()
}

/// Resolves the target of a call, and hands everything that a decision depends on to `work`.
pub fn put_to<T>(
    entry: &Entry,
    (input, declared, line): (&Value, &Declared, &OnceLock<CommandLine>),
    settings: &Settings,
    workspace: &Workspace,
    (env, cancel): (&Env, &CancellationToken),
    work: impl FnOnce(&Call, &PolicyContext) -> T,
) -> Result<T, String> {
    let files = match &declared.access {
        Access::RunCommand(_) => workspace.shell_files(),
        Access::None | Access::ReadPath(_) | Access::WritePath(_) | Access::ReachHost(_) => workspace.files(),
    };
    let resolver = Resolver::new(io::files::until(files, cancel));
    let as_given = match &declared.access {
        Access::ReadPath(path) | Access::WritePath(path) => Some(path.as_path()),
        Access::None | Access::RunCommand(_) | Access::ReachHost(_) => None,
    };
    let target = as_given.map(|path| resolver.resolve(path));
    let home = env.home();
    let call = Call {
        tool: entry.tool.name(),
        input,
        access: &declared.access,
        resolved: target.as_deref(),
        as_given,
        needs_person: entry.tool.needs_person(),
        server_tool: entry.tool.server_tool(),
        line: match &declared.access {
            Access::RunCommand(source) => Some(line.get_or_init(|| CommandLine::parse(source))),
            Access::None | Access::ReadPath(_) | Access::WritePath(_) | Access::ReachHost(_) => None,
        },
    };
    let context = PolicyContext {
        mode: settings.mode_for(entry.tool.server_tool()),
        rules: &settings.rules,
        cwd: workspace.original(),
        current: &workspace.current(),
        additional: &workspace.additional(),
        handed: workspace.handed(),
        home: home.as_deref(),
        resolve: &|path| resolver.find(path),
        linked: &|dir, pattern| resolver.files.links(dir, &|name| permission::may_find(pattern, name)),
        folder: &|path| resolver.folder(path),
    };
    let done = work(&call, &context);
    resolver.finish(done)
}

/// The call as the result message lists it.
pub fn denial(dispatch: &Dispatch) -> PermissionDenial {
    PermissionDenial {
        tool_name: dispatch.call.name.clone(),
        tool_use_id: dispatch.call.id.clone(),
        tool_input: dispatch.call.input.clone().unwrap_or(Value::Null),
    }
}

/// Refuses without asking the host, and says so in the stream unless a hook refused (row 84). The text speaks of the
/// input that was judged, which hooks or the host may have put in the place of the model's.
pub fn refuse(dispatch: &Dispatch, ready: &Ready, emitter: &Emitter, decision: &Decision) -> Answer {
    let denial = denial(dispatch);
    let text = permission::denial_text(&denial.tool_name, &decision.reason, &ready.input);
    if matches!(decision.reason, Reason::Hook { behavior: PermissionBehavior::Deny, .. }) {
        return Answer::Denied { text, denial, interrupt: false };
    }
    emitter.emit(&SdkMessage::System(SystemMessage::PermissionDenied(PermissionDeniedMessage {
        tool_name: denial.tool_name.clone(),
        tool_use_id: denial.tool_use_id.clone(),
        decision_reason_type: decision.reason.kind(),
        decision_reason: decision.reason.describe(),
        message: text.clone(),
    })));
    Answer::Denied { text, denial, interrupt: false }
}

/// The same, and tells hooks what the reviewer of mode `auto` has refused: they may let the model try again (row 210).
async fn refused(
    dispatch: &Dispatch,
    ready: &Ready,
    decision: &Decision,
    beside: &mut Beside,
    session: &Session,
    cancel: &CancellationToken,
) -> Answer {
    let mut answer = refuse(dispatch, ready, &session.emitter, decision);
    if let (Reason::Classifier { reason, .. }, Answer::Denied { text, .. }) = (&decision.reason, &mut answer)
    {
        let subject = ready.subject(dispatch);
        match call_hooks::denied(subject, reason, beside, session, cancel).await {
            Ok(true) => text.push_str("\n\nA hook says that you may try this call again."),
            Ok(false) => {}
            Err(cancelled) => return cancelled.into(),
        }
    }
    answer
}

/// Changes the mode for all later calls and says so in the stream (rows 38, 75 and 93).
pub fn set_mode(mode: PermissionMode, session: &Session) -> Result<(), EngineError> {
    session.modes.check(mode)?;
    session.live.change(|settings| settings.mode = mode);
    let status = StatusMessage { status: None, permission_mode: Some(mode) };
    session.emitter.emit(&SdkMessage::System(SystemMessage::Status(status)));
    Ok(())
}
