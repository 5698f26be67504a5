#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn env(vars: &[(&str, &str)]) -> Env {
    Env::new(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

/// An executable file of this name in a directory of its own.
fn program(name: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::os::unix::fs::symlink("/bin/bash", &path).unwrap();
    (dir, path.to_string_lossy().into_owned())
}

#[test]
fn the_shell_is_found_in_order() {
    let (_zsh, zsh) = program("zsh");
    let (_fish, fish) = program("fish");
    let (_bash, bash) = program("bash");
    let found =
        |vars: &[(&str, &str)]| find_shell(&env(vars)).map(|path| path.to_string_lossy().into_owned());
    assert_eq!(found(&[("CLAUDE_CODE_SHELL", &zsh), ("SHELL", &bash)]), Ok(zsh.clone()));
    assert_eq!(found(&[("SHELL", &zsh)]), Ok(zsh));
    assert_eq!(found(&[("SHELL", &bash)]), Ok(bash));
    assert_eq!(found(&[("SHELL", &fish)]), Ok("/bin/bash".into()));
    assert_eq!(found(&[("SHELL", "/nonexistent/zsh")]), Ok("/bin/bash".into()));
    assert_eq!(found(&[]), Ok("/bin/bash".into()));
    assert!(found(&[("CLAUDE_CODE_SHELL", &fish)]).unwrap_err().contains("CLAUDE_CODE_SHELL"));
    assert!(found(&[("CLAUDE_CODE_SHELL", "/nonexistent/bash")]).unwrap_err().contains("/nonexistent/bash"));
}

#[test]
fn credentials_stay_unless_scrubbing_is_asked_for() {
    let secrets = [
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "CLAUDE_CODE_OAUTH_TOKEN",
    ];
    let names = |scrub: &str| -> Vec<String> {
        let vars = secrets
            .iter()
            .map(|name| (*name, "x"))
            .chain([("PATH", "/bin"), ("CLAUDE_CODE_SUBPROCESS_ENV_SCRUB", scrub)]);
        environment(&env(&vars.collect::<Vec<_>>()), "s", None).into_iter().map(|(name, _)| name).collect()
    };
    let kept = names("0");
    assert!(secrets.iter().all(|name| kept.iter().any(|kept| kept == name)));
    let scrubbed = names("1");
    assert!(secrets.iter().all(|name| scrubbed.iter().all(|left| left != name)));
    assert!(scrubbed.contains(&"PATH".to_owned()));
}

#[test]
fn variables_that_cannot_be_passed_are_left_out() {
    let vars = environment(&env(&[("A=B", "x"), ("NUL", "a\0b"), ("FINE", "ü=1")]), "s", None);
    assert!(vars.contains(&("FINE".into(), "ü=1".into())));
    assert!(vars.iter().all(|(name, _)| name != "A=B" && name != "NUL"));
}

#[test]
fn nothing_in_the_environment_moves_cd_elsewhere() {
    let given = [("CDPATH", "/etc"), ("OLDPWD", "/etc"), ("PWD", "/link/to/here"), ("FINE", "1")];
    let names: Vec<String> = environment(&env(&given), "s", None).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"FINE".to_owned()));
    assert!(["CDPATH", "OLDPWD", "PWD"].iter().all(|name| !names.contains(&(*name).to_owned())));
}

#[test]
fn temporary_files_go_where_the_environment_says() {
    assert_eq!(temp_base(&env(&[("CLAUDE_CODE_TMPDIR", "/a"), ("TMPDIR", "/b")])), Path::new("/a"));
    assert_eq!(temp_base(&env(&[("TMPDIR", "/b")])), Path::new("/b"));
    assert_eq!(temp_base(&env(&[("TMPDIR", "relative")])), Path::new("/tmp"));
}

#[test]
fn quoting_survives_quotes() {
    assert_eq!(quote("a'b \"c\" $d"), "'a'\\''b \"c\" $d'");
}
