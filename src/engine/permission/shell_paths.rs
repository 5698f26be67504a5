//! Where the paths of a command line lead: every directory it may be in, and every place a word may name.

use super::path_rule::lexical;
use super::shell::Line;
use super::split::Redirect;
use super::word::{UNKNOWN, Word};
use super::{PolicyContext, Resolved};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// More directories than this are not followed.
const MOST: usize = 16;

/// The directories that the parts of a line may run in.
#[derive(Debug)]
pub(super) struct Dirs {
    possible: Vec<PathBuf>,
    /// A `cd` leads to where nobody knows.
    pub unknown: bool,
    /// A `cd` leads away from where the line starts.
    pub moves: bool,
    /// The places that were asked for: rules and checks look at the same words again and again.
    known: RefCell<HashMap<OsString, Rc<Place>>>,
}

/// One place that a word may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// By its text alone.
    pub link: PathBuf,
    /// After symlinks.
    pub target: PathBuf,
    /// For a name in a directory: that directory resolved, and the name as it stands.
    pub entry: PathBuf,
}

impl Place {
    /// All names of the place, each once.
    pub(super) fn names(&self) -> impl Iterator<Item = &Path> {
        // By their bytes, which is quick: one that is told twice is looked at twice.
        let differ = |one: &PathBuf, other: &PathBuf| one.as_os_str() != other.as_os_str();
        let entry = differ(&self.entry, &self.target).then_some(&*self.entry);
        let link =
            (differ(&self.link, &self.target) && differ(&self.link, &self.entry)).then_some(&*self.link);
        std::iter::once(&*self.target).chain(entry).chain(link)
    }
}

impl Dirs {
    /// Follows every `cd` of a line. A shell takes `..` off the name by which it came to a directory, links and all, and with
    /// `-P` off the directory itself: it may be in either.
    pub(super) fn of(line: &Line, cx: &PolicyContext) -> Self {
        let mut dirs = Self {
            possible: vec![cx.current.to_path_buf()],
            unknown: false,
            moves: false,
            known: RefCell::default(),
        };
        let mut names = dirs.possible.clone();
        for command in &line.moves {
            let target =
                command.args().iter().find(|word| !matches!(word.text.as_str(), "-P" | "-L" | "-e" | "--"));
            let found = match target {
                None => cx.home.map(|home| vec![home.to_path_buf()]),
                Some(word) if word.glob || word.text.starts_with('-') => None,
                Some(word) => dirs.moved(word, &names, cx),
            };
            let Some(found) = found else {
                dirs.unknown = true;
                dirs.moves = true;
                continue;
            };
            for name in found {
                let place = (cx.resolve)(&name).target;
                dirs.moves |= place != cx.current;
                if !dirs.possible.contains(&place) {
                    dirs.possible.push(place);
                }
                if !names.contains(&name) {
                    names.push(name);
                }
            }
            dirs.unknown |= dirs.possible.len() > MOST || names.len() > 2 * MOST;
        }
        dirs.possible.truncate(MOST);
        dirs
    }

    /// The directories that `cd word` may lead to, by every name that they may go under then.
    fn moved(&self, word: &Word, names: &[PathBuf], cx: &PolicyContext) -> Option<Vec<PathBuf>> {
        let places = self.places(word, cx)?;
        let mut found: Vec<PathBuf> =
            places.iter().flat_map(|place| [place.target.clone(), place.link.clone()]).collect();
        let path = Path::new(word.known()?);
        if !word.tilde && !path.is_absolute() {
            found.extend(names.iter().map(|name| lexical(&joined(name, path))));
        }
        Some(found)
    }

    /// Every place that `word` may name; for a glob, the directory it looks in. `None` when that is not known.
    pub(super) fn places(&self, word: &Word, cx: &PolicyContext) -> Option<Vec<Rc<Place>>> {
        let text = word.known()?;
        let text = if word.glob {
            if text.split('/').any(|part| part == "..") && text.find(['*', '?', '[']) < text.rfind("..") {
                return None;
            }
            let literal = &text[..text.find(['*', '?', '[']).unwrap_or(text.len())];
            match literal.rfind('/') {
                Some(slash) => &literal[..=slash],
                None => ".",
            }
        } else {
            text
        };
        self.at(text, word.tilde, cx)
    }

    /// Whether what a glob finds lies where the glob looks: no link among it may lead away.
    pub(super) fn glob_stays(&self, word: &Word, cx: &PolicyContext) -> bool {
        if !word.glob {
            return true;
        }
        let Some(text) = word.known() else { return false };
        let start =
            text[..text.find(['*', '?', '[']).unwrap_or(text.len())].rfind('/').map_or(0, |slash| slash + 1);
        let pattern = text[start..].trim_end_matches('/');
        !pattern.contains('/')
            && self
                .places(word, cx)
                .is_some_and(|places| places.iter().all(|place| !(cx.linked)(&place.target, pattern)))
    }

    /// Every place that the path `text` may name.
    pub(super) fn at(&self, text: &str, tilde: bool, cx: &PolicyContext) -> Option<Vec<Rc<Place>>> {
        let text = if tilde {
            let rest = text.strip_prefix('~')?;
            if !rest.is_empty() && !rest.starts_with('/') {
                return None;
            }
            Cow::Owned(format!("{}{rest}", cx.home?.to_string_lossy()))
        } else {
            Cow::Borrowed(text)
        };
        let path = Path::new(&*text);
        if path.is_absolute() {
            return Some(vec![self.place(path.to_path_buf(), cx)]);
        }
        if self.unknown {
            return None;
        }
        Some(self.possible.iter().map(|dir| self.place(joined(dir, path), cx)).collect())
    }

    fn place(&self, path: PathBuf, cx: &PolicyContext) -> Rc<Place> {
        if let Some(known) = self.known.borrow().get(path.as_os_str()) {
            return Rc::clone(known);
        }
        let Resolved { target, entry } = (cx.resolve)(&path);
        let place = Rc::new(Place { link: lexical(&path), target, entry });
        self.known.borrow_mut().insert(path.into_os_string(), Rc::clone(&place));
        place
    }

    /// The places of a redirection's file; `None` when they are not known for certain.
    pub(super) fn of_redirect(&self, redirect: &Redirect, cx: &PolicyContext) -> Option<Vec<Rc<Place>>> {
        let text = redirect.target.literal().filter(|text| !text.is_empty())?;
        self.at(text, false, cx)
    }

    /// For a removal: the directories that a word may empty or remove. The second part is the glob in it, if any.
    pub(super) fn removed(&self, word: &Word, cx: &PolicyContext) -> Vec<(Rc<Place>, Option<String>)> {
        let home = |name: &str| word.raw.replace('"', "").strip_prefix(name).map(str::to_owned);
        let mut fuzzy = word.fuzzy.clone();
        let mut tilde = word.tilde;
        if let Some(rest) = home("$HOME").or_else(|| home("${HOME}"))
            && (rest.is_empty() || rest.starts_with('/'))
        {
            fuzzy = format!("~{}", rest.replace('*', &UNKNOWN.to_string()));
            tilde = true;
        }
        if let Some(rest) = home("$PWD").or_else(|| home("${PWD}")) {
            fuzzy = format!(".{}", rest.replace('*', &UNKNOWN.to_string()));
        }
        let (text, glob) = match fuzzy.find(UNKNOWN) {
            None => (fuzzy.as_str(), None),
            Some(at) => {
                let start = fuzzy[..at].rfind('/').map_or(0, |slash| slash + 1);
                let end = fuzzy[at..].find('/').map_or(fuzzy.len(), |slash| at + slash);
                if fuzzy[end..].trim_matches('/').is_empty() {
                    (if start == 0 { "." } else { &fuzzy[..start] }, Some(fuzzy[start..end].to_owned()))
                } else {
                    return Vec::new();
                }
            }
        };
        let places = self.at(text, tilde, cx).unwrap_or_default();
        places.into_iter().map(|place| (place, glob.clone())).collect()
    }
}

/// `dir.join(path)` of a path that is not absolute, in one piece of memory.
pub(crate) fn joined(dir: &Path, path: &Path) -> PathBuf {
    let mut out = PathBuf::with_capacity(dir.as_os_str().len() + 1 + path.as_os_str().len());
    out.push(dir);
    out.push(path);
    out
}

/// Whether a shell pattern may find `name`. Brackets count as any character, and hidden files are found too.
pub fn may_find(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    // Row by row over the pattern: reached[j] says that it fits name[..j] so far.
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    let mut at = 0;
    while at < pattern.len() {
        let (mut any, mut many) = (matches!(pattern[at], '?' | '['), pattern[at] == '*');
        if pattern[at] == '[' {
            match pattern[at + 1..].iter().rposition(|c| *c == ']') {
                // A bracket may end early or late: everything from here on may be found.
                Some(_) => return reached.iter().any(|fits| *fits),
                None => (any, many) = (false, false),
            }
        }
        let mut next = vec![false; name.len() + 1];
        next[0] = many && reached[0];
        for j in 0..name.len() {
            next[j + 1] =
                if many { reached[j + 1] || next[j] } else { reached[j] && (any || pattern[at] == name[j]) };
        }
        reached = next;
        at += 1;
    }
    reached.last().copied().unwrap_or(false)
}
