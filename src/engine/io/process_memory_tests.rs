#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::super::{CommandSpec, Ended, Pipes, ProcessTable, Running};
use super::*;
use crate::engine::clock::Clock;

#[test]
fn sizes_are_bytes_or_have_a_unit() {
    for (text, expected) in [
        ("1", Some(1)),
        ("8000000000", Some(8_000_000_000)),
        ("4K", Some(4 << 10)),
        ("512m", Some(512 << 20)),
        (" 4G ", Some(4 << 30)),
        ("2t", Some(2 << 40)),
        ("0", None),
        ("0G", None),
        ("off", None),
        ("False", None),
        ("no", None),
        ("NONE", None),
    ] {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
    for text in [
        "4e9",
        "-1",
        "+4G",
        "1.5G",
        "4GB",
        "4 G",
        "G",
        "4X",
        "much",
        "99999999999999999999",
        "99999999T",
        "4Gé",
    ] {
        let expected = format!(
            "CLAUDE_CODE_TOOL_MEMORY_LIMIT is {text:?}, which is no size. Give a number of bytes, or one with K, M, G \
             or T such as 4G; 0 or off for no limit."
        );
        assert_eq!(parse(text), Err(expected), "{text}");
    }
}

const MOUNTS: &str =
    "22 1 0:21 / / rw - ext4 /dev/vda rw\n33 22 0:27 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";

/// A machine whose control groups are plain files.
struct Machine {
    dir: tempfile::TempDir,
    told: Arc<Mutex<Vec<String>>>,
}

impl Machine {
    fn new(own: &str, enabled: &[&str]) -> Self {
        let machine = Self { dir: tempfile::tempdir().unwrap(), told: Arc::default() };
        machine.write("proc/self/mountinfo", MOUNTS);
        machine.write("proc/self/cgroup", &format!("0::{own}\n"));
        for group in enabled {
            machine.write(&format!("sys/fs/cgroup{group}/cgroup.subtree_control"), "cpu memory pids\n");
        }
        machine
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn path(&self, file: &str) -> PathBuf {
        std::fs::canonicalize(self.dir.path()).unwrap().join(file)
    }

    fn limit(&self, bytes: u64) -> MemoryLimit {
        let told = Arc::clone(&self.told);
        let tell = move |text: &str| told.lock().unwrap().push(text.to_owned());
        MemoryLimit::new(bytes, tell).below(self.path(""))
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// The groups of ours below a group.
    fn groups(&self, group: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(&format!("sys/fs/cgroup{group}"))).unwrap();
        let ours = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(PREFIX);
        entries.map(|entry| entry.unwrap().path()).filter(ours).collect()
    }
}

fn read(dir: &Path, file: &str) -> String {
    std::fs::read_to_string(dir.join(file)).unwrap()
}

/// As the kernel does it: a group's files are not in the way of its removal.
fn empty(dir: &Path) {
    for file in ["memory.max", "memory.swap.max", "cgroup.procs"] {
        std::fs::remove_file(dir.join(file)).unwrap();
    }
}

fn shell(script: &str) -> CommandSpec {
    CommandSpec {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        cwd: "/".into(),
        env: Vec::new(),
        timeout: Duration::from_secs(60),
        max_output: 10_000,
        input: None,
        detached: false,
    }
}

async fn output(memory: Option<Arc<ControlGroup>>, script: &str) -> io::Result<String> {
    let (table, clock) = (Arc::new(ProcessTable::default()), Clock::real());
    let mut running = Running::start_within(memory, shell(script), Pipes::Apart, &table, &clock)?;
    let ended = running.wait(std::future::pending::<()>()).await?;
    assert!(matches!(ended, Ended::Exited(_)), "{ended:?}");
    Ok(running.take_outputs().0.text())
}

#[test]
fn the_group_is_made_with_the_first_command_and_shared() {
    let machine = Machine::new("/user.slice/app", &["/user.slice/app"]);
    let limit = machine.limit(4 << 30);
    assert_eq!(machine.groups("/user.slice/app"), Vec::<PathBuf>::new());
    let (one, other) = (limit.group().unwrap(), limit.group().unwrap());
    assert!(Arc::ptr_eq(&one, &other), "all commands count against one limit");
    let groups = machine.groups("/user.slice/app");
    assert_eq!(groups, [one.dir.clone()]);
    assert_eq!(
        (read(&one.dir, "memory.max"), read(&one.dir, "memory.swap.max")),
        ("4294967296".into(), "0".into())
    );
    assert_eq!(machine.told(), Vec::<String>::new());
    drop(other);
    empty(&one.dir);
    limit.close();
    assert!(one.dir.exists(), "a command still runs in it");
    drop(one);
    assert_eq!(machine.groups("/user.slice/app"), Vec::<PathBuf>::new());
    assert!(limit.group().is_none(), "nothing starts any more");
}

#[tokio::test]
async fn commands_enter_it_before_they_are_what_they_run() {
    let machine = Machine::new("/", &["/"]);
    let limit = machine.limit(1 << 30);
    let group = limit.group().unwrap();
    let script = format!("cat {}", group.dir.join("cgroup.procs").display());
    // What it reads it has written itself, before it was the shell.
    assert_eq!(output(limit.group(), &script).await.unwrap(), "0\n");
    assert_eq!(output(limit.group(), &script).await.unwrap(), "0\n0\n");
    assert_eq!(output(None, &script).await.unwrap(), "0\n0\n", "other commands are not in it");
}

#[test]
fn the_group_lies_beside_that_of_the_process_where_it_cannot_lie_in_it() {
    let machine = Machine::new("/app.slice/me.scope", &["/app.slice"]);
    machine.write("sys/fs/cgroup/app.slice/me.scope/cgroup.controllers", "memory");
    // Where the kernel lets nobody switch the controller on.
    std::fs::create_dir(machine.path("sys/fs/cgroup/app.slice/me.scope/cgroup.subtree_control")).unwrap();
    let limit = machine.limit(1000);
    let group = limit.group().unwrap();
    assert_eq!(machine.groups("/app.slice"), [group.dir.clone()]);
    assert_eq!(read(&group.dir, "memory.max"), "1000");
}

#[test]
fn where_there_can_be_none_it_is_told_once_and_commands_run() {
    let app = Machine::new("/app", &["/app"]);
    let mut cases = Vec::new();
    std::fs::remove_file(app.path("proc/self/mountinfo")).unwrap();
    let why = format!(
        "{} cannot be read: No such file or directory (os error 2)",
        app.path("proc/self/mountinfo").display()
    );
    cases.push((app, why));
    let old = Machine::new("/app", &["/app"]);
    old.write("proc/self/mountinfo", "33 22 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n");
    cases.push((old, "cgroup v2 is not mounted here".to_owned()));
    let none = Machine::new("/app", &["/app"]);
    none.write("proc/self/cgroup", "4:memory:/app\n");
    cases.push((none, "this process is in no group of cgroup v2".to_owned()));
    let outside = Machine::new("/../other", &[]);
    cases.push((outside, "the group of this process cannot be seen from here".to_owned()));
    let without = Machine::new("/", &[]);
    without.write("sys/fs/cgroup/cgroup.controllers", "hugetlb");
    std::fs::create_dir(without.path("sys/fs/cgroup/cgroup.subtree_control")).unwrap();
    let shown = without.path("sys/fs/cgroup").display().to_string();
    cases.push((without, format!("no group can be made in {shown}: Is a directory (os error 21)")));
    let disabled = Machine::new("/a/b", &[]);
    disabled.write("sys/fs/cgroup/a/cgroup.subtree_control", "cpu pids\n");
    let shown = disabled.path("sys/fs/cgroup/a");
    let why = format!(
        "no group can be made in {}: No such file or directory (os error 2); the memory controller of cgroup v2 is not \
         enabled in {}",
        shown.join("b").display(),
        shown.display()
    );
    cases.push((disabled, why));
    for (machine, why) in cases {
        let limit = machine.limit(1000);
        assert!(limit.group().is_none() && limit.group().is_none());
        let expected = format!(
            "CLAUDE_CODE_TOOL_MEMORY_LIMIT has no effect, and commands run without a limit on their memory: {why}."
        );
        assert_eq!(machine.told(), [expected]);
    }
}

#[tokio::test]
async fn a_group_that_takes_nobody_is_told_and_left() {
    let machine = Machine::new("/", &["/"]);
    let limit = machine.limit(1000);
    let group = limit.group().unwrap();
    // A file that may only be read refuses what processes write to it.
    let file = File::open(group.dir.join("memory.max")).unwrap();
    let refusing = Arc::new(ControlGroup {
        dir: group.dir.clone(),
        procs: Arc::new(file),
        unusable: Arc::default(),
        tell: Arc::clone(&group.tell),
    });
    for _ in 0..2 {
        assert_eq!(output(Some(Arc::clone(&refusing)), "echo runs").await.unwrap(), "runs\n");
    }
    let expected = format!(
        "CLAUDE_CODE_TOOL_MEMORY_LIMIT has no effect, and commands run without a limit on their memory: {} does not \
         take processes: Bad file descriptor (os error 9).",
        group.dir.display()
    );
    assert_eq!(machine.told(), [expected]);
}

#[tokio::test]
async fn a_command_that_cannot_start_is_not_the_fault_of_the_group() {
    let machine = Machine::new("/", &["/"]);
    let group = machine.limit(1000).group().unwrap();
    let spec = CommandSpec { program: "/nonexistent".into(), ..shell("") };
    let table = Arc::new(ProcessTable::default());
    let started = Running::start_within(Some(Arc::clone(&group)), spec, Pipes::Apart, &table, &Clock::real());
    assert_eq!(started.err().unwrap().kind(), io::ErrorKind::NotFound);
    assert!(!group.unusable.load(Ordering::Relaxed));
    assert_eq!(machine.told(), Vec::<String>::new());
}

#[test]
fn groups_of_processes_that_have_ended_are_swept_away() {
    let machine = Machine::new("/", &["/"]);
    std::fs::create_dir_all(machine.path("proc/71")).unwrap();
    for name in ["70-a", "71-b", "x-c", "72"] {
        std::fs::create_dir_all(machine.path(&format!("sys/fs/cgroup/{PREFIX}{name}"))).unwrap();
    }
    std::fs::create_dir_all(machine.path("sys/fs/cgroup/70-a")).unwrap();
    let group = machine.limit(1000).group().unwrap();
    let mut left = machine.groups("/");
    left.retain(|path| *path != group.dir);
    left.sort();
    let kept = ["71-b", "72", "x-c"].map(|name| machine.path(&format!("sys/fs/cgroup/{PREFIX}{name}")));
    assert_eq!(left, kept);
    assert!(machine.path("sys/fs/cgroup/70-a").exists());
}

#[test]
fn a_mount_may_show_a_part_of_the_tree() {
    let machine = Machine::new("/docker/abc/inner", &["/inner"]);
    machine.write("proc/self/mountinfo", "9 8 0:2 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    let group = machine.limit(1000).group().unwrap();
    assert_eq!(machine.groups("/inner"), [group.dir.clone()]);
}

/// With the kernel of this machine, if it lets us make groups: a command is in the group that received it, which then can
/// be removed.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_kernel_moves_a_command_where_it_may() {
    let Ok((mount, own)) = find(Path::new("/")) else { return };
    let dir = own.join(format!("{PREFIX}{}-test", std::process::id()));
    if std::fs::create_dir(&dir).is_err() {
        return;
    }
    let Ok(procs) = File::options().write(true).open(dir.join("cgroup.procs")) else {
        return std::fs::remove_dir(&dir).unwrap();
    };
    let name = format!("/{}", dir.strip_prefix(&mount).unwrap().display());
    let unusable = Arc::new(AtomicBool::new(false));
    let group = Arc::new(ControlGroup {
        dir: dir.clone(),
        procs: Arc::new(procs),
        unusable: Arc::clone(&unusable),
        tell: Arc::new(|_| {}),
    });
    let said = output(Some(group), "grep ^0:: /proc/self/cgroup").await.unwrap();
    if !unusable.load(Ordering::Relaxed) {
        assert_eq!(said, format!("0::{name}\n"));
    }
    assert!(!dir.exists());
}

/// On a machine that lets us, with its own kernel: what is over the limit is killed, and the group is gone in the end.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_kernel_holds_commands_to_the_limit_where_it_may() {
    let limit = MemoryLimit::new(32 << 20, |_| {});
    let Some(group) = limit.group() else { return };
    let dir = group.dir.clone();
    drop(group);
    let grow = "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo ${#x}";
    assert_eq!(output(limit.group(), grow).await.unwrap(), "");
    assert_eq!(output(limit.group(), "echo small").await.unwrap(), "small\n");
    limit.close();
    assert!(!dir.exists());
}
