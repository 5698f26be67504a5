//! The search behind Grep: walks, matches, and keeps no more than what can be shown.

use super::{Mode, Request};
use crate::engine::io::files::{Files, Kind};
use crate::engine::io::fs;
use crate::engine::tool::{ToolError, files::file_target::cannot, search::walk, search::walk_files::Tree};
use grep_matcher::Matcher;
use grep_regex::{RegexMatcher, RegexMatcherBuilder};
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink, SinkContext, SinkFinish, SinkMatch};
use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// No more text than this is held, whatever the limit on lines says.
const MAX_TEXT: usize = 16 * 1024 * 1024;

/// One line that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) text: String,
    /// A line of context around a match.
    pub(super) context: bool,
    /// There is a gap before it.
    pub(super) gap: bool,
}

/// What one file holds.
#[derive(Debug, Default)]
pub(super) struct FileHits {
    /// Matching lines.
    pub(super) matches: u64,
    /// The first lines for content mode.
    pub(super) lines: Vec<Line>,
    /// How many lines there are, kept or not.
    total_lines: u64,
    bytes: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Content and count mode: the first files by name.
    pub(super) files: BTreeMap<PathBuf, FileHits>,
    /// Files mode: names, newest first.
    pub(super) newest: Vec<PathBuf>,
    /// Files with a match.
    pub(super) total_files: u64,
    /// Matching lines.
    pub(super) total_matches: u64,
    /// Lines of output in content mode.
    pub(super) total_lines: u64,
    /// Lines were left out to save memory.
    pub(super) cut: bool,
    kept_lines: usize,
    kept_bytes: usize,
}

impl Found {
    /// Takes in a file; drops the last ones by name that cannot be shown any more.
    fn add(&mut self, path: PathBuf, hits: FileHits, window: usize, content: bool) {
        self.total_files += 1;
        self.total_matches += hits.matches;
        self.total_lines += hits.total_lines;
        self.kept_lines += if content { hits.lines.len() } else { 1 };
        self.kept_bytes += hits.bytes;
        self.files.insert(path, hits);
        while let Some(last) = self.files.last_entry() {
            let lines = if content { last.get().lines.len() } else { 1 };
            let beyond = self.kept_lines.saturating_sub(lines) >= window;
            let heavy = self.kept_bytes.saturating_sub(last.get().bytes) >= MAX_TEXT;
            if !beyond && !heavy {
                break;
            }
            self.cut |= heavy;
            self.kept_lines -= lines;
            self.kept_bytes -= last.get().bytes;
            last.remove();
        }
    }
}

/// Searches what the request names. Errors are texts for the model.
pub(super) fn search(request: &Request, files: &dyn Files, limit: &walk::Limit) -> Result<Found, ToolError> {
    let path = &request.path;
    let stat = files.stat(path).map_err(|error| ToolError::Respond(walk::no_place(path, &error)))?;
    let matcher = matcher(request)?;
    let types = types(request)?;
    let root = if stat.is_dir() { path.as_path() } else { path.parent().unwrap_or(path) };
    let globs = globs(root, request)?;
    let found = Mutex::new((Found::default(), walk::Newest::new(request.window())));
    let look = |file: &Path| search_file(file, request, &matcher, files, limit);
    let keep = |file: &Path, (hits, failed): (Option<FileHits>, Option<io::Error>)| {
        if let Some(error) = failed {
            limit.miss(file, &error);
        }
        let Some(hits) = hits else { return };
        let modified = match request.mode {
            Mode::FilesWithMatches => files.stat(file).ok().map(|stat| stat.modified),
            Mode::Content | Mode::Count => None,
        };
        let mut guard = found.lock().unwrap_or_else(PoisonError::into_inner);
        let (found, newest) = &mut *guard;
        if request.mode == Mode::FilesWithMatches {
            newest.push(modified.unwrap_or(std::time::UNIX_EPOCH), file.to_path_buf());
        } else {
            found.add(file.to_path_buf(), hits, request.window(), request.mode == Mode::Content);
        }
    };
    if stat.is_file() {
        match look(path) {
            (None, Some(error)) => return Err(ToolError::Respond(cannot("read", path, &error))),
            seen => keep(path, seen),
        }
    } else if stat.is_dir() {
        walk_all(path, (types, globs), files, limit, &|file| keep(file, look(file)));
    } else {
        return Err(ToolError::Respond(format!("Not a regular file or directory: {}", path.display())));
    }
    limit.check_cancelled()?;
    let (mut found, newest) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    if request.mode == Mode::FilesWithMatches {
        found.total_files = newest.total();
        found.newest = newest.into_paths();
    }
    Ok(found)
}

/// Gives every file below `root` that types and globs leave to `visit`.
fn walk_all(
    root: &Path,
    (types, globs): (Types, Override),
    files: &dyn Files,
    limit: &walk::Limit,
    visit: &(impl Fn(&Path) + Sync),
) {
    if !files.is_host() {
        let tree = Tree {
            files,
            root,
            hidden: true,
            ignoring: true,
            depth: None,
            types: Some(types),
            enter: &|path, is_dir| !globs.matched(path, is_dir).is_ignore(),
            limit,
        };
        return tree.run(&|path, kind| {
            if kind == Kind::File {
                visit(path);
            }
        });
    }
    let mut builder = walk::builder(root);
    builder.types(types);
    // As a filter and not as the walker's overrides, which would let a glob bring back ignored files.
    builder.filter_entry(move |entry| {
        let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
        !walk::is_git_dir(entry) && (entry.depth() == 0 || !globs.matched(entry.path(), is_dir).is_ignore())
    });
    walk::run(&builder, limit, &|entry| {
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            visit(entry.path());
        }
    });
}

fn matcher(request: &Request) -> Result<RegexMatcher, ToolError> {
    let mut builder = RegexMatcherBuilder::new();
    builder.multi_line(true).case_insensitive(request.ignore_case);
    if request.multiline {
        builder.dot_matches_new_line(true);
    } else {
        builder.line_terminator(Some(b'\n'));
    }
    builder.build(&request.pattern).map_err(|error| {
        let hint = if !request.multiline && request.pattern.contains("\\n") {
            "\nSet `multiline` to true to match across lines."
        } else {
            ""
        };
        ToolError::Respond(format!("Invalid pattern: {error}{hint}"))
    })
}

fn types(request: &Request) -> Result<Types, ToolError> {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    if let Some(name) = &request.file_type {
        builder.select(name);
    }
    builder.build().map_err(|error| ToolError::Respond(format!("Invalid type: {error}")))
}

fn globs(root: &Path, request: &Request) -> Result<Override, ToolError> {
    let mut builder = OverrideBuilder::new(root);
    let invalid = |error: ignore::Error| ToolError::Respond(format!("Invalid glob: {error}"));
    for glob in &request.globs {
        builder.add(glob).map_err(invalid)?;
    }
    builder.build().map_err(invalid)
}

/// The hits of one file, `None` when there are none or it is binary, and why it could not be read to its end.
fn search_file(
    path: &Path,
    request: &Request,
    matcher: &RegexMatcher,
    files: &dyn Files,
    limit: &walk::Limit,
) -> (Option<FileHits>, Option<io::Error>) {
    // Of this machine as a stream, so that a search can end inside a file.
    let opened = if files.is_host() {
        fs::open(path).map(|file| Box::new(file) as Box<dyn io::Read>)
    } else {
        files.read(path).map(|bytes| Box::new(io::Cursor::new(bytes)) as Box<dyn io::Read>)
    };
    let file = match opened {
        Ok(file) => file,
        Err(error) => return (None, Some(error)),
    };
    let reader = Stoppable { file, limit };
    let mut searcher = SearcherBuilder::new()
        .line_number(true)
        .multi_line(request.multiline)
        .before_context(request.before)
        .after_context(request.after)
        .binary_detection(BinaryDetection::quit(0))
        .build();
    let mut sink = Hits { request, matcher, hits: FileHits::default(), gap: false, binary: false };
    let failed = searcher.search_reader(matcher, reader, &mut sink).err();
    if failed.is_some() && limit.reached() {
        return (None, None);
    }
    // What was found before the failure counts.
    ((!sink.binary && sink.hits.matches > 0).then_some(sink.hits), failed)
}

/// A file that stops giving bytes when the search must end.
struct Stoppable<'a> {
    file: Box<dyn io::Read>,
    limit: &'a walk::Limit,
}

impl io::Read for Stoppable<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.limit.reached() {
            return Err(io::Error::other("the search has ended"));
        }
        self.file.read(buffer)
    }
}

struct Hits<'a> {
    request: &'a Request,
    matcher: &'a RegexMatcher,
    hits: FileHits,
    gap: bool,
    binary: bool,
}

impl Hits<'_> {
    fn line(&mut self, number: Option<u64>, bytes: &[u8], context: bool) {
        self.hits.total_lines += 1 + u64::from(self.gap);
        let gap = std::mem::take(&mut self.gap);
        if self.hits.lines.len() < self.request.window() && self.hits.bytes < MAX_TEXT {
            let text = super::format::line_text(bytes);
            self.hits.bytes += text.len();
            self.hits.lines.push(Line { number: number.unwrap_or(0), text, context, gap });
        }
    }

    /// Every match in `bytes`, each of its lines on its own.
    fn parts(&mut self, first: u64, bytes: &[u8]) {
        let mut parts = Vec::new();
        // Matching bytes in memory cannot fail.
        let _ = self.matcher.find_iter(bytes, |found| {
            let before = bytes[..found.start()].iter().filter(|&&b| b == b'\n').count() as u64;
            let text = &bytes[found.start()..found.end()];
            for (at, line) in (0_u64..).zip(text.split(|&b| b == b'\n')) {
                if !line.is_empty() {
                    parts.push((first + before + at, line.to_vec()));
                }
            }
            true
        });
        for (number, text) in parts {
            self.line(Some(number), &text, false);
        }
    }
}

impl Sink for Hits<'_> {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        self.hits.matches += found.lines().count() as u64;
        match self.request.mode {
            // One match is all there is to know.
            Mode::FilesWithMatches => return Ok(false),
            Mode::Count => {}
            Mode::Content => {
                let first = found.line_number().unwrap_or(0);
                if self.request.only_matching {
                    self.parts(first, found.bytes());
                } else {
                    for (number, line) in (first..).zip(found.lines()) {
                        self.line(Some(number), line, false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn context(&mut self, _: &Searcher, found: &SinkContext<'_>) -> io::Result<bool> {
        self.line(found.line_number(), found.bytes(), true);
        Ok(true)
    }

    fn context_break(&mut self, _: &Searcher) -> io::Result<bool> {
        self.gap = true;
        Ok(true)
    }

    fn finish(&mut self, _: &Searcher, finish: &SinkFinish) -> io::Result<()> {
        self.binary = finish.binary_byte_offset().is_some();
        Ok(())
    }
}
