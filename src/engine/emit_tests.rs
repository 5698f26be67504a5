#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;
use futures::FutureExt;
use std::task::Poll;

fn outbox() -> Outbox {
    Outbox::default()
}

#[test]
fn what_is_emitted_outside_the_run_wakes_the_consumer_at_once() {
    let outbox = outbox();
    let mut pull = std::pin::pin!(outbox.pull());
    assert!(pull.as_mut().now_or_never().is_none());
    outbox.push("1".into());
    assert_eq!(pull.now_or_never().unwrap().items, "[1]");
}

#[tokio::test]
async fn what_is_emitted_in_one_poll_of_the_run_arrives_together() {
    let outbox = Arc::new(outbox());
    let consumer = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move { outbox.pull().await.items }
    });
    // The consumer is waiting before the run starts.
    tokio::task::yield_now().await;
    let mut step = 0;
    let run = std::future::poll_fn(|context| {
        step += 1;
        outbox.push(format!("{step}0"));
        outbox.push(format!("{step}1"));
        context.waker().wake_by_ref();
        if step < 2 { Poll::Pending } else { Poll::Ready(()) }
    });
    outbox.wake_between_polls(run).await;
    assert_eq!(consumer.await.unwrap(), "[10,11]");
    assert_eq!(outbox.pull().await.items, "[20,21]");
}

#[test]
fn a_full_batch_wakes_the_consumer_during_a_poll() {
    let outbox = outbox();
    let mut pull = std::pin::pin!(outbox.pull());
    assert!(pull.as_mut().now_or_never().is_none());
    let run = async {
        for _ in 0..BATCH_ITEMS {
            outbox.push("1".into());
        }
        assert!(pull.as_mut().now_or_never().is_some());
    };
    assert!(outbox.wake_between_polls(run).now_or_never().is_some());
}

#[tokio::test]
async fn a_panic_of_the_run_leaves_the_outbox_awake() {
    let outbox = Arc::new(outbox());
    let run = tokio::spawn({
        let outbox = Arc::clone(&outbox);
        async move {
            outbox
                .wake_between_polls(async {
                    outbox.push("1".into());
                    std::panic::resume_unwind(Box::new("a bug"));
                })
                .await
        }
    });
    assert!(run.await.is_err());
    let mut pull = std::pin::pin!(outbox.pull());
    assert_eq!(pull.as_mut().now_or_never().unwrap().items, "[1]");
    let mut pull = std::pin::pin!(outbox.pull());
    assert!(pull.as_mut().now_or_never().is_none());
    outbox.push("2".into());
    assert_eq!(pull.now_or_never().unwrap().items, "[2]");
}
