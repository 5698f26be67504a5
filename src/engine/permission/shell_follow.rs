//! What the commands of a line run in their turn: behind wrappers and launchers, in scripts, by options and variables.

use super::programs::file_writes::values;
use super::programs::hazard::runs_by_option;
use super::programs::runner;
use super::programs::wrapper::strip;
use super::script::{self, Script};
use super::shell::{WRAPPERS, Walk, base, is_launcher, is_shell};
use super::split::{RESERVED, Simple};
use super::word::Word;

/// How many words of a launcher are tried as the start of the command it runs.
const SUFFIXES: usize = 64;

/// What a shell of a line may read: here-documents and here-strings, or what comes through a pipe.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub scripts: &'a [String],
    pub piped: bool,
}

/// The actions of `find` that run a command.
fn runs_found(word: &Word) -> bool {
    matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir")
        || word.vars
        || word.complex
        || word.braces
}

impl Walk<'_> {
    /// Adds a command and what it runs in its turn.
    pub(super) fn follow(&mut self, command: &Simple, given: Given, depth: usize) {
        self.all.push(command.clone());
        self.follow_values(command, depth);
        let Some(first) = command.words.first() else { return };
        if first.fuzzy.contains(super::word::UNKNOWN) {
            return self.hide("the name of a command is computed");
        }
        // A reserved word that was read as a name is in front of a command, too (`! ! rm`).
        let runs_others =
            |name: &str| is_launcher(name) || WRAPPERS.contains(&base(name)) || RESERVED.contains(&name);
        let by_option = runs_by_option(base(&first.text), command.args());
        let only_finds = base(&first.text) == "find" && !command.args().iter().any(runs_found);
        if !(runs_others(&first.text) || by_option) || only_finds {
            return self.follow_plain(&command.words, given, depth);
        }
        let adds = command.words.iter().any(|word| matches!(base(&word.text), "xargs" | "parallel"));
        let with_more = |words: &[Word]| {
            let more = adds.then(script::more);
            Simple { words: words.iter().cloned().chain(more).collect(), ..Simple::default() }
        };
        // Behind wrappers that are understood completely the rest is plain.
        if let Some(stripped) = strip(&command.words).filter(|_| !by_option) {
            let known = stripped.words.first().and_then(Word::literal);
            if known.is_some_and(|name| !runs_others(name) && !name.contains('=')) {
                self.all.push(with_more(stripped.words));
                return self.follow_plain(stripped.words, given, depth);
            }
        }
        if command.words.len() > SUFFIXES {
            self.hide("a launcher with very many arguments");
        }
        let another = |word: &Word| {
            let name = base(&word.text);
            !matches!(name, "xargs" | "find") && (runs_others(name) || is_shell(name))
        };
        if command.words.iter().any(|word| word.text.starts_with(":::"))
            || (adds && command.args().iter().any(another))
        {
            self.hide("a launcher puts a command together");
        }
        for start in 0..command.words.len().min(SUFFIXES) {
            let words = &command.words[start..];
            if start > 0 {
                self.all.push(with_more(words));
                let text = &words[0].text;
                if text.split_whitespace().nth(1).is_some() || text.contains('=') {
                    // `--checkpoint-action=exec=rm x` has its command behind the second one.
                    for (at, _) in text.match_indices('=').take(2) {
                        self.line(&text[at + 1..], depth + 1);
                    }
                    self.line(text, depth + 1);
                }
                if words[0].vars || words[0].complex || words[0].braces {
                    self.hide("an argument of a launcher is computed");
                }
                self.follow_attached(words, depth);
            }
            self.follow_script(words, given, depth);
        }
    }

    /// Follows a command that is no launcher. Which word behind a runner begins its command is not known, but it is not
    /// computed unless the first one that is no option is.
    fn follow_plain(&mut self, words: &[Word], given: Given, depth: usize) {
        self.follow_script(words, given, depth);
        let Some(words) = runner::behind(words) else { return };
        if words.len() > SUFFIXES {
            self.hide("a runner with very many arguments");
        }
        for script in values(words, "c", &["--call"]) {
            self.line(&script.text, depth + 1);
        }
        let mut operands = words.iter().filter(|word| !word.text.starts_with('-'));
        if operands.next().is_some_and(|word| word.known().is_none()) {
            self.hide("the command that is run elsewhere is computed");
        }
        for start in 0..words.len().min(SUFFIXES) {
            let words = &words[start..];
            if words[0].known().is_some() {
                self.all.push(Simple { words: words.to_vec(), ..Simple::default() });
                self.follow_script(words, given, depth);
            }
        }
    }

    /// Follows the value that stands right behind the letter of an option: `env -S'rm x'`, `script -qc'rm x'`.
    fn follow_attached(&mut self, words: &[Word], depth: usize) {
        let Some((first, rest)) = words.split_first() else { return };
        let letters = first.text.strip_prefix('-').unwrap_or_default();
        for at in 1..letters.len().min(4) {
            let Some(tail) = letters.get(at..) else { continue };
            let tail = Word {
                raw: tail.to_owned(),
                text: tail.to_owned(),
                fuzzy: tail.to_owned(),
                ..Word::default()
            };
            if tail.text.contains(char::is_whitespace) {
                self.line(&tail.text, depth + 1);
            }
            let words = std::iter::once(tail).chain(rest.iter().cloned()).collect();
            self.all.push(Simple { words, ..Simple::default() });
        }
    }

    /// Follows `sh -c '...'`, `eval`, `source` and their relatives.
    fn follow_script(&mut self, words: &[Word], given: Given, depth: usize) {
        let Some((name, args)) = words.split_first() else { return };
        match script::of(base(&name.text), args) {
            Script::None => {}
            Script::Texts(texts) => {
                for text in texts {
                    self.line(&text, depth + 1);
                }
            }
            Script::Computed(texts) => {
                self.hide("a text that is computed runs as a command");
                for text in texts {
                    self.line(&text, depth + 1);
                }
            }
            Script::Input => {
                if given.scripts.is_empty() || given.piped {
                    self.hide("a shell reads its commands from elsewhere");
                }
                for script in given.scripts {
                    self.line(script, depth + 1);
                }
            }
        }
    }

    /// Follows what assignments and arguments of builtins make run: programs that variables name, substitutions in
    /// subscripts.
    fn follow_values(&mut self, command: &Simple, depth: usize) {
        let evaluated = command.name().is_some_and(script::evaluates);
        let args = if evaluated { command.args() } else { &[] };
        for word in command.assigns.iter().chain(args) {
            if script::sets_options(word) {
                self.hide("a variable may make programs run something");
            }
            if script::has_hidden_substitution(word) {
                self.hide("a substitution stands in a subscript");
            }
            if let Some(value) = script::run_by_others(word) {
                if word.known().is_none() {
                    self.hide("a variable that names a command is computed");
                }
                self.line(value, depth + 1);
            }
        }
    }
}
