//! A rough reading of a command line, for courtesies only: what an exit code means, what is silent, what would end us.
//!
//! Nothing here guards anything: permissions have a real parser.

use grep_matcher::Matcher;

/// The simple commands of a line, each as its words: quotes removed, redirections and assignments in front left out.
pub(super) fn simple_commands(line: &str) -> Vec<Vec<String>> {
    let mut reader = Reader::default();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(next) => reader.put(next),
            },
            '\'' => {
                reader.open();
                chars.by_ref().take_while(|&c| c != '\'').for_each(|c| reader.put(c));
            }
            '"' => {
                reader.open();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => chars.next().into_iter().for_each(|c| reader.put(c)),
                        c => reader.put(c),
                    }
                }
            }
            '#' if reader.word.is_none() => while chars.next_if(|&c| c != '\n').is_some() {},
            '>' | '<' => {
                reader.drop_descriptor();
                let heredoc = c == '<' && chars.next_if_eq(&'<').is_some();
                while chars.next_if(|c| matches!(c, '>' | '<' | '&' | '|' | '-')).is_some() {}
                reader.end_word();
                reader.expect = if heredoc { Expect::Delimiter } else { Expect::Target };
            }
            '&' if chars.peek() == Some(&'>') => reader.end_word(),
            '\n' => {
                reader.end_command();
                for delimiter in std::mem::take(&mut reader.heredocs) {
                    skip_heredoc(&mut chars, &delimiter);
                }
            }
            ';' | '|' | '&' | '(' | ')' => reader.end_command(),
            c if c.is_whitespace() => reader.end_word(),
            c => reader.put(c),
        }
    }
    reader.end_command();
    reader.commands
}

fn skip_heredoc(chars: &mut impl Iterator<Item = char>, delimiter: &str) {
    loop {
        let mut any = false;
        let line: String = chars.by_ref().inspect(|_| any = true).take_while(|&c| c != '\n').collect();
        if !any || line.trim_start_matches('\t') == delimiter {
            return;
        }
    }
}

#[derive(Default, Clone, Copy)]
enum Expect {
    #[default]
    Word,
    /// The next word is where a redirection goes.
    Target,
    /// The next word ends a here-document.
    Delimiter,
}

#[derive(Default)]
struct Reader {
    commands: Vec<Vec<String>>,
    words: Vec<String>,
    word: Option<String>,
    expect: Expect,
    heredocs: Vec<String>,
}

impl Reader {
    fn open(&mut self) {
        self.word.get_or_insert_default();
    }

    fn put(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    /// The `2` of `2>file` is no word.
    fn drop_descriptor(&mut self) {
        if self.word.as_ref().is_some_and(|word| word.chars().all(|c| c.is_ascii_digit())) {
            self.word = None;
        }
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        match std::mem::take(&mut self.expect) {
            Expect::Target => {}
            Expect::Delimiter => self.heredocs.push(word),
            Expect::Word => {
                let reserved = ["{", "}", "then", "else", "do", "if", "while", "until", "time", "command"];
                if !self.words.is_empty() || !(is_assignment(&word) || reserved.contains(&word.as_str())) {
                    self.words.push(word);
                }
            }
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.expect = Expect::Word;
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && name.starts_with(|c: char| !c.is_ascii_digit())
    })
}

/// The name of a command without its directory, and its arguments.
pub(super) fn split_name(words: &[String]) -> Option<(&str, &[String])> {
    let (name, arguments) = words.split_first()?;
    Some((name.rsplit('/').next().unwrap_or(name), arguments))
}

/// The subcommand of a `git` call and what follows it; options of git itself are passed over.
pub(super) fn git_subcommand(words: &[String]) -> Option<(&str, &[String])> {
    let ("git", mut rest) = split_name(words)? else { return None };
    while let Some((word, after)) = rest.split_first() {
        match word.as_str() {
            "-C" | "-c" | "--git-dir" | "--work-tree" | "--namespace" => rest = after.get(1..)?,
            option if option.starts_with('-') => rest = after,
            subcommand => return Some((subcommand, after)),
        }
    }
    None
}

/// What exit code 1 of the line's last command means, when it is an answer and not a failure.
pub(super) fn benign(commands: &[Vec<String>], code: i32) -> Option<&'static str> {
    let last = commands.last().filter(|_| code == 1)?;
    match split_name(last)?.0 {
        "grep" | "rg" | "egrep" | "fgrep" => Some("No matches found"),
        "find" => Some("Some directories could not be read"),
        "diff" => Some("The files differ"),
        "test" | "[" => Some("The condition is false"),
        "git" => match git_subcommand(last)?.0 {
            "diff" => Some("The files differ"),
            "grep" => Some("No matches found"),
            _ => None,
        },
        _ => None,
    }
}

/// Whether every command of the line is one that says nothing when it succeeds.
pub(super) fn silent(commands: &[Vec<String>]) -> bool {
    const SILENT: &[&str] = &[
        ":", "cd", "chgrp", "chmod", "chown", "cp", "export", "ln", "mkdir", "mv", "rm", "rmdir", "set",
        "touch", "true", "unset", "wait",
    ];
    !commands.is_empty()
        && commands.iter().all(|words| split_name(words).is_some_and(|(name, _)| SILENT.contains(&name)))
}

/// Whether the line has a command that changes the shell's directory.
pub(super) fn changes_directory(commands: &[Vec<String>]) -> bool {
    commands
        .iter()
        .filter_map(|words| split_name(words))
        .any(|(name, _)| matches!(name, "cd" | "pushd" | "popd"))
}

/// Whether a line that runs out of time may go on in the background (row 231): not one that only waits, not git, whose
/// locks would stay, and not one that cannot be read.
pub(super) fn may_move(line: &str, commands: &[Vec<String>]) -> bool {
    let names: Vec<_> = commands.iter().filter_map(|words| split_name(words)).map(|(name, _)| name).collect();
    names.first().is_some_and(|first| *first != "sleep") && !names.contains(&"git") && parses(line)
}

fn parses(line: &str) -> bool {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).is_ok()
        && parser.parse(line, None).is_some_and(|tree| !tree.root_node().has_error())
}

/// Whether the line has a command that sends signals.
pub(super) fn signals_processes(commands: &[Vec<String>]) -> bool {
    commands
        .iter()
        .filter_map(|words| split_name(words))
        .any(|(name, _)| matches!(name, "kill" | "pkill" | "killall"))
}

/// A text for the model when the line would end this very process, whose number and (name, command line) are given.
pub(super) fn refuse_own_end(commands: &[Vec<String>], pid: u32, own: &(String, String)) -> Option<String> {
    commands.iter().filter_map(|words| split_name(words)).find_map(|(name, arguments)| match name {
        "kill" => kill_hits(arguments, pid).then(|| {
            format!("Refused: this `kill` would end the agent's own process ({pid}). Name the process you mean.")
        }),
        "pkill" | "killall" => pattern_hits(arguments, own).then(|| {
            format!(
                "Refused: this `{name}` would end the agent's own process too. Find the process you mean with `pgrep -af` and end it by its number."
            )
        }),
        _ => None,
    })
}

fn kill_hits(arguments: &[String], pid: u32) -> bool {
    let mut targets = arguments;
    match arguments.first().map(String::as_str) {
        Some("-s" | "-n") => targets = arguments.get(2..).unwrap_or_default(),
        Some(option) if option.starts_with('-') => targets = &arguments[1..],
        _ => {}
    }
    let own = [
        pid.to_string(),
        format!("-{pid}"),
        "-1".into(),
        "$PPID".into(),
        "${PPID}".into(),
        "$CLAUDE_PID".into(),
    ];
    targets.iter().any(|target| own.contains(target))
}

fn pattern_hits(arguments: &[String], (name, command_line): &(String, String)) -> bool {
    let flag = |short: char, long: &str| {
        arguments.iter().any(|word| {
            word == long
                || (word.starts_with('-')
                    && !word.starts_with("--")
                    && word[1..].chars().all(char::is_alphabetic)
                    && word.len() <= 4
                    && word.contains(short))
        })
    };
    let Some(pattern) = arguments.iter().rfind(|word| !word.starts_with('-')) else { return false };
    let subject = if flag('f', "--full") { command_line } else { name };
    let pattern = if flag('x', "--exact") { format!("^(?:{pattern})$") } else { pattern.clone() };
    let matcher =
        grep_regex::RegexMatcherBuilder::new().case_insensitive(flag('i', "--ignore-case")).build(&pattern);
    matcher.is_ok_and(|matcher| matcher.is_match(subject.as_bytes()).unwrap_or(false))
}

#[cfg(test)]
#[path = "bash_words_tests.rs"]
mod tests;
