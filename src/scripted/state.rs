//! What all connections of one scripted server share, and how a request is decided.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::blocks;
use super::cache::{InputTokens, PromptCache};
use super::capture::{Capture, Violation};
use super::clock::Stopwatch;
use super::error;
use super::gates::Gates;
use super::memory::Memory;
use super::models;
use super::render::{self, Answer, Asked, Rendered};
use super::request::{Arrived, MESSAGES, MODELS};
use super::rules::{self, Context, Refusal};
use super::scenario::{EventSpec, Reply, Rule, Scenario, Times};

/// Shared by all connections of one server.
pub struct Shared {
    pub watch: Stopwatch,
    pub gates: Gates,
    pub closed: CancellationToken,
    state: Mutex<State>,
    requests: AtomicU64,
}

/// Everything that `reset` clears.
pub struct State {
    scenario: Scenario,
    rules: Vec<LiveRule>,
    pub captures: Vec<Arc<Capture>>,
    pub violations: Vec<Violation>,
    memory: Memory,
    cache: PromptCache,
    /// Number of `POST /v1/messages` so far.
    messages: u64,
    /// Number of replies so far, for ids.
    serial: u64,
}

struct LiveRule {
    rule: Arc<Rule>,
    served: u64,
    rendered: Arc<Rendered>,
}

/// What a server needs to know before it looks into a body.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    pub record: bool,
    /// The body has to be parsed whole.
    pub parse: bool,
}

impl Shared {
    pub fn new(scenario: Scenario) -> Self {
        Self {
            watch: Stopwatch::start(),
            gates: Gates::default(),
            closed: CancellationToken::new(),
            state: Mutex::new(State::new(scenario)),
            requests: AtomicU64::new(0),
        }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything; begins again with a scenario, or with the one given last.
    pub fn reset(&self, scenario: Option<Scenario>) {
        let mut state = self.state();
        let scenario = scenario.unwrap_or_else(|| state.scenario.clone());
        *state = State::new(scenario);
        drop(state);
        self.gates.clear();
    }

    pub fn next_request_id(&self) -> String {
        format!("req_scripted_{:06}", self.requests.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

impl State {
    fn new(scenario: Scenario) -> Self {
        let rules = scenario.rules.iter().cloned().map(LiveRule::new).collect();
        let memory = Memory::knowing(&scenario.signatures);
        Self {
            scenario,
            rules,
            captures: Vec::new(),
            violations: Vec::new(),
            memory,
            cache: PromptCache::default(),
            messages: 0,
            serial: 0,
        }
    }

    /// How bodies are to be read.
    pub fn reading(&self) -> Reading {
        let Scenario { strict, record, .. } = self.scenario;
        let parse = strict || record || self.rules.iter().any(|live| live.rule.when.reads_body());
        Reading { record, parse }
    }

    pub fn push_rules(&mut self, rules: Vec<Rule>) {
        self.rules.extend(rules.into_iter().map(LiveRule::new));
    }

    /// Rules that were served less often than the scenario says.
    pub fn unused(&self) -> Vec<String> {
        let label = |index: usize, rule: &Rule| match &rule.name {
            Some(name) => name.clone(),
            None => format!("rule {index}"),
        };
        self.rules
            .iter()
            .enumerate()
            .filter_map(|(index, live)| match live.rule.times {
                Times::Count(times) if live.served < times => {
                    Some(format!("{} (served {} of {times})", label(index, &live.rule), live.served))
                }
                Times::Always if live.served == 0 => {
                    Some(format!("{} (never served)", label(index, &live.rule)))
                }
                Times::Count(_) | Times::Always | Times::Any => None,
            })
            .collect()
    }

    /// Decides the answer to a request; `number` is its index among all requests.
    pub fn decide(
        &mut self,
        request: &mut Arrived,
        number: usize,
        request_id: &str,
    ) -> (Answer, Option<usize>) {
        if request.is_messages() {
            request.index = self.messages;
            self.messages += 1;
        }
        let found = self.rules.iter().position(|live| live.is_free() && live.rule.when.holds(request));
        let expected = found.and_then(|at| self.rules[at].rule.expect_invalid.clone());
        let refusal = self.judge(request);
        if let Some(refusal) = refusal {
            if expected.as_deref() == Some(refusal.rule) {
                if let Some(at) = found {
                    self.rules[at].served += 1;
                }
                return (refused(&refusal, request_id), found);
            }
            self.violation(number, refusal.rule, &refusal.message);
            return (refused(&refusal, request_id), None);
        }
        if let (Some(at), Some(id)) = (found, expected) {
            self.rules[at].served += 1;
            let message =
                format!("the scenario expects rule {id} to refuse this request: {}", request.describe());
            self.violation(number, "scenario.expected_invalid", &message);
            return (render::refusal(400, error::kind_of(400), &message, request_id), found);
        }
        match found {
            Some(at) => (self.serve(at, request, request_id), found),
            None => (self.without_rule(request, number, request_id), None),
        }
    }

    /// The first rule of the API that the request breaks.
    fn judge(&self, request: &Arrived) -> Option<Refusal> {
        let context = Context {
            request,
            memory: &self.memory,
            api_key: self.scenario.api_key.as_deref(),
            betas: &self.scenario.betas,
        };
        if self.scenario.strict { rules::judge(&context) } else { rules::judge_key(&context) }
    }

    fn serve(&mut self, at: usize, request: &Arrived, request_id: &str) -> Answer {
        self.serial += 1;
        let strict = self.scenario.strict;
        let live = &mut self.rules[at];
        live.served += 1;
        let completed = match &live.rule.reply {
            // A static reply that was rendered before needs its blocks no more.
            Reply::Content(reply) if strict || !request.stream || live.rendered.get().is_none() => {
                blocks::complete(&reply.content, self.serial)
            }
            Reply::Content(_) | Reply::Error(_) | Reply::Events(_) | Reply::Raw(_) => Vec::new(),
        };
        let input = if strict {
            self.memory.remember(&completed);
            if let Reply::Events(reply) = &live.rule.reply {
                self.memory.remember_events(reply.events.iter().filter_map(|event| match event {
                    EventSpec::Data(data) => Some(&data.data),
                    EventSpec::Raw(_) => None,
                }));
            }
            self.cache.count(&request.body)
        } else {
            InputTokens::of_length(request.raw.len())
        };
        let asked = Asked {
            stream: request.stream,
            model: &request.model,
            input,
            serial: self.serial,
            request_id,
            pace: self.scenario.pace,
        };
        render::answer(&live.rule.reply, &live.rendered, &completed, &asked)
    }

    /// Endpoints that need no rule, and the answer to what nobody expected.
    fn without_rule(&mut self, request: &Arrived, number: usize, request_id: &str) -> Answer {
        if request.is_count() {
            // A count caches nothing.
            let tokens = if self.scenario.strict {
                PromptCache::default().count(&request.body).total()
            } else {
                InputTokens::of_length(request.raw.len()).total()
            };
            return render::json_answer(200, &BTreeMap::new(), &json!({ "input_tokens": tokens }));
        }
        if request.method == "GET" && request.path == MODELS {
            return render::json_answer(200, &BTreeMap::new(), &models::list());
        }
        if request.method == "GET"
            && let Some(id) = request.path.strip_prefix(MODELS).and_then(|rest| rest.strip_prefix('/'))
            && let Some(model) = models::one(id)
        {
            return render::json_answer(200, &BTreeMap::new(), &model);
        }
        if request.path == MESSAGES && request.method == "POST" {
            let message = format!("no rule of the scenario answers {}", request.describe());
            self.violation(number, "scenario.unmatched", &message);
            return render::refusal(400, error::kind_of(400), &message, request_id);
        }
        let message = format!("{} {} is not found", request.method, request.path);
        self.violation(number, "scenario.unmatched", &message);
        render::refusal(404, error::kind_of(404), &message, request_id)
    }

    fn violation(&mut self, request: usize, rule: &str, message: &str) {
        self.violations.push(Violation { request, rule: rule.to_owned(), message: message.to_owned() });
    }
}

impl LiveRule {
    fn new(rule: Rule) -> Self {
        Self { rule: Arc::new(rule), served: 0, rendered: Arc::default() }
    }

    fn is_free(&self) -> bool {
        match self.rule.times {
            Times::Count(times) => self.served < times,
            Times::Always | Times::Any => true,
        }
    }
}

fn refused(refusal: &Refusal, request_id: &str) -> Answer {
    render::refusal(refusal.status, refusal.kind, &refusal.message, request_id)
}

/// The parts of a body that are read when nothing else is needed.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Glance {
    #[serde(default)]
    pub stream: bool,
    #[serde(default)]
    pub model: String,
}

impl Glance {
    /// The same parts of a parsed body.
    pub fn of(body: &Value) -> Self {
        Self {
            stream: body.get("stream").and_then(Value::as_bool).unwrap_or(false),
            model: blocks::text_of(body, "model").to_owned(),
        }
    }
}
