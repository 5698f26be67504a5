//! WebFetch and WebSearch against a local site and the scripted API, and what shapes the tools that the model sees.

use crate::support::{Bench, calls, drain, only, says, tool_result};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A site on 127.0.0.1 that answers by path and remembers what it was asked.
struct Site {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// `pages` is what comes after `HTTP/1.1 `, by path.
    async fn new(pages: &[(&str, String)]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let pages: HashMap<String, String> = pages
            .iter()
            .map(|(path, page)| ((*path).to_owned(), page.replace("PORT", &port.to_string())))
            .collect();
        let seen = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (pages, seen) = (pages.clone(), Arc::clone(&seen));
                tokio::spawn(async move {
                    let mut head = Vec::new();
                    while !head.ends_with(b"\r\n\r\n") {
                        let Ok(byte) = stream.read_u8().await else { return };
                        head.push(byte);
                    }
                    let path = String::from_utf8_lossy(&head).split(' ').nth(1).unwrap().to_owned();
                    seen.lock().unwrap().push(path.clone());
                    let page = pages.get(&path).map_or("404 Not Found\r\n\r\n", String::as_str);
                    let _ = stream.write_all(format!("HTTP/1.1 {page}").as_bytes()).await;
                });
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn page(content_type: &str, body: &str) -> String {
    format!(
        "200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn redirect(to: &str) -> String {
    format!("302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

fn open() -> Value {
    json!({ "allowedTools": ["WebFetch", "WebSearch"], "toolConfig": { "webFetch": { "allowPrivateHosts": ["127.0.0.1"] } } })
}

fn fetch(id: &str, url: &str) -> Value {
    calls(id, "WebFetch", json!({ "url": url, "prompt": "What does it say?" }))
}

fn structured<'a>(messages: &'a [Value], id: &str) -> &'a Value {
    &messages.iter().find(|m| m["message"]["content"][0]["tool_use_id"] == id).unwrap()["tool_use_result"]
}

#[tokio::test]
async fn a_page_is_read_by_the_small_model_row_274_row_279() {
    let html = "<h1>Title</h1><script>no</script><p>A <b>page</b>.</p>";
    let site = Site::new(&[("/a", page("text/html", html))]).await;
    let url = site.url("/a");
    let bench = Bench::new(json!([fetch("c1", &url), says("It has a title."), says("done")])).await;
    let messages = bench.run("Go", open()).await;
    assert_eq!(tool_result(&messages, "c1"), ("It has a title.".to_owned(), false));
    let mut output = structured(&messages, "c1").clone();
    assert!(output["durationMs"].take().is_u64());
    let expected = json!({
        "bytes": html.len(), "code": 200, "codeText": "OK", "result": "It has a title.", "durationMs": null, "url": url
    });
    assert_eq!(output, expected);
    let asked = bench.body(1);
    assert_eq!(asked["model"], "claude-haiku-5-5");
    let question = asked["messages"][0]["content"].as_str().unwrap();
    assert!(
        question.contains("# Title\n\nA **page**.") && question.ends_with("What does it say?"),
        "{question}"
    );
    assert!(!question.contains("<script>"));
    let usage = &only(&messages, "result/success")["modelUsage"];
    assert!(usage["claude-haiku-5-5"]["outputTokens"].as_u64().unwrap() > 0, "{usage}");
}

#[tokio::test]
async fn a_page_is_fetched_once_in_15_minutes_row_275() {
    let site = Site::new(&[("/a", page("text/plain", "text"))]).await;
    let url = site.url("/a");
    let twice = json!([fetch("c1", &url), says("one"), fetch("c2", &url), says("two"), says("done")]);
    for (ttl, asked) in [("", 1), ("0", 3)] {
        let bench = Bench::new(twice.clone()).await;
        let mut options = open();
        if !ttl.is_empty() {
            options["env"] = json!({ "CLAUDE_CODE_WEBFETCH_CACHE_TTL_MS": ttl });
        }
        let messages = bench.run("Go", options).await;
        assert_eq!(tool_result(&messages, "c2").0, "two");
        assert_eq!(site.asked().len(), asked);
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_host_only_row_276() {
    let site = Site::new(&[
        ("/here", redirect("/there")),
        ("/there", page("text/plain", "text")),
        ("/away", redirect("https://example.com/x")),
        ("/port", redirect("http://127.0.0.1:1/x")),
        ("/local", redirect("http://localhost:PORT/there")),
        ("/loop", redirect("/loop")),
        ("/file", redirect("file:///etc/passwd")),
    ])
    .await;
    let names = ["here", "away", "port", "local", "loop", "file"];
    let mut rules: Vec<Value> =
        names.iter().map(|name| fetch(name, &site.url(&format!("/{name}")))).collect();
    rules.insert(1, says("read"));
    rules.push(says("done"));
    let bench = Bench::new(json!(rules)).await;
    let messages = bench.run("Go", open()).await;
    assert_eq!(structured(&messages, "here")["url"], site.url("/there"));
    for (name, to) in [
        ("away", "https://example.com/x".to_owned()),
        ("port", "http://127.0.0.1:1/x".to_owned()),
        ("local", format!("http://localhost:{}/there", site.port)),
        ("file", "file:///etc/passwd".to_owned()),
    ] {
        let (text, is_error) = tool_result(&messages, name);
        let from = site.url(&format!("/{name}"));
        assert_eq!(
            text,
            format!(
                "{from} redirects to another host, which is not followed: {to}\nIf that is what you want, call WebFetch again with url {to}"
            )
        );
        assert!(!is_error);
        assert_eq!(structured(&messages, name)["code"], 302);
    }
    let (text, is_error) = tool_result(&messages, "loop");
    assert_eq!((text, is_error), (format!("{} redirects more than 10 times.", site.url("/loop")), true));
}

#[tokio::test]
async fn private_hosts_are_reached_only_if_they_are_named() {
    let site = Site::new(&[("/a", page("text/plain", "secret"))]).await;
    let urls = [
        site.url("/a"),
        format!("http://localhost:{}/a", site.port),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://[::1]/".to_owned(),
    ];
    let ids = ["u0", "u1", "u2", "u3"];
    let mut rules: Vec<Value> = ids.iter().zip(&urls).map(|(id, url)| fetch(id, url)).collect();
    rules.push(says("done"));
    let bench = Bench::new(json!(rules)).await;
    let messages = bench.run("Go", json!({ "allowedTools": ["WebFetch"] })).await;
    for id in ids {
        let (text, is_error) = tool_result(&messages, id);
        assert!(is_error && text.contains("has a private or reserved address"), "{id}: {text}");
    }
    assert!(site.asked().is_empty());
}

#[tokio::test]
async fn what_cannot_be_shown_is_told_with_what_to_do() {
    let long = "x".repeat(2001);
    let site =
        Site::new(&[("/pdf", page("application/pdf", "%PDF-")), ("/empty", page("text/plain", ""))]).await;
    let cases = [
        ("c0", json!({ "url": site.url("/none"), "prompt": "x" }), format!("{} answered with status 404 Not Found.", site.url("/none"))),
        ("c1", json!({ "url": site.url("/pdf"), "prompt": "x" }), format!("{} is no text but application/pdf of 5 bytes. Download it with curl in Bash, then look at the file.", site.url("/pdf"))),
        ("c2", json!({ "url": "example.com", "prompt": "x" }), "<tool_use_error>url is no full URL (relative URL without a base). Give one such as https://example.com/page.</tool_use_error>".to_owned()),
        ("c3", json!({ "url": "ftp://example.com", "prompt": "x" }), "<tool_use_error>url has the scheme ftp; only http and https pages can be fetched.</tool_use_error>".to_owned()),
        ("c4", json!({ "url": "https://me:pw@example.com", "prompt": "x" }), "<tool_use_error>url contains a user name or a password. Leave them out.</tool_use_error>".to_owned()),
        ("c5", json!({ "url": "https://example.com", "prompt": " " }), "<tool_use_error>prompt is empty. Say what you want to know from the page.</tool_use_error>".to_owned()),
        ("c6", json!({ "url": format!("https://example.com/{long}"), "prompt": "x" }), "<tool_use_error>url has more than 2000 characters.</tool_use_error>".to_owned()),
        ("c7", json!({ "url": site.url("/empty"), "prompt": "x" }), "The page is empty.".to_owned()),
    ];
    let mut rules: Vec<Value> =
        cases.iter().map(|(id, input, _)| calls(id, "WebFetch", input.clone())).collect();
    rules.push(says("done"));
    let bench = Bench::new(json!(rules)).await;
    let messages = bench.run("Go", open()).await;
    for (id, _, expected) in cases {
        assert_eq!(tool_result(&messages, id).0, expected, "{id}");
    }
}

#[tokio::test]
async fn a_long_page_is_read_in_parts_row_274() {
    let site = Site::new(&[("/long", page("text/plain", &format!("{}end", "x".repeat(100_000))))]).await;
    let url = site.url("/long");
    let part =
        |id: &str, offset: u64| calls(id, "WebFetch", json!({ "url": url, "prompt": "x", "offset": offset }));
    let bench = Bench::new(json!([
        part("c1", 0),
        says("start"),
        part("c2", 100_000),
        says("rest"),
        part("c3", 100_003),
        says("done")
    ]))
    .await;
    let messages = bench.run("Go", open()).await;
    assert_eq!(
        tool_result(&messages, "c1").0,
        "start\n\n[This is from characters 0 to 100000 of 100003. Call WebFetch again with offset 100000 for what follows.]"
    );
    assert_eq!(tool_result(&messages, "c2").0, "rest");
    assert!(bench.body(3)["messages"][0]["content"].as_str().unwrap().contains("\nend\n"));
    assert_eq!(
        tool_result(&messages, "c3"),
        ("The page has 100003 characters, so there is nothing at offset 100003.".to_owned(), true)
    );
}

#[tokio::test]
async fn a_fetch_needs_permission_for_its_domain() {
    let bench = Bench::new(json!([fetch("c1", "https://example.com/a"), says("done")])).await;
    let messages = bench.run("Go", json!({})).await;
    let denied = only(&messages, "system/permission_denied");
    assert_eq!(denied["tool_name"], "WebFetch");
    assert!(tool_result(&messages, "c1").1);
}

#[tokio::test]
async fn a_search_is_a_call_with_the_apis_own_tool_row_281_row_282() {
    let found = json!({ "reply": { "content": [
        { "type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": { "query": "rust" } },
        { "type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [
            { "type": "web_search_result", "title": "Rust", "url": "https://rust-lang.org", "encrypted_content": "x", "page_age": null } ] },
        { "type": "text", "text": "A language." } ] } });
    let search =
        |id: &str| calls(id, "WebSearch", json!({ "query": "rust", "allowed_domains": ["rust-lang.org"] }));
    let bench = Bench::new(json!([search("c1"), found, search("c2"), says("done")])).await;
    let mut options = open();
    options["env"] = json!({ "CLAUDE_CODE_MAX_WEB_SEARCHES_PER_SESSION": "1" });
    let messages = bench.run("Go", options).await;
    let (text, is_error) = tool_result(&messages, "c1");
    assert!(!is_error && text.starts_with("- [Rust](https://rust-lang.org)\n\nA language."), "{text}");
    let mut output = structured(&messages, "c1").clone();
    assert!(output["durationSeconds"].take().is_f64());
    let hits = json!([{ "title": "Rust", "url": "https://rust-lang.org" }]);
    let results = json!([{ "tool_use_id": "srvtoolu_1", "content": hits }, "A language."]);
    assert_eq!(
        output,
        json!({ "query": "rust", "results": results, "durationSeconds": null, "searchCount": 1 })
    );
    let tool = json!({ "type": "web_search_20250305", "name": "web_search", "max_uses": 8, "allowed_domains": ["rust-lang.org"] });
    assert_eq!(bench.body(1)["tools"], json!([tool]));
    let limit = "This session has used all of its 1 web searches. Go on with what you know, and say so.";
    assert_eq!(tool_result(&messages, "c2"), (limit.to_owned(), true));
}

#[tokio::test]
async fn an_overloaded_api_is_asked_again_and_then_told_row_284() {
    let overloaded = json!({ "reply": { "error": { "status": 529 } } });
    let search = |id: &str| calls(id, "WebSearch", json!({ "query": "rust" }));
    let bench = Bench::new(json!([
        search("c1"),
        overloaded,
        says("found"),
        search("c2"),
        overloaded,
        overloaded,
        says("done")
    ]))
    .await;
    let mut options = open();
    options["env"] = json!({ "CLAUDE_CODE_MAX_RETRIES": "1" });
    let messages = bench.run("Go", options).await;
    assert!(tool_result(&messages, "c1").0.starts_with("found"));
    let (text, is_error) = tool_result(&messages, "c2");
    assert!(is_error && text.starts_with("The search failed: "), "{text}");
}

#[tokio::test]
async fn an_alias_leads_one_hop_to_another_tool_row_224() {
    let bench = Bench::new(json!([])).await;
    let path = bench.file("a.txt", "one\n");
    let read = json!({ "file_path": path });
    bench.api.push_rules(
        serde_json::from_value(json!([
            calls("c1", "Show", read.clone()),
            calls("c2", "Two", read.clone()),
            calls("c3", "Bash", read),
            says("done")
        ]))
        .unwrap(),
    );
    let options = json!({
        "toolAliases": { "Show": "Read", "Two": "Show", "Bash": "Read" }, "disallowedTools": ["Bash"]
    });
    let messages = bench.run("Go", options).await;
    assert_eq!(tool_result(&messages, "c1").0, "1\tone");
    let (text, _) = tool_result(&messages, "c2");
    assert!(text.starts_with("<tool_use_error>No tool is named Show. Available: "), "{text}");
    assert_eq!(tool_result(&messages, "c3").0, "1\tone");
    let offered = only(&messages, "system/init")["tools"].clone();
    assert!(!offered.as_array().unwrap().contains(&json!("Bash")), "still hidden elsewhere");
}

#[tokio::test]
async fn a_result_over_the_limit_is_saved_and_previewed() {
    let bench = Bench::new(json!([])).await;
    bench.file("long.txt", &format!("{}\n", "needle ".repeat(60)).repeat(200));
    bench.api.push_rules(
        serde_json::from_value(json!([
            calls("c1", "Grep", json!({ "pattern": "needle", "output_mode": "content", "head_limit": 0 })),
            says("done")
        ]))
        .unwrap(),
    );
    let messages = bench.run("Go", json!({})).await;
    let (text, is_error) = tool_result(&messages, "c1");
    assert!(!is_error && text.starts_with("The result has ") && text.chars().count() < 2500, "{text}");
    let (_, rest) = text.split_once("saved in ").unwrap();
    let saved = std::fs::read_to_string(rest.split_once(" (").unwrap().0).unwrap();
    assert_eq!(saved.matches("needle").count(), 60 * 200);
}

#[tokio::test]
async fn the_task_tools_come_by_the_environment_row_298() {
    let bench = Bench::new(json!([
        calls("c1", "TaskCreate", json!({ "subject": "a", "description": "b" })),
        calls("c2", "TaskList", json!({})),
        says("done"),
    ]))
    .await;
    let messages = bench.run("Go", json!({ "env": { "CLAUDE_CODE_ENABLE_TASKS": "1" } })).await;
    assert_eq!(tool_result(&messages, "c2").0, "1 (pending): a");
    let tools = only(&messages, "system/init")["tools"].clone();
    assert!(!tools.as_array().unwrap().contains(&json!("TodoWrite")));
}

#[tokio::test]
async fn sessions_share_a_task_list_by_name_row_300() {
    let create = calls("c1", "TaskCreate", json!({ "subject": "a", "description": "b" }));
    let list = calls("c1", "TaskList", json!({}));
    let bench =
        Bench::new(json!([create, says("ok"), list, says("ok"), list, says("ok"), list, says("ok")])).await;
    let named =
        |name: Value| json!({ "env": { "CLAUDE_CODE_ENABLE_TASKS": "1", "CLAUDE_CODE_TASK_LIST_ID": name } });
    // The list lives as long as a session that has it.
    let first = bench.query("Go", named(json!("team"))).unwrap();
    drain(&first).await;
    for (name, seen) in
        [("team", "1 (pending): a"), ("other", "There are no tasks."), ("", "There are no tasks.")]
    {
        let query = bench.query("Go", named(json!(name))).unwrap();
        assert_eq!(tool_result(&drain(&query).await, "c1").0, seen, "{name}");
    }
}
