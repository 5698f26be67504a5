#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

fn page(length: usize) -> Arc<Page> {
    Arc::new(Page {
        url: String::new(),
        code: 200,
        reason: "OK",
        bytes: 0,
        cut: false,
        text: "x".repeat(length),
    })
}

#[test]
fn pages_are_kept_for_their_time_row_275() {
    let state = WebState::default();
    let (now, minute) = (Duration::from_secs(100), Duration::from_secs(60));
    state.keep("a".into(), page(1), now, minute);
    assert_eq!(state.cached("a", now + minute - Duration::from_millis(1)), Some(page(1)));
    assert_eq!(state.cached("a", now + minute), None);
    assert_eq!(state.cached("b", now), None);
    state.keep("a".into(), page(2), now, Duration::ZERO);
    assert_eq!(state.cached("a", now), None, "a time of 0 switches the cache off");
}

#[test]
fn the_oldest_pages_make_room() {
    let state = WebState::default();
    for n in 0..100 {
        state.keep(n.to_string(), page(1), Duration::from_secs(n), Duration::from_secs(1000));
    }
    let kept = (0..100).filter(|n| state.cached(&n.to_string(), Duration::from_secs(100)).is_some());
    assert_eq!(kept.collect::<Vec<_>>(), (36..100).collect::<Vec<u64>>());
    state.keep("huge".into(), page(MOST_BYTES), Duration::from_secs(100), Duration::from_secs(1000));
    assert!(state.cached("huge", Duration::from_secs(100)).is_some());
    assert!(state.cached("99", Duration::from_secs(100)).is_none());
}

#[test]
fn searches_are_counted_row_282() {
    let state = WebState::default();
    assert!(state.may_search(2) && state.may_search(2) && !state.may_search(2));
    assert!(!WebState::default().may_search(0));
}
