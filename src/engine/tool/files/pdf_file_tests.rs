#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use lopdf::content::{Content, Operation};
use lopdf::{Object, Stream, dictionary};

/// A PDF whose pages say `Page 1`, `Page 2` ...; every page but the first links to the first.
pub fn pdf(pages: usize) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document
        .add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut kids: Vec<Object> = Vec::new();
    for page in 1..=pages {
        let operations = vec![
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), 12.into()]),
            Operation::new("Td", vec![50.into(), 700.into()]),
            Operation::new("Tj", vec![Object::string_literal(format!("Page {page}"))]),
            Operation::new("ET", vec![]),
        ];
        let content = Stream::new(dictionary! {}, Content { operations }.encode().unwrap());
        let content = document.add_object(content);
        let mut dictionary = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content };
        if let Some(first) = kids.first() {
            let link = dictionary! {
                "Type" => "Annot", "Subtype" => "Link", "Rect" => vec![0.into(), 0.into(), 9.into(), 9.into()],
                "Dest" => vec![first.clone(), "Fit".into()]
            };
            dictionary.set("Annots", vec![Object::Dictionary(link)]);
        }
        kids.push(document.add_object(dictionary).into());
    }
    let count = i64::try_from(pages).unwrap();
    document.objects.insert(
        tree,
        Object::Dictionary(dictionary! {
            "Type" => "Pages", "Kids" => kids, "Count" => count, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()]
        }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn texts(bytes: &[u8]) -> Vec<String> {
    let document = Document::load_mem(bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    pages.iter().map(|page| document.extract_text(&[*page]).unwrap().trim().to_owned()).collect()
}

fn refused(bytes: Vec<u8>, asked: Option<&str>) -> String {
    let range = match asked.map(parse).transpose() {
        Ok(range) => range,
        Err(text) => return text,
    };
    match select(bytes, range, Path::new("/a.pdf")) {
        Ok(pages) => panic!("{:?}", pages.range),
        Err(text) => text,
    }
}

#[test]
fn a_short_document_is_sent_as_it_is_row_253() {
    for pages in [1, 10] {
        let bytes = pdf(pages);
        let whole = select(bytes.clone(), None, Path::new("/a.pdf")).unwrap();
        assert_eq!(whole.bytes, bytes);
        assert!(!whole.part);
    }
}

#[test]
fn pages_are_taken_out_with_what_they_need_row_253() {
    let bytes = pdf(30);
    for (asked, expected) in
        [("3", 3..=3), ("2-5", 2..=5), (" 7 - 9 ", 7..=9), ("11-30", 11..=30), ("29-40", 29..=30)]
    {
        let range = parse(asked).unwrap();
        let pages = select(bytes.clone(), Some(range), Path::new("/a.pdf")).unwrap();
        assert_eq!(pages.range, expected);
        assert!(pages.part && pages.bytes.starts_with(b"%PDF-"));
        let wanted: Vec<String> = expected.map(|page| format!("Page {page}")).collect();
        assert_eq!(texts(&pages.bytes), wanted);
        assert_eq!(pages.count() as usize, wanted.len());
        if wanted.len() == 1 {
            assert!(
                pages.bytes.len() < bytes.len() / 5,
                "other pages are left behind: {}",
                pages.bytes.len()
            );
        }
    }
}

#[test]
fn what_cannot_be_shown_is_told_with_what_to_do_row_253() {
    let range = |pages: &str| {
        format!(
            "pages must be a page such as \"3\" or a range such as \"1-5\", counted from 1, and not {pages:?}."
        )
    };
    for (bytes, asked, expected) in [
        (
            pdf(11),
            None,
            "/a.pdf has 11 pages; a PDF of more than 10 is read in parts. Set pages, to \"1-10\" say: at most 20 pages a call.".to_owned(),
        ),
        (pdf(3), Some("4"), "/a.pdf has 3 pages, so there is nothing at page 4.".to_owned()),
        (pdf(1), Some("4-5"), "/a.pdf has 1 page, so there is nothing at page 4.".to_owned()),
        (pdf(1), Some("1-21"), "pages asks for more than 20 pages. Read them in several calls.".to_owned()),
        (pdf(1), Some("0"), range("0")),
        (pdf(1), Some("5-3"), range("5-3")),
        (pdf(1), Some("all"), range("all")),
        (pdf(1), Some("1,3"), range("1,3")),
        (pdf(1), Some("-3"), range("-3")),
        (pdf(1), Some("99999999999"), range("99999999999")),
        (pdf(0), None, "/a.pdf is a PDF without pages.".to_owned()),
    ] {
        assert_eq!(refused(bytes, asked), expected);
    }
    let text = refused(b"%PDF-1.7\n...".to_vec(), None);
    assert!(text.starts_with("/a.pdf begins like a PDF, but it is damaged or cut off: "), "{text}");
}

#[test]
fn protected_documents_are_opened_only_without_a_password() {
    let locked = |user: &str| {
        let mut document = Document::load_mem(&pdf(2)).unwrap();
        document.trailer.set(
            "ID",
            vec![Object::string_literal("0123456789abcdef"), Object::string_literal("0123456789abcdef")],
        );
        let version = lopdf::EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: lopdf::Permissions::all(),
        };
        let state = lopdf::EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(
        refused(locked("secret"), None),
        "/a.pdf is protected by a password. Remove it first, with qpdf --decrypt in Bash, say."
    );
    let open = select(locked(""), None, Path::new("/a.pdf")).unwrap();
    assert_eq!(texts(&open.bytes), ["Page 1", "Page 2"]);
    assert!(
        !Document::load_mem(&open.bytes).unwrap().was_encrypted(),
        "the API takes no encrypted documents"
    );
}
