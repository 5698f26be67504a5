#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn only_what_is_in_memory_is_read_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("small"), "abc").unwrap();
    std::fs::write(at("empty"), "").unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    std::os::unix::fs::symlink("small", at("link")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, at("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    // Kernels and file systems that cannot say what is in memory always leave it to somebody who may wait.
    for (name, content) in [("small", "abc"), ("empty", ""), ("link", "abc")] {
        let read = read_from_memory(&at(name), 3);
        assert!(read.is_none() || read.as_deref() == Some(content.as_bytes()), "{name}: {read:?}");
    }
    assert_eq!(read_from_memory(&at("small"), 2), None, "larger than asked for");
    // A pipe would wait for a writer, and a file that is made up as it is read does not say its size.
    for path in [at("pipe"), at("folder"), at("missing"), "/proc/self/status".into()] {
        assert_eq!(read_from_memory(&path, 1000), None, "{}", path.display());
    }
}
