//! From a configuration to a running query: everything is checked before the first request is sent.

use super::inbox::Inbox;
use super::{Query, supervise};
use crate::engine::clock::{Clock, new_uuid};
use crate::engine::context::system_prompt;
use crate::engine::context::usage::ContextGauge;
use crate::engine::dotenv;
use crate::engine::emit::{Emitter, Outbox};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::hook::Hooks;
use crate::engine::host::Host;
use crate::engine::io::{self, http::HttpPools, process::ProcessTable};
use crate::engine::mcp;
use crate::engine::message::input::UserInput;
use crate::engine::model::anthropic::Anthropic;
use crate::engine::model::retry::RetryPolicy;
use crate::engine::model::table::ModelTable;
use crate::engine::options::{Options, Prompt, QueryConfig};
use crate::engine::permission::PermissionMode;
use crate::engine::session::live::{Live, Settings};
use crate::engine::session::run::Session;
use crate::engine::task::Tasks;
use crate::engine::tool::read_state::ReadState;
use crate::engine::tool::table::ToolTable;
use crate::engine::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the queries of one embedder share. Cheap to make; ends all of them when shut down.
pub struct Engine {
    http: Arc<HttpPools>,
    processes: Arc<ProcessTable>,
    clock: Clock,
    cancel: CancellationToken,
}

impl Default for Engine {
    fn default() -> Self {
        Self::with_clock(Clock::real())
    }
}

impl Engine {
    /// An engine whose time is `clock`'s.
    pub fn with_clock(clock: Clock) -> Self {
        Self {
            http: Arc::new(HttpPools::default()),
            processes: Arc::new(ProcessTable::default()),
            clock,
            cancel: CancellationToken::new(),
        }
    }

    /// Starts a query. Must be called inside a tokio runtime.
    ///
    /// Fails with a typed error, and sends nothing, when an option, the directory or the credential is unusable.
    pub fn start(&self, config: QueryConfig, host: Arc<dyn Host>) -> Result<Query, EngineError> {
        let cwd = working_directory(&config.cwd)?;
        let mut options = Options::parse(&config.options, &cwd)?;
        let env = Arc::new(dotenv::with_credentials(config.env, &config.host_cwd));
        refuse_other_providers(&env)?;
        if options.mode == PermissionMode::BypassPermissions {
            bypass(&options, &env)?;
        }
        options.additional_directories.iter_mut().for_each(|dir| *dir = io::fs::resolve(dir));
        let prompt = match &config.prompt {
            Prompt::Text { text } if text.trim().is_empty() => {
                return Err(EngineError::new(
                    ErrorKind::InvalidInput,
                    "The prompt is empty: give it a text.",
                ));
            }
            Prompt::Text { text } => Some(UserInput::text(text)?),
            Prompt::Stream => None,
        };
        let cancel = self.cancel.child_token();
        let outbox = Arc::new(Outbox::default());
        let inbox = Arc::new(Inbox::new(cancel.clone()));
        let session = Arc::new(self.session(options, env, cwd, host, (&outbox, &cancel))?);
        session.mcp.start();
        if let Some(input) = prompt {
            inbox.push(input);
            inbox.close();
        }
        let ended = CancellationToken::new();
        tokio::spawn(supervise(
            Arc::clone(&session),
            Arc::clone(&inbox),
            Arc::clone(&outbox),
            cancel.clone(),
            ended.clone(),
        ));
        Ok(Query { session, outbox, inbox, cancel, ended })
    }

    fn session(
        &self,
        options: Options,
        env: Arc<Env>,
        cwd: PathBuf,
        host: Arc<dyn Host>,
        (outbox, cancel): (&Arc<Outbox>, &CancellationToken),
    ) -> Result<Session, EngineError> {
        let client = Anthropic::new(&env, Arc::clone(&self.http))?.with_clock(self.clock.clone());
        let models = ModelTable::builtin();
        let model = models.resolve(ModelTable::choose(options.model.as_deref(), &env), &env);
        let id: Arc<str> = options.session_id.clone().unwrap_or_else(new_uuid).into();
        let emitter =
            Emitter::new(Arc::clone(outbox), Arc::clone(&id), self.clock.clone(), options.partial_messages);
        let tools = Arc::new(ToolTable::new(&options));
        let mcp = mcp::Context::new(
            (Arc::clone(&host), Arc::clone(&env), self.clock.clone()),
            emitter.clone(),
            Arc::clone(&options.rules),
            Arc::clone(&tools),
            cancel.child_token(),
        );
        Ok(Session {
            mcp: mcp::Servers::new(mcp, options.mcp_servers.clone()),
            tasks: Arc::new(Tasks::new(emitter.clone(), self.clock.clone(), cancel.child_token())),
            emitter,
            id,
            live: Live::new(Settings {
                mode: options.mode,
                rules: Arc::clone(&options.rules),
                model: Arc::new(model),
                thinking: options.thinking.clone(),
            }),
            workspace: Arc::new(Workspace::new(cwd, options.additional_directories.clone())),
            read_state: Arc::new(ReadState::default()),
            gauge: ContextGauge::default(),
            tools,
            models,
            api_key_source: client.credential_source(),
            client: Arc::new(client),
            retry: RetryPolicy::from_env(&env),
            host,
            hooks: Hooks::new(Arc::clone(&options.hooks), options.hook_events),
            processes: Arc::clone(&self.processes),
            clock: self.clock.clone(),
            bypass: bypass(&options, &env),
            system: system_prompt::build(
                &options.system_prompt,
                options.append_system_prompt.as_deref(),
                !env.flag("DISABLE_PROMPT_CACHING"),
            ),
            env,
            options,
        })
    }

    /// Ends every query and kills every child process, at once and without waiting.
    pub fn shutdown(&self) {
        self.cancel.cancel();
        self.processes.kill_all();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shutdown();
    }
}

fn working_directory(cwd: &Path) -> Result<PathBuf, EngineError> {
    let unusable = |why: String| {
        let text =
            format!("options.cwd {} cannot be used: {why}. Give an existing directory.", cwd.display());
        Err(EngineError::new(ErrorKind::CwdUnavailable, text))
    };
    if !cwd.is_absolute() {
        return unusable("it is not an absolute path".to_owned());
    }
    match io::fs::canonicalize(cwd).and_then(|path| io::fs::metadata(&path).map(|meta| (path, meta))) {
        Ok((path, meta)) if meta.is_dir() => Ok(path),
        Ok(_) => unusable("it is not a directory".to_owned()),
        Err(error) => unusable(error.to_string()),
    }
}

fn refuse_other_providers(env: &Env) -> Result<(), EngineError> {
    for name in [
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_FOUNDRY",
        "CLAUDE_CODE_USE_MANTLE",
    ] {
        if env.flag(name) {
            let text = format!("{name} is not available in this version of native-agent-sdk. Unset it.");
            return Err(EngineError::new(ErrorKind::UnsupportedOption, text));
        }
    }
    Ok(())
}

/// Whether `bypassPermissions` may be chosen.
fn bypass(options: &Options, env: &Env) -> Result<(), EngineError> {
    if !options.may_bypass {
        return Err(EngineError::new(
            ErrorKind::BypassNotAllowed,
            "permissionMode 'bypassPermissions' needs allowDangerouslySkipPermissions: true in the options of the query.",
        ));
    }
    if is_root() && !env.flag("IS_SANDBOX") {
        return Err(EngineError::new(
            ErrorKind::BypassRoot,
            "permissionMode 'bypassPermissions' is refused for root. Run as another user, or set IS_SANDBOX=1 in \
             options.env if this process is isolated from everything it must not harm.",
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
