#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::env::Env;
use crate::engine::tool::{Tool, shell::bash::Bash, test_support};

/// Runs a command with these variables; gives the directory that must live on and the result.
async fn run(vars: &[(&str, &str)], command: &str) -> (tempfile::TempDir, ToolOutput) {
    let dir = tempfile::tempdir().unwrap();
    let mut cx = test_support::context(dir.path());
    let own = cx.env.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
    let tmp = ("TMPDIR".to_owned(), dir.path().join("tmp").to_string_lossy().into_owned());
    let more = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    cx.env = std::sync::Arc::new(Env::new(own.chain([tmp]).chain(more)));
    let output = Bash::new().run(json!({ "command": command }), &cx).await.unwrap();
    (dir, output)
}

fn shown(output: &ToolOutput) -> &str {
    match &output.content {
        ToolContent::Text(text) => text,
        ToolContent::Blocks(_) => panic!("{output:?}"),
    }
}

const PRINT_A: &str = "head -c COUNT /dev/zero | tr '\\0' a";

fn print_a(count: usize) -> String {
    PRINT_A.replace("COUNT", &count.to_string())
}

#[tokio::test]
async fn output_up_to_the_limit_is_shown_whole_row_236() {
    let (_dir, output) = run(&[], &print_a(30_000)).await;
    assert_eq!(shown(&output), "a".repeat(30_000));
    assert_eq!(output.structured.get("persistedOutputPath"), None);
}

#[tokio::test]
async fn output_over_the_limit_goes_to_a_file_row_236() {
    let (dir, output) =
        run(&[], &format!("echo start; {}; echo; echo end; echo err >&2", print_a(10_000_000))).await;
    let path = PathBuf::from(output.structured["persistedOutputPath"].as_str().unwrap());
    let expected = format!("start\n{}\nend\nerr", "a".repeat(10_000_000));
    assert!(std::fs::read_to_string(&path).unwrap() == expected);
    assert_eq!(output.structured["persistedOutputSize"], expected.len());
    assert!(path.starts_with(dir.path().join("tmp")));
    assert!(path.to_string_lossy().contains("/00000000-0000-4000-8000-000000000000/tool-results/bash-"));
    let text = shown(&output);
    assert!(text.contains(path.to_str().unwrap()) && text.contains("10000014 characters"));
    assert!(text.contains("start\naaa") && text.chars().count() < 3000);
    assert!(output.structured["stdout"].as_str().unwrap().chars().count() < 30_100);
    assert!(!output.is_error);
}

#[tokio::test]
async fn the_limit_can_be_set_up_to_150_000_row_238() {
    let (_dir, output) = run(&[("BASH_MAX_OUTPUT_LENGTH", "100")], &print_a(101)).await;
    assert!(output.structured["persistedOutputPath"].is_string());
    assert!(shown(&output).ends_with(&format!("\n{}", "a".repeat(100))));
    let (_dir, output) = run(&[("BASH_MAX_OUTPUT_LENGTH", "900000")], &print_a(150_000)).await;
    assert_eq!(output.structured.get("persistedOutputPath"), None);
    let (_dir, output) = run(&[("BASH_MAX_OUTPUT_LENGTH", "900000")], &print_a(150_001)).await;
    assert!(output.structured["persistedOutputPath"].is_string());
}

#[tokio::test]
async fn a_failed_output_over_10_000_is_cut_in_the_middle_row_237() {
    let (dir, output) = run(&[], &format!("echo start; {}; echo; echo end; exit 2", print_a(20_000))).await;
    let text = shown(&output);
    assert!(text.starts_with("Exit code 2\nstart\naaa") && text.ends_with("aaa\nend"));
    assert!(text.contains("\n[... 10010 characters left out ...]\n"));
    // 9990 of them printed in a row, and those of "start" and "characters".
    assert_eq!(text.matches('a').count(), 9990 + 1 + 2);
    assert!(output.is_error);
    assert!(std::fs::read_dir(dir.path().join("tmp")).unwrap().next().is_some());
    assert_eq!(output.structured.get("persistedOutputPath"), None);
}

#[tokio::test]
async fn an_output_that_cannot_be_saved_is_cut_instead_row_236() {
    let command = format!(
        "{}; touch $(echo $TMPDIR/native-agent-sdk-*/$CLAUDE_CODE_SESSION_ID)/tool-results",
        print_a(30_001)
    );
    let (_dir, output) = run(&[], &command).await;
    assert!(shown(&output).contains("[... 1 characters left out ...]"), "{output:?}");
    assert!(shown(&output).contains("could not be saved"));
    assert_eq!(output.structured.get("persistedOutputPath"), None);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replaced() {
    let (_dir, output) = run(&[], "printf 'a\\377b\\0c'").await;
    assert_eq!(shown(&output), "a\u{fffd}b\0c");
}

#[tokio::test]
async fn an_image_as_data_uri_becomes_an_image_row_243() {
    let (_dir, output) = run(&[], "echo data:image/png\\;base64,iVBORw0KGgo=").await;
    let block = json!({
        "type": "image",
        "source": { "type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo=" }
    });
    assert_eq!(output.content, ToolContent::Blocks(vec![block.clone()]));
    let expected = json!({
        "stdout": "data:image/png;base64,iVBORw0KGgo=", "stderr": "", "interrupted": false, "isImage": true,
        "structuredContent": [block],
    });
    assert_eq!(output.structured, expected);
}

#[test]
fn what_is_no_image_stays_text_row_243() {
    assert!(image("data:image/webp;base64,AAAA").is_some());
    for text in [
        "data:image/svg+xml;base64,AAAA",
        "data:image/png;base64,",
        "data:image/png;base64,A A",
        "x data:image/png;base64,AAAA",
        "data:image/png,AAAA",
    ] {
        assert_eq!(image(text), None, "{text}");
    }
    assert_eq!(image(&format!("data:image/png;base64,{}", "A".repeat(MAX_IMAGE + 1))), None);
}

#[test]
fn excerpts_count_characters_and_not_bytes() {
    assert_eq!(excerpt("äöüß", 4), "äöüß");
    assert_eq!(excerpt("äöüßé", 4), "äö\n[... 1 characters left out ...]\nßé");
    assert_eq!(excerpt("abcdef", 1), "\n[... 6 characters left out ...]\n");
}

#[tokio::test]
async fn git_operations_are_reported_row_241() {
    let (_dir, output) = run(
        &[("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")],
        "git init -q -b trunk . && git -c user.name=a -c user.email=a@b commit --allow-empty -m first",
    )
    .await;
    let commit = &output.structured["gitOperation"]["commit"];
    assert_eq!((commit["kind"].as_str(), commit["branch"].as_str()), (Some("committed"), Some("trunk")));
    assert!(shown(&output).contains(commit["sha"].as_str().unwrap()));
}

#[tokio::test]
async fn faults_of_the_disk_leave_head_and_tail_of_a_long_output_row_236() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    for (fault, place, kind, why) in [
        (Fault::MakeDir, "tool-results", ErrorKind::PermissionDenied, "the operating system denies access"),
        (Fault::Create, "tool-results", ErrorKind::StorageFull, "the disk is full"),
        (Fault::Write, "tool-results", ErrorKind::StorageFull, "the disk is full"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut cx = test_support::context(dir.path());
        let tmp = dir.path().join("tmp");
        let own = cx.env.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        cx.env = Arc::new(Env::new(own.chain([("TMPDIR".to_owned(), tmp.to_string_lossy().into_owned())])));
        let place = scratch::session_path(&tmp, &cx.session_id).join(place);
        let _guard = inject(&place, fault, kind);
        let command = format!("echo start; {}; echo; echo end", print_a(30_000));
        let output = Bash::new().run(json!({ "command": command }), &cx).await.unwrap();
        let text = shown(&output);
        assert!(text.starts_with("start\naaa"), "{text}");
        let end = format!("aaa\nend\n(The whole output could not be saved: {why}.)");
        assert!(text.ends_with(&end) && text.contains("\n[... 10 characters left out ...]\n"), "{text}");
        assert!(!output.is_error);
        assert_eq!(output.structured.get("persistedOutputPath"), None);
        let left = std::fs::read_dir(place).map_or(0, Iterator::count);
        assert_eq!(left, 0, "no part of a file stays");
    }
}
