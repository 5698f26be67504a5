//! The response body: walks through its steps as the client takes the bytes.

use std::collections::VecDeque;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::capture::Capture;
use super::clock;
use super::faults::Step;
use super::state::Shared;

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A response body made of steps; notes in the capture when its bytes were handed over.
pub struct StepBody {
    steps: VecDeque<Step>,
    wait: Option<Wait>,
    shared: Arc<Shared>,
    capture: Arc<Capture>,
}

impl StepBody {
    pub fn new(steps: Vec<Step>, shared: Arc<Shared>, capture: Arc<Capture>) -> Self {
        Self { steps: steps.into(), wait: None, shared, capture }
    }
}

impl Body for StepBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        loop {
            if let Some(wait) = self.wait.as_mut() {
                match wait.as_mut().poll(context) {
                    Poll::Ready(()) => self.wait = None,
                    Poll::Pending => return Poll::Pending,
                }
            }
            match self.steps.pop_front() {
                Some(Step::Bytes(bytes)) if bytes.is_empty() => {}
                Some(Step::Bytes(bytes)) => {
                    self.capture.sent(self.shared.watch.micros(), self.steps.is_empty());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Step::Flush) => {
                    // A body that has nothing more for now makes hyper flush what it holds.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Step::Gate(name)) => {
                    let shared = Arc::clone(&self.shared);
                    self.wait = Some(Box::pin(async move { shared.gates.pass(&name, &shared.closed).await }));
                }
                Some(Step::Delay(delay)) => self.wait = Some(Box::pin(clock::pause(delay))),
                Some(Step::Abort) => {
                    self.capture.sent(self.shared.watch.micros(), true);
                    return Poll::Ready(Some(Err(io::Error::other("the scenario drops this connection"))));
                }
                None => {
                    self.capture.sent(self.shared.watch.micros(), true);
                    return Poll::Ready(None);
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty() && self.wait.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let mut total = 0;
        for step in &self.steps {
            match step {
                Step::Bytes(bytes) => total += bytes.len() as u64,
                Step::Flush | Step::Gate(_) | Step::Delay(_) | Step::Abort => return SizeHint::default(),
            }
        }
        SizeHint::with_exact(total)
    }
}
