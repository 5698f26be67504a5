#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::io::files::HostFiles;
use std::os::unix::fs::symlink;

#[test]
fn paths_lead_where_they_lead_when_each_is_resolved_alone() {
    let dir = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(dir.path()).unwrap();
    std::fs::create_dir_all(root.join("a/b/c")).unwrap();
    std::fs::create_dir_all(root.join("other")).unwrap();
    std::fs::write(root.join("a/file"), "x").unwrap();
    for (target, link) in [
        ("b", "a/relative"),
        ("../other", "a/out"),
        ("nowhere/at/all", "a/dangling"),
        ("out/deeper", "a/chain"),
        ("loop", "a/loop"),
        ("pong", "a/ping"),
        ("ping", "a/pong"),
        ("../../..", "a/b/up"),
    ] {
        symlink(target, root.join(link)).unwrap();
    }
    symlink(root.join("other"), root.join("a/b/absolute")).unwrap();
    let resolver = Resolver::new(Arc::new(HostFiles));
    let paths = [
        "a",
        "a/b/c",
        "a/file",
        "a/relative/c",
        "a/out",
        "a/out/new/file",
        "a/dangling",
        "a/dangling/x",
        "a/chain/x",
        "a/b/up",
        "a/b/up/x",
        "a/b/absolute/y",
        "a/out/../z",
        "a/b/./c",
        "a/b/../..",
        "a/none/../b",
        "..",
        "a/file/below",
        "a/relative/../file",
        "a/b/absolute/../a/out/q",
        "./a/b/",
        "a/relative/.",
    ];
    for path in paths.map(|path| root.join(path)) {
        assert_eq!(resolver.resolve(&path), fs::resolve(&path), "{}", path.display());
        // What is remembered is the same.
        assert_eq!(resolver.resolve(&path), fs::resolve(&path), "{}", path.display());
    }
    assert_eq!(resolver.resolve(Path::new("/")), Path::new("/"));
    // A loop leads nowhere; nothing can be opened there, so what counts is that it ends.
    for path in ["a/loop/x", "a/ping/x"] {
        assert!(resolver.resolve(&root.join(path)).starts_with(root.join("a")));
    }
    assert_eq!(resolver.finish(1), Ok(1));
}

#[test]
fn directories_are_told_from_files_and_from_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(dir.path()).unwrap();
    std::fs::write(root.join("file"), "x").unwrap();
    let here = Resolver::new(Arc::new(HostFiles));
    let kinds = ["", "file", "none", "file/x"].map(|name| here.folder(&root.join(name)));
    assert_eq!(kinds, [Some(true), Some(false), None, None]);
    let unseen = Resolver::new(Arc::new(crate::engine::io::files::NoFiles));
    assert_eq!(unseen.folder(&root), Some(true), "what nobody can tell may be one");
}
