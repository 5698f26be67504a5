#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;
use crate::engine::model::FailureKind;

fn call(id: &str) -> ToolCall {
    ToolCall { id: id.into(), name: "Read".into(), input: Ok(Value::Null) }
}

fn said(calls: Vec<ToolCall>, stop_reason: &str) -> Input {
    Input::ModelSaid(Said { calls, text: "text".into(), stop_reason: Some(stop_reason.into()) })
}

fn may_end() -> Step {
    Step::AskToStop { text: "text".into(), blocks: 0 }
}

const DONE: Input = Input::ToolsDone(ToolsReport { interrupt: false, stopped: false, deferred: None });

/// Name, limit, what has happened so far, what happens now, the step that must follow.
type Row = (&'static str, Option<u32>, Vec<Input>, Input, Step);

#[test]
fn transitions() {
    let calls = || vec![call("a"), call("b")];
    let failure = || ApiFailure::new(FailureKind::Overloaded, "busy");
    let table: Vec<Row> = vec![
        ("a turn starts with the model", None, vec![], Input::Started, Step::CallModel),
        ("calls are run", None, vec![], said(calls(), "tool_use"), Step::RunTools(calls())),
        ("a reply without calls ends it", None, vec![], said(vec![], "end_turn"), may_end()),
        ("so does one that ran out of tokens", None, vec![], said(vec![], "max_tokens"), may_end()),
        (
            "calls of a reply that ran out of tokens are run",
            None,
            vec![],
            said(calls(), "max_tokens"),
            Step::RunTools(calls()),
        ),
        ("calls of a refused reply are not", None, vec![], said(calls(), "refusal"), may_end()),
        ("a paused reply is continued", None, vec![], said(vec![], "pause_turn"), Step::CallModel),
        ("after tools comes the model", None, vec![said(calls(), "tool_use")], DONE, Step::CallModel),
        ("below the limit too", Some(2), vec![said(calls(), "tool_use")], DONE, Step::CallModel),
        (
            "the round that reaches the limit is the last",
            Some(2),
            vec![said(calls(), "tool_use"), DONE, said(calls(), "tool_use")],
            DONE,
            Step::Finish(Ending::MaxTurns { limit: 2 }),
        ),
        ("a final text at the limit is no fault", Some(1), vec![], said(vec![], "end_turn"), may_end()),
        (
            "a host that refuses may end the turn",
            None,
            vec![said(calls(), "tool_use")],
            Input::ToolsDone(ToolsReport { interrupt: true, ..ToolsReport::default() }),
            Step::Finish(Ending::Interrupted(Phase::Tools)),
        ),
        (
            "a failure ends it",
            None,
            vec![],
            Input::ModelFailed(failure()),
            Step::Finish(Ending::ApiFailed(failure())),
        ),
        (
            "a cancel ends it",
            None,
            vec![Input::Started],
            Input::Cancelled(Phase::Streaming),
            Step::Finish(Ending::Interrupted(Phase::Streaming)),
        ),
    ];
    check(table);
}

fn check(table: Vec<Row>) {
    for (name, limit, before, now, expected) in table {
        let mut turn = Turn::new(limit);
        for input in before {
            turn.next(input);
        }
        assert_eq!(turn.next(now), expected, "{name}");
    }
}

#[test]
fn transitions_by_hooks() {
    check(vec![
        (
            "a hook may stop the agent after tools",
            None,
            vec![],
            Input::ToolsDone(ToolsReport { stopped: true, ..ToolsReport::default() }),
            Step::Finish(Ending::HookStopped),
        ),
        (
            "or put the call off",
            None,
            vec![],
            Input::ToolsDone(ToolsReport { deferred: Some(call("a")), ..ToolsReport::default() }),
            Step::Finish(Ending::Deferred(call("a"))),
        ),
        ("or stop it elsewhere", None, vec![], Input::Stopped, Step::Finish(Ending::HookStopped)),
        (
            "hooks let it stop",
            None,
            vec![said(vec![], "end_turn")],
            Input::MayStop(MayStop::Yes),
            Step::Finish(Ending::Completed { text: "text".into() }),
        ),
        (
            "a hook ends it for good",
            None,
            vec![said(vec![], "end_turn")],
            Input::MayStop(MayStop::Prevented),
            Step::Finish(Ending::StopPrevented { text: "text".into() }),
        ),
        (
            "hooks keep it going",
            None,
            vec![said(vec![], "end_turn")],
            Input::MayStop(MayStop::No),
            Step::CallModel,
        ),
        (
            "and are told so when it wants to stop again",
            None,
            vec![said(vec![], "end_turn"), Input::MayStop(MayStop::No)],
            said(vec![], "end_turn"),
            Step::AskToStop { text: "text".into(), blocks: 1 },
        ),
        (
            "that counts as a round",
            Some(1),
            vec![said(vec![], "end_turn")],
            Input::MayStop(MayStop::No),
            Step::Finish(Ending::MaxTurns { limit: 1 }),
        ),
    ]);
}

#[test]
fn a_round_counts_once_however_many_calls_it_has_row_3() {
    let mut turn = Turn::new(None);
    assert_eq!((turn.num_turns(), turn.stop_reason()), (1, None));
    turn.next(said(vec![call("a"), call("b"), call("c")], "tool_use"));
    turn.next(DONE);
    assert_eq!(turn.num_turns(), 2);
    turn.next(said(vec![], "end_turn"));
    assert_eq!((turn.num_turns(), turn.stop_reason()), (2, Some("end_turn")));
}
