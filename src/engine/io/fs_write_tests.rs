#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::fault::inject;
use super::*;
use std::path::PathBuf;

struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn dir(&self) -> PathBuf {
        std::fs::canonicalize(self.0.path()).unwrap()
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.dir().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Names that are in the directory.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.dir())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn content(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_full_disk_leaves_the_old_file_and_nothing_else() {
    for fault in [Fault::Create, Fault::Write, Fault::Rename] {
        let scene = Scene::new();
        let path = scene.file("a", "old");
        let _guard = inject(&scene.dir(), fault, io::ErrorKind::StorageFull);
        let error = write_atomic(&path, b"new content").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(content(&path), "old");
        assert_eq!(scene.names(), ["a"]);
    }
}

#[test]
fn a_directory_that_is_not_writable_does_not_matter() {
    for (fault, kind) in [
        (Fault::Create, io::ErrorKind::PermissionDenied),
        (Fault::Create, io::ErrorKind::ReadOnlyFilesystem),
        (Fault::Rename, io::ErrorKind::PermissionDenied),
    ] {
        let scene = Scene::new();
        let path = scene.file("a", "a long old content");
        let _guard = inject(&scene.dir(), fault, kind);
        write_atomic(&path, b"new").unwrap();
        assert_eq!(content(&path), "new");
        assert_eq!(scene.names(), ["a"]);
        let fresh = scene.dir().join("fresh");
        assert_eq!(write_atomic(&fresh, b"new").unwrap_err().kind(), kind, "a new file needs the directory");
        assert_eq!(scene.names(), ["a"]);
    }
}

#[cfg(unix)]
#[test]
fn all_names_of_a_file_get_the_new_content() {
    let scene = Scene::new();
    let path = scene.file("a", "old");
    let other = scene.dir().join("b");
    std::fs::hard_link(&path, &other).unwrap();
    write_atomic(&path, b"new content").unwrap();
    assert_eq!((content(&path), content(&other)), ("new content".to_owned(), "new content".to_owned()));
    write_atomic(&path, b"x").unwrap();
    assert_eq!(content(&other), "x");
    let _guard = inject(&scene.dir(), Fault::Write, io::ErrorKind::StorageFull);
    write_atomic(&path, b"something longer").unwrap_err();
    assert_eq!(content(&other), "x", "what was overwritten is put back");
}

#[cfg(unix)]
#[test]
fn mode_and_links_stay() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new();
    let path = scene.file("a", "old");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o751)).unwrap();
    let link = scene.dir().join("link");
    std::os::unix::fs::symlink("a", &link).unwrap();
    write_atomic(&link, b"new").unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(content(&path), "new");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o751);
    assert!(owner_may_write(&std::fs::metadata(&path).unwrap()));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o571)).unwrap();
    assert!(!owner_may_write(&std::fs::metadata(&path).unwrap()));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    assert_eq!(write_atomic(&path, b"x").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    assert_eq!(content(&path), "new");
}

#[cfg(unix)]
#[test]
fn the_owner_stays_where_that_can_be_tried() {
    use std::os::unix::fs::MetadataExt;
    let scene = Scene::new();
    let path = scene.file("a", "old");
    // Only root may give a file away.
    if std::os::unix::fs::chown(&path, Some(12345), Some(12345)).is_ok() {
        write_atomic(&path, b"new").unwrap();
        let meta = std::fs::metadata(&path).unwrap();
        assert_eq!((meta.uid(), meta.gid()), (12345, 12345));
    }
    write_atomic(&path, b"newer").unwrap();
    assert_eq!(content(&path), "newer");
}
