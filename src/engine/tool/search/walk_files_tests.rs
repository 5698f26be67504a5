#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::clock::Clock;
use crate::engine::io::files::HostFiles;
use crate::engine::io::fs::{Fault, inject};
use std::io::ErrorKind;
use tokio_util::sync::CancellationToken;

/// The names that a walk finds, and what it says of the others.
fn walked(root: &Path) -> (Vec<String>, String) {
    let limit = Limit::new(Clock::manual(), CancellationToken::new());
    let seen = Mutex::new(Vec::new());
    let tree = Tree {
        files: &HostFiles,
        root,
        hidden: true,
        ignoring: true,
        depth: None,
        types: None,
        enter: &|_, _| true,
        limit: &limit,
    };
    tree.run(&|path, _| {
        let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
        seen.lock().unwrap().push(name);
    });
    let mut seen = seen.into_inner().unwrap();
    seen.sort();
    (seen, limit.missed_note())
}

#[test]
fn a_directory_that_cannot_be_listed_is_left_out_and_said() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["a", "b/c", "d/e", "d/f/g"] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let all = ["a", "b/c", "d/e", "d/f/g"].map(str::to_owned).to_vec();
    assert_eq!(walked(dir.path()), (all, String::new()));
    let at = |name: &str| dir.path().join(name);
    let rest = ["a", "b/c"].map(str::to_owned).to_vec();
    for (kind, note) in [
        (
            ErrorKind::PermissionDenied,
            format!(
                "\n(Left out, as it cannot be read: {}: the operating system denies access.)",
                at("d").display()
            ),
        ),
        (ErrorKind::NotFound, String::new()),
    ] {
        let _guard = inject(&at("d"), Fault::List, kind);
        assert_eq!(walked(dir.path()), (rest.clone(), note));
    }
}
