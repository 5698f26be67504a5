//! Programs that run a command in another place: a container, a package, an environment. Rules that stop look through them, while
//! a prefix rule such as `npx tsc:*` vouches for what it names.

use crate::engine::permission::shell::base;
use crate::engine::permission::word::Word;

/// Such programs, and the subcommands that run something; none where the program itself does.
const RUNNERS: [(&str, &[&str]); 17] = [
    ("npx", &[]),
    ("bunx", &[]),
    ("pnpx", &[]),
    ("uvx", &[]),
    ("npm", &["exec", "x"]),
    ("pnpm", &["exec", "dlx"]),
    ("yarn", &["exec", "dlx"]),
    ("bun", &["x"]),
    ("docker", &["exec", "run"]),
    ("podman", &["exec", "run"]),
    ("kubectl", &["exec"]),
    ("direnv", &["exec"]),
    ("mise", &["exec", "x"]),
    ("devbox", &["run"]),
    ("poetry", &["run"]),
    ("uv", &["run"]),
    ("bundle", &["exec"]),
];

/// What stands behind the name of a runner and its subcommand: options, then perhaps where it runs, then a command.
pub(in crate::engine::permission) fn behind(words: &[Word]) -> Option<&[Word]> {
    let (name, args) = words.split_first()?;
    let (_, subcommands) = RUNNERS.iter().find(|(runner, _)| *runner == base(&name.text))?;
    if subcommands.is_empty() {
        return Some(args);
    }
    // `npm run x` runs a script of that name.
    let script = args.first().is_some_and(|word| matches!(word.text.as_str(), "run" | "run-script"));
    if script && !subcommands.contains(&"run") {
        return None;
    }
    let at = args.iter().position(|word| subcommands.contains(&word.text.as_str()))?;
    args.get(at + 1..)
}
