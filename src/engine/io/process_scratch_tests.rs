#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use std::os::unix::fs::PermissionsExt;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_the_user_may_enter() {
    let base = tempfile::tempdir().unwrap();
    let dir = session_dir(&base.path().join("new/base"), "session-1").unwrap();
    assert_eq!(dir, base.path().join(format!("new/base/native-agent-sdk-{}/session-1", user())));
    assert_eq!((mode(&dir), mode(dir.parent().unwrap())), (0o700, 0o700));
    assert_eq!(session_dir(&base.path().join("new/base"), "session-1").unwrap(), dir);
    let file = dir.join("file");
    write_private(&file, &[b"a", b"b"]).unwrap();
    assert_eq!((std::fs::read(&file).unwrap(), mode(&file)), (b"ab".to_vec(), 0o600));
    assert!(write_private(&file, &[b"c"]).is_err(), "a file that is there is not written through");
}

#[test]
fn a_link_in_the_place_of_the_users_directory_is_refused() {
    let (base, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let root = base.path().join(format!("native-agent-sdk-{}", user()));
    std::os::unix::fs::symlink(elsewhere.path(), root).unwrap();
    assert!(session_dir(base.path(), "s").is_err());
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn a_session_id_cannot_lead_out() {
    let base = tempfile::tempdir().unwrap();
    let dir = session_dir(base.path(), "../../x").unwrap();
    assert!(dir.starts_with(base.path()));
    assert_eq!(dir.file_name().unwrap(), "------x");
}

#[test]
fn directories_of_old_sessions_go_when_a_new_one_comes() {
    let base = tempfile::tempdir().unwrap();
    let dir = |name: &str| session_dir(base.path(), name).unwrap();
    let (old, recent) = (dir("old"), dir("recent"));
    std::fs::write(old.join("output"), "x").unwrap();
    let back = |path: &Path, days: u64| {
        let at = std::time::SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
        std::fs::File::open(path).unwrap().set_modified(at).unwrap();
    };
    back(&old, 31);
    back(&recent, 29);
    dir("recent");
    assert!(old.exists(), "only a new session sweeps");
    dir("new");
    assert!(!old.exists() && recent.exists());
}

#[test]
fn a_directory_is_one_calls_at_a_time_and_kept_for_the_next_of_its_session() {
    let base = tempfile::tempdir().unwrap();
    let dirs = CallDirs::default();
    let take = |session: &str| dirs.take(base.path(), session).unwrap();
    let (first, second) = (take("a"), take("a"));
    assert_ne!(first, second);
    assert_eq!(first.parent().unwrap(), session_path(base.path(), "a"));
    assert_eq!(mode(&first), 0o700);
    dirs.give_back(first.clone());
    let other = take("b");
    assert_ne!(other, first);
    assert_eq!(take("a"), first);
    dirs.give_back(first.clone());
    std::fs::remove_dir(&first).unwrap();
    let again = take("a");
    assert!(again != first && again.is_dir(), "one that has gone is made anew");
    dirs.give_back(again.clone());
    drop(dirs);
    assert!(!again.exists() && second.exists() && other.exists());
}

#[test]
fn only_some_directories_are_kept() {
    let base = tempfile::tempdir().unwrap();
    let dirs = CallDirs::default();
    let all: Vec<_> = (0..=SPARES).map(|_| dirs.take(base.path(), "s").unwrap()).collect();
    all.iter().for_each(|dir| dirs.give_back(dir.clone()));
    assert_eq!(all.iter().filter(|dir| dir.exists()).count(), SPARES);
}
