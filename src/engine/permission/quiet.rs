//! Finds substitutions that tree-sitter does not see: backticks in expansions and here-documents, mostly.

use tree_sitter::Node;

/// Where a tree knows of substitutions, and where it knows that there are none.
#[derive(Default)]
pub(super) struct Quiet {
    /// The first bytes of substitutions, and the last ones of those in backticks.
    known: Vec<usize>,
    /// Texts in which nothing is substituted.
    literal: Vec<std::ops::Range<usize>>,
}

impl Quiet {
    /// Takes note of a node.
    pub(super) fn see(&mut self, node: Node, source: &str) {
        match node.kind() {
            "command_substitution" => self.known.extend([node.start_byte(), node.end_byte() - 1]),
            "arithmetic_expansion" => self.known.push(node.start_byte()),
            "raw_string" | "ansi_c_string" | "comment" => self.literal.push(node.byte_range()),
            // With a quoted end marker nothing in the body expands.
            "heredoc_body" if quoted(node, source) => self.literal.push(node.byte_range()),
            _ => {}
        }
    }

    /// Whether bash sees a substitution that the tree does not.
    pub(super) fn misses(&self, source: &str) -> bool {
        let bytes = source.as_bytes();
        let mut escaped = false;
        for (at, byte) in bytes.iter().enumerate() {
            let opens = *byte == b'`' || (*byte == b'$' && bytes.get(at + 1) == Some(&b'('));
            if opens && !self.known.contains(&at) && !self.literal.iter().any(|range| range.contains(&at)) {
                // Escaped inside backticks it opens one all the same.
                if !escaped || self.known.iter().any(|start| *start < at && bytes.get(*start) == Some(&b'`'))
                {
                    return true;
                }
            }
            escaped = *byte == b'\\' && !escaped;
        }
        false
    }
}

fn quoted(body: Node, source: &str) -> bool {
    body.parent().is_some_and(|redirect| {
        (0..redirect.child_count())
            .filter_map(|at| redirect.child(at))
            .filter(|node| node.kind() == "heredoc_start")
            .any(|node| source[node.byte_range()].contains(['\'', '"', '\\']))
    })
}
