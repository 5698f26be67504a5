//! PDFs as the API takes them: how many pages there are, and some of them as a document of their own.

use lopdf::Document;
use std::ops::RangeInclusive;
use std::path::Path;

/// Pages of a document that is shown whole (row 253).
pub const WHOLE: u32 = 10;
/// Pages that one call shows (row 253).
pub const AT_ONCE: u32 = 20;
/// Bytes of a document that is sent: base64 of more does not fit into a request of 32 MB.
pub const LARGEST: usize = 20 * 1024 * 1024;

/// What of a PDF is shown.
pub struct Pages {
    /// A PDF with these pages and no others.
    pub bytes: Vec<u8>,
    /// The pages, counted from 1.
    pub range: RangeInclusive<u32>,
    /// Whether they are part of a document, asked for by number.
    pub part: bool,
}

impl Pages {
    /// How many there are.
    pub fn count(&self) -> u32 {
        self.range.end() - self.range.start() + 1
    }
}

/// Reads `3` or `3-7`. The error is for the model.
pub fn parse(pages: &str) -> Result<RangeInclusive<u32>, String> {
    let wrong = || {
        format!(
            "pages must be a page such as \"3\" or a range such as \"1-5\", counted from 1, and not {pages:?}."
        )
    };
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n > 0).ok_or_else(wrong);
    let range = match pages.split_once('-') {
        Some((first, last)) => number(first)?..=number(last)?,
        None => number(pages)?..=number(pages)?,
    };
    if range.end() < range.start() {
        return Err(wrong());
    }
    if range.end() - range.start() >= AT_ONCE {
        return Err(format!("pages asks for more than {AT_ONCE} pages. Read them in several calls."));
    }
    Ok(range)
}

/// The pages of `bytes` that are asked for, or all of a short document. The error is for the model.
pub fn select(bytes: Vec<u8>, asked: Option<RangeInclusive<u32>>, path: &Path) -> Result<Pages, String> {
    let shown = path.display();
    let mut document = Document::load_mem(&bytes)
        .map_err(|error| format!("{shown} begins like a PDF, but it is damaged or cut off: {error}."))?;
    if document.is_encrypted() {
        return Err(format!(
            "{shown} is protected by a password. Remove it first, with qpdf --decrypt in Bash, say."
        ));
    }
    let total = u32::try_from(document.get_pages().len()).unwrap_or(u32::MAX);
    if total == 0 {
        return Err(format!("{shown} is a PDF without pages."));
    }
    let part = asked.is_some();
    let range = match asked {
        None if total > WHOLE => {
            return Err(format!(
                "{shown} has {total} pages; a PDF of more than {WHOLE} is read in parts. Set pages, to \"1-{WHOLE}\" \
                 say: at most {AT_ONCE} pages a call."
            ));
        }
        None => 1..=total,
        Some(range) if *range.start() > total => {
            let pages = if total == 1 { "1 page".to_owned() } else { format!("{total} pages") };
            return Err(format!("{shown} has {pages}, so there is nothing at page {}.", range.start()));
        }
        Some(range) => *range.start()..=(*range.end()).min(total),
    };
    let all = *range.start() == 1 && *range.end() == total;
    // One that was encrypted with an empty password is written anew without encryption: the API takes no other.
    let bytes = if all && !document.was_encrypted() {
        bytes
    } else {
        extract(&mut document, &range, total).map_err(|error| {
            format!(
                "The pages of {shown} cannot be taken out: {error}. Use a command such as pdftotext in Bash."
            )
        })?
    };
    if bytes.len() > LARGEST {
        let (mb, most) = (bytes.len().div_ceil(1024 * 1024), LARGEST / (1024 * 1024));
        return Err(format!(
            "What would be shown of {shown} has {mb} MB; the limit is {most} MB. Ask for fewer pages, or extract its \
             text with a command such as pdftotext in Bash."
        ));
    }
    Ok(Pages { bytes, range, part })
}

/// Takes away all other pages and what only they need.
fn extract(document: &mut Document, range: &RangeInclusive<u32>, total: u32) -> Result<Vec<u8>, String> {
    // These refer to pages that are gone; the API needs none of them.
    if let Ok(catalog) = document.catalog_mut() {
        for key in ["Outlines", "Names", "Dests", "StructTreeRoot", "OpenAction", "PageLabels", "Threads"] {
            catalog.remove(key.as_bytes());
        }
    }
    let others: Vec<u32> = (1..=total).filter(|page| !range.contains(page)).collect();
    document.delete_pages(&others);
    document.prune_objects();
    let mut out = Vec::new();
    document.save_to(&mut out).map_err(|error| error.to_string())?;
    Ok(out)
}

#[cfg(test)]
#[path = "pdf_file_tests.rs"]
pub(super) mod tests;
