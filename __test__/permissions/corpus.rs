//! Reads the corpus of command lines.

/// Rows of the corpus that share rules and mode.
pub struct Section {
    pub name: String,
    pub mode: String,
    pub allow: Vec<String>,
    pub deny: Vec<String>,
    pub ask: Vec<String>,
    /// The rows try to get around something.
    #[allow(dead_code, reason = "not everybody who reads the corpus counts attempts")]
    pub attempts: bool,
    /// Each line with what is expected.
    pub rows: Vec<(String, String)>,
}

/// Rows of `line => verdict reason`.
pub fn rows(text: &str) -> Vec<(String, String)> {
    text.lines()
        .map(str::trim)
        .filter(|row| !row.is_empty())
        .map(|row| {
            let (line, expected) = row.rsplit_once(" => ").unwrap_or_else(|| panic!("no expectation: {row}"));
            let line = line.trim().replace("<NL>", "\n").replace("<NBSP>", "\u{a0}").replace("<CR>", "\r");
            (line, expected.trim().to_owned())
        })
        .collect()
}

/// All sections.
pub fn sections() -> Vec<Section> {
    let text = include_str!("corpus.txt");
    let body = text.split_once("\n[section ").expect("a first section").1;
    body.split("\n[section ")
        .map(|section| {
            let (head, lines) = section.split_once("\n---\n").expect(section);
            let mut head = head.lines();
            let name = head.next().and_then(|name| name.strip_suffix(']')).expect(section).to_owned();
            let fields: Vec<(&str, &str)> =
                head.map(|line| line.split_once(' ').unwrap_or((line, ""))).collect();
            let all = |key: &str| {
                fields.iter().filter(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned()).collect()
            };
            let known = ["mode", "allow", "deny", "ask", "attempts"];
            assert!(fields.iter().all(|(key, _)| known.contains(key)), "{name}: {fields:?}");
            Section {
                mode: Vec::from_iter(all("mode") as Vec<String>).pop().expect("a mode"),
                allow: all("allow"),
                deny: all("deny"),
                ask: all("ask"),
                attempts: fields.iter().any(|(key, _)| *key == "attempts"),
                rows: rows(lines),
                name,
            }
        })
        .collect()
}

/// One section.
#[allow(dead_code, reason = "not everybody who reads the corpus wants a single section")]
pub fn section(name: &str) -> Section {
    sections().into_iter().find(|section| section.name == name).unwrap_or_else(|| panic!("no section {name}"))
}
