//! Keeps an idle worker awake for the moment that a quick callback takes: to wake a thread can take longer than to answer,
//! and it is JavaScript's thread that would spend that time.

use crate::engine::clock::Clock;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicIsize, AtomicU64, Ordering};
use std::time::Duration;

/// Callbacks that usually take longer than this are not waited for awake. Until then the worker looks after nothing else.
const QUICK: Duration = Duration::from_micros(200);

/// How many turns the loop takes between two looks at the clock, which are dearer than the rest of it.
const LOOKS: usize = 16;

static CLOCK: LazyLock<Clock> = LazyLock::new(Clock::real);

/// What all workers of the process know of the questions to JavaScript.
pub static CALLBACKS: Callbacks = Callbacks::new();

/// Questions to JavaScript, and how long it usually takes to answer.
#[derive(Default)]
pub struct Callbacks {
    /// Questions without an answer.
    open: AtomicIsize,
    /// Answers that the engine has not taken yet. Below zero for a moment if it is quicker than the count.
    unread: AtomicIsize,
    /// When the last question was asked, and how long answers have taken lately, both in nanoseconds.
    asked: AtomicU64,
    usual: AtomicU64,
}

impl Callbacks {
    const fn new() -> Self {
        Self {
            open: AtomicIsize::new(0),
            unread: AtomicIsize::new(0),
            asked: AtomicU64::new(0),
            usual: AtomicU64::new(0),
        }
    }

    /// A question is asked; when, for `answered`.
    pub fn asked(&self) -> u64 {
        let now = now();
        self.asked.store(now, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Release);
        now
    }

    /// A question has been answered. Called when its task has been woken: a worker that does not linger any more must find it.
    pub fn answered(&self, asked: u64) {
        self.learn(now().saturating_sub(asked));
        self.open.fetch_sub(1, Ordering::Release);
        self.unread.fetch_add(1, Ordering::Release);
    }

    /// The engine has taken an answer.
    pub fn read(&self) {
        self.unread.fetch_sub(1, Ordering::Release);
    }

    /// Nobody waits for the answer to a question any more.
    pub fn dropped(&self) {
        self.open.fetch_sub(1, Ordering::Release);
    }

    /// One that takes minutes is forgotten after a few quick ones.
    fn learn(&self, taken: u64) {
        let taken = taken.min(nanos(QUICK) * 8);
        let usual = self.usual.load(Ordering::Relaxed);
        self.usual.store((usual * 3 + taken) / 4, Ordering::Relaxed);
    }

    /// Until when it is worth while to stay awake for an answer.
    fn deadline(&self) -> Option<u64> {
        let usual = self.usual.load(Ordering::Relaxed);
        let quick = usual <= nanos(QUICK) && self.open.load(Ordering::Acquire) > 0;
        quick.then(|| self.asked.load(Ordering::Relaxed) + nanos(QUICK).min(usual * 2))
    }

    /// Whether there is nothing but an answer to wait for.
    fn is_awaited(&self) -> bool {
        self.open.load(Ordering::Acquire) > 0 && self.unread.load(Ordering::Acquire) <= 0
    }
}

/// What a worker does before it sleeps: returns when an answer has come, or is not to be expected at once.
pub fn before_sleep() {
    let Some(deadline) = CALLBACKS.deadline() else { return };
    while CALLBACKS.is_awaited() && now() < deadline {
        for _ in 0..LOOKS {
            std::hint::spin_loop();
        }
    }
}

fn now() -> u64 {
    nanos(CLOCK.elapsed())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[path = "linger_tests.rs"]
mod tests;
