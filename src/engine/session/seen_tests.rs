#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn events(seen: &Seen, paths: &[PathBuf]) -> Vec<&'static str> {
    let changes = seen.changes(paths);
    changes.iter().for_each(|change| seen.settle(change));
    changes.iter().map(|change| change.event).collect()
}

#[test]
fn each_change_is_found_once_it_is_settled() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let (seen, paths) = (Seen::default(), [path.clone()]);
    assert_eq!(events(&seen, &paths), Vec::<&str>::new(), "as it is at first");
    std::fs::write(&path, "1").unwrap();
    assert_eq!(seen.changes(&paths).len(), 1);
    assert_eq!(events(&seen, &paths), ["add"], "until it is settled");
    std::fs::write(&path, "22").unwrap();
    assert_eq!(events(&seen, &paths), ["change"]);
    assert_eq!(events(&seen, &paths), Vec::<&str>::new());
    std::fs::remove_file(&path).unwrap();
    assert_eq!(events(&seen, &paths), ["unlink"]);
}

#[test]
fn an_atomic_replacement_of_the_same_size_is_a_change() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, "1").unwrap();
    let (seen, paths) = (Seen::default(), [path.clone()]);
    seen.changes(&paths);
    let other = dir.path().join("other");
    std::fs::write(&other, "2").unwrap();
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    std::fs::File::options().write(true).open(&other).unwrap().set_modified(modified).unwrap();
    std::fs::rename(&other, &path).unwrap();
    assert_eq!(events(&seen, &paths), ["change"]);
}

#[test]
fn what_the_engine_wrote_itself_is_no_change() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    let (seen, paths) = (Seen::default(), [path.clone()]);
    seen.changes(&paths);
    std::fs::write(&path, "1").unwrap();
    seen.note(&path);
    assert_eq!(events(&seen, &paths), Vec::<&str>::new());
}
