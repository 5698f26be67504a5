use super::*;

const MICRO: u64 = 1000;

/// After answers that took so many microseconds, and one more question.
fn asked_after(answers: &[u64]) -> Callbacks {
    let callbacks = Callbacks::new();
    for micros in answers {
        callbacks.learn(micros * MICRO);
    }
    callbacks.asked();
    callbacks
}

fn micros_awake(callbacks: &Callbacks) -> Option<u64> {
    let asked = callbacks.asked.load(Ordering::Relaxed);
    callbacks.deadline().map(|deadline| (deadline - asked) / MICRO)
}

#[test]
fn nobody_stays_awake_without_a_question() {
    let callbacks = asked_after(&[50; 20]);
    assert!(callbacks.deadline().is_some());
    callbacks.dropped();
    assert_eq!(callbacks.deadline(), None);
}

#[test]
fn a_worker_stays_awake_about_as_long_as_answers_take_and_never_longer_than_the_limit() {
    assert_eq!(micros_awake(&asked_after(&[])), Some(0));
    assert!((90..=100).contains(&micros_awake(&asked_after(&[50; 20])).unwrap_or_default()));
    assert_eq!(micros_awake(&asked_after(&[190; 40])), Some(200));
}

#[test]
fn slow_callbacks_are_not_waited_for_and_are_forgotten_after_some_quick_ones() {
    let minutes = 60_000_000;
    assert_eq!(micros_awake(&asked_after(&[50, 50, minutes, minutes])), None);
    assert!(micros_awake(&asked_after(&[&[minutes; 9][..], &[20; 10]].concat())).is_some());
}

#[test]
fn an_answer_that_is_not_taken_yet_ends_the_wait_until_it_is() {
    let callbacks = asked_after(&[50; 20]);
    let other = callbacks.asked();
    assert!(callbacks.is_awaited());
    callbacks.answered(other);
    assert!(!callbacks.is_awaited());
    callbacks.read();
    assert!(callbacks.is_awaited());
}
