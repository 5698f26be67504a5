//! The files that `curl` and `wget` write: those that options name, and those that are called as the end of a URL.

use super::file_ops::{operands, with_text};
use super::file_writes::{has, values};
use crate::engine::permission::script;
use crate::engine::permission::word::Word;

/// The files that `curl` writes.
pub(in crate::engine::permission) fn curl(args: &[Word]) -> Vec<Word> {
    let long = ["--o", "--du", "--cookie-j", "--tra", "--stde", "--hsts", "--alt", "--etag-s", "--lib"];
    let mut found = values(args, "oDc", &long);
    if has(args, "O", &["--remote-n"]) {
        let urls = operands(args).into_iter().chain(values(args, "", &["--ur"]));
        // The server may name the file, and `{a,b}` in a URL stands for several.
        let open = |url: &Word| url.text.contains(['{', '[']);
        found.extend(ends(urls, &values(args, "", &["--output-d"]), open));
        found.extend(has(args, "J", &["--remote-h"]).then(script::more));
    }
    found
}

/// The files that `wget` writes.
pub(in crate::engine::permission) fn wget(args: &[Word]) -> Vec<Word> {
    let mut found = values(args, "OoaP", &["--o", "--a", "--d", "--w", "--sa", "--hs", "--rej"]);
    if !args.iter().any(|word| word.text == "-O") {
        // It decodes what is written as `%2e`.
        let dirs = values(args, "P", &["--directory-p"]);
        found.extend(ends(operands(args).into_iter(), &dirs, |url| url.text.contains('%')));
    }
    // The server names the file, or a list does, or a whole site does without a directory of its own.
    let named = has(args, "i", &["--inp", "--content-d", "--tru", "--no-host", "--no-dir", "--cut"])
        || args.iter().any(|word| word.text.starts_with("-n") && word.text.contains(['H', 'd']));
    found.extend(named.then(script::more));
    found
}

/// What the last components of URLs name, here and in `dirs`; nobody knows what those that are `open` name.
fn ends(urls: impl Iterator<Item = Word>, dirs: &[Word], open: impl Fn(&Word) -> bool) -> Vec<Word> {
    let mut found = Vec::new();
    for url in urls {
        if open(&url) {
            found.push(script::more());
            continue;
        }
        let path = url.text.split('?').next().unwrap_or_default();
        let Some((_, name)) = path.rsplit_once('/').filter(|(_, name)| !name.is_empty()) else { continue };
        found.extend(dirs.iter().map(|dir| with_text(dir, &format!("{}/{name}", dir.text))));
        found.push(with_text(&url, name));
    }
    found
}
