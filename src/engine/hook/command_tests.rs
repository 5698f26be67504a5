#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::hook::output::Permission;
use serde_json::json;

fn ended(code: i32, stdout: &str, stderr: &str) -> Ended {
    Ended { code, stdout: stdout.into(), stderr: stderr.into() }
}

fn output(said: Said) -> Output {
    match said {
        Said::Output(output) => *output,
        said @ (Said::Refuses { .. } | Said::Nothing) => panic!("{said:?}"),
    }
}

fn refuses(reason: &str) -> Said {
    Said::Refuses { reason: reason.into(), beside: Box::default() }
}

#[test]
fn plain_output_is_context_for_some_events_only_row_199() {
    for event in HookEvent::ALL.iter().copied() {
        let (said, faults) = ended(0, " hello \n", "").meaning(event, false);
        let expected = event.plain_output_is_context().then(|| "hello".to_owned());
        assert_eq!(output(said).specific.additional_context, expected, "{event:?}");
        assert_eq!(faults, Vec::<String>::new());
    }
    assert_eq!(HookEvent::ALL.iter().filter(|event| event.plain_output_is_context()).count(), 3);
}

#[test]
fn exit_2_blocks_where_something_can_be_blocked_row_200_row_202() {
    for event in HookEvent::ALL.iter().copied() {
        let (said, faults) = ended(2, "", "no way").meaning(event, false);
        match event.exit_2() {
            ExitTwo::Blocks => assert_eq!(said, refuses("no way"), "{event:?}"),
            ExitTwo::TellsModel => {
                let output = output(said);
                assert_eq!((output.approve, output.reason.as_deref()), (Some(false), Some("no way")));
            }
            ExitTwo::TellsUser => {
                assert_eq!(output(said), Output::default(), "{event:?}");
                assert_eq!(faults, ["says: no way"]);
            }
            ExitTwo::Ignored => {
                assert_eq!((output(said), faults), (Output::default(), Vec::new()), "{event:?}");
            }
        }
    }
}

#[test]
fn json_is_read_on_every_exit_code_row_200_row_201() {
    let deny = json!({ "hookSpecificOutput": {
        "hookEventName": "PreToolUse", "permissionDecision": "allow", "permissionDecisionReason": "json says"
    } })
    .to_string();
    for code in [0, 1] {
        let (said, _) = ended(code, &deny, "").meaning(HookEvent::PreToolUse, false);
        assert_eq!(output(said).specific.permission, Some(Permission::Allow), "exit code {code}");
    }
    // Exit code 2 blocks whatever the JSON decides; its reason is told.
    let (said, _) = ended(2, &deny, "stderr").meaning(HookEvent::PreToolUse, false);
    assert_eq!(said, refuses("json says"));
}

#[test]
fn exit_2_keeps_all_that_its_json_does_not_decide_row_200_row_201() {
    let said = json!({
        "continue": false, "stopReason": "Enough.", "systemMessage": "Look.", "reason": "json says", "decision": "approve",
        "hookSpecificOutput": {
            "hookEventName": "PreToolUse", "permissionDecision": "allow", "additionalContext": "It is late.",
            "updatedInput": { "command": "rm x" },
        },
    });
    let (said, faults) = ended(2, &said.to_string(), "stderr").meaning(HookEvent::PreToolUse, false);
    let Said::Refuses { reason, beside } = said else { panic!("{said:?}") };
    assert_eq!((reason.as_str(), faults), ("json says", Vec::new()));
    let mut left = Output { stop: true, stop_reason: Some("Enough.".into()), ..Output::default() };
    left.system_message = Some("Look.".into());
    left.specific.additional_context = Some("It is late.".into());
    assert_eq!(*beside, left);
}

#[test]
fn what_does_not_fit_decides_nothing_and_is_told_row_201() {
    for text in ["{nonsense", r#"{"continue": "no"}"#] {
        let (said, faults) = ended(0, text, "").meaning(HookEvent::PreToolUse, false);
        assert_eq!(output(said), Output::default(), "{text}");
        assert!(faults[0].starts_with("printed what does not fit: "), "{faults:?}");
        let (said, _) = ended(2, text, "no").meaning(HookEvent::PreToolUse, false);
        assert_eq!(said, refuses("no"), "{text}");
    }
}

#[test]
fn other_codes_do_not_block_unless_asked_to_row_167_row_200() {
    let (said, faults) = ended(1, "", "boom").meaning(HookEvent::PreToolUse, false);
    assert_eq!(output(said), Output::default());
    assert_eq!(faults, ["failed with exit code 1: boom"]);
    let (said, _) = ended(1, "", "boom").meaning(HookEvent::PreToolUse, true);
    assert_eq!(said, refuses("failed with exit code 1: boom"));
}

#[test]
fn the_environment_has_no_credentials_unless_the_hook_names_them_row_174() {
    let env = Env::new(
        [
            ("PATH", "/bin"),
            ("ANTHROPIC_API_KEY", "sk-1"),
            ("AWS_SECRET_ACCESS_KEY", "x"),
            ("OTEL_X", "y"),
            ("CLAUDECODE", "0"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let mut command = Command {
        command: "x".into(),
        args: None,
        env: Vec::new(),
        powershell: false,
        background: false,
        wakes: false,
    };
    let told = Environment {
        project: "/project".into(),
        session: "session".into(),
        effort: Some("high".into()),
        env_file: None,
    };
    let of = |command: &Command| {
        let mut vars = command.environment(&env, &told);
        vars.sort();
        vars.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let base = [
        "CLAUDECODE=1",
        "CLAUDE_CODE_SESSION_ID=session",
        "CLAUDE_EFFORT=high",
        "CLAUDE_PROJECT_DIR=/project",
        "PATH=/bin",
    ];
    assert_eq!(of(&command), base);
    command.env = vec![("ANTHROPIC_API_KEY".into(), "sk-own".into())];
    assert_eq!(of(&command)[0], "ANTHROPIC_API_KEY=sk-own");
    assert_eq!(of(&command)[1..], base);
}
