//! Which `sed` scripts only edit text: no `e`, `w`, `r` and nothing that is not understood.

use crate::engine::permission::word::Word;

/// A `sed` call that can be judged.
#[derive(Debug)]
pub(in crate::engine::permission) struct Sed {
    /// Whether files are edited in place.
    pub in_place: bool,
    /// The files.
    pub files: Vec<Word>,
}

/// Reads the arguments of `sed`. `None` when a script or an option is not understood completely.
pub(in crate::engine::permission) fn read(args: &[Word]) -> Option<Sed> {
    let mut sed = Sed { in_place: false, files: Vec::new() };
    let mut scripts: Vec<&str> = Vec::new();
    let mut operands: Vec<&Word> = Vec::new();
    let mut args = args.iter();
    let mut options = true;
    while let Some(arg) = args.next() {
        let text = arg.known()?;
        if !options || !text.starts_with('-') || text == "-" {
            operands.push(arg);
            continue;
        }
        arg.literal()?;
        match text {
            "--" => options = false,
            "-e" | "--expression" => scripts.push(args.next()?.literal()?),
            "-n" | "-E" | "-r" | "-s" | "-u" | "-z" | "-nE" | "-En" | "-nr" | "-rn" | "--quiet"
            | "--silent" | "--regexp-extended" | "--separate" | "--null-data" | "--posix" => {}
            _ => {
                if let Some(script) = text.strip_prefix("--expression=") {
                    scripts.push(script);
                } else {
                    let suffix = text
                        .strip_prefix("--in-place=")
                        .or_else(|| text.strip_prefix("-i"))
                        .or_else(|| (text == "--in-place").then_some(""))
                        .or_else(|| matches!(text, "-Ei" | "-ri" | "-ni").then_some(""))?;
                    // The copy has a name of its own, which must not be that of something else.
                    if !matches!(suffix, "" | ".bak" | ".orig" | ".old" | ".tmp" | "~") {
                        return None;
                    }
                    sed.in_place = true;
                }
            }
        }
    }
    if scripts.is_empty() {
        let script = operands.first()?;
        scripts.push(script.literal()?);
        operands.remove(0);
    }
    sed.files = operands.into_iter().cloned().collect();
    scripts.iter().all(|script| harmless(script)).then_some(sed)
}

/// Whether a script is a list of `s///`, `y///`, `d`, `p`, `q`, `=` and their like.
fn harmless(script: &str) -> bool {
    let mut rest = script;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', ';']);
        if rest.is_empty() {
            return true;
        }
        let Some(next) = command(rest) else { return false };
        rest = next.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with([';', '\n', '}']) {
            return false;
        }
    }
}

/// Skips one command; `None` when it is not a harmless one.
fn command(text: &str) -> Option<&str> {
    let mut rest = address(text)?;
    if let Some(second) = rest.strip_prefix(',') {
        let trimmed = second.trim_start_matches([' ', '\t', '+', '~']);
        let next = address(trimmed)?;
        if next.len() == trimmed.len() {
            return None;
        }
        rest = next;
    }
    rest = rest.trim_start_matches([' ', '\t', '!']);
    let letter = rest.chars().next()?;
    let after = &rest[letter.len_utf8()..];
    match letter {
        'd' | 'D' | 'p' | 'P' | 'q' | 'Q' | '=' | 'g' | 'G' | 'h' | 'H' | 'x' | 'n' | 'N' | 'l' => {
            Some(after)
        }
        's' | 'y' => {
            let delimiter = after.chars().next()?;
            if delimiter.is_ascii_alphanumeric() || matches!(delimiter, '\\' | '\n' | ' ' | ';') {
                return None;
            }
            let body = &after[delimiter.len_utf8()..];
            let rest = until(until(body, delimiter)?, delimiter)?;
            Some(
                rest.trim_start_matches(|c: char| {
                    letter == 's' && (c.is_ascii_digit() || "gpiI".contains(c))
                }),
            )
        }
        _ => None,
    }
}

/// Skips an address: a line number, `$`, or `/regex/`.
fn address(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('$') {
        return Some(rest);
    }
    if let Some(rest) = text.strip_prefix('/') {
        return until(rest, '/').map(|rest| rest.trim_start_matches('I'));
    }
    Some(text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '~'))
}

/// Skips to behind the next unescaped delimiter. Brackets hide nothing here: a delimiter inside them makes the rest
/// unreadable, which refuses the script.
fn until(text: &str, delimiter: char) -> Option<&str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == '\n' {
            return None;
        } else if c == '[' {
            // Some sed read a delimiter inside brackets as text and some do not: refuse what depends on it.
            let inside = &text[at + 1..];
            let start = inside.len() - inside.trim_start_matches('^').trim_start_matches(']').len();
            let end = start + inside[start..].find(']')?;
            if inside[..end].contains([delimiter, '[']) {
                return None;
            }
        } else if c == delimiter {
            return Some(&text[at + c.len_utf8()..]);
        }
    }
    None
}
