#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn commands(line: &str) -> Vec<String> {
    simple_commands(line).into_iter().map(|words| words.join("·")).collect()
}

#[test]
fn lines_fall_into_simple_commands() {
    for (line, expected) in [
        ("ls -la", vec!["ls·-la"]),
        ("a && b || c; d | e & f\ng", vec!["a", "b", "c", "d", "e", "f", "g"]),
        ("echo 'a; b' \"c | d\" e\\ f", vec!["echo·a; b·c | d·e f"]),
        ("echo ''", vec!["echo·"]),
        ("FOO=1 BAR=x grep y", vec!["grep·y"]),
        ("grep x f 2>/dev/null >out 2>&1 &>all", vec!["grep·x·f"]),
        ("grep 2 > out", vec!["grep·2"]),
        ("(cd x; ls)", vec!["cd·x", "ls"]),
        ("grep x <<EOF\na; b\nEOF\nls", vec!["grep·x", "ls"]),
        ("grep x <<-'END'\n\tbody\n\tEND", vec!["grep·x"]),
        ("echo a # ; kill 1\nls", vec!["echo·a", "ls"]),
        ("if true; then ls; fi", vec!["true", "ls", "fi"]),
        ("echo \"unclosed", vec!["echo·unclosed"]),
        ("", vec![]),
    ] {
        assert_eq!(commands(line), expected, "{line}");
    }
}

#[test]
fn exit_code_1_is_an_answer_of_some_commands_row_240_row_241() {
    let meaning = |line: &str, code| benign(&simple_commands(line), code);
    for line in ["grep x f", "/usr/bin/rg x", "cat f | egrep x", "fgrep x f 2>/dev/null", "git grep x"] {
        assert_eq!(meaning(line, 1), Some("No matches found"), "{line}");
    }
    for line in ["diff a b", "git diff --exit-code", "git -C x --no-pager diff"] {
        assert_eq!(meaning(line, 1), Some("The files differ"), "{line}");
    }
    for line in ["test -f x", "[ -f x ]"] {
        assert_eq!(meaning(line, 1), Some("The condition is false"), "{line}");
    }
    assert!(meaning("find / -name x", 1).is_some());
    for line in ["false", "grep x f; false", "git log", "cargo test", "grep x | sort"] {
        assert_eq!(meaning(line, 1), None, "{line}");
    }
    assert_eq!(meaning("grep x f", 2), None);
    assert_eq!(meaning("grep x f", 0), None);
}

#[test]
fn silent_commands_are_known_row_241() {
    assert!(silent(&simple_commands("mkdir -p a && cp b a")));
    assert!(!silent(&simple_commands("mkdir a && ls")));
    assert!(!silent(&simple_commands("")));
}

#[test]
fn a_line_that_would_end_us_is_refused_row_248() {
    let own = ("node".to_owned(), "node server.js --port 1".to_owned());
    let refused = |line: &str| refuse_own_end(&simple_commands(line), 4242, &own).is_some();
    for line in [
        "kill 4242",
        "kill -9 4242",
        "kill -s KILL 4242",
        "sleep 1; kill -- -4242",
        "kill -9 -1",
        "kill $PPID",
        "pkill node",
        "pkill -9 no.e",
        "pkill -f server.js",
        "pkill -f 'node.*port'",
        "pkill -x node",
        "pkill -i NODE",
        "killall node",
    ] {
        assert!(refused(line), "{line}");
    }
    for line in [
        "kill 4243",
        "kill -1 7",
        "kill %1",
        "pkill -f other.js",
        "pkill server.js",
        "pkill -x nod",
        "pkill NODE",
        "pkill '('",
        "pkill",
        "kill",
        "echo kill 4242",
    ] {
        assert!(!refused(line), "{line}");
    }
}
