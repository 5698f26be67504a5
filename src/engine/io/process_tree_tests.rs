#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn a_name_with_spaces_and_brackets_does_not_shift_the_fields() {
    let line = "42 (a) S (b) c) Z 7 8 9 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 123456 9999 77";
    assert_eq!(parse(42, line), Some(Stat { pid: 42, parent: 7, group: 8, started: 123_456, dead: true }));
    assert_eq!(parse(42, "42 (x) S 1"), None);
    assert_eq!(parse(42, ""), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_reused_number_is_another_process() {
    let own = i32::try_from(std::process::id()).unwrap();
    let stat = stat(own).unwrap();
    assert!(Process { pid: own, started: stat.started }.alive());
    assert!(!Process { pid: own, started: stat.started + 1 }.alive());
}

#[test]
fn signals_to_our_own_group_or_to_everybody_are_not_sent() {
    for leader in [-1, 0, 1] {
        signal_group(leader, Signal::Kill);
        assert!(!group_alive(leader));
    }
    signal_each(&[Process { pid: -1, started: 0 }, Process { pid: 0, started: 0 }], Signal::Kill);
}
