#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn without_a_file_system_paths_are_taken_as_written_and_nothing_is_there() {
    let path = Path::new("/a/./b/../c");
    assert_eq!(NoFiles.resolve(path).unwrap(), Path::new("/a/c"));
    assert_eq!(NoFiles.resolve(Path::new("/../../etc")).unwrap(), Path::new("/etc"));
    assert_eq!(NoFiles.read(path).unwrap_err().kind(), io::ErrorKind::Unsupported);
    // A glob may find any link.
    assert!(NoFiles.links(path, &|_| false));
}

#[test]
fn only_the_directory_of_saved_outputs_is_on_this_machine_and_is_only_read() {
    let dir = tempfile::tempdir().unwrap();
    let dir = std::fs::canonicalize(dir.path()).unwrap();
    let handed = dir.join("handed");
    std::fs::create_dir(&handed).unwrap();
    std::fs::write(handed.join("a"), "saved").unwrap();
    std::fs::write(dir.join("b"), "mine").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(dir.join("b"), handed.join("way")).unwrap();
    let files = Overlaid::new(Arc::new(NoFiles), &handed);
    assert_eq!(files.read(&handed.join("a")).unwrap(), b"saved");
    assert_eq!(files.resolve(&handed.join("a")).unwrap(), handed.join("a"));
    assert!(files.read(&dir.join("b")).is_err());
    assert!(files.read(&handed.join("../b")).is_err());
    #[cfg(unix)]
    assert!(files.resolve(&handed.join("way")).is_err());
    let error = files.write_atomic(&handed.join("a"), b"x").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ReadOnlyFilesystem);
    assert!(files.create_dir_all(&handed.join("c")).is_err());
}
