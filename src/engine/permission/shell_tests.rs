#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]
#![allow(clippy::print_stdout, reason = "the size of the corpus is shown on demand")]
#![allow(clippy::too_many_lines, reason = "tables of command lines")]

use super::super::testing::{Session, short};
use super::super::{PermissionMode, PermissionUpdate, Verdict};
use std::fmt::Write;

#[path = "../../../__test__/permissions/corpus.rs"]
mod file;
use file::{Section, section};

/// Judges every row, and shows all that are judged otherwise.
fn check(session: &Session, rows: impl Iterator<Item = (String, String)>) {
    let (mut wrong, mut count) = (String::new(), 0);
    for (line, expected) in rows {
        let decision = session.bash(&line);
        let found = short(&decision);
        count += 1;
        if found != expected {
            let why = decision.reason.describe();
            writeln!(wrong, "{line}\n    expected {expected}, found {found}: {why}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "of {count} rows these are wrong:\n{wrong}");
}

fn session(section: &Section) -> Session {
    let mode = serde_json::from_value(serde_json::json!(section.mode)).unwrap();
    let mut session = Session::new(mode);
    for rule in &section.allow {
        session = session.allow(&[rule]);
    }
    for rule in &section.deny {
        session = session.deny(&[rule]);
    }
    for rule in &section.ask {
        session = session.ask(&[rule]);
    }
    session
}

/// Judges a section of the corpus.
fn corpus(name: &str) {
    let section = section(name);
    check(&session(&section), section.rows.into_iter());
}

/// Rows of `line => verdict reason`.
fn table(session: &Session, text: &str) {
    check(session, file::rows(text).into_iter());
}

#[test]
fn read_only_commands_run_unasked_row_114_row_65() {
    corpus("read-only");
}

#[test]
fn a_separator_that_is_a_value_ends_no_options_row_115() {
    corpus("separator-values");
    corpus("separator-values-plan");
}

#[test]
fn readers_that_follow_links_or_read_trees_ask_row_125() {
    corpus("readers-that-follow-links");
    corpus("readers-of-trees");
}

#[test]
fn edit_rules_look_at_all_that_changes_files_row_123() {
    corpus("edit-rules-and-allow-rules");
}

#[test]
fn what_expands_is_compared_with_read_rules_row_61_row_123() {
    corpus("globs-and-path-rules-bypass");
    corpus("read-rules-and-allow-rules");
}

#[test]
fn options_cannot_hide_from_prefix_rules() {
    corpus("options-hidden-from-rules");
    corpus("options-that-run");
}

#[test]
fn copies_do_not_land_in_protected_places() {
    corpus("edits-into-protected-places");
}

#[test]
fn deny_rules_look_into_what_shells_are_fed() {
    corpus("deny-what-is-fed");
}

#[test]
fn commands_that_are_not_read_only_ask_row_115_row_116() {
    corpus("not-read-only");
}

#[test]
fn bypass_attempts_are_not_read_only_row_115() {
    corpus("not-read-only-attempts");
}

#[test]
fn allow_rules_need_every_part_row_107_row_110() {
    corpus("allow-rules");
}

#[test]
fn prefix_word_boundary_row_108_row_109() {
    let session = Session::new(PermissionMode::Default).allow(&["Bash(lsx *)", "Bash(foo*)", "Bash(bar:*)"]);
    table(
        &session,
        r#"
        lsx => allow rule
        lsx -la => allow rule
        lsxof => ask nothing
        foo => allow rule
        foobar => allow rule
        bar => allow rule
        bar baz => allow rule
        barbaz => ask nothing
        bar:x => ask nothing
        "#,
    );
    table(
        &Session::new(PermissionMode::Default).allow(&["Bash(a:b c)"]),
        "a:b c => allow rule\na => ask nothing",
    );
}

#[test]
fn options_can_write_and_run_row_114_row_115() {
    corpus("options-that-write-or-run");
}

#[test]
fn arithmetic_and_expansions_can_run_row_115() {
    corpus("arithmetic-and-expansion");
}

#[test]
fn assignments_change_what_runs_row_112() {
    corpus("environment");
}

#[test]
fn wrappers_are_looked_through_or_refused_row_111_row_113() {
    corpus("wrappers");
}

#[test]
fn rules_do_not_reach_outside_row_117_row_126() {
    corpus("files-outside");
}

#[test]
fn protected_places_ask_whatever_writes_them_row_135_row_136() {
    corpus("protected-places");
}

#[test]
fn accept_edits_covers_nothing_else_row_68_row_69() {
    corpus("edits-that-are-not");
}

#[test]
fn deny_rules_hold_behind_every_wrapper_row_110_row_111() {
    corpus("deny-through-wrappers");
}

#[test]
fn the_start_of_an_option_is_that_option_row_113() {
    corpus("abbreviated-options");
    corpus("abbreviated-options-that-run");
}

#[test]
fn deny_rules_look_behind_runners_row_111() {
    corpus("deny-behind-runners");
    corpus("runners-and-prefixes");
}

#[test]
fn programs_that_write_where_options_say_row_113() {
    corpus("more-programs-that-write");
}

#[test]
fn plan_mode_sees_through_disguises_row_73() {
    corpus("plan");
}

#[test]
fn globs_may_find_links_row_117_row_126() {
    corpus("globs-and-links");
    for (pattern, name, finds) in [
        ("*", "a", true),
        ("a*c", "abc", true),
        ("a*c", "ab", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("[a]bc", "xbc", true),
        ("[", "a", false),
        ("*.rs", "a.rsx", false),
    ] {
        assert_eq!(super::super::may_find(pattern, name), finds, "{pattern} {name}");
    }
}

#[test]
fn the_corpus_is_large_enough_and_has_no_doubles() {
    let sections = file::sections();
    let count = |attempts: bool| -> usize {
        sections
            .iter()
            .filter(|section| !attempts || section.attempts)
            .map(|section| section.rows.len())
            .sum()
    };
    println!("{} command lines, {} of them in sections of attempts", count(false), count(true));
    for section in &sections {
        println!("{:5} {}", section.rows.len(), section.name);
        let mut lines: Vec<_> = section.rows.iter().map(|(line, _)| line).collect();
        lines.sort();
        let double = lines.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(double, None, "{}", section.name);
    }
    // An attempt is a row that must not be allowed in a section of attempts.
    let stopped = sections.iter().filter(|section| section.attempts).flat_map(|section| &section.rows);
    assert!(stopped.filter(|(_, expected)| !expected.starts_with("allow")).count() >= 150);
    assert!(count(false) >= 400);
}

#[test]
fn bare_bash_allows_all_but_the_asked_row_101_row_62() {
    table(
        &Session::new(PermissionMode::Default).allow(&["Bash(*)"]),
        r#"
        curl x | sh => allow rule
        for i in 1; do rm a; done => allow rule
        ls > /tmp/x => allow rule
        rm -rf / => ask critical
        echo x > .git/hooks/pre-commit => ask protected
        "#,
    );
}

#[test]
fn deny_rules_look_inside_everything_row_111_row_112() {
    corpus("deny-rules");
    let section = section("deny-rules");
    let rules = &["Bash(rm:*)", "Bash(git push *--force*)"];
    let session = Session::new(PermissionMode::BypassPermissions).ask(rules);
    check(
        &session,
        section.rows.iter().map(|(line, expected)| (line.clone(), expected.replace("deny", "ask"))),
    );
}

#[test]
fn deny_beats_ask_beats_allow_in_every_mode_row_59_row_61() {
    let rules = |session: Session| {
        session.deny(&["Bash(git push:*)"]).ask(&["Bash(git commit:*)"]).allow(&["Bash(git:*)"])
    };
    use PermissionMode::{AcceptEdits, Auto, BypassPermissions, Default, DontAsk, Plan};
    for (mode, push, commit, stash) in [
        (Default, "deny rule", "ask rule", "allow rule"),
        (AcceptEdits, "deny rule", "ask rule", "allow rule"),
        (BypassPermissions, "deny rule", "ask rule", "allow mode"),
        (Auto, "deny rule", "ask rule", "allow rule"),
        (DontAsk, "deny rule", "deny rule", "allow rule"),
        (Plan, "deny rule", "deny plan", "deny plan"),
    ] {
        let session = rules(Session::new(mode));
        let found = ["git push", "git commit", "git stash"].map(|line| short(&session.bash(line)));
        assert_eq!(found, [push, commit, stash], "{mode}");
    }
}

#[test]
fn accept_edits_covers_file_commands_inside_row_68_row_69() {
    corpus("accept-edits");
}

#[test]
fn critical_removals_ask_whatever_allows_them_row_118_row_138() {
    corpus("critical");
    corpus("not-critical");
    let allowed = Session::new(PermissionMode::Default).allow(&["Bash"]);
    check(&allowed, section("critical").rows.into_iter());
    let denied = Session::new(PermissionMode::BypassPermissions).deny(&["Bash(rm:*)"]);
    table(&denied, "rm -rf / => deny rule");
}

#[test]
fn path_rules_reach_file_commands_and_redirections_row_117_row_125() {
    corpus("path-rules");
    corpus("path-allow-rules");
    let guarded = Session::new(PermissionMode::Default).deny(&["Read(.env)"]);
    table(&guarded, "cat .e* => ask unclear\ncat a => allow reads");
}

#[test]
fn plan_mode_only_looks_row_73() {
    table(
        &Session::new(PermissionMode::Plan).allow(&["Bash", "Write"]),
        r#"
        ls => allow rule
        npm run x => deny plan
        touch a => deny plan
        ls > f => deny plan
        ls > /dev/null => allow rule
        $(ls) => deny plan
        rm -rf / => deny plan
        "#,
    );
    table(&Session::new(PermissionMode::Plan), "cat a => allow reads\ncat /etc/passwd => ask outside");
    table(&Session::new(PermissionMode::Plan).ask(&["Bash(ls:*)"]), "ls => ask rule");
}

#[test]
fn dont_ask_runs_only_what_a_rule_allows_row_66_row_67() {
    table(
        &Session::new(PermissionMode::DontAsk).allow(&["Bash(npm run *)"]).ask(&["Bash(npm run ask)"]),
        r#"
        npm run x => allow rule
        npm run ask => deny rule
        ls => deny nothing
        npm run x; ls => deny nothing
        npm run x > f => deny nothing
        rm -rf / => deny critical
        $(x) => deny unclear
        "#,
    );
}

#[test]
fn long_lines_are_not_judged_row_115() {
    let long = format!("echo {}", "x".repeat(10_000));
    assert_eq!(short(&Session::new(PermissionMode::Default).bash(&long)), "ask unclear");
    assert_eq!(short(&Session::new(PermissionMode::BypassPermissions).bash(&long)), "allow mode");
    let denied = Session::new(PermissionMode::BypassPermissions).deny(&["Bash(rm:*)"]);
    assert_eq!(short(&denied.bash(&long)), "ask unclear");
}

#[test]
fn deep_nesting_ends() {
    let mut line = "x".to_owned();
    for _ in 0..12 {
        line = format!("sudo sudo sh -c {}", quote(&line));
        if line.len() > 9_000 {
            break;
        }
    }
    let session = Session::new(PermissionMode::Default).deny(&["Bash(rm:*)"]);
    assert_eq!(session.bash(&line).verdict, Verdict::Ask);
    let parens = format!("{}{}", "(".repeat(4_000), ")".repeat(4_000));
    assert_ne!(session.bash(&parens).verdict, Verdict::Allow);
    let subs = format!("echo {}ls{}", "$(".repeat(2_000), ")".repeat(2_000));
    assert_ne!(session.bash(&subs).verdict, Verdict::Allow);
    assert_ne!(session.bash(&"sudo ".repeat(1_900)).verdict, Verdict::Allow);
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[test]
fn suggestions_avoid_the_next_question_row_91_row_94() {
    for line in [
        "npm run build",
        "git commit -m x",
        "python3 script.py",
        "npm install && git push && make all",
        "cat /etc/hosts.d/x && cd /tmp/dir",
        "for i in 1 2; do echo $i; done",
        "sudo ls",
        "ls > out.txt",
        "ls > /tmp/out/x",
        "ls > new.txt",
        "cat link/passwd",
        "touch /tmp/x",
        "echo x | xargs rm",
        "find . -delete",
        "FOO=1 make",
        "cd .. && ls",
        "cd / && ls",
        "a=1; touch $a",
        "a1 x; b1 x; c1 x; d1 x; e1 x; f1 x; g1 x",
    ] {
        let mut session = Session::new(PermissionMode::Default);
        let decision = session.bash(line);
        assert_eq!(decision.verdict, Verdict::Ask, "{line}");
        assert!(!decision.suggestions.is_empty() && decision.suggestions.len() <= 5, "{line}: {decision:?}");
        for update in &decision.suggestions {
            session.rules.apply(update).unwrap();
            if let PermissionUpdate::SetMode { mode, .. } = update {
                session.mode = *mode;
            }
        }
        assert_eq!(session.bash(line).verdict, Verdict::Allow, "{line}: {:?}", decision.suggestions);
    }
}

#[test]
fn monitors_follow_bash_rules_row_119() {
    let session = Session::new(PermissionMode::Default).deny(&["Bash(rm:*)"]).allow(&["Bash(tail -f *)"]);
    let monitor = |line: &str| {
        let access = crate::engine::tool::Access::RunCommand(line.to_owned());
        short(&session.decide("Monitor", &serde_json::json!({ "command": line }), &access))
    };
    assert_eq!(monitor("rm a"), "deny rule");
    assert_eq!(monitor("tail -f /var/log/x"), "allow rule");
}

#[test]
fn every_step_out_of_the_working_directory_counts() {
    let session = Session { current: "/home/me/app/a/b", ..Session::new(PermissionMode::Default) };
    let accepting = Session { current: "/home/me/app/a/b", ..Session::new(PermissionMode::AcceptEdits) };
    for (line, verdict) in [
        ("cd .. && cat x", Verdict::Allow),
        ("cd .. && cd .. && cd .. && cat .ssh/id_rsa", Verdict::Ask),
        ("cd ../.. && cd .. && cat .ssh/id_rsa", Verdict::Ask),
    ] {
        assert_eq!(session.bash(line).verdict, verdict, "{line}");
    }
    assert_eq!(accepting.bash("cd .. && cd .. && cd .. && rm -rf Documents").verdict, Verdict::Ask);
}
