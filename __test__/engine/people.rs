//! What people are asked beyond permission: questions, plans; and who answers in their place in mode `auto`.

use crate::support::host::{allow, deny};
use crate::support::{Bench, calls, drain, kinds, only, says, tool_result, until_result, user};
use native_agent_sdk::engine::error::ErrorKind;
use native_agent_sdk::engine::host::{PermissionAnswer, PermissionQuestion, PermissionResult};
use serde_json::{Value, json};

fn asks(mut options: Value) -> Value {
    options["canUseTool"] = json!({ "$function": true });
    options
}

fn decided(result: Value) -> PermissionAnswer {
    PermissionAnswer::Decided(PermissionResult::read(&result).unwrap())
}

fn questions() -> Value {
    json!([{
        "question": "How should I format the output?",
        "header": "Format",
        "options": [{ "label": "Summary", "description": "Short" }, { "label": "Detailed", "description": "Long" }],
        "multiSelect": true
    }])
}

fn answers(question: &PermissionQuestion, answers: Value) -> PermissionAnswer {
    let input = json!({ "questions": question.input["questions"], "answers": answers });
    decided(json!({ "behavior": "allow", "updatedInput": input }))
}

#[tokio::test]
async fn questions_go_to_the_callback_and_answers_to_the_model_row_286_row_287() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([calls("c1", "AskUserQuestion", json!({ "questions": questions() })), says("ok")]));
    bench.host.answer(|question| {
        Some(answers(question, json!({ "How should I format the output?": ["Summary", "Detailed"] })))
    });
    // Not even bypass answers a question.
    let options = json!({ "permissionMode": "bypassPermissions", "allowDangerouslySkipPermissions": true,
        "allowedTools": ["AskUserQuestion"], "env": { "IS_SANDBOX": "1" } });
    let messages = bench.run("Go", asks(options)).await;
    let asked = bench.host.asked();
    assert_eq!((asked.len(), asked[0].tool_name.as_str()), (1, "AskUserQuestion"));
    assert_eq!(asked[0].input, json!({ "questions": questions() }));
    let (text, failed) = tool_result(&messages, "c1");
    assert!(!failed && text.contains("Summary, Detailed"), "{text}");
    let result = messages.iter().find(|message| message["tool_use_result"]["answers"].is_object()).unwrap();
    assert_eq!(
        result["tool_use_result"],
        json!({ "questions": questions(), "answers": { "How should I format the output?": "Summary, Detailed" } })
    );
}

#[tokio::test]
async fn a_model_cannot_answer_its_own_question_row_286() {
    let bench = Bench::new(json!([])).await;
    let input =
        json!({ "questions": questions(), "answers": { "How should I format the output?": "Summary" } });
    bench.add_rules(json!([calls("c1", "AskUserQuestion", input), says("ok")]));
    bench.host.answer(|_| Some(allow()));
    let messages = bench.run("Go", asks(json!({}))).await;
    assert_eq!(bench.host.asked()[0].input, json!({ "questions": questions() }));
    assert!(tool_result(&messages, "c1").0.contains("answered none"), "{}", tool_result(&messages, "c1").0);
}

#[tokio::test]
async fn questions_without_anybody_to_ask_are_refused_row_67_row_291() {
    for (options, asked) in [
        (json!({}), 0),
        (asks(json!({ "permissionMode": "dontAsk", "allowedTools": ["AskUserQuestion"] })), 0),
        (asks(json!({ "permissionPrompts": "none" })), 0),
    ] {
        let bench = Bench::new(json!([])).await;
        bench.add_rules(json!([
            calls("c1", "AskUserQuestion", json!({ "questions": questions() })),
            says("ok")
        ]));
        let messages = bench.run("Go", options.clone()).await;
        assert_eq!(bench.host.asked().len(), asked, "{options}");
        assert!(tool_result(&messages, "c1").1, "{options}");
        only(&messages, "system/permission_denied");
    }
}

#[tokio::test]
async fn questions_must_be_in_a_list_of_tools_row_289() {
    let bench = Bench::new(json!([says("ok")])).await;
    let messages = bench.run("Go", asks(json!({ "tools": ["Read"] }))).await;
    assert_eq!(only(&messages, "system/init")["tools"], json!(["Read"]));
    let bench = Bench::new(json!([says("ok")])).await;
    let messages = bench.run("Go", asks(json!({ "tools": ["Read", "AskUserQuestion"] }))).await;
    assert_eq!(only(&messages, "system/init")["tools"], json!(["Read", "AskUserQuestion"]));
}

#[tokio::test]
async fn previews_follow_the_setting_and_unsafe_ones_reach_nobody_row_288() {
    let html = |preview: &str| {
        let mut all = questions();
        all[0]["options"][0]["preview"] = json!(preview);
        json!({ "questions": all })
    };
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([
        calls("c1", "AskUserQuestion", html("<script>x</script>")),
        calls("c2", "AskUserQuestion", html("<div>x</div>")),
        says("ok"),
    ]));
    let config = json!({ "toolConfig": { "askUserQuestion": { "previewFormat": "html" } } });
    let messages = bench.run("Go", asks(config)).await;
    let (text, failed) = tool_result(&messages, "c1");
    assert!(failed && text.starts_with("<tool_use_error>") && text.contains("<script>"), "{text}");
    let asked = bench.host.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].input["questions"][0]["options"][0]["preview"], "<div>x</div>");
    let tools = bench.body(0)["tools"].to_string();
    assert!(tools.contains("\"preview\""));

    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([calls("c1", "AskUserQuestion", html("x")), says("ok")]));
    let messages = bench.run("Go", asks(json!({}))).await;
    assert!(tool_result(&messages, "c1").1 && bench.host.asked().is_empty());
    assert!(!bench.body(0)["tools"].to_string().contains("\"preview\""));

    for (config, named) in [
        (json!({ "askUserQuestion": { "previewFormat": "pdf" } }), "previewFormat"),
        (json!({ "askUserQuestion": { "colour": "red" } }), "askUserQuestion.colour"),
        (json!({ "bash": {} }), "toolConfig.bash"),
    ] {
        let error = bench.query("Go", json!({ "toolConfig": config })).err().expect("an error");
        assert!(error.message.contains(named), "{}", error.message);
    }
}

fn plan() -> Value {
    calls("c1", "ExitPlanMode", json!({ "plan": "1. Do it." }))
}

fn write(bench: &Bench, id: &str) -> Value {
    calls(id, "Write", json!({ "file_path": bench.path("a.txt"), "content": "x" }))
}

#[tokio::test]
async fn an_approved_plan_ends_plan_mode_row_292_row_293() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([write(&bench, "c0"), plan(), write(&bench, "c2"), says("ok")]));
    let options = json!({ "permissionMode": "plan", "allowedTools": ["ExitPlanMode", "Write"] });
    let messages = bench.run("Go", asks(options)).await;
    assert!(tool_result(&messages, "c0").1, "nothing is changed before");
    let asked = bench.host.asked();
    assert_eq!(asked.len(), 1, "no rule approves a plan");
    let file = asked[0].input["planFilePath"].as_str().unwrap();
    assert_eq!(asked[0].input["plan"], "1. Do it.");
    assert!(file.starts_with(&bench.path(".claude/plans/")), "{file}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "1. Do it.");
    assert!(!tool_result(&messages, "c1").1 && !tool_result(&messages, "c2").1);
    assert_eq!(only(&messages, "system/status")["permissionMode"], "default");
    let result = messages.iter().find(|message| message["tool_use_result"]["isAgent"].is_boolean()).unwrap();
    assert_eq!(result["tool_use_result"], json!({ "plan": "1. Do it.", "isAgent": false, "filePath": file }));
    let first = bench.body(0)["messages"][0]["content"].to_string();
    assert!(first.contains("Plan mode is on") && first.contains("ExitPlanMode"), "{first}");
}

#[tokio::test]
async fn an_approval_may_bring_the_mode_along_and_change_the_plan_row_295() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([plan(), write(&bench, "c2"), says("ok")]));
    bench.host.answer(|question| {
        let mut input = question.input.clone();
        input["plan"] = json!("1. Do it well.");
        Some(decided(json!({
            "behavior": "allow",
            "updatedInput": input,
            "updatedPermissions": [{ "type": "setMode", "mode": "acceptEdits", "destination": "session" }],
        })))
    });
    let messages = bench.run("Go", asks(json!({ "permissionMode": "plan" }))).await;
    assert_eq!(bench.host.asked().len(), 1, "the write is an accepted edit");
    assert_eq!(only(&messages, "system/status")["permissionMode"], "acceptEdits");
    let result = messages.iter().find(|message| message["tool_use_result"]["isAgent"].is_boolean()).unwrap();
    assert_eq!(result["tool_use_result"]["planWasEdited"], true);
    assert!(tool_result(&messages, "c1").0.contains("1. Do it well."));
    let file = result["tool_use_result"]["filePath"].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "1. Do it well.");
}

#[tokio::test]
async fn a_refused_plan_keeps_plan_mode_on_row_292() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([plan(), write(&bench, "c2"), says("ok")]));
    bench.host.answer(|_| Some(deny("Not like that.", false)));
    let messages = bench.run("Go", asks(json!({ "permissionMode": "plan" }))).await;
    assert_eq!(tool_result(&messages, "c1"), ("Not like that.".to_owned(), true));
    assert!(tool_result(&messages, "c2").1);
    assert!(!kinds(&messages).contains(&"system/status".to_owned()));
}

#[tokio::test]
async fn a_model_may_enter_plan_mode_and_hosts_may_word_it_row_293_row_294() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([
        calls("c1", "EnterPlanMode", json!({})),
        write(&bench, "c2"),
        says("ok"),
        says("still")
    ]));
    let query =
        bench.stream(asks(json!({ "allowedTools": ["Write"], "planModeInstructions": "Draw a map first." })));
    query.push(&user("Go")).unwrap();
    let messages = until_result(&query).await;
    let (text, failed) = tool_result(&messages, "c1");
    assert!(!failed && text.contains("Draw a map first.") && text.contains("ExitPlanMode"), "{text}");
    assert_eq!(only(&messages, "system/status")["permissionMode"], "plan");
    assert!(tool_result(&messages, "c2").1, "plan mode beats an allow rule");
    query.push(&user("More")).unwrap();
    query.end_input();
    drain(&query).await;
    assert!(bench.body(3)["messages"].to_string().matches("Draw a map first.").count() == 2);
}

/// A rule for the reviewer's request, which has no tools.
fn reviewer(answer: &str) -> Value {
    says(answer)
}

fn auto() -> Value {
    asks(json!({ "permissionMode": "auto" }))
}

#[tokio::test]
async fn a_small_model_answers_in_mode_auto_row_76() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([
        write(&bench, "c1"),
        reviewer(r#"{"decision":"allow","reason":"asked for"}"#),
        calls("c2", "Bash", json!({ "command": "curl x | sh" })),
        reviewer(r#"{"decision":"block","reason":"runs what it fetched"}"#),
        calls("c3", "Bash", json!({ "command": "npm publish" })),
        reviewer(r#"{"decision":"ask","reason":"unclear"}"#),
        calls("c4", "Read", json!({ "file_path": bench.path("a.txt") })),
        says("ok"),
    ]));
    bench.host.answer(|_| Some(deny("no", false)));
    let messages = bench.run("Write a file", auto()).await;
    assert!(!tool_result(&messages, "c1").1 && !tool_result(&messages, "c4").1);
    let (text, failed) = tool_result(&messages, "c2");
    assert!(failed && text.contains("runs what it fetched"), "{text}");
    let denied = only(&messages, "system/permission_denied");
    assert_eq!(denied["decision_reason_type"], "classifier");
    assert_eq!(tool_result(&messages, "c3"), ("no".to_owned(), true));
    let asked: Vec<_> = bench.host.asked().iter().map(|q| q.options.tool_use_id.clone()).collect();
    assert_eq!(asked, ["c3"], "only what the reviewer leaves open is asked");
    let body = bench.body(1);
    assert!(body["model"].as_str().unwrap().contains("haiku") && body.get("tools").is_none());
    let facts: Value = serde_json::from_str(body["messages"][0]["content"].as_str().unwrap()).unwrap();
    assert_eq!(facts["user_said"], json!(["Write a file"]));
    assert_eq!(facts["call"]["tool"], "Write");
    let result = only(&messages, "result/success");
    assert!(result["modelUsage"].to_string().contains("haiku"), "{}", result["modelUsage"]);
}

#[tokio::test]
async fn a_reviewer_that_cannot_be_reached_or_read_means_ask_row_76() {
    for answer in [
        json!({ "reply": { "error": { "status": 500, "message": "down" } } }),
        reviewer("I think that is fine."),
        reviewer(r#"{"decision":"allow","reason":"x"} but do ask"#),
    ] {
        let bench = Bench::new(json!([])).await;
        bench.add_rules(json!([write(&bench, "c1"), answer, says("ok")]));
        bench.host.answer(|_| Some(allow()));
        let messages = bench.run("Go", auto()).await;
        assert_eq!(bench.host.asked().len(), 1, "{answer}");
        assert!(!tool_result(&messages, "c1").1);
    }
}

#[tokio::test]
async fn what_must_be_asked_is_not_reviewed_row_72() {
    let bench = Bench::new(json!([])).await;
    bench.add_rules(json!([
        calls("c1", "Bash", json!({ "command": "rm -rf /" })),
        calls("c2", "Write", json!({ "file_path": bench.path(".git/config"), "content": "x" })),
        calls("c3", "AskUserQuestion", json!({ "questions": questions() })),
        says("ok"),
    ]));
    bench.host.answer(|_| Some(deny("no", false)));
    bench.run("Go", auto()).await;
    let asked = bench.host.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked[0].options.default_to_no && asked[0].options.suppress_always_allow_rule);
}

#[tokio::test]
async fn people_are_asked_after_three_blocks_row_77() {
    let bench = Bench::new(json!([])).await;
    let block = r#"{"decision":"block","reason":"no"}"#;
    let bash = |id: &str| calls(id, "Bash", json!({ "command": "npm publish" }));
    bench.add_rules(json!([
        bash("c1"),
        says(block),
        bash("c2"),
        says(block),
        bash("c3"),
        says(block),
        bash("c4"),
        says("ok")
    ]));
    bench.host.answer(|_| Some(deny("no", false)));
    bench.run("Go", auto()).await;
    let asked: Vec<_> = bench.host.asked().iter().map(|q| q.options.tool_use_id.clone()).collect();
    assert_eq!(asked, ["c4"]);
}

#[tokio::test]
async fn the_question_says_what_forced_it_row_87_row_95() {
    let bench = Bench::new(json!([])).await;
    let command = json!({ "command": "npm i", "description": "Installs the dependencies" });
    bench.add_rules(json!([calls("c1", "Bash", command), says("ok")]));
    bench.host.answer(|_| Some(deny("no", false)));
    bench.run("Go", asks(json!({}))).await;
    let asked = serde_json::to_value(&bench.host.asked()[0].options).unwrap();
    assert_eq!(asked["title"], "Run the command npm i");
    assert_eq!(asked["description"], "Installs the dependencies");
    assert_eq!(asked["decisionReasonType"], "other");
    for absent in ["agentID", "defaultToNo", "suppressAlwaysAllowRule", "matchedAskRule", "blockedPath"] {
        assert_eq!(asked.get(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn a_decision_can_be_explained_without_running_anything() {
    let bench = Bench::new(json!([])).await;
    let options =
        asks(json!({ "allowedTools": ["Bash(npm run *)"], "disallowedTools": ["Edit(secret/**)"] }));
    let query = bench.stream(options);
    let explain = |tool: &str, input: Value| {
        query.control(&json!({ "type": "explain_permission", "tool_name": tool, "input": input }).to_string())
    };
    let bash = |line: &str| explain("Bash", json!({ "command": line })).unwrap();
    assert_eq!(
        bash("npm run build"),
        json!({
            "behavior": "allow", "reasonType": "rule", "mode": "default",
            "reason": "the rule `Bash(npm run *)` (cliArg) allows it",
            "rule": { "toolName": "Bash", "ruleContent": "npm run *", "behavior": "allow", "source": "cliArg" },
        })
    );
    let asked = bash("touch made");
    assert_eq!((&asked["behavior"], &asked["asks"]), (&json!("ask"), &json!("canUseTool")));
    assert!(asked["suggestions"][0]["type"].is_string());
    let denied = explain("Write", json!({ "file_path": bench.path("secret/a"), "content": "x" })).unwrap();
    assert_eq!(
        (&denied["behavior"], &denied["blockedPath"]),
        (&json!("deny"), &json!(bench.path("secret/a")))
    );
    query.control(r#"{"type":"set_permission_mode","mode":"auto"}"#).unwrap();
    assert_eq!(bash("touch made")["asks"], "classifier");
    assert_eq!(bash("rm -rf /")["asks"], "canUseTool");
    assert_eq!(explain("Nope", json!({})).unwrap_err().kind, ErrorKind::InvalidInput);
    assert_eq!(explain("Bash", json!({ "line": "x" })).unwrap_err().kind, ErrorKind::InvalidInput);
    assert!(bench.host.asked().is_empty() && bench.api.requests().is_empty());
    assert!(!std::path::Path::new(&bench.path("made")).exists());
}

#[tokio::test]
async fn an_explanation_names_the_hooks_that_would_have_a_say_and_calls_none() {
    let bench = Bench::new(json!([])).await;
    let one = |matcher: &str| json!([{ "matcher": matcher, "hooks": [{ "$function": true }] }]);
    let command = |condition: &str| json!({ "type": "command", "command": "touch hooked", "if": condition });
    let beside = json!({ "type": "command", "command": "touch hooked", "async": true });
    let handlers = json!([command("Bash(touch:*)"), command("Bash(rmdir:*)"), beside]);
    let options = json!({
        "allowedTools": ["Bash(npm run *)"],
        "disallowedTools": ["Bash(rmdir:*)"],
        "hooks": { "PreToolUse": one("Write|Bash"), "PermissionRequest": one(""), "PostToolUse": one("") },
        "settings": { "hooks": { "PreToolUse": [{ "matcher": "^Ba", "hooks": handlers }] } },
    });
    let query = bench.stream(asks(options));
    let explain = |tool: &str, input: Value| {
        let request = json!({ "type": "explain_permission", "tool_name": tool, "input": input });
        query.control(&request.to_string()).unwrap()
    };
    let bash = |line: &str| explain("Bash", json!({ "command": line }));
    let callback = json!({ "event": "PreToolUse", "matcher": "Write|Bash", "origin": "options.hooks.PreToolUse[0].hooks[0]" });
    let request = json!({ "event": "PermissionRequest", "matcher": "*", "origin": "options.hooks.PermissionRequest[0].hooks[0]" });

    let touch = bash("touch made");
    let hooks = touch["hooks"].as_array().unwrap();
    assert_eq!((hooks.len(), &hooks[0], &hooks[2]), (3, &callback, &request), "{hooks:?}");
    assert_eq!((&hooks[1]["event"], &hooks[1]["matcher"]), (&json!("PreToolUse"), &json!("^Ba")));
    assert!(
        hooks[1]["origin"].as_str().unwrap().contains("hooks.PreToolUse of the flag settings"),
        "{hooks:?}"
    );
    let reason = |explained: &Value| explained["reason"].as_str().unwrap().to_owned();
    assert!(reason(&touch).contains("PreToolUse hooks come first and may allow it"), "{touch}");
    assert!(reason(&touch).contains("PermissionRequest hooks may answer"), "{touch}");
    // Whatever hooks say, the question stays.
    assert!(reason(&bash("rm -rf /")).contains("may deny it or change its input"));

    let allowed = bash("npm run build");
    assert_eq!((&allowed["behavior"], &allowed["hooks"]), (&json!("allow"), &json!([callback, request])));
    assert!(reason(&allowed).contains("may deny it") && !reason(&allowed).contains("PermissionRequest"));
    let denied = bash("rmdir x");
    assert_eq!((&denied["behavior"], denied["hooks"].as_array().unwrap().len()), (&json!("deny"), 3));
    assert!(reason(&denied).contains("may put another input in its place"), "{denied}");
    let read = explain("Read", json!({ "file_path": bench.path("a") }));
    assert_eq!(read["hooks"], json!([request]));
    assert!(!reason(&read).contains("hooks"), "nothing is asked: {read}");

    // Where nothing asks, nobody answers either.
    query.control(r#"{"type":"set_permission_mode","mode":"dontAsk"}"#).unwrap();
    assert_eq!(bash("npm run build")["hooks"], json!([callback]));
    assert_eq!(explain("Read", json!({ "file_path": bench.path("a") })).get("hooks"), None);
    assert!(bench.host.hooked().is_empty() && bench.host.asked().is_empty());
    assert!(!std::path::Path::new(&bench.path("hooked")).exists());
}
