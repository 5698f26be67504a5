//! From a configuration to a running query: everything is checked before the first request is sent.

use super::explain::{Situation, can_ask, explain};
use super::inbox::Inbox;
use super::{Query, memory, places, supervise};
use crate::engine::clock::{Clock, new_uuid};
use crate::engine::context::system_prompt;
use crate::engine::context::usage::ContextGauge;
use crate::engine::dotenv;
use crate::engine::emit::{Emitter, Outbox};
use crate::engine::env::Env;
use crate::engine::error::{EngineError, ErrorKind};
use crate::engine::executor::Elsewhere;
use crate::engine::hook::Hooks;
use crate::engine::host::Host;
use crate::engine::io::process::{ProcessTable, scratch};
use crate::engine::io::{self, http::HttpPools};
use crate::engine::mcp::{self, config::policy::ServerPolicy};
use crate::engine::message::input::UserInput;
use crate::engine::model::ModelClient;
use crate::engine::model::anthropic::Anthropic;
use crate::engine::model::auth::Credentials;
use crate::engine::model::key_helper::KeyHelper;
use crate::engine::model::retry::RetryPolicy;
use crate::engine::model::table::ModelTable;
use crate::engine::options::modes::Modes;
use crate::engine::options::{Options, Prompt, QueryConfig, SettingsQuestion};
use crate::engine::session::live::{Live, Settings};
use crate::engine::session::run::Session;
use crate::engine::session::side::SideCalls;
use crate::engine::session::watch::Watch;
use crate::engine::settings;
use crate::engine::settings::effect::Effect;
use crate::engine::settings::store::{Store, WriteLock};
use crate::engine::task::Tasks;
use crate::engine::tool::files::read_state::ReadState;
use crate::engine::tool::saved;
use crate::engine::tool::services::Services;
use crate::engine::tool::session::todo_tasks::SharedLists;
use crate::engine::tool::table::ToolTable;
use crate::engine::workspace;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the queries of one embedder share. Cheap to make; ends all of them when shut down.
pub struct Engine {
    http: Arc<HttpPools>,
    processes: Arc<ProcessTable>,
    clock: Clock,
    cancel: CancellationToken,
    /// The machine's policy file.
    policy: PathBuf,
    writing: WriteLock,
    task_lists: SharedLists,
    /// Where the machine's files begin.
    root: PathBuf,
}

impl Default for Engine {
    fn default() -> Self {
        Self::with_clock(Clock::real())
    }
}

/// What a configuration says, joined with the settings.
struct Prepared {
    cwd: PathBuf,
    options: Options,
    env: Env,
    /// Those of its variables that are not this process's own.
    given: Vec<(String, String)>,
    settings: Store,
    modes: Modes,
    /// The command that prints the credential.
    helper: Option<String>,
}

impl Engine {
    /// An engine whose time is `clock`'s.
    pub fn with_clock(clock: Clock) -> Self {
        Self {
            http: Arc::new(HttpPools::default()),
            processes: Arc::new(ProcessTable::default()),
            clock,
            cancel: CancellationToken::new(),
            policy: settings::source::policy_file(),
            writing: WriteLock::default(),
            task_lists: SharedLists::default(),
            root: PathBuf::from("/"),
        }
    }

    /// Takes another file for the machine's policy.
    #[must_use]
    pub fn with_policy_file(mut self, path: PathBuf) -> Self {
        self.policy = path;
        self
    }

    /// Takes another folder for the place where the machine's control groups are found.
    #[must_use]
    pub fn with_machine_root(mut self, root: PathBuf) -> Self {
        self.root = root;
        self
    }

    /// Answers `resolveSettings()`. Blocks.
    pub fn resolve_settings(&self, question: &SettingsQuestion) -> Result<serde_json::Value, EngineError> {
        settings::resolve::resolve(question, &self.policy)
    }

    /// Reads the options of a configuration and lets the settings say what they leave open.
    fn prepare(&self, config: &QueryConfig) -> Result<Prepared, EngineError> {
        let mut options = Options::parse(&config.options, &config.cwd)?;
        let here = places::cwd_is_here(options.executors);
        let cwd = if here { workspace::directory(&config.cwd)? } else { places::directory(&config.cwd)? };
        let mut loaded = settings::load::load(&options.settings, &cwd, &config.env, &self.policy)?;
        let env = Effect::new(&loaded.layers).env(&config.env, config.env_given);
        let given = places::given(&env, config);
        options.mcp_policy = ServerPolicy::of_layers(&loaded.layers)?;
        if !options.strict_mcp {
            let (servers, settings) = (&mut options.mcp_servers, &options.settings);
            loaded.warnings.extend(mcp::config::files::add(
                servers,
                settings,
                (&cwd, &config.env),
                &loaded.layers,
            )?);
        }
        let helper = Effect::new(&loaded.layers).key_helper();
        // A command that prints the credential is one: nothing is searched for then.
        let env = if helper.is_some() { env } else { dotenv::with_credentials(env, &config.host_cwd) };
        let settings = settings::start::start(loaded, &mut options, &env, &cwd, Arc::clone(&self.writing))?;
        let modes = Modes::new(&options, &env);
        modes.check(options.mode)?;
        options.task_tools = env.flag("CLAUDE_CODE_ENABLE_TASKS");
        options.additional_directories.iter_mut().for_each(|dir| {
            *dir = if here { io::fs::resolve(dir) } else { io::files::lexical(dir) };
        });
        Ok(Prepared { cwd, options, env, given, settings, modes, helper })
    }

    /// Starts a query. Must be called inside a tokio runtime.
    ///
    /// Fails with a typed error, and sends nothing, when an option, the directory or the credential is unusable.
    pub fn start(&self, config: QueryConfig, host: Arc<dyn Host>) -> Result<Query, EngineError> {
        let prepared = self.prepare(&config)?;
        refuse_other_providers(&prepared.env)?;
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
        let session = Arc::new(self.session(prepared, host, (&outbox, &cancel))?);
        session.mcp.bind(&session);
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

    /// Says what would happen to a call in a query of this configuration, and why, without starting one.
    ///
    /// Needs no credential. Fails like [`Engine::start`] when an option or the directory is unusable.
    pub fn explain(&self, config: QueryConfig, tool: &str, input: Value) -> Result<Value, EngineError> {
        let Prepared { cwd, options, env, .. } = self.prepare(&config)?;
        let models = ModelTable::builtin();
        let model = models.resolve(ModelTable::choose(options.model.as_deref(), &env), &env);
        let settings = Settings {
            mode: options.mode,
            rules: Arc::clone(&options.rules),
            model: Arc::new(model),
            thinking: None,
            server_modes: std::collections::BTreeMap::new(),
            effort: None,
            effort_ceiling: None,
        };
        let at = Situation {
            can_ask: can_ask(&options),
            settings: Arc::new(settings),
            tools: Arc::new(ToolTable::new(&options)),
            workspace: Arc::new(places::unasked(&options, cwd)?),
            env: Arc::new(env),
            hooks: Arc::clone(&options.hooks),
            never_ask: options.never_ask,
        };
        explain(tool, input, &at, &CancellationToken::new())
    }

    fn session(
        &self,
        Prepared { cwd, options, env, given, settings, modes, helper }: Prepared,
        host: Arc<dyn Host>,
        (outbox, cancel): (&Arc<Outbox>, &CancellationToken),
    ) -> Result<Session, EngineError> {
        let env = Arc::new(env);
        let client = self.client(&env, helper, &cwd)?;
        let models = ModelTable::builtin();
        let model = models.resolve(ModelTable::choose(options.model.as_deref(), &env), &env);
        let api_key_source = client.credential_source();
        let client: Arc<dyn ModelClient> = Arc::new(client);
        let side = SideCalls::new(Arc::clone(&client), models.clone(), Arc::clone(&env), self.clock.clone());
        let id: Arc<str> = options.session_id.clone().unwrap_or_else(new_uuid).into();
        let emitter =
            Emitter::new(Arc::clone(outbox), Arc::clone(&id), self.clock.clone(), options.partial_messages);
        let tools = Arc::new(ToolTable::new(&options).deferring(&env));
        let memory = memory::limit(&env, options.executors, &self.root, &emitter)?;
        let executors = Elsewhere::new(Arc::clone(&host), options.executors, given);
        let handed = scratch::session_path(&saved::temp_base(&env), &id);
        let workspace = Arc::new(places::workspace(&options, cwd, &host, cancel).handing(&handed));
        let mut mcp = mcp::Context::new(
            (Arc::clone(&host), Arc::clone(&env), self.clock.clone()),
            emitter.clone(),
            Arc::clone(&options.rules),
            Arc::clone(&tools),
            cancel.child_token(),
            (Arc::clone(&workspace), Arc::clone(&self.processes), Arc::clone(&self.http)),
        );
        mcp.prompt_tool = options.prompt_tool.clone();
        mcp.oauth = options.mcp_oauth.clone();
        mcp.policy = options.mcp_policy.clone();
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
                server_modes: std::collections::BTreeMap::new(),
                effort: options.effort.clone(),
                effort_ceiling: options.effort_ceiling.clone(),
            }),
            watch: {
                let watched: Vec<_> = settings.watched().iter().map(|(_, path)| path.clone()).collect();
                Watch::starting(&watched)
            },
            settings,
            workspace,
            read_state: Arc::new(ReadState::default()),
            gauge: ContextGauge::default(),
            tools,
            models,
            api_key_source,
            client,
            http: Arc::clone(&self.http),
            services: Arc::new(
                Services::new(side, self.task_lists.list_for(&env))
                    .with_executors(executors)
                    .with_memory(memory),
            ),
            retry: RetryPolicy::from_env(&env),
            host,
            hooks: Hooks::new(Arc::clone(&options.hooks), options.hook_events),
            reviews: crate::engine::tool::review::Reviews::default(),
            processes: Arc::clone(&self.processes),
            clock: self.clock.clone(),
            modes,
            system: system_prompt::build(
                &options.system_prompt,
                options.append_system_prompt.as_deref(),
                !env.flag("DISABLE_PROMPT_CACHING"),
            ),
            env,
            options,
        })
    }

    /// A client with the credential of the environment, else of the command that prints one.
    fn client(&self, env: &Env, helper: Option<String>, cwd: &Path) -> Result<Anthropic, EngineError> {
        let http = Arc::clone(&self.http);
        let client = match helper.filter(|_| !Credentials::given(env)) {
            None => Anthropic::new(env, http)?,
            Some(command) => {
                let (processes, clock) = (Arc::clone(&self.processes), self.clock.clone());
                let helper = KeyHelper::new(command, cwd.to_path_buf(), env, processes, clock);
                Anthropic::with_helper(env, http, helper)?
            }
        };
        Ok(client.with_clock(self.clock.clone()))
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
