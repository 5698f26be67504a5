#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

/// As the notebook's own tools write it: one space a level.
const USUAL: &str = r##"{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "intro",
   "metadata": {},
   "source": [
    "# Title\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "sum",
   "metadata": {"a": 1e-05},
   "outputs": [
    {"name": "stdout", "output_type": "stream", "text": ["2\n"]}
   ],
   "source": [
    "1 + 1"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "julia"}, "big": 123456789012345678901234567890},
 "nbformat": 4,
 "nbformat_minor": 5
}
"##;

fn sources(text: &str) -> Vec<(String, String)> {
    let notebook = Notebook::parse(text).unwrap();
    (0..notebook.cells.len()).map(|place| (notebook.kind(place).to_owned(), notebook.source(place))).collect()
}

#[test]
fn a_cell_is_replaced_and_the_rest_stays_byte_for_byte_row_263() {
    let notebook = Notebook::parse(USUAL).unwrap();
    assert_eq!(notebook.language, "julia");
    assert_eq!(notebook.ids(), ["intro", "sum"]);
    let new = notebook.replaced(0, "# New\n\"quoted\" é", None).unwrap();
    let expected = USUAL.replace("\"# Title\\n\",\n    \"text\"", "\"# New\\n\",\n    \"\\\"quoted\\\" é\"");
    assert_eq!(new, expected);
}

#[test]
fn what_code_had_printed_goes_with_it_row_263() {
    let notebook = Notebook::parse(USUAL).unwrap();
    let new = notebook.replaced(1, "2 + 2", None).unwrap();
    let value: Value = serde_json::from_str(&new).unwrap();
    assert_eq!(
        (&value["cells"][1]["execution_count"], &value["cells"][1]["outputs"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(value["cells"][1]["id"], "sum");
    assert!(new.starts_with(USUAL.split_once("  {\n   \"cell_type\": \"code\"").unwrap().0));
    assert!(new.ends_with(USUAL.rsplit_once(" ],\n \"metadata\"").unwrap().1));
}

#[test]
fn a_cell_changes_its_type_row_263() {
    let notebook = Notebook::parse(USUAL).unwrap();
    let value: Value =
        serde_json::from_str(&notebook.replaced(1, "text", Some(Kind::Markdown)).unwrap()).unwrap();
    let cell = &value["cells"][1];
    assert_eq!(cell["cell_type"], "markdown");
    assert!(cell.get("outputs").is_none() && cell.get("execution_count").is_none());
    let value: Value = serde_json::from_str(&notebook.replaced(0, "1", Some(Kind::Code)).unwrap()).unwrap();
    assert_eq!(value["cells"][0]["outputs"], json!([]));
}

#[test]
fn cells_are_added_anywhere_row_263() {
    let notebook = Notebook::parse(USUAL).unwrap();
    let title = ("markdown".to_owned(), "# Title\ntext".to_owned());
    let sum = ("code".to_owned(), "1 + 1".to_owned());
    let new = ("code".to_owned(), "x\ny".to_owned());
    for (place, expected) in [
        (0, [new.clone(), title.clone(), sum.clone()]),
        (1, [title.clone(), new.clone(), sum.clone()]),
        (2, [title, sum, new]),
    ] {
        let (text, id) = notebook.inserted(place, "x\ny", Kind::Code);
        assert_eq!(sources(&text), expected);
        assert_eq!(Notebook::parse(&text).unwrap().find(&id), Some(place));
        // What is taken out again leaves no trace, not even of white space.
        assert_eq!(Notebook::parse(&text).unwrap().deleted(place).unwrap(), USUAL);
    }
}

#[test]
fn the_last_cell_goes_and_a_first_one_comes_row_263() {
    let one = r#"{"cells": [ {"cell_type": "code", "source": "1", "outputs": [], "metadata": {}} ], "nbformat": 4}"#;
    let notebook = Notebook::parse(one).unwrap();
    assert_eq!(notebook.find("cell-0"), Some(0));
    assert_eq!((notebook.find("cell-1"), notebook.find("cell-x"), notebook.find("")), (None, None, None));
    let empty = notebook.deleted(0).unwrap();
    assert_eq!(empty, r#"{"cells": [], "nbformat": 4}"#);
    let (text, id) = Notebook::parse(&empty).unwrap().inserted(0, "a", Kind::Markdown);
    assert_eq!(sources(&text), [("markdown".to_owned(), "a".to_owned())]);
    assert_eq!(id, "cell-0", "cells of this format have no ids");
    assert!(!text.contains("\"id\""));
    let same_line = notebook.replaced(0, "2\n3", None).unwrap();
    assert!(same_line.contains(r#""source":"2\n3""#) && !same_line.contains('\n'), "{same_line}");
}

#[test]
fn what_is_no_notebook_is_said_to_be_none() {
    for (text, why) in [
        ("{}", "missing field `cells`"),
        ("[", "EOF while parsing a list"),
        ("{\"cells\": 3}", "its cells are no list"),
    ] {
        let error = Notebook::parse(text).err().unwrap();
        assert!(error.contains(why), "{error}");
    }
    let odd = Notebook::parse("{\"cells\": [3]}").unwrap();
    assert_eq!(odd.replaced(0, "x", None), None);
}
