//! A notebook as text in which one cell is replaced, added or taken out, and every other byte stays.

use super::read_notebook::{cell_id, joined};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::ops::Range;

/// A notebook, taken apart as far as its cells.
pub(super) struct Notebook<'a> {
    text: &'a str,
    /// The array of cells, brackets included.
    array: Range<usize>,
    cells: Vec<Cell>,
    /// Whether cells of this format have ids.
    with_ids: bool,
    /// The language of its code.
    pub(super) language: String,
}

/// One cell and where it stands.
struct Cell {
    range: Range<usize>,
    value: Value,
}

#[derive(serde::Deserialize)]
struct Top<'a> {
    #[serde(borrow)]
    cells: &'a RawValue,
    #[serde(default)]
    metadata: Value,
    #[serde(default)]
    nbformat: u64,
    #[serde(default)]
    nbformat_minor: u64,
}

/// A kind of cell that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Code,
    Markdown,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Markdown => "markdown",
        }
    }
}

impl<'a> Notebook<'a> {
    /// Takes `text` apart; the error says what is wrong with it.
    pub(super) fn parse(text: &'a str) -> Result<Self, String> {
        let top: Top<'a> = serde_json::from_str(text).map_err(|error| error.to_string())?;
        // Raw values are slices of the text, so their addresses tell where they stand.
        let range = |raw: &RawValue| {
            let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
            start..start + raw.get().len()
        };
        let raw: Vec<&RawValue> =
            serde_json::from_str(top.cells.get()).map_err(|_| "its cells are no list".to_owned())?;
        let cells = raw
            .into_iter()
            .map(|cell| {
                let value = serde_json::from_str(cell.get()).map_err(|error| error.to_string())?;
                Ok(Cell { range: range(cell), value })
            })
            .collect::<Result<_, String>>()?;
        let named = |path: &str| top.metadata.pointer(path).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            text,
            array: range(top.cells),
            cells,
            with_ids: (top.nbformat, top.nbformat_minor) >= (4, 5),
            language: named("/language_info/name")
                .or_else(|| named("/kernelspec/language"))
                .unwrap_or_else(|| "python".to_owned()),
        })
    }

    /// The place of the cell with this id; `cell-N` means the cell at place N, counted from 0, if none has that id.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let own = self.cells.iter().position(|cell| cell.value.get("id").and_then(Value::as_str) == Some(id));
        own.or_else(|| {
            let place: usize = id.strip_prefix("cell-")?.parse().ok()?;
            (place < self.cells.len()).then_some(place)
        })
    }

    /// Ids of all cells, in order.
    pub(super) fn ids(&self) -> Vec<String> {
        self.cells.iter().enumerate().map(|(place, cell)| cell_id(&cell.value, place)).collect()
    }

    /// The source of a cell.
    pub(super) fn source(&self, place: usize) -> String {
        joined(self.cells.get(place).and_then(|cell| cell.value.get("source")))
    }

    /// The type of a cell, as it is written.
    pub(super) fn kind(&self, place: usize) -> &str {
        let kind = self.cells.get(place).and_then(|cell| cell.value.get("cell_type"));
        kind.and_then(Value::as_str).unwrap_or("code")
    }

    /// The text with another source in one cell, and another type if given. What the code had printed goes.
    pub(super) fn replaced(&self, place: usize, source: &str, kind: Option<Kind>) -> Option<String> {
        let cell = self.cells.get(place)?;
        let mut value = cell.value.clone();
        let object = value.as_object_mut()?;
        let lines = !matches!(object.get("source"), Some(Value::String(_)));
        object.insert("source".to_owned(), source_value(source, lines));
        if let Some(kind) = kind {
            object.insert("cell_type".to_owned(), kind.name().into());
        }
        let is_code = object.get("cell_type").and_then(Value::as_str) == Some("code");
        if is_code {
            object.insert("execution_count".to_owned(), Value::Null);
            object.insert("outputs".to_owned(), json!([]));
        } else {
            object.shift_remove("execution_count");
            object.shift_remove("outputs");
        }
        Some(self.spliced(cell.range.clone(), &self.written(&value, cell.range.start)))
    }

    /// The text with a new cell at `place`, and the new cell's id.
    pub(super) fn inserted(&self, place: usize, source: &str, kind: Kind) -> (String, String) {
        let mut value = json!({ "cell_type": kind.name() });
        let mut id = format!("cell-{place}");
        if self.with_ids {
            id = format!("{:08x}", fastrand::u32(..));
            value["id"] = id.clone().into();
        }
        value["metadata"] = json!({});
        if kind == Kind::Code {
            value["execution_count"] = Value::Null;
            value["outputs"] = json!([]);
        }
        let lines =
            self.cells.first().is_none_or(|cell| cell.value.get("source").is_none_or(Value::is_array));
        value["source"] = source_value(source, lines);
        let text = match (place.checked_sub(1).and_then(|before| self.cells.get(before)), self.cells.first())
        {
            (Some(before), _) => {
                let end = before.range.end;
                let new = format!(
                    ",{}{}",
                    self.before(before.range.start),
                    self.written(&value, before.range.start)
                );
                self.spliced(end..end, &new)
            }
            (None, Some(first)) => {
                let start = first.range.start;
                let new = format!("{},{}", self.written(&value, start), self.before(start));
                self.spliced(start..start, &new)
            }
            (None, None) => self.spliced(self.array.clone(), &format!("[{value}]")),
        };
        (text, id)
    }

    /// The text without a cell.
    pub(super) fn deleted(&self, place: usize) -> Option<String> {
        let range = self.cells.get(place)?.range.clone();
        let range = match (self.cells.get(place + 1), place.checked_sub(1).and_then(|n| self.cells.get(n))) {
            (Some(next), _) => range.start..next.range.start,
            (None, Some(before)) => before.range.end..range.end,
            (None, None) => self.array.start + 1..self.array.end - 1,
        };
        Some(self.spliced(range, ""))
    }

    fn spliced(&self, range: Range<usize>, new: &str) -> String {
        format!("{}{new}{}", &self.text[..range.start], &self.text[range.end..])
    }

    /// The white space in front of a cell.
    fn before(&self, start: usize) -> &'a str {
        let before = &self.text[..start];
        &before[before.trim_end_matches([' ', '\t', '\n', '\r']).len()..]
    }

    /// A cell as JSON that is indented like its neighbours; on one line if they are.
    fn written(&self, value: &Value, start: usize) -> String {
        let Some((_, margin)) = self.before(start).rsplit_once('\n') else { return value.to_string() };
        // Cells stand two levels deep.
        let step = &margin[..margin.len() / 2];
        let mut out = Vec::new();
        let formatter = serde_json::ser::PrettyFormatter::with_indent(step.as_bytes());
        let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
        if serde::Serialize::serialize(value, &mut serializer).is_err() {
            return value.to_string();
        }
        let newline = if self.before(start).contains("\r\n") { "\r\n" } else { "\n" };
        String::from_utf8_lossy(&out).replace('\n', &format!("{newline}{margin}"))
    }
}

/// A source as notebooks hold it: a list of lines with their ends, or one string.
fn source_value(source: &str, lines: bool) -> Value {
    if lines { source.split_inclusive('\n').map(Value::from).collect() } else { source.into() }
}

#[cfg(test)]
#[path = "notebook_file_tests.rs"]
mod tests;
