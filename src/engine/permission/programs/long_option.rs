//! Which long option an argument stands for: programs accept the start of a name for the whole of it.

/// Harmless options whose names begin longer ones that tables of options that write or run hold. Written out, they are no
/// abbreviation: `tar --file` is not `--files-from`.
const COMPLETE: [&str; 7] =
    ["--backup", "--checkpoint", "--cookie", "--file", "--global", "--partial", "--strip"];

/// Whether `text`, an argument with or without a value, may be `option` or one whose name goes on from there.
///
/// The start of a name counts however short it is, even where a program of today finds it ambiguous: which options a
/// program knows differs by version, `tar` picks one of several, and to count one too many is the safe side.
pub(in crate::engine::permission) fn may_be(text: &str, option: &str) -> bool {
    let name = text.split_once('=').map_or(text, |(name, _)| name);
    name.starts_with(option) || (option.starts_with(name) && text != "--" && !COMPLETE.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::may_be;

    #[test]
    fn the_start_of_a_name_stands_for_it() {
        for text in ["--u", "--u=./x", "--upload", "--upl=", "--upload-pack", "--upload-pack=./x", "--="] {
            assert!(may_be(text, "--upload-pack"), "{text}");
            assert!(may_be(text, "--upl"), "{text}");
        }
    }

    #[test]
    fn another_name_does_not() {
        for text in ["--", "--update", "--update-head-ok", "--unshallow", "--x=--upload-pack"] {
            assert!(!may_be(text, "--upload-pack"), "{text}");
        }
    }

    #[test]
    fn a_complete_name_is_no_abbreviation() {
        assert!(!may_be("--checkpoint=1", "--checkpoint-action"));
        assert!(may_be("--checkpoint-=exec", "--checkpoint-action"));
        assert!(may_be("--checkpoin", "--checkpoint-action"));
        assert!(may_be("--file=a", "--f"), "what the table holds itself counts");
    }
}
