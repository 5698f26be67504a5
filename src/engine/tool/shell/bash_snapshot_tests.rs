#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::tests::{Scene, text, until};
use super::*;
use crate::engine::cancel::OrCancel;
use serde_json::json;

/// A scene whose user has this rc file.
fn with_rc(rc: &str) -> Scene {
    let scene = Scene::new();
    std::fs::write(scene.path("home/.bashrc"), rc).unwrap();
    scene
}

/// What Debian and many others begin their rc files with, and other ways to say the same.
const GUARDS: [&str; 5] = [
    "case $- in\n    *i*) ;;\n      *) return;;\nesac\n",
    "[[ $- != *i* ]] && return\n",
    "[ -z \"$PS1\" ] && return\n",
    "if [[ ! ${-} =~ i ]]; then return; fi\n",
    "",
];

#[tokio::test]
async fn aliases_functions_and_options_of_the_rc_file_hold_for_every_command_row_229() {
    for guard in GUARDS {
        let rc = "alias hi='echo hello'\ngreet() {\n  echo \"hi, $1\"\n}\n_helper() { echo helped; }\n\
                  shopt -s extglob\nset -o pipefail\necho loud; echo louder >&2\n";
        let scene = with_rc(&format!("{guard}{rc}"));
        for (command, expected) in [
            ("hi there", "hello there"),
            ("greet 'a b'; _helper", "hi, a b\nhelped"),
            ("case abab in +(ab)) echo yes;; esac", "yes"),
            ("echo $0 $#; false | true; echo $?", "bash 0\n1"),
            ("type -t __rc || echo none", "none"),
        ] {
            assert_eq!(scene.text(command).await, expected, "{guard}{command}");
        }
    }
}

#[tokio::test]
async fn variables_of_the_rc_file_are_not_taken() {
    let scene = with_rc("export SECRET=1\nPATH=/nonexistent\ncd /\n");
    assert_eq!(
        scene.text("echo ${SECRET-unset}; pwd").await,
        format!("unset\n{}", scene.path("work").display())
    );
}

#[tokio::test]
async fn an_rc_file_runs_once_for_all_queries_of_an_engine_row_229() {
    let scene = with_rc("echo run >> \"$HOME/runs\"\nalias hi='echo hello'\n");
    assert_eq!(scene.text("hi").await, "hello");
    let mut second = scene.cx.clone();
    second.session_id = "11111111-0000-4000-8000-000000000000".into();
    std::fs::write(scene.path("home/.bashrc"), "alias hi='echo changed'\n").unwrap();
    let run =
        crate::engine::tool::Tool::run(&super::super::Bash::new(), json!({ "command": "hi" }), &second).await;
    assert_eq!(text(&run.unwrap()), "hello");
    assert_eq!(std::fs::read_to_string(scene.path("home/runs")).unwrap(), "run\n");
}

#[tokio::test]
async fn what_an_rc_file_does_wrong_stops_no_command() {
    for rc in [
        "exit 3",
        "if",
        "set -e; false; alias hi=x",
        "exec true",
        "kill -KILL $$",
        "set -n",
        "exec >&- 2>&-",
        "set -x; set -u; set -v; alias hi='echo hello'",
        "builtin() { :; }; trap 'echo bye' EXIT",
    ] {
        let scene = with_rc(rc);
        let output = scene.run("echo fine").await;
        assert_eq!((text(&output), output.is_error), ("fine", false), "{rc}");
    }
    let scene = Scene::new();
    std::fs::create_dir(scene.path("home/.bashrc")).unwrap();
    assert_eq!(scene.text("echo fine").await, "fine");
}

#[tokio::test]
async fn an_rc_file_that_hangs_is_given_up_and_holds_up_no_interrupt_row_229() {
    let mut scene = with_rc("echo $$ > \"$HOME/pid\"; sleep 1000; alias hi='echo hello'");
    scene.cx.clock = Clock::manual();
    let pid = scene.path("home/pid");
    let cancel = CancellationToken::new();
    let (first, stop) = (scene.cx.clone(), cancel.clone());
    let waiting = tokio::spawn(async move { of(&first).or_cancel(&stop).await });
    until(|| std::fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'))).await;
    cancel.cancel();
    assert!(waiting.await.unwrap().is_err(), "an interrupt comes through at once");
    let second = scene.cx.clone();
    let waiting = tokio::spawn(async move { of(&second).await });
    let clock = scene.cx.clock.clone();
    until(|| {
        clock.advance(Duration::from_secs(1));
        waiting.is_finished()
    })
    .await;
    assert_eq!(waiting.await.unwrap(), None);
    assert_eq!(of(&scene.cx).await, None, "and is not tried again");
    let pid: i32 = std::fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
    until(|| {
        clock.advance(Duration::from_millis(100));
        scene.cx.processes.is_empty()
    })
    .await;
    assert!(nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None).is_err());
}

#[tokio::test]
async fn aliases_that_would_ask_are_left_out() {
    let scene = with_rc("alias rm='rm -i' cp='cp --interactive' mv='mv -vi' ls='ls -i'\n");
    std::fs::write(scene.path("work/a"), "").unwrap();
    scene.run("rm a").await;
    assert!(!scene.path("work/a").exists());
    assert_eq!(scene.text("alias | cut -d= -f1").await, "alias ls");
}

#[tokio::test]
async fn of_very_many_functions_those_of_the_prompt_are_left_out() {
    let many: String =
        (0..400).map(|n| format!("_complete_{n}() {{ echo {}; }}\n", "x".repeat(200))).collect();
    let scene = with_rc(&format!("{many}mine() {{ echo mine; }}\n"));
    assert_eq!(scene.text("mine; type -t _complete_1 || echo none").await, "mine\nnone");
    let snapshot = of(&scene.cx).await.unwrap();
    assert!(snapshot.len() < 1000, "{snapshot}");
}

#[tokio::test]
async fn an_rc_file_that_is_too_long_for_an_argument_is_read_as_it_is() {
    let scene = with_rc(&format!("#{}\nalias hi='echo hello'\n", "x".repeat(200_000)));
    assert_eq!(scene.text("hi").await, "hello");
}

#[tokio::test]
async fn without_an_rc_file_nothing_runs() {
    let scene = Scene::new();
    assert_eq!(of(&scene.cx).await, None);
}

#[test]
fn the_parts_are_put_together() {
    let printed = "shopt -u a\nset +o b\nM\nshopt -s a\nset +o b\nset -o xtrace\nM\nMf\nf ()\n{\n    :\n}\nM\nalias g='h'\n";
    let expected = "shopt -s a\nf ()\n{\n    :\n}\nalias g='h'\nshopt -s expand_aliases\n";
    assert_eq!(assemble(printed, "M", false).unwrap(), expected);
    assert_eq!(assemble("M\nM\nM\n", "M", false), None, "nothing to do");
    assert_eq!(assemble("cut off", "M", false), None);
    assert_eq!(assemble("M\nsetopt nozle\nsetopt autocd\nM\nM\n", "M", true).unwrap(), "setopt autocd\n");
}
