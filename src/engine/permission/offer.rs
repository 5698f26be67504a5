//! What people are offered with a question about a command line: updates after which the line is not asked about again (row 91).

use super::decide::add_rule;
use super::{Decision, PermissionUpdate, PolicyContext, Verdict};

/// `asked` with suggestions that work, as `again` decides after them: its own, else the rule for the identical line. Where
/// neither does, its own stay, which answer a part of the question.
pub(super) fn that_work(
    mut asked: Decision,
    line: &str,
    cx: &PolicyContext,
    again: impl Fn(&PolicyContext) -> Decision,
) -> Decision {
    if asked.verdict != Verdict::Ask || asked.suggestions.is_empty() {
        return asked;
    }
    let works = |updates: &[PermissionUpdate]| {
        let (mut rules, mut mode) = (cx.rules.clone(), cx.mode);
        for update in updates {
            if let PermissionUpdate::SetMode { mode: new, .. } = update {
                mode = *new;
            }
            if rules.apply(update).is_err() {
                return false;
            }
        }
        again(&PolicyContext { rules: &rules, mode, ..*cx }).verdict == Verdict::Allow
    };
    if !works(&asked.suggestions) {
        let whole = vec![add_rule("Bash", Some(line.trim().to_owned()))];
        if works(&whole) {
            asked.suggestions = whole;
        }
    }
    asked
}
