//! Commands that only run another one: stripped exactly, or not at all.

use crate::engine::permission::word::Word;

/// What is left of a command without its wrappers.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine::permission) struct Stripped<'a> {
    /// The command that runs.
    pub words: &'a [Word],
    /// `xargs` adds arguments that are not known here.
    pub more: bool,
}

/// Strips `timeout`, `time`, `nice`, `nohup`, `stdbuf`, `command`, `builtin`, `noglob` and `xargs` without flags.
/// `None` when a wrapper is used in a way that is not understood completely.
pub(in crate::engine::permission) fn strip(words: &[Word]) -> Option<Stripped<'_>> {
    let mut left = Stripped { words, more: false };
    while let Some(name) = left.words.first().and_then(Word::literal) {
        let args = &left.words[1..];
        let skip = match name {
            "timeout" => timeout(args)?,
            "time" => usize::from(args.first().and_then(Word::literal) == Some("-p")),
            "nice" => nice(args)?,
            "stdbuf" => stdbuf(args)?,
            "nohup" | "command" | "builtin" | "noglob" => 0,
            "xargs" => {
                left.more = true;
                0
            }
            _ => return Some(left),
        };
        left.words = args.get(skip..)?;
        let first = left.words.first()?;
        if first.literal().is_some_and(|text| text.starts_with('-')) {
            return None;
        }
    }
    Some(left)
}

fn timeout(args: &[Word]) -> Option<usize> {
    let mut at = 0;
    loop {
        let text = args.get(at)?.literal()?;
        at += match text {
            "-k" | "-s" | "--signal" | "--kill-after" => {
                args.get(at + 1)?.literal()?;
                2
            }
            "--foreground" | "--preserve-status" | "-v" | "--verbose" => 1,
            _ if text.starts_with("--kill-after=") || text.starts_with("--signal=") => 1,
            _ if text.starts_with('-') => return None,
            _ => break,
        };
    }
    let duration = args.get(at)?.literal()?;
    let number = duration.strip_suffix(['s', 'm', 'h', 'd']).unwrap_or(duration);
    let fits = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    fits.then_some(at + 1)
}

fn nice(args: &[Word]) -> Option<usize> {
    let number = |text: &str| {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit())
    };
    let text = args.first()?.literal()?;
    if text == "-n" {
        return number(args.get(1)?.literal()?).then_some(2);
    }
    match text.strip_prefix("--adjustment=").or_else(|| text.strip_prefix('-')) {
        Some(value) => number(value).then_some(1),
        None => Some(0),
    }
}

fn stdbuf(args: &[Word]) -> Option<usize> {
    let mut at = 0;
    while let Some(text) = args.get(at)?.literal().filter(|text| text.starts_with('-')) {
        at += match text {
            "-i" | "-o" | "-e" => {
                args.get(at + 1)?.literal()?;
                2
            }
            _ if ["-i", "-o", "-e", "--input=", "--output=", "--error="]
                .iter()
                .any(|option| text.starts_with(option)) =>
            {
                1
            }
            _ => return None,
        };
    }
    (at > 0).then_some(at)
}
