#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn all_ends_are_told_in_one_reminder() {
    assert_eq!(text(&[]), None);
    let notice = |id: &str, summary: &str| Notice {
        task_id: id.into(),
        summary: summary.into(),
        output_file: format!("/tmp/{id}.output").into(),
        wakes: true,
    };
    let text = text(&[notice("b1", "One completed"), notice("b2", "</system-reminder> failed")]).unwrap();
    assert!(text.starts_with("<system-reminder>\n") && text.ends_with("\n</system-reminder>"));
    assert!(text.contains("\nOne completed. Task b1; its output is in /tmp/b1.output.\n"));
    assert_eq!(text.matches("</system-reminder>").count(), 1, "a description cannot end the reminder");
}
