//! Texts about what went wrong, without what nobody may read.

/// `text` with the user, the query and the fragment of each URL in it cut: they may hold keys, and the text goes to the
/// model and to people.
pub fn without_secrets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, from) = rest.split_at(at + "://".len());
        out.push_str(before);
        let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`');
        let (url, after) = from.split_at(from.find(ends).unwrap_or(from.len()));
        let (authority, path) = url.split_at(url.find(['/', '?', '#']).unwrap_or(url.len()));
        out.push_str(authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        match path.find(['?', '#']) {
            None => out.push_str(path),
            Some(secret) => {
                out.push_str(&path[..secret]);
                out.push_str("?…");
                // Brackets and marks of the sentence around it.
                out.push_str(&path[path.trim_end_matches([')', ']', ',', ';', ':', '.']).len()..]);
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
#[path = "told_tests.rs"]
mod tests;
