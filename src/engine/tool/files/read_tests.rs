#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use crate::engine::tool::files::read_state::Extent;
use crate::engine::tool::{schema::InputSchema, test_scene};

type Scene = test_scene::Scene<Read>;

impl Scene {
    fn new() -> Self {
        Self::of(Read::new())
    }

    async fn read(&self, path: &str) -> (String, Value) {
        self.good(json!({ "file_path": path })).await
    }

    fn whole(&self, path: &str) -> Option<bool> {
        self.cx.read_state.get(Path::new(path)).map(|seen| seen.extent == Extent::Whole)
    }
}

fn numbered(lines: usize) -> String {
    (1..=lines).map(|n| format!("line {n}\n")).collect()
}

#[tokio::test]
async fn lines_are_numbered_from_1_row_249_row_256() {
    let scene = Scene::new();
    let path = scene.file("a.txt", "one\n\ttwo\n\nfour");
    let (text, structured) = scene.read(&path).await;
    assert_eq!(text, "1\tone\n2\t\ttwo\n3\t\n4\tfour");
    let file = json!({ "filePath": path, "content": "one\n\ttwo\n\nfour", "numLines": 4, "startLine": 1, "totalLines": 4 });
    assert_eq!(structured, json!({ "type": "text", "file": file }));
    assert_eq!(scene.whole(&path), Some(true));
}

#[tokio::test]
async fn offset_and_limit_count_lines_row_249() {
    let scene = Scene::new();
    let path = scene.file("a.txt", numbered(10));
    for (offset, limit, expected) in [
        (json!(3), json!(2), "3\tline 3\n4\tline 4"),
        (json!(9), json!(100), "9\tline 9\n10\tline 10"),
        (json!(0), json!(1), "1\tline 1"),
        (json!(10.0), json!(1.0), "10\tline 10"),
    ] {
        let (text, structured) =
            scene.good(json!({ "file_path": path, "offset": offset, "limit": limit })).await;
        assert_eq!(text, expected);
        assert_eq!(structured["file"]["totalLines"], 10);
        assert_eq!(structured["file"]["startLine"], offset.as_f64().unwrap().max(1.0) as u64);
        assert_eq!(scene.whole(&path), Some(false));
    }
}

#[tokio::test]
async fn a_range_that_covers_the_file_counts_as_all_of_it() {
    let scene = Scene::new();
    let path = scene.file("a.txt", numbered(3));
    scene.good(json!({ "file_path": path, "limit": 3 })).await;
    assert_eq!(scene.whole(&path), Some(true));
}

#[tokio::test]
async fn looking_at_a_part_again_does_not_take_away_that_all_was_seen() {
    let scene = Scene::new();
    let path = scene.file("a.txt", numbered(3));
    scene.read(&path).await;
    scene.good(json!({ "file_path": path, "offset": 2, "limit": 1 })).await;
    assert_eq!(scene.whole(&path), Some(true));
    std::fs::write(&path, numbered(4)).unwrap();
    scene.good(json!({ "file_path": path, "offset": 2, "limit": 1 })).await;
    assert_eq!(scene.whole(&path), Some(false), "the file is another one now");
}

#[tokio::test]
async fn a_long_file_gives_its_first_page_row_250() {
    let scene = Scene::new();
    let path = scene.file("a.txt", numbered(2500));
    let (text, structured) = scene.read(&path).await;
    assert!(text.ends_with(
        "\n2000\tline 2000\n[PARTIAL view: lines 1 to 2000 of 2500. Continue with offset 2001, or search with Grep.]"
    ));
    assert_eq!(
        (&structured["file"]["numLines"], &structured["file"]["totalLines"]),
        (&json!(2000), &json!(2500))
    );
    assert_eq!(structured["file"].get("truncatedByTokenCap"), None);
    assert_eq!(scene.whole(&path), Some(false));
    let (rest, _) = scene.good(json!({ "file_path": path, "offset": 2001 })).await;
    assert!(rest.starts_with("2001\tline 2001\n") && rest.ends_with("\n2500\tline 2500"));
}

#[tokio::test]
async fn the_token_limit_cuts_a_page_and_refuses_a_range_row_250() {
    let mut scene = Scene::new();
    scene.set("CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS", "10");
    let path = scene.file("a.txt", numbered(20));
    let (text, structured) = scene.read(&path).await;
    assert_eq!(
        text,
        "1\tline 1\n2\tline 2\n3\tline 3\n4\tline 4\n[PARTIAL view: lines 1 to 4 of 20. Continue with offset 5, or search with Grep.]"
    );
    assert_eq!(structured["file"]["truncatedByTokenCap"], true);
    assert_eq!(structured["file"]["content"], "line 1\nline 2\nline 3\nline 4");
    let text = scene.refused(json!({ "file_path": path, "offset": 2, "limit": 10 })).await;
    assert_eq!(
        text,
        format!(
            "Lines 2 to 11 of {path} have more than the 10 tokens that one result may have. Ask for fewer lines with \
             offset and limit, search with Grep, or set allow_large if you need all of them."
        )
    );
    let all = json!({ "file_path": path, "offset": 2, "limit": 10, "allow_large": true });
    assert!(scene.good(all).await.0.ends_with("\n11\tline 11"));
    let (all, _) = scene.good(json!({ "file_path": path, "allow_large": true })).await;
    assert!(all.ends_with("\n20\tline 20"));
    scene.good(json!({ "file_path": path, "offset": 2, "limit": 3 })).await;
}

#[tokio::test]
async fn a_first_line_over_the_limit_is_never_an_empty_page_row_250() {
    let mut scene = Scene::new();
    scene.set("CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS", "10");
    let path = scene.file("a.txt", "x".repeat(100));
    let text = scene.refused(json!({ "file_path": path })).await;
    assert!(text.starts_with(&format!("Line 1 of {path} has more than the 10 tokens")), "{text}");
    scene.set("CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS", "0");
    assert_eq!(scene.read(&path).await.0.len(), 102, "0 is no limit to work with: the default holds");
}

#[tokio::test]
async fn long_lines_are_cut_and_said_to_be() {
    let scene = Scene::new();
    let path = scene.file("a.txt", format!("{}\nshort\n", "é".repeat(2001)));
    let (text, _) = scene.read(&path).await;
    assert_eq!(
        text,
        format!("1\t{}…\n2\tshort\n[1 line is longer than 2000 characters and was cut.]", "é".repeat(2000))
    );
    assert_eq!(scene.whole(&path), Some(false));
}

#[tokio::test]
async fn empty_files_and_offsets_past_the_end_are_told_row_251() {
    let scene = Scene::new();
    let empty = scene.file("empty", "");
    assert_eq!(scene.read(&empty).await.0, "The file exists and is empty.");
    assert_eq!(scene.whole(&empty), Some(true));
    for (lines, expected) in [
        (1, "The file has 1 line, so there is nothing at line 9."),
        (8, "The file has 8 lines, so there is nothing at line 9."),
    ] {
        let path = scene.file("short", numbered(lines));
        let (text, structured) = scene.good(json!({ "file_path": path, "offset": 9 })).await;
        assert_eq!(text, expected);
        assert_eq!(
            (&structured["file"]["numLines"], &structured["file"]["totalLines"]),
            (&json!(0), &json!(lines))
        );
        assert_eq!(scene.whole(&path), Some(false));
    }
}

#[tokio::test]
async fn every_encoding_is_shown_as_text() {
    let scene = Scene::new();
    for (bytes, expected) in [
        (&b"a\r\nb\r\n"[..], "1\ta\n2\tb"),
        (b"\xEF\xBB\xBFbom", "1\tbom"),
        (b"\xFF\xFEh\0i\0\n\0!\0", "1\thi\n2\t!"),
        (b"\xFE\xFF\0h\0i", "1\thi"),
        (b"caf\xE9 au lait", "1\tcafé au lait"),
        ("日本語 🦀".as_bytes(), "1\t日本語 🦀"),
    ] {
        let path = scene.file("text", bytes);
        assert_eq!(scene.read(&path).await.0, expected);
    }
}

#[tokio::test]
async fn what_is_no_text_gets_advice_row_255() {
    let scene = Scene::new();
    let binary = scene.file("a.bin", b"\x7fELF\0\0\x01");
    let odd = scene.file("odd.txt", b"\xFF\xFEh\0i");
    let dir = scene.path("");
    let dir = dir.trim_end_matches('/');
    let device = "/dev/zero";
    for (path, expected) in [
        (
            binary.as_str(),
            format!(
                "{binary} is a binary file. Look at it with a command such as file, strings or xxd in Bash."
            ),
        ),
        (
            odd.as_str(),
            format!(
                "{odd} is a binary file. Look at it with a command such as file, strings or xxd in Bash."
            ),
        ),
        (dir, format!("{dir} is a directory. List it with Glob, or with ls in Bash.")),
        (
            device,
            "/dev/zero is no regular file (a device, socket or pipe), so it cannot be used here.".to_owned(),
        ),
    ] {
        assert_eq!(scene.refused(json!({ "file_path": path })).await, expected);
        assert_eq!(scene.whole(path), None, "{path}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_without_waiting_for_a_writer() {
    let scene = Scene::new();
    let path = scene.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let expected =
        format!("{path} is no regular file (a device, socket or pipe), so it cannot be used here.");
    assert_eq!(scene.refused(json!({ "file_path": path })).await, expected);
}

#[tokio::test]
async fn a_missing_file_is_told_with_where_we_are_and_a_sibling() {
    let scene = Scene::new();
    let cwd = scene.cx.workspace.current().display().to_string();
    let path = scene.path("utils.js");
    let plain = format!("File does not exist: {path}. The working directory is {cwd}.");
    assert_eq!(scene.refused(json!({ "file_path": path })).await, plain);
    let sibling = scene.file("utils.ts", "");
    let hint = format!("{plain} Did you mean {sibling}?");
    assert_eq!(scene.refused(json!({ "file_path": path })).await, hint);
    let below = format!("{sibling}/x");
    let text = scene.refused(json!({ "file_path": below })).await;
    assert_eq!(text, format!("Cannot read {below}: a part of the path is a file, not a directory."));
}

#[test]
fn bad_paths_are_refused_before_anybody_is_asked() {
    let scene = Scene::new();
    let cwd = scene.cx.workspace.original().display().to_string();
    let prepare = |input: Value| Read::new().prepare(&input, &scene.cx.workspace);
    for (path, expected) in [
        ("", "file_path is empty. Give the absolute path of a file.".to_owned()),
        ("/a\0b", "file_path contains a NUL byte. Give the absolute path of a file.".to_owned()),
        (
            "src/a.rs",
            format!("file_path must be absolute, and src/a.rs is not. Did you mean {cwd}/src/a.rs?"),
        ),
        ("~/a", format!("file_path must be absolute, and ~/a is not. Did you mean {cwd}/~/a?")),
    ] {
        assert_eq!(prepare(json!({ "file_path": path })), Err(ToolError::Respond(expected)));
    }
    let declared = prepare(json!({ "file_path": "/a/b" })).unwrap();
    assert_eq!(declared, Declared { access: Access::ReadPath("/a/b".into()), parallel: true });
}

#[test]
fn inputs_that_do_not_fit_name_the_field_row_220() {
    let schema = InputSchema::compile(Read::new().input_schema()).unwrap();
    for (input, field) in [
        (json!({}), "file_path"),
        (json!({ "file_path": 7 }), "file_path: "),
        (json!({ "file_path": "/a", "offset": -1 }), "offset: "),
        (json!({ "file_path": "/a", "offset": 1.5 }), "offset: "),
        (json!({ "file_path": "/a", "offset": "1" }), "offset: "),
        (json!({ "file_path": "/a", "limit": 0 }), "limit: "),
        (json!({ "file_path": "/a", "pages": 3 }), "pages: "),
        (json!({ "file_path": "/a", "allow_large": "yes" }), "allow_large: "),
        (json!({ "file_path": "/a", "lines": 3 }), "lines"),
    ] {
        let text = schema.check(&input).unwrap_err();
        assert!(text.contains(field), "{input}: {text}");
    }
    schema.check(&json!({ "file_path": "/a", "offset": 1, "limit": 1 })).unwrap();
}

/// A picture of one colour.
fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb([9, 8, 7])).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn images_are_image_blocks_with_their_dimensions_row_252_row_256() {
    use image::ImageFormat::{Gif, Jpeg, Png, WebP};
    let scene = Scene::new();
    for (format, media_type) in
        [(Png, "image/png"), (Gif, "image/gif"), (Jpeg, "image/jpeg"), (WebP, "image/webp")]
    {
        let bytes = picture(6, 5, format);
        // The extension says nothing.
        let path = scene.file("picture.txt", &bytes);
        let output = scene.run(json!({ "file_path": path })).await.unwrap();
        let data = image_file::base64(&bytes);
        let block = json!({ "type": "image", "source": { "type": "base64", "media_type": media_type, "data": data } });
        assert_eq!(output.content, ToolContent::Blocks(vec![block]));
        let file = json!({
            "base64": data, "type": media_type, "originalSize": bytes.len(),
            "dimensions": { "originalWidth": 6, "originalHeight": 5, "displayWidth": 6, "displayHeight": 5 }
        });
        assert_eq!(output.structured, json!({ "type": "image", "file": file }));
    }
}

#[tokio::test]
async fn a_large_image_is_scaled_and_said_to_be_row_252() {
    let scene = Scene::new();
    let bytes = picture(2500, 20, image::ImageFormat::Png);
    let path = scene.file("wide.png", &bytes);
    let output = scene.run(json!({ "file_path": path })).await.unwrap();
    assert_eq!(
        output.structured["file"]["dimensions"],
        json!({ "originalWidth": 2500, "originalHeight": 20, "displayWidth": 2000, "displayHeight": 16 })
    );
    assert_eq!(output.structured["file"]["originalSize"], bytes.len());
    let ToolContent::Blocks(blocks) = output.content else { panic!() };
    assert_eq!(blocks[0]["source"]["data"], output.structured["file"]["base64"]);
    assert_eq!(blocks[1]["text"], "[Scaled down from 2500 by 20 to 2000 by 16 pixels.]");
}

#[tokio::test]
async fn images_that_the_api_would_refuse_are_refused_here_row_252() {
    let scene = Scene::new();
    for (name, bytes) in [("cut.png", &b"\x89PNG\r\n"[..]), ("cut.jpg", b"\xFF\xD8\xFF\xE0")] {
        let path = scene.file(name, bytes);
        let text = scene.refused(json!({ "file_path": path })).await;
        assert_eq!(text, format!("{path} begins like an image, but it is damaged or cut off."));
        assert_eq!(scene.whole(&path), None);
    }
    let path = scene.file("notes", "GIF8 is how a GIF begins\n");
    assert_eq!(scene.read(&path).await.0, "1\tGIF8 is how a GIF begins");
}

#[tokio::test]
async fn pdfs_are_documents_whole_or_in_parts_row_253_row_256() {
    let mut scene = Scene::new();
    let results = scene.path("tmp");
    scene.set("TMPDIR", &results);
    let bytes = pdf_file::tests::pdf(4);
    let path = scene.file("a.pdf", &bytes);
    let whole = scene.run(json!({ "file_path": path, "pages": "" })).await.unwrap();
    let data = image_file::base64(&bytes);
    let source = json!({ "type": "base64", "media_type": "application/pdf", "data": data });
    assert_eq!(whole.content, ToolContent::Blocks(vec![json!({ "type": "document", "source": source })]));
    let file = json!({ "filePath": path, "base64": data, "originalSize": bytes.len() });
    assert_eq!(whole.structured, json!({ "type": "pdf", "file": file }));
    let part = scene.run(json!({ "file_path": path, "pages": "2-3" })).await.unwrap();
    let ToolContent::Blocks(blocks) = part.content else { panic!() };
    let dir = part.structured["file"]["outputDir"].as_str().unwrap().to_owned();
    assert!(dir.starts_with(&results), "{dir}");
    let saved = std::fs::read(format!("{dir}/pages-2-3.pdf")).unwrap();
    assert_eq!(blocks[0]["source"]["data"], image_file::base64(&saved));
    let file = json!({ "filePath": path, "originalSize": bytes.len(), "count": 2, "outputDir": dir });
    assert_eq!(part.structured, json!({ "type": "parts", "file": file, "firstPage": 2 }));
}

#[tokio::test]
async fn pages_belong_to_pdfs_and_lines_do_not_row_253() {
    let scene = Scene::new();
    let pdf = scene.file("a.pdf", pdf_file::tests::pdf(1));
    let text = scene.file("a.txt", "a");
    for (input, expected) in [
        (
            json!({ "file_path": pdf, "offset": 1 }),
            format!("{pdf} is a PDF: choose a part of it with pages, not with offset and limit."),
        ),
        (
            json!({ "file_path": text, "pages": "1" }),
            format!("{text} is no PDF, so it has no pages. Leave pages out."),
        ),
    ] {
        assert_eq!(scene.refused(input).await, expected);
    }
}

#[tokio::test]
async fn images_in_notebooks_are_shown_row_254() {
    let scene = Scene::new();
    let png = image_file::base64(&picture(3, 2, image::ImageFormat::Png));
    let cells = json!([
        { "cell_type": "code", "id": "a", "source": "plot()", "outputs": [
            { "output_type": "display_data", "data": { "image/png": [&png[..8], &png[8..]], "text/plain": "<Figure>" } },
            { "output_type": "stream", "text": "x".repeat(10_001) },
        ] },
        { "cell_type": "markdown", "id": "b", "source": "end" },
    ]);
    let path = scene.file("a.ipynb", json!({ "cells": cells }).to_string());
    let output = scene.run(json!({ "file_path": path })).await.unwrap();
    let ToolContent::Blocks(blocks) = output.content else { panic!() };
    assert_eq!(
        blocks[0]["text"],
        "<cell id=\"a\" type=\"code\">\nplot()\n</cell>\n<output of=\"a\">an image:</output>\n"
    );
    assert_eq!(blocks[1]["source"], json!({ "type": "base64", "media_type": "image/png", "data": png }));
    let cut = "[This output is longer than 10000 characters and was cut. Use jq in Bash for all of it.]";
    assert_eq!(
        blocks[2]["text"],
        format!(
            "<output of=\"a\">\n{}\n{cut}\n</output>\n<cell id=\"b\" type=\"markdown\">\nend\n</cell>\n",
            "x".repeat(10_000)
        )
    );
    let empty = scene.file("empty.ipynb", "{\"cells\":[]}");
    assert_eq!(scene.read(&empty).await.0, "The notebook has no cells.");
}

#[tokio::test]
async fn notebooks_show_cells_with_outputs_row_254() {
    let scene = Scene::new();
    let cells = json!([
        { "cell_type": "markdown", "id": "m1", "source": ["# Title\n", "text"] },
        { "cell_type": "code", "source": "1 + 1", "outputs": [
            { "output_type": "execute_result", "data": { "text/plain": ["2"] } },
            { "output_type": "stream", "text": "hello\n" },
            { "output_type": "error", "traceback": ["Trace\n", "back"] },
            { "output_type": "display_data", "data": { "image/png": "AAAA" } },
        ] },
    ]);
    let path = scene.file("a.ipynb", json!({ "cells": cells, "nbformat": 4 }).to_string());
    let (text, structured) = scene.read(&path).await;
    assert_eq!(
        text,
        "<cell id=\"m1\" type=\"markdown\">\n# Title\ntext\n</cell>\n<cell id=\"cell-1\" type=\"code\">\n1 + 1\n</cell>\n\
         <output of=\"cell-1\">\n2\n</output>\n<output of=\"cell-1\">\nhello\n\n</output>\n<output of=\"cell-1\">\nTrace\nback\n</output>\n\
         <output of=\"cell-1\">\n(an image that cannot be shown)\n</output>\n"
    );
    assert_eq!(structured, json!({ "type": "notebook", "file": { "filePath": path, "cells": cells } }));
    assert_eq!(scene.whole(&path), Some(true));
    let (raw, _) = scene.good(json!({ "file_path": path, "offset": 1, "limit": 1 })).await;
    assert!(raw.starts_with("1\t{\"cells\""));
}

#[tokio::test]
async fn a_notebook_that_is_none_or_too_long_is_told_row_250_row_254() {
    let mut scene = Scene::new();
    for (content, why) in [("{}", "it has no cells"), ("{", "EOF while parsing an object at line 1 column 1")]
    {
        let path = scene.file("bad.ipynb", content);
        let text = scene.refused(json!({ "file_path": path })).await;
        assert_eq!(text, format!("{path} is no valid notebook: {why}."));
    }
    scene.set("CLAUDE_CODE_FILE_READ_MAX_OUTPUT_TOKENS", "50");
    let cells = json!({ "cells": [{ "cell_type": "code", "source": "x".repeat(500) }] });
    let path = scene.file("long.ipynb", cells.to_string());
    let text = scene.refused(json!({ "file_path": path })).await;
    assert_eq!(
        text,
        format!(
            "{path} has more than the 50 tokens that one result may have. Read its JSON in parts with offset and \
             limit, or search with Grep."
        )
    );
    let huge = scene.path("huge.ipynb");
    std::fs::File::create(&huge).unwrap().set_len(101 * 1024 * 1024).unwrap();
    let text = scene.refused(json!({ "file_path": huge })).await;
    assert_eq!(
        text,
        format!("{huge} is a notebook of 101 MB; the limit is 100 MB. Use Grep, or jq in Bash.")
    );
}

#[tokio::test]
async fn faults_of_the_disk_are_told() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let scene = Scene::new();
    let path = scene.file("a", "1");
    let paths = [
        path.clone(),
        scene.file("a.png", picture(4, 4, image::ImageFormat::Png)),
        scene.file("a.pdf", pdf_file::tests::pdf(2)),
        scene.file("a.ipynb", r#"{"cells":[{"cell_type":"code","source":"1"}]}"#),
    ];
    for path in &paths {
        let gone = format!("File does not exist: {path}. The working directory is ");
        for (fault, kind, expected) in [
            (Fault::Read, ErrorKind::NotFound, format!("Cannot read {path}: it is not there any more.")),
            (
                Fault::Read,
                ErrorKind::PermissionDenied,
                format!("Cannot read {path}: the operating system denies access."),
            ),
            (
                Fault::Stat,
                ErrorKind::PermissionDenied,
                format!("Cannot read {path}: the operating system denies access."),
            ),
            (Fault::Stat, ErrorKind::NotFound, gone),
        ] {
            let _guard = inject(scene.cx.workspace.original(), fault, kind);
            let told = scene.refused(json!({ "file_path": path })).await;
            assert!(told.starts_with(&expected), "{told}");
            assert_eq!(scene.whole(path), None);
        }
        scene.run(json!({ "file_path": path })).await.unwrap();
    }
    let huge = json!({ "file_path": path, "offset": 9e300, "limit": 9e300 });
    assert_eq!(
        scene.good(huge).await.0,
        format!("The file has 1 line, so there is nothing at line {}.", usize::MAX)
    );
}

#[tokio::test]
async fn files_too_large_for_memory_are_refused() {
    let scene = Scene::new();
    let path = scene.path("huge.txt");
    std::fs::File::create(&path).unwrap().set_len(300 * 1024 * 1024).unwrap();
    let text = scene.refused(json!({ "file_path": path })).await;
    assert_eq!(
        text,
        format!("{path} has 300 MB; files over 256 MB are not opened. Use Grep, or head and tail in Bash.")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_known_by_what_it_points_to() {
    let scene = Scene::new();
    let path = scene.file("real.txt", "text");
    let link = scene.path("link.txt");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    assert_eq!(scene.read(&link).await.0, "1\ttext");
    assert_eq!((scene.whole(&path), scene.whole(&link)), (Some(true), None));
    let loops = scene.path("loop");
    std::os::unix::fs::symlink(&loops, &loops).unwrap();
    let text = scene.refused(json!({ "file_path": loops })).await;
    assert!(text.starts_with(&format!("Cannot read {loops}: ")), "{text}");
    assert!(scene.dir.path().exists());
}

#[tokio::test]
async fn pages_that_cannot_be_saved_are_shown_all_the_same() {
    use crate::engine::io::fs::{Fault, inject};
    use std::io::ErrorKind;
    let mut scene = Scene::new();
    scene.set("TMPDIR", &scene.path("tmp"));
    let path = scene.file("a.pdf", pdf_file::tests::pdf(30));
    let input = json!({ "file_path": path, "pages": "2-3" });
    let saved = scene.run(input.clone()).await.unwrap();
    assert_eq!(saved.structured["type"], "parts");
    for (fault, kind) in [
        (Fault::MakeDir, ErrorKind::PermissionDenied),
        (Fault::Create, ErrorKind::StorageFull),
        (Fault::Write, ErrorKind::StorageFull),
    ] {
        let _guard = inject(Path::new(&scene.path("tmp")), fault, kind);
        let shown = scene.run(input.clone()).await.unwrap();
        assert_eq!(shown.structured["type"], "pdf", "{fault:?}");
        let ToolContent::Blocks(blocks) = shown.content else { panic!("no document") };
        assert_eq!(blocks[0]["type"], "document");
        assert_eq!(shown.structured["file"]["base64"], blocks[0]["source"]["data"]);
    }
}

#[test]
fn lines_are_those_of_the_standard_library() {
    for text in
        ["", "\n", "a", "a\r", "a\r\n", "a\n\n", "a\rb\n", "a\nb", "\n\na", "a\r\nb\r", "é\n\u{2028}x\n\nz\n"]
    {
        let expected: Vec<&str> = text.lines().collect();
        assert_eq!(lines(text).collect::<Vec<_>>(), expected, "{text:?}");
        assert_eq!(count_lines(text), expected.len(), "{text:?}");
        for start in 1..=expected.len() {
            for count in 0..=expected.len() + 1 - start {
                let piece = expected[start - 1..start - 1 + count].join("\n");
                let found = lines_of(text.to_owned(), start, count, expected.len());
                assert_eq!(found, piece, "{text:?} from {start}, {count} lines");
            }
        }
    }
}
