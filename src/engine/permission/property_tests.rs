#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

//! One more command never makes a line safer: no deny and no ask turns into an allow.

use super::super::testing::{Session, short};
use super::super::{PermissionMode, Verdict};
use fastrand::Rng;

const COMMANDS: [&str; 28] = [
    "ls",
    "ls -la src",
    "cat a",
    "echo 'x y'",
    "echo $X",
    "git status",
    "git push",
    "git commit -m 'a; b'",
    "npm run x",
    "npm i",
    "make",
    "rm a",
    "rm -rf src",
    "touch a",
    "touch /etc/x",
    "cp a b",
    "cp -r src dst",
    "mv a b",
    "sed -n 1p a",
    "sed -i s/a/b/ a",
    "find . -name x",
    "find . -delete",
    "grep x a",
    "printf '%s' a",
    "test -f a",
    "sort a",
    "cd src",
    "true",
];
const AROUND: [&str; 8] =
    ["{}", "{} > out", "{} 2>/dev/null", "{} < a", "timeout 5 {}", "LANG=C {}", "FOO=1 {}", "{} > /etc/x"];
const WITHIN: [&str; 8] =
    ["{}", "{}", "{}", "({})", "{ {}; }", "echo $({})", "if {}; then true; fi", "sh -c '{}'"];
const JOINTS: [&str; 8] = [" && ", " || ", "; ", " | ", " & ", "\n", " |& ", ";"];
/// No rule holds a control operator: such a rule is about one whole line.
const RULES: [&str; 24] = [
    "Bash(ls:*)",
    "Bash(git:*)",
    "Bash(git push:*)",
    "Bash(git commit *)",
    "Bash(npm run *)",
    "Bash(make)",
    "Bash(rm:*)",
    "Bash(rm a)",
    "Bash(touch:*)",
    "Bash(cp:*)",
    "Bash(mv:*)",
    "Bash(sed:*)",
    "Bash(find:*)",
    "Bash(*)",
    "Bash(cd:*)",
    "Bash(* a)",
    "Bash(echo*)",
    "Bash(test:*)",
    "Bash(sort a)",
    "Read(src/**)",
    "Edit(src/**)",
    "Edit(out)",
    "Read(a)",
    "Edit(//etc/**)",
];
const MODES: [PermissionMode; 6] = [
    PermissionMode::Default,
    PermissionMode::AcceptEdits,
    PermissionMode::BypassPermissions,
    PermissionMode::Plan,
    PermissionMode::DontAsk,
    PermissionMode::Auto,
];

fn pick<'a>(random: &mut Rng, from: &[&'a str]) -> &'a str {
    from[random.usize(..from.len())]
}

fn command(random: &mut Rng) -> String {
    let simple = pick(random, &AROUND).replace("{}", pick(random, &COMMANDS));
    let shell = pick(random, &WITHIN);
    // Quotes inside quotes would say something else.
    if shell.contains('\'') && simple.contains('\'') { simple } else { shell.replacen("{}", &simple, 1) }
}

fn session(random: &mut Rng) -> Session {
    let mut session = Session::new(MODES[random.usize(..MODES.len())]);
    for _ in 0..random.usize(..4) {
        session = session.allow(&[pick(random, &RULES)]);
    }
    for _ in 0..random.usize(..2) {
        session = session.deny(&[pick(random, &RULES)]);
    }
    for _ in 0..random.usize(..2) {
        session = session.ask(&[pick(random, &RULES)]);
    }
    session
}

#[test]
fn one_more_command_never_makes_a_line_allowed_row_110() {
    let random = &mut Rng::with_seed(7);
    let (mut stopped, mut allowed) = (0, 0);
    for _ in 0..1_500 {
        let session = session(random);
        let line =
            (0..random.usize(1..3)).map(|_| command(random)).collect::<Vec<_>>().join(pick(random, &JOINTS));
        let alone = session.bash(&line);
        if alone.verdict == Verdict::Allow {
            allowed += 1;
            continue;
        }
        stopped += 1;
        let more = command(random);
        let joint = pick(random, &JOINTS);
        for longer in [format!("{line}{joint}{more}"), format!("{more}{joint}{line}")] {
            let found = session.bash(&longer);
            assert_ne!(
                found.verdict,
                Verdict::Allow,
                "{line:?} is {} alone, but {longer:?} is {} ({:?} {:?})",
                short(&alone),
                short(&found),
                session.mode,
                session.rules,
            );
        }
    }
    assert!(stopped > 400 && allowed > 200, "{stopped} {allowed}");
}
