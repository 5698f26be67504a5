#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

#[test]
fn only_the_newest_are_kept_and_all_are_counted_row_267() {
    let mut newest = Newest::new(2);
    for n in 0..5000_u64 {
        newest.push(std::time::UNIX_EPOCH + Duration::from_secs(n * 7919 % 5000), format!("/{n:04}").into());
        assert!(newest.files.len() < 2000);
    }
    newest.push(std::time::UNIX_EPOCH + Duration::from_secs(4999), "/0".into());
    assert_eq!(newest.total(), 5001);
    // Equal times are ordered by name.
    let last = (0..5000_u64).find(|n| n * 7919 % 5000 == 4999).unwrap();
    assert_eq!(newest.into_paths(), [PathBuf::from("/0"), format!("/{last:04}").into()]);
}

#[test]
fn a_limit_ends_by_clock_or_by_token_row_267() {
    let (clock, cancel) = (Clock::manual(), CancellationToken::new());
    let limit = Limit::new(clock.clone(), cancel.clone());
    clock.advance(Duration::from_millis(19_999));
    assert!(!limit.reached());
    clock.advance(Duration::from_millis(1));
    assert!(limit.reached() && limit.timed_out());
    let limit = Limit::new(clock, cancel.clone());
    cancel.cancel();
    assert!(limit.reached() && !limit.timed_out());
    assert_eq!(limit.check_cancelled(), Err(ToolError::Cancelled));
}

#[test]
fn a_walk_ends_at_the_limit() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..100 {
        std::fs::write(dir.path().join(n.to_string()), "").unwrap();
    }
    let limit = Limit::new(Clock::manual(), CancellationToken::new());
    let seen = AtomicBool::new(false);
    limit.cancel.cancel();
    run(&builder(dir.path()), &limit, &|_| seen.store(true, Ordering::Relaxed));
    assert!(!seen.into_inner());
}

#[test]
fn relative_paths_start_at_the_current_directory() {
    let current = Path::new("/w/sub");
    assert_eq!(absolute(None, current), current);
    assert_eq!(absolute(Some(""), current), current);
    assert_eq!(absolute(Some("a/b"), current), Path::new("/w/sub/a/b"));
    assert_eq!(absolute(Some("/x"), current), Path::new("/x"));
}

#[test]
fn nul_characters_are_refused_row_268() {
    assert_eq!(refuse_nul("path", None), Ok(()));
    assert_eq!(refuse_nul("path", Some("a")), Ok(()));
    assert!(
        matches!(refuse_nul("path", Some("a\0")), Err(ToolError::Respond(text)) if text.contains("`path`"))
    );
}

#[test]
fn a_walk_that_is_cancelled_on_its_way_ends_within_50_ms() {
    let dir = tempfile::tempdir().unwrap();
    for d in 0..30 {
        let below = dir.path().join(d.to_string());
        std::fs::create_dir(&below).unwrap();
        (0..100).for_each(|f| std::fs::write(below.join(f.to_string()), "").unwrap());
    }
    // The best of a few: the machine may be busy with something else.
    let best = (0..5).map(|_| {
        let limit = Limit::new(Clock::real(), CancellationToken::new());
        let (seen, cancelled) = (AtomicU64::new(0), std::sync::Mutex::new(None));
        run(&builder(dir.path()), &limit, &|_| {
            if seen.fetch_add(1, Ordering::Relaxed) == 50 {
                *cancelled.lock().unwrap() = Some(Clock::real());
                limit.cancel.cancel();
            }
        });
        let seen = seen.into_inner();
        // Each thread may have been about to look at one more.
        assert!(seen < 200, "{seen} of 3,030 entries");
        cancelled.into_inner().unwrap().unwrap().elapsed()
    });
    assert!(best.min().unwrap() < Duration::from_millis(50));
}
