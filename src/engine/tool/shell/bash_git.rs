//! What a command line did with git: commits, pushes, merges and pull requests, read from its words and its output.

use super::words;
use serde_json::{Map, Value, json};

/// `gitOperation` of a successful command; `None` when it did none of it.
pub(super) fn operation(commands: &[Vec<String>], stdout: &str, stderr: &str) -> Option<Value> {
    let mut found = Map::new();
    for command in commands {
        if let Some((subcommand, arguments)) = words::git_subcommand(command) {
            let entry = match subcommand {
                "commit" => {
                    let amended = arguments.iter().any(|word| word == "--amend");
                    commit(stdout, if amended { "amended" } else { "committed" })
                        .map(|value| ("commit", value))
                }
                "cherry-pick" => commit(stdout, "cherry-picked").map(|value| ("commit", value)),
                "push" => pushed(stderr).map(|branch| ("push", json!({ "branch": branch }))),
                "merge" => reference(arguments, "merged"),
                "rebase" => reference(arguments, "rebased"),
                _ => None,
            };
            found.extend(entry.map(|(key, value)| (key.to_owned(), value)));
        } else if let Some(("gh", arguments)) = words::split_name(command)
            && let Some(value) = pull_request(arguments, stdout)
        {
            found.insert("pr".to_owned(), value);
        }
    }
    (!found.is_empty()).then_some(Value::Object(found))
}

/// Reads the line `[branch sha] subject` that git prints for a new commit; the last one counts.
fn commit(stdout: &str, kind: &str) -> Option<Value> {
    stdout.lines().rev().find_map(|line| {
        let (inside, _) = line.strip_prefix('[')?.split_once(']')?;
        let (place, sha) = inside.rsplit_once(' ')?;
        if sha.len() < 4 || !sha.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let branch = place.trim_end_matches(" (root-commit)");
        Some(if branch == "detached HEAD" {
            json!({ "sha": sha, "kind": kind })
        } else {
            json!({ "sha": sha, "kind": kind, "branch": branch })
        })
    })
}

/// The branch of the last line `<what> <from> -> <to>` that git prints for a push that was taken.
fn pushed(stderr: &str) -> Option<String> {
    stderr.lines().rev().find_map(|line| {
        let (before, after) = line.split_once(" -> ")?;
        let refused = before.trim_start().starts_with('!');
        let branch = after.split_whitespace().next()?;
        (!refused && line.starts_with(' ')).then(|| branch.to_owned())
    })
}

fn reference(arguments: &[String], action: &str) -> Option<(&'static str, Value)> {
    let name = arguments.iter().find(|word| !word.starts_with('-'))?;
    Some(("branch", json!({ "ref": name, "action": action })))
}

fn pull_request(arguments: &[String], stdout: &str) -> Option<Value> {
    let ("pr", rest) = (arguments.first()?.as_str(), arguments.get(1..)?) else { return None };
    let has = |option: &str| rest.iter().any(|word| word == option);
    let action = match rest.first()?.as_str() {
        "create" => "created",
        "edit" => "edited",
        "merge" if has("--disable-auto") => "auto-merge-disabled",
        "merge" if has("--auto") => "auto-merge-enabled",
        "merge" => "merged",
        "comment" => "commented",
        "close" => "closed",
        "reopen" => "reopened",
        "ready" if has("--undo") => "draft",
        "ready" => "ready",
        _ => return None,
    };
    let words = || rest.iter().map(String::as_str).chain(stdout.split_whitespace());
    let url = words().find(|word| word.starts_with("https://") && number_in(word).is_some());
    let number = url
        .and_then(number_in)
        .or_else(|| words().find_map(|word| word.trim_start_matches('#').parse().ok()))?;
    Some(match url {
        Some(url) => json!({ "number": number, "url": url, "action": action }),
        None => json!({ "number": number, "action": action }),
    })
}

/// The number in `https://host/owner/repo/pull/12#anchor`.
fn number_in(url: &str) -> Option<u64> {
    let (_, after) = url.split_once("/pull/")?;
    after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
#[path = "bash_git_tests.rs"]
mod tests;
