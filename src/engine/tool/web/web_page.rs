//! A web page as text for a model: HTML becomes Markdown, other text stays as it is.

use crate::engine::tool::files::text_file;
use htmd::{HtmlToMarkdown, Node};
use std::rc::Rc;

/// Nested elements that the converter, which calls itself for each, is given.
const DEEPEST: usize = 256;
/// Elements that hold nothing to read.
const SKIPPED: [&str; 8] = ["script", "style", "noscript", "template", "svg", "iframe", "head", "canvas"];

/// The text of a body; `None` when its type is none that can be read. Takes its time with a large one: call it on a
/// blocking thread.
pub(super) fn text(body: &[u8], content_type: &str) -> Option<String> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let readable = kind.is_empty()
        || kind.starts_with("text/")
        || ["json", "xml", "javascript", "yaml", "toml", "x-sh", "ndjson"]
            .iter()
            .any(|part| kind.contains(part));
    if !readable {
        return None;
    }
    let text = text_file::decode(body.to_vec())?.text;
    let head = text.trim_start().get(..64).unwrap_or_else(|| text.trim_start()).to_ascii_lowercase();
    let html = kind.contains("html")
        || (kind.is_empty() && (head.starts_with("<!doctype html") || head.starts_with("<html")));
    Some(if html { markdown(&text) } else { text })
}

fn markdown(html: &str) -> String {
    // The parser's time grows with the square of the nesting.
    if looks_deep(html) {
        return stripped(html);
    }
    let converter = HtmlToMarkdown::builder().skip_tags(SKIPPED.to_vec()).build();
    match converter.html_to_tree(html) {
        Ok(tree) if depth(&tree) <= DEEPEST => converter.tree_to_markdown(&tree).trim().to_owned(),
        Ok(_) | Err(_) => stripped(html),
    }
}

/// Elements that need no end tag.
const ENDLESS: [&str; 32] = [
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img",
    "input", "li", "link", "meta", "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td",
    "tfoot", "th", "thead", "tr", "track", "wbr",
];

/// Whether more elements are open at once than any page of text needs, as far as its tags tell.
fn looks_deep(html: &str) -> bool {
    let mut open = 0_usize;
    for tag in html.split('<').skip(1) {
        let end = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let name = &name[..length];
        if name.is_empty() || ENDLESS.iter().any(|endless| name.eq_ignore_ascii_case(endless)) {
            continue;
        }
        open = if end { open.saturating_sub(1) } else { open + 1 };
        if open > 4 * DEEPEST {
            return true;
        }
    }
    false
}

/// How deep the elements are nested; stops counting when it is too much.
fn depth(tree: &Rc<Node>) -> usize {
    let mut deepest = 0;
    let mut open = vec![(Rc::clone(tree), 0)];
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        if deepest > DEEPEST {
            break;
        }
        open.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    deepest
}

/// The text between the tags.
fn stripped(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(text);
        let hidden = ["script", "style"]
            .into_iter()
            .find(|tag| after.get(..tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag)));
        rest = match hidden.and_then(|tag| after.find(&format!("</{tag}")).map(|at| &after[at..])) {
            Some(after) => after,
            None => after,
        };
        rest = rest.split_once('>').map_or("", |(_, after)| after);
        if !out.ends_with([' ', '\n']) {
            out.push(' ');
        }
    }
    out.push_str(rest);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "web_page_tests.rs"]
mod tests;
