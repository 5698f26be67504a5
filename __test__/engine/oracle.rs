//! Is it true? Lines that rules and modes let run unasked are run in a real bash, over programs that only take notes:
//! nothing but permitted programs may start, and nothing outside the working directories may change.
#![cfg(unix)]

#[path = "../permissions/corpus.rs"]
mod corpus;

use corpus::Section;
use native_agent_sdk::engine::io::fs::{links, resolve};
use native_agent_sdk::engine::permission::{
    Call, PermissionBehavior, PermissionMode, PermissionUpdateDestination, PolicyContext, Reason, Resolved,
    Rule, RuleSet, Verdict, decide, may_find,
};
use native_agent_sdk::engine::tool::Access;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Programs that only read, as a person would list them: they may start without any rule.
const READERS: &str = "ls cat echo pwd head tail grep egrep fgrep rg find wc which diff stat du df cd git node sort uniq \
    cut tr sed test printf true false file tree nl tac rev fold paste column comm cmp join od strings readlink realpath \
    basename dirname date uname whoami id seq sleep hostname md5sum sha256sum command type";
/// Programs that only run another one, which must be permitted itself.
const WRAPPERS: &str = "timeout nice nohup stdbuf xargs noglob time";
/// What `acceptEdits` lets run.
const EDITORS: &str = "mkdir touch rm rmdir mv cp sed";
/// Programs that really do their work, so that a wrong permission leaves a trace.
const REAL: &str = "touch mkdir cp tee sed sort cat head tail grep rg find diff uniq dd tar ln install rsync split du ls tree file \
    sha256sum md5sum";
/// Stands in every file outside the working directories: no line that only reads may print it.
const SECRET: &str = "outside-of-everything";
/// Programs that a line may try to start.
const STRANGERS: &str = "pwned rm rmdir mv ln dd chmod chown curl wget npm npx make cargo python3 perl awk sh bash zsh env \
    sudo watch setsid ionice flock strace script busybox docker tar unzip install truncate ssh nc kill eval2 a.sh b.sh";

/// A copy of the imagined disk of the corpus below a scratch folder.
struct Disk {
    dir: tempfile::TempDir,
    root: PathBuf,
}

impl Disk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(dir.path()).unwrap();
        let disk = Self { dir, root };
        for name in ["etc/passwd", "home/me/.ssh/id_rsa", "home/me/app2/x", "tmp/x", "opt/x"] {
            disk.write(name, &format!("root {SECRET}\n"));
        }
        fs::create_dir_all(disk.at("bin")).unwrap();
        let log = disk.at("log");
        for name in format!("{READERS} {STRANGERS} {EDITORS} {REAL}").split_whitespace() {
            let real =
                REAL.split_whitespace().any(|real| real == name) && Path::new("/usr/bin").join(name).exists();
            let rest = if real { format!("exec /usr/bin/{name} \"$@\"") } else { "echo x".to_owned() };
            let script = format!("#!/bin/sh\nprintf '%s\\n' {name} >> {}\n{rest}\n", log.display());
            let path = disk.at("bin").join(name);
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        for name in WRAPPERS.split_whitespace() {
            let real = Path::new("/usr/bin").join(name);
            if real.exists() {
                symlink(real, disk.at("bin").join(name)).unwrap();
            }
        }
        disk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The working directories as they are at the start of each line.
    fn reset(&self) {
        for dir in ["home/me/app", "srv/lib"] {
            let _ = fs::remove_dir_all(self.at(dir));
        }
        for name in [
            "a",
            "b",
            "list",
            "script",
            "src/a.rs",
            "src/x",
            "db/x",
            "lib/x",
            "logs/old",
            ".git/config",
            ".git/hooks/hook",
        ] {
            self.write(&format!("home/me/app/{name}"), "text\n");
        }
        self.write("srv/lib/x", "text\n");
        let app = self.at("home/me/app");
        symlink(self.at("etc"), app.join("link")).unwrap();
        symlink(self.at("etc/passwd"), app.join("out.txt")).unwrap();
        symlink("src", app.join("inner")).unwrap();
        fs::create_dir_all(app.join("src/p/q")).unwrap();
        symlink("src/p/q", app.join("deep")).unwrap();
        symlink(".git/hooks", app.join("hooks")).unwrap();
        symlink(self.at("etc"), app.join("lib/l")).unwrap();
        let _ = fs::remove_file(self.at("log"));
    }

    /// A text of the corpus with its absolute paths moved below the scratch folder.
    fn moved(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for place in ["/etc", "/home/me", "/srv/lib", "/tmp", "/opt", "/var", "/usr", "/mnt"] {
            text = text.replace(place, &format!("\u{1}{place}"));
        }
        text.replace('\u{1}', &self.root.to_string_lossy())
    }

    /// Everything that a line may not change: nothing at all, if it only reads.
    fn kept(&self, reads: bool) -> BTreeMap<PathBuf, String> {
        let mut found = BTreeMap::new();
        let mut pending = vec![self.root.clone()];
        let (app, lib) = (self.at("home/me/app"), self.at("srv/lib"));
        while let Some(path) = pending.pop() {
            if path == self.at("log") || (path == lib && !reads) {
                continue;
            }
            if path == app && !reads {
                pending.push(app.join(".git"));
                continue;
            }
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_symlink() {
                found.insert(path.clone(), format!("{:?}", fs::read_link(&path)));
            } else if kind.is_dir() {
                found.insert(path.clone(), "directory".to_owned());
                pending.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                found.insert(path.clone(), String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
            }
        }
        found
    }

    /// Whether a line runs unasked; and whether that is because it only reads.
    fn allows(&self, line: &str, mode: PermissionMode, rules: &RuleSet) -> (bool, bool) {
        let cwd = self.at("home/me/app");
        let (home, additional) = (self.at("home/me"), [self.at("srv/lib")]);
        let (input, access) = (json!({ "command": line }), Access::RunCommand(line.to_owned()));
        let call = Call {
            server_tool: None,
            tool: "Bash",
            input: &input,
            access: &access,
            resolved: None,
            as_given: None,
            needs_person: false,
            line: None,
        };
        let cx = PolicyContext {
            mode,
            rules,
            cwd: &cwd,
            current: &cwd,
            additional: &additional,
            handed: None,
            home: Some(&home),
            resolve: &|path| Resolved::by(path, resolve),
            linked: &|dir, pattern| links(dir, |name| may_find(pattern, name)),
            folder: &|path| std::fs::metadata(path).ok().map(|found| found.is_dir()),
        };
        let decision = decide(&call, &cx, None);
        (decision.verdict == Verdict::Allow, matches!(decision.reason, Reason::ReadOnly))
    }

    /// Runs a line; the programs that started, and those that were looked for in vain; and what it printed.
    fn run(&self, line: &str) -> (Vec<String>, String) {
        self.reset();
        let log = self.at("log");
        let handler = format!("() {{ printf '%s\\n' \"$1\" >> {}; return 127; }}", log.display());
        let output = Command::new("/bin/bash")
            .args(["--norc", "--noprofile", "-c", &format!("{line}\nwait")])
            .env_clear()
            .env("PATH", self.at("bin"))
            .env("HOME", self.at("home/me"))
            .env("BASH_FUNC_command_not_found_handle%%", handler)
            .envs([("X", "pwned"), ("TARGET", "$(pwned)"), ("F", "../../../etc/pwned"), ("FILE", "x; pwned")])
            .current_dir(self.at("home/me/app"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let started = fs::read_to_string(log).unwrap_or_default();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        (started.lines().map(str::to_owned).collect(), printed)
    }

    /// Runs a line that is allowed; what is wrong with what it did.
    fn verify(&self, line: &str, reads: bool, permitted: &[String], allow: &[String]) -> Option<String> {
        self.reset();
        let before = self.kept(reads);
        let (started, printed) = self.run(line);
        if let Some(program) = started.iter().find(|program| !permitted.contains(program)) {
            return Some(format!("{program} started"));
        }
        // A rule may let it read a file outside.
        let may_read = allow.iter().any(|rule| rule.starts_with("Read(") || rule.starts_with("Edit("));
        if reads && !may_read && printed.contains(SECRET) {
            return Some("what lies outside is printed".to_owned());
        }
        let after = self.kept(reads);
        // A rule may name a file outside.
        let named =
            |path: &Path| allow.iter().any(|rule| self.moved(rule) == format!("Edit(/{})", path.display()));
        let differs = |path: &&PathBuf| before.get(*path) != after.get(*path) && !named(path);
        before.keys().chain(after.keys()).find(differs).map(|path| format!("{} changed", path.display()))
    }
}

fn rule_set(disk: &Disk, section: &Section) -> RuleSet {
    let mut rules = RuleSet::default();
    for (texts, behavior) in [
        (&section.allow, PermissionBehavior::Allow),
        (&section.deny, PermissionBehavior::Deny),
        (&section.ask, PermissionBehavior::Ask),
    ] {
        for text in texts {
            // A path rule of the corpus starts with `//`.
            let rule = Rule::parse(&disk.moved(text)).unwrap();
            rules.add(rule, behavior, PermissionUpdateDestination::CliArg).unwrap();
        }
    }
    rules
}

/// The programs that may start: readers, wrappers, every word of an allow rule, and what the mode covers.
fn permitted(section: &Section, mode: PermissionMode) -> Vec<String> {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| c.is_whitespace() || "();:*&|".contains(c)).map(str::to_owned).collect()
    };
    let mut names = words(READERS);
    names.extend(words(WRAPPERS));
    names.extend(section.allow.iter().flat_map(|rule| words(rule)));
    if mode == PermissionMode::AcceptEdits {
        names.extend(words(EDITORS));
    }
    names
}

fn mode(name: &str) -> PermissionMode {
    serde_json::from_value(json!(name)).unwrap()
}

#[test]
fn what_the_corpus_allows_does_no_more_than_it_may_row_110_row_117() {
    let disk = Disk::new();
    let (mut wrong, mut ran) = (Vec::new(), 0);
    for section in corpus::sections() {
        // Where everything is allowed there is nothing to find out.
        if section.mode == "bypassPermissions" || section.allow.iter().any(|rule| rule == "Bash") {
            continue;
        }
        let (rules, permitted) = (rule_set(&disk, &section), permitted(&section, mode(&section.mode)));
        for (line, expected) in &section.rows {
            let line = disk.moved(line);
            disk.reset();
            let (allowed, reads) = disk.allows(&line, mode(&section.mode), &rules);
            assert_eq!(allowed, expected.starts_with("allow"), "on this disk, {}: {line}", section.name);
            if allowed {
                ran += 1;
                wrong.extend(
                    disk.verify(&line, reads, &permitted, &section.allow)
                        .map(|what| format!("{what}: {line}")),
                );
            }
        }
    }
    println!("{ran} lines of the corpus ran");
    assert!(ran > 150, "{ran}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    drop(disk.dir);
}

const PIECES: [&str; 124] = [
    "ls",
    "echo",
    "cat",
    "make",
    "npm run x",
    "touch",
    "cp",
    "pwned",
    "rm",
    "git status",
    "printf",
    "test",
    "[",
    "]",
    "true",
    "sed -n 1p",
    "sed",
    "sort",
    "find .",
    "tee",
    "xargs",
    "timeout 5",
    "nice",
    "time",
    "command",
    "env",
    "sh -c",
    "eval",
    "a",
    "b",
    "src/a.rs",
    "src",
    "link",
    "/etc/x",
    "~/x",
    "../x",
    "out.txt",
    "'a b'",
    "\"$X\"",
    "$X",
    "${X}",
    "${X:-a}",
    "${X@P}",
    "$(pwned)",
    "`pwned`",
    "\"$(pwned)\"",
    "$((x))",
    "<(pwned)",
    "{a,b}",
    "{a,/etc/x}",
    "a*",
    "*",
    "[a]",
    "$'\\x61'",
    "$\"a\"",
    "\\;",
    "\\\n",
    "#",
    "# pwned",
    "-o out",
    "-o /etc/x",
    "> out",
    "> /etc/x",
    ">> link/x",
    "> $F",
    "2>&1",
    "&> out",
    "< a",
    "<<< a",
    "<<E\npwned\nE\n",
    "<<'E'",
    "X=1",
    "LANG=C",
    "PATH=.",
    "-v 'a[$(pwned)]'",
    "'%n' PATH",
    "-i s/a/b/",
    "'1w /etc/x'",
    "'s/[]/A/;/B]/s/w link/p'",
    "-exec pwned {} ;",
    "&&",
    "||",
    ";",
    "|",
    "&",
    "|&",
    "\n",
    "(",
    ")",
    "{",
    "}",
    "!",
    "if",
    "then",
    "fi",
    "'",
    "--",
    "-e --",
    "${IFS}-o/etc/x",
    "{-o,/etc/x}",
    "-{-output=/etc/x,p}",
    "rg",
    "rg -e x",
    "--pre pwned",
    "grep -r .",
    "-R",
    "-L",
    "find -L",
    "-follow",
    "diff -r . src",
    "uniq",
    "dd if=a",
    "of=/etc/x",
    "-t",
    "-at/etc",
    "--target-directory /etc",
    "--t=/etc",
    "tar",
    "-xPf a",
    "-cf /etc/x a",
    "--to-command=pwned",
    "split a",
    "rsync -t a",
    "ls -R",
];

#[test]
fn what_is_allowed_of_random_lines_does_no_more_than_it_may_row_110_row_117() {
    let disk = Disk::new();
    let section = Section {
        name: "random".into(),
        mode: String::new(),
        allow: [
            "Bash(make:*)",
            "Bash(npm run *)",
            "Bash(touch:*)",
            "Bash(cp:*)",
            "Bash(printf:*)",
            "Bash(test:*)",
            "Bash(sort:*)",
            "Bash(tee:*)",
            "Bash(sed:*)",
            "Bash(uniq:*)",
            "Bash(dd:*)",
            "Bash(tar:*)",
            "Bash(rg:*)",
            "Bash(split:*)",
            "Bash(rsync:*)",
        ]
        .map(String::from)
        .to_vec(),
        deny: Vec::new(),
        ask: Vec::new(),
        attempts: false,
        rows: Vec::new(),
    };
    let rules = rule_set(&disk, &section);
    let mut random = fastrand::Rng::with_seed(0x5eed);
    let (mut wrong, mut ran) = (Vec::new(), 0);
    disk.reset();
    for round in 0..3_000 {
        let mode = if round % 2 == 0 { PermissionMode::Default } else { PermissionMode::AcceptEdits };
        let count = random.usize(1..8);
        let glue = if random.u8(..4) == 0 { "" } else { " " };
        let line = (0..count).map(|_| PIECES[random.usize(..PIECES.len())]).collect::<Vec<_>>().join(glue);
        let line = disk.moved(&line);
        let (allowed, reads) = disk.allows(&line, mode, &rules);
        if !allowed {
            continue;
        }
        ran += 1;
        let names = permitted(&section, mode);
        wrong.extend(disk.verify(&line, reads, &names, &section.allow).map(|what| format!("{what}: {line}")));
        disk.reset();
    }
    println!("{ran} random lines ran");
    assert!(ran > 150, "{ran}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
