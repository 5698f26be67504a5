//! Takes the lines out of an output in which a script says where it ended.

/// An output in which a line that begins with the mark is not the command's.
#[derive(Debug)]
pub struct Marks {
    needle: Vec<u8>,
    /// What may be the beginning of such a line.
    held: Vec<u8>,
    last: Option<String>,
}

impl Marks {
    /// `mark` is what no command prints by chance; a line break is put before it, as an output need not end with one.
    pub fn new(mark: &str) -> Self {
        Self { needle: format!("\n{mark}").into_bytes(), held: Vec::new(), last: None }
    }

    /// Takes in output; gives what of it is the command's.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(bytes);
        let mut out = Vec::new();
        while let Some(start) = self.start() {
            let rest = &self.held[start..];
            let text = rest.strip_prefix(&*self.needle);
            let line = text.and_then(|text| Some((text, text.iter().position(|&b| b == b'\n')?)));
            let Some((text, end)) = line else {
                out.extend(self.held.drain(..start));
                return out;
            };
            self.last = Some(String::from_utf8_lossy(&text[..end]).into_owned());
            let through = start + self.needle.len() + end + 1;
            out.extend_from_slice(&self.held[..start]);
            self.held.drain(..through);
        }
        out.append(&mut self.held);
        out
    }

    /// Where a mark begins, or what may become one at the end.
    fn start(&self) -> Option<usize> {
        let breaks = self.held.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at);
        breaks.into_iter().find(|at| {
            let rest = &self.held[*at..];
            rest.starts_with(&self.needle) || self.needle.starts_with(rest)
        })
    }

    /// What was held back; the output has ended.
    pub fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    /// What the last mark said.
    pub fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }
}

#[cfg(test)]
#[path = "mark_tests.rs"]
mod tests;
