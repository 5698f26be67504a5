//! The decision for a tool that reads or writes one path.

use super::decide::because;
use super::{Call, Decision, PolicyContext, Reason};
use super::update::PermissionBehavior;
use std::path::Path;

/// Judges a call that touches `path`.
pub(super) fn decide(call: &Call, cx: &PolicyContext, path: &Path, write: bool) -> Decision {
    let _ = (call, cx, path, write, because, PermissionBehavior::Ask);
    Decision::ask(Reason::NothingAllows)
}
