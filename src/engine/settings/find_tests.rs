#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use std::fs;

struct Tree(#[expect(dead_code, reason = "keeps the folder")] tempfile::TempDir, PathBuf);

impl Tree {
    fn new(files: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        for name in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        Self(dir, root)
    }

    fn project(&self, cwd: &str, home: &str) -> String {
        let cwd = self.1.join(cwd);
        fs::create_dir_all(&cwd).unwrap();
        let env = Env::new([("HOME".to_owned(), self.1.join(home).to_string_lossy().into_owned())]);
        let places = places(&env, &cwd, None, Path::new("/none"));
        places.project.strip_prefix(&self.1).unwrap().to_string_lossy().into_owned()
    }
}

#[test]
fn a_projects_settings_are_the_nearest_up_to_the_root_of_the_repository_row_149() {
    let own = "a/b/.claude/settings.json";
    let rows: [(&[&str], &str, &str, &str); 8] = [
        (&[own, "a/.git/HEAD"], "a/b", "home", own),
        (&["a/.claude/settings.json", "a/.git/HEAD"], "a/b", "home", "a/.claude/settings.json"),
        // A folder without settings hides nothing.
        (
            &["a/b/.claude/settings.local.json", "a/.claude/settings.json", "a/.git/HEAD"],
            "a/b",
            "home",
            "a/.claude/settings.json",
        ),
        (&[".claude/settings.json", "a/.git/HEAD"], "a/b", "home", own),
        (&[".claude/settings.json", "a/.git"], "a/b", "home", own),
        // Without a repository up to the home directory.
        (&["a/.claude/settings.json"], "a/b", "home", "a/.claude/settings.json"),
        (&["a/.claude/settings.json"], "a/b", "a", own),
        (&[".claude/settings.json"], "a/b", "a", own),
    ];
    for (files, cwd, home, expected) in rows {
        assert_eq!(Tree::new(files).project(cwd, home), expected, "{files:?} from {cwd}, home {home}");
    }
}

#[cfg(unix)]
#[test]
fn a_directory_that_everybody_may_write_to_is_no_project() {
    use std::os::unix::fs::PermissionsExt;
    let tree = Tree::new(&[".claude/settings.json"]);
    assert_eq!(tree.project("a", "home"), ".claude/settings.json");
    fs::set_permissions(&tree.1, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(tree.project("a", "home"), "a/.claude/settings.json");
}

#[test]
fn the_local_file_is_the_working_directorys_row_148() {
    let tree = Tree::new(&["a/.claude/settings.json", "a/.git/HEAD"]);
    let places = places(&Env::default(), &tree.1.join("a/b"), None, Path::new("/none"));
    assert_eq!(places.local, tree.1.join("a/b/.claude/settings.local.json"));
    assert_eq!(places.user, None);
}

#[test]
fn named_places_win() {
    let env = Env::new([
        ("HOME".to_owned(), "/home".to_owned()),
        ("CLAUDE_CONFIG_DIR".to_owned(), "/config".to_owned()),
    ]);
    let places = places(&env, Path::new("/cwd"), Some(Path::new("/given")), Path::new("/policy.json"));
    assert_eq!(places.user, Some("/config/settings.json".into()));
    assert_eq!(places.project, Path::new("/given/.claude/settings.json"));
    assert_eq!(places.project_root(), Path::new("/given"));
    assert_eq!(places.local, Path::new("/given/.claude/settings.local.json"));
    assert_eq!(places.managed, Path::new("/policy.json"));
}

#[test]
fn a_local_file_that_git_tracks_came_with_the_repository_row_133() {
    let tree = Tree::new(&["a/.claude/settings.local.json", "a/.git/HEAD", "b/.claude/settings.local.json"]);
    let local = tree.1.join("a/.claude/settings.local.json");
    assert!(!repository_supplied(&local));
    assert!(!repository_supplied(&tree.1.join("b/.claude/settings.local.json")), "no repository");
    fs::write(tree.1.join("a/.git/index"), b"DIRC...\0\0.claude/settings.local.json.bak\0\0").unwrap();
    assert!(!repository_supplied(&local), "another name");
    fs::write(tree.1.join("a/.git/index"), b"DIRC...\0\0.claude/settings.local.json\0\0").unwrap();
    assert!(repository_supplied(&local));
    #[cfg(unix)]
    {
        fs::create_dir_all(tree.1.join("c")).unwrap();
        std::os::unix::fs::symlink(tree.1.join("b/.claude"), tree.1.join("c/.claude")).unwrap();
        assert!(repository_supplied(&tree.1.join("c/.claude/settings.local.json")), "a linked folder");
    }
}
