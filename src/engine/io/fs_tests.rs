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
    for (name, content) in [("small", "abc"), ("empty", ""), ("link", "abc")] {
        // The system may drop what it remembers at any time, but not each time.
        let read = (0..1000).find_map(|_| read_from_memory(&at(name), 3));
        let expected = can_say().then(|| content.as_bytes().to_vec());
        assert_eq!(read, expected, "{name}");
    }
    assert_eq!(read_from_memory(&at("small"), 2), None, "larger than asked for");
    // A pipe would wait for a writer, and a file that is made up as it is read does not say its size.
    for path in [at("pipe"), at("folder"), at("missing"), "/proc/self/status".into()] {
        assert_eq!(read_from_memory(&path, 1000), None, "{}", path.display());
    }
}

/// Whether this machine lets us ask for what is in memory: old kernels cannot, and containers may forbid it.
fn can_say() -> bool {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
    use rustix::io::Errno;
    let asked = openat2(CWD, "/", OFlags::RDONLY, Mode::empty(), ResolveFlags::CACHED);
    !matches!(asked, Err(Errno::NOSYS | Errno::PERM | Errno::INVAL))
}
