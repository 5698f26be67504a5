//! One turn as a state machine: every decision about what comes next, no I/O, no await.
//!
//! A turn runs from one user message to one result. The driver does what a [`Step`] says and answers with an
//! [`Input`]; both enums are exhaustive on purpose, so that a new step or answer breaks every place it matters.

pub mod call_model;
pub mod driver;
mod expand;
pub mod hooks;
pub mod outcome;

use crate::engine::model::ApiFailure;
use hooks::MayStop;
use serde_json::Value;

/// What the driver must do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Send the history to the model.
    CallModel,
    /// Run these calls and append their results.
    RunTools(Vec<ToolCall>),
    /// Ask Stop hooks whether the turn may end with this text; they have kept it going that many times.
    AskToStop {
        /// The final text.
        text: String,
        /// How often.
        blocks: u32,
    },
    /// The turn is over.
    Finish(Ending),
}

/// What the driver found out.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The user's message is in the history.
    Started,
    /// The reply is complete and in the history.
    ModelSaid(Said),
    /// The request failed for good.
    ModelFailed(ApiFailure),
    /// Every call has its result in the history.
    ToolsDone(ToolsReport),
    /// Stop hooks have answered.
    MayStop(MayStop),
    /// A hook stopped the agent outside a round of tools.
    Stopped,
    /// The turn's token was cancelled while the model was answering or while tools ran.
    Cancelled(Phase),
}

/// What of a reply decides how the turn goes on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// Client tool calls, in the order asked.
    pub calls: Vec<ToolCall>,
    /// The text of the last text block.
    pub text: String,
    /// Why the reply ended.
    pub stop_reason: Option<String>,
}

/// One tool call of a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The id that its result must carry.
    pub id: String,
    /// The tool's name as the model gave it.
    pub name: String,
    /// Its input, or the malformed text that the model sent instead of JSON.
    pub input: Result<Value, String>,
}

/// How a round of tools went.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ToolsReport {
    /// The host refused a call and asked for the turn to end (row 89).
    pub interrupt: bool,
    /// A hook stopped the agent (row 194).
    pub stopped: bool,
    /// A hook put this call off: it is not answered (row 188).
    pub deferred: Option<ToolCall>,
}

/// What was going on when a turn was cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The model was answering, or about to.
    Streaming,
    /// Tools were running.
    Tools,
}

/// Why a turn is over.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// The model ended it with this text.
    Completed {
        /// The final text.
        text: String,
    },
    /// The limit of tool rounds was reached.
    MaxTurns {
        /// The limit.
        limit: u32,
    },
    /// The API failed for good.
    ApiFailed(ApiFailure),
    /// Interrupted by the host or the user.
    Interrupted(Phase),
    /// A hook stopped the agent.
    HookStopped,
    /// A Stop hook ended it for good; this is its final text.
    StopPrevented {
        /// The final text.
        text: String,
    },
    /// A hook put this call off.
    Deferred(ToolCall),
    /// It could not begin, for this reason.
    Unusable {
        /// Why.
        text: String,
    },
    /// A hook kept the prompt from the model: nothing was sent.
    PromptBlocked {
        /// Why.
        text: String,
    },
}

/// One turn.
#[derive(Debug)]
pub struct Turn {
    max_turns: Option<u32>,
    rounds: u32,
    stop_reason: Option<String>,
    stop_blocks: u32,
    /// What the model said last, while Stop hooks are asked.
    text: String,
}

impl Turn {
    /// A turn of at most `max_turns` rounds of tool calls.
    pub fn new(max_turns: Option<u32>) -> Self {
        Self { max_turns, rounds: 0, stop_reason: None, stop_blocks: 0, text: String::new() }
    }

    /// `num_turns` of the result: 1 + rounds of tool calls.
    pub fn num_turns(&self) -> u32 {
        1 + self.rounds
    }

    /// Why the last reply ended; `None` before the first one.
    pub fn stop_reason(&self) -> Option<&str> {
        self.stop_reason.as_deref()
    }

    /// The next step after what has happened.
    pub fn next(&mut self, input: Input) -> Step {
        match input {
            Input::Started => Step::CallModel,
            Input::ModelSaid(said) => self.after_reply(said),
            Input::ModelFailed(failure) => Step::Finish(Ending::ApiFailed(failure)),
            Input::ToolsDone(report) => self.after_tools(report),
            Input::MayStop(answer) => self.after_stop(answer),
            Input::Stopped => Step::Finish(Ending::HookStopped),
            Input::Cancelled(phase) => Step::Finish(Ending::Interrupted(phase)),
        }
    }

    fn after_reply(&mut self, said: Said) -> Step {
        self.stop_reason = said.stop_reason;
        match self.stop_reason.as_deref() {
            // The API paused a long server-side turn and wants the same history again.
            Some("pause_turn") => Step::CallModel,
            // What a refused reply had asked for is not done.
            Some("refusal") => self.ask_to_stop(said.text),
            _ if said.calls.is_empty() => self.ask_to_stop(said.text),
            _ => Step::RunTools(said.calls),
        }
    }

    fn ask_to_stop(&mut self, text: String) -> Step {
        self.text.clone_from(&text);
        Step::AskToStop { text, blocks: self.stop_blocks }
    }

    fn after_stop(&mut self, answer: MayStop) -> Step {
        let text = std::mem::take(&mut self.text);
        match answer {
            MayStop::Yes => Step::Finish(Ending::Completed { text }),
            MayStop::Prevented => Step::Finish(Ending::StopPrevented { text }),
            MayStop::No => {
                self.stop_blocks += 1;
                self.after_tools(ToolsReport::default())
            }
        }
    }

    fn after_tools(&mut self, report: ToolsReport) -> Step {
        if let Some(call) = report.deferred {
            return Step::Finish(Ending::Deferred(call));
        }
        self.rounds += 1;
        match self.max_turns {
            _ if report.interrupt => Step::Finish(Ending::Interrupted(Phase::Tools)),
            _ if report.stopped => Step::Finish(Ending::HookStopped),
            Some(limit) if self.rounds >= limit => Step::Finish(Ending::MaxTurns { limit }),
            _ => Step::CallModel,
        }
    }
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
