#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::{AskUserQuestion, answered, unsafe_html};
use crate::engine::options::PreviewFormat;
use crate::engine::tool::schema::InputSchema;
use crate::engine::tool::{Tool, ToolContent, ToolError};
use crate::engine::workspace::Workspace;
use serde_json::{Value, json};

fn option(label: &str) -> Value {
    json!({ "label": label, "description": "d" })
}

fn one(question: Value) -> Value {
    json!({ "questions": [question] })
}

fn question(options: &[Value]) -> Value {
    json!({ "question": "Which?", "header": "Choice", "options": options, "multiSelect": false })
}

fn fits(tool: &AskUserQuestion, input: &Value) -> bool {
    InputSchema::compile(tool.input_schema()).unwrap().check(input).is_ok()
}

fn refused(tool: &AskUserQuestion, input: &Value) -> Option<String> {
    match tool.prepare(input, &Workspace::new("/".into(), Vec::new())) {
        Ok(_) => None,
        Err(ToolError::Respond(text)) => Some(text),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn questions_have_their_limits_row_285() {
    let tool = AskUserQuestion::new(None);
    let two = [option("a"), option("b")];
    let good = question(&two);
    assert!(fits(&tool, &one(good.clone())));
    assert!(fits(&tool, &json!({ "questions": vec![good.clone(); 4] })));
    for bad in [
        json!({ "questions": [] }),
        json!({ "questions": vec![good.clone(); 5] }),
        one(question(&two[..1])),
        one(question(&["a", "b", "c", "d", "e"].map(option))),
        one(json!({ "question": "Which?", "header": "thirteen long", "options": two, "multiSelect": false })),
        one(json!({ "question": "Which?", "options": two })),
        one(question(&[option("a"), json!({ "label": "b" })])),
    ] {
        assert!(!fits(&tool, &bad), "{bad}");
    }
    assert!(refused(&tool, &json!({ "questions": [good.clone(), good] })).unwrap().contains("twice"));
    assert!(refused(&tool, &one(question(&[option("a"), option("a")]))).unwrap().contains("twice"));
}

#[test]
fn only_the_host_answers_row_286() {
    let tool = AskUserQuestion::new(None);
    let mut input =
        one(json!({ "question": "Which?", "header": "h", "options": [option("a"), option("b")] }));
    input["answers"] = json!({ "Which?": "a" });
    input["response"] = json!("a!");
    let received = tool.adapt(input);
    assert_eq!(received.as_object().unwrap().keys().collect::<Vec<_>>(), ["questions"]);
    assert_eq!(received["questions"][0]["multiSelect"], false);
    assert!(tool.needs_person());
}

#[test]
fn previews_need_the_setting_and_safe_html_row_288() {
    let with = |preview: &str| {
        let option_a = json!({ "label": "a", "description": "d", "preview": preview });
        one(question(&[option_a, option("b")]))
    };
    assert!(!fits(&AskUserQuestion::new(None), &with("x")));
    let markdown = AskUserQuestion::new(Some(PreviewFormat::Markdown));
    assert!(fits(&markdown, &with("x")) && markdown.description().contains("Markdown"));
    assert_eq!(refused(&markdown, &with("<script>")), None);
    let html = AskUserQuestion::new(Some(PreviewFormat::Html));
    assert!(fits(&html, &with("<div>")) && html.description().contains("HTML"));
    for bad in [
        "<script>x</script>",
        "<SCRIPT src=x>",
        "<style>a{}</style>",
        "<!DOCTYPE html>",
        "<iframe src=x>",
        "<div onclick=\"x()\">",
        "<img src=x onerror=x>",
        "<img src='x'onerror=x>",
        "<svg/onload=x>",
        "<a href=\"javascript:x\">",
        "<a href=\"java\nscript:x\">",
        "<a href=\"&#106;avascript:x\">",
        "<a href=' JavaScript:x'>",
        "<a href=\"javascript&colon;x\">",
        "<a href=\"java&Tab;script:x\">",
        "<a href=\"java&NewLine;script:x\">",
        "<button formaction=\"&#106;avascript:x\">",
        "<svg><animate attributeName=href values=\"&#106;avascript:x\">",
        "<object data=x>",
        "<embed src=x>",
        "<base href=x>",
        "<meta http-equiv=refresh>",
        "<link rel=stylesheet href=x>",
        "<form action=x>",
    ] {
        assert!(refused(&html, &with(bad)).is_some(), "{bad}");
    }
    for good in [
        "<div style=\"padding:12px\"><b>Active on</b> once</div>",
        "<p title=\"a onclick=b\">x</p>",
        "a < b and on = 1",
        "<p>caf&eacute; &amp; &#8212; more</p>",
        "",
    ] {
        assert_eq!(unsafe_html(good), None, "{good}");
    }
}

fn told(input: Value) -> (String, Value) {
    let output = answered(&input);
    match output.content {
        ToolContent::Text(text) => (text, output.structured),
        ToolContent::Blocks(blocks) => panic!("{blocks:?}"),
    }
}

#[test]
fn answers_reach_the_model_row_286_row_287() {
    let questions =
        json!([question(&[option("a"), option("b")]), { "question": "More?", "header": "h", "options": [] }]);
    let (text, output) =
        told(json!({ "questions": questions, "answers": { "Which?": ["a", "b"], "More?": "my own words" } }));
    assert_eq!(text, "The user answered:\n- Which?\n  a, b\n- More?\n  my own words");
    assert_eq!(output["answers"], json!({ "Which?": "a, b", "More?": "my own words" }));
    assert_eq!(output["questions"], questions);
    assert_eq!(output.get("annotations"), None);
}

#[test]
fn what_stays_unanswered_is_marked_row_290() {
    let questions = json!([question(&[]), { "question": "More?", "header": "h", "options": [] }]);
    let input = json!({
        "questions": questions,
        "answers": { "Which?": "a", "unknown": "x" },
        "annotations": { "Which?": { "notes": "but not now" } },
        "response": "Let us talk.",
    });
    let (text, output) = told(input);
    assert_eq!(
        text,
        "The user answered:\n- Which?\n  a\n  Note: but not now\n- More? (no answer)\n\nThe user wrote: Let us talk."
    );
    assert_eq!(output["annotations"]["More?"]["unanswered"], "skipped");
    assert_eq!(
        (&output["response"], &output["answers"]),
        (&json!("Let us talk."), &json!({ "Which?": "a" }))
    );
    let (text, _) = told(json!({ "questions": questions }));
    assert!(text.contains("none of the questions"), "{text}");
}
