#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn output(answer: &str, event: HookEvent, continue_on_block: bool) -> Output {
    let question = Question { prompt: "Is it so?".to_owned(), model: None, continue_on_block };
    question.output(read(answer).unwrap(), event)
}

#[test]
fn an_answer_means_what_the_event_can_do_with_it() {
    for event in HookEvent::ALL.iter().copied() {
        assert_eq!(output(r#"{"ok":true,"reason":"fine"}"#, event, false), Output::default(), "{event:?}");
    }
    let no = "```json\n{\"ok\": false, \"reason\": \"no tests\"}\n```";
    let reason = Some("no tests".to_owned());
    let pre = output(no, HookEvent::PreToolUse, false);
    assert_eq!(
        (pre.specific.permission, pre.specific.permission_reason),
        (Some(Permission::Deny), reason.clone())
    );
    assert_eq!((pre.stop, pre.stop_reason), (true, reason.clone()));
    assert!(!output(no, HookEvent::PreToolUse, true).stop);
    let stop = output(no, HookEvent::Stop, false);
    assert_eq!((stop.approve, stop.reason, stop.stop), (Some(false), reason, false));
    let never = r#"{"ok":false,"reason":"no such file","impossible":true}"#;
    assert_eq!(output(never, HookEvent::Stop, false).approve, None);
    assert_eq!(output(never, HookEvent::PostToolUse, false).approve, Some(false));
    let request = output(no, HookEvent::PermissionRequest, false).specific.request;
    assert!(matches!(request, Some(RequestDecision::Deny { interrupt: false, .. })));
}

#[test]
fn what_is_no_verdict_is_none() {
    for answer in ["", "yes", "{}", r#"{"ok":"true"}"#, "} {"] {
        assert!(read(answer).is_none(), "{answer}");
    }
}
