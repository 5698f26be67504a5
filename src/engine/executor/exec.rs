//! A command that the embedder runs: `options.executors.exec`.

use super::mark::Marks;
use super::{Elsewhere, ExecutorCall, Fault};
use crate::engine::io;
use crate::engine::io::process::{Captured, Ended, Exit, log::Log};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// Which output of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// What is to be run.
#[derive(Debug)]
pub struct Order {
    /// A script for bash.
    pub script: String,
    /// What the script prints before its last directory, if it says that.
    pub mark: Option<String>,
    /// Where it starts.
    pub cwd: PathBuf,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// The time that it gets.
    pub timeout: Duration,
    /// The call that it is for.
    pub tool_use_id: String,
}

/// A command that runs elsewhere. Dropping it aborts the signal that its executor was given.
pub struct Distant {
    call: BoxFuture<'static, Result<Value, Fault>>,
    outputs: UnboundedReceiver<(Stream, Vec<u8>)>,
    elsewhere: Arc<Elsewhere>,
    number: u64,
    marks: Option<Marks>,
    cwd: Option<PathBuf>,
    stdout: Captured,
    stderr: Captured,
    kept: usize,
    written: u64,
    allowed: u64,
    log: Option<Arc<Log>>,
}

impl Distant {
    /// Hands a command to the executor. `kept` bytes of each output are kept; `allowed` bytes it may write.
    pub fn start(elsewhere: &Arc<Elsewhere>, order: Order, kept: usize, allowed: u64) -> Self {
        let (number, outputs) = elsewhere.listen();
        let env: serde_json::Map<String, Value> =
            order.env.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let params = json!({
            "request": {
                "command": order.script,
                "cwd": order.cwd.to_string_lossy(),
                "env": env,
                "timeoutMs": u64::try_from(order.timeout.as_millis()).unwrap_or(u64::MAX),
                "toolUseID": order.tool_use_id,
            },
            "output": number,
        });
        let host = elsewhere.host();
        let call = async move {
            match host {
                Some(host) => host.execute(ExecutorCall { method: "exec", params }).await,
                None => Err(Fault::new("there is no executor")),
            }
        };
        Self {
            call: call.boxed(),
            outputs,
            elsewhere: Arc::clone(elsewhere),
            number,
            marks: order.mark.as_deref().map(Marks::new),
            cwd: None,
            stdout: Captured::default(),
            stderr: Captured::default(),
            kept,
            written: 0,
            allowed,
            log: None,
        }
    }

    /// As `Running::wait`: until the command ends or `stop` settles. May be called again after [`Ended::Stopped`].
    pub async fn wait<T>(&mut self, stop: impl Future<Output = T>) -> std::io::Result<Ended<T>> {
        let mut stop = pin!(stop);
        loop {
            let output = tokio::select! {
                biased;
                stopped = &mut stop => {
                    self.take_in_what_came().await;
                    return Ok(Ended::Stopped(stopped));
                }
                Some(output) = self.outputs.recv() => output,
                done = &mut self.call => {
                    self.take_in_what_came().await;
                    return self.end(done).map(Ended::Exited).map_err(std::io::Error::other);
                }
            };
            self.take_in(output).await;
            if self.written > self.allowed {
                return Ok(Ended::Flooded);
            }
        }
    }

    async fn take_in_what_came(&mut self) {
        while let Ok(output) = self.outputs.try_recv() {
            self.take_in(output).await;
        }
    }

    async fn take_in(&mut self, (stream, bytes): (Stream, Vec<u8>)) {
        self.written = self.written.saturating_add(bytes.len() as u64);
        let bytes = match stream {
            Stream::Stdout => self.marks.as_mut().map_or_else(|| bytes.clone(), |marks| marks.push(&bytes)),
            Stream::Stderr => bytes,
        };
        self.keep(stream, bytes).await;
    }

    async fn keep(&mut self, stream: Stream, bytes: Vec<u8>) {
        if let Some(log) = &self.log {
            let log = Arc::clone(log);
            // The file may be on a slow disk. A failure is kept by the log.
            let _ = io::blocking(move || {
                log.append(&bytes);
                Ok(())
            })
            .await;
            return;
        }
        match stream {
            Stream::Stdout => self.stdout.push(&bytes, self.kept),
            Stream::Stderr => self.stderr.push(&bytes, self.kept),
        }
    }

    fn end(&mut self, done: Result<Value, Fault>) -> Result<Exit, String> {
        let rest = self.marks.as_mut().map(Marks::finish).unwrap_or_default();
        match &self.log {
            Some(log) => log.append(&rest),
            None => self.stdout.push(&rest, self.kept),
        }
        let answer = done.map_err(|fault| format!("options.executors.exec: {}", fault.text()))?;
        let garbage = || {
            let what = "{ exitCode, signal?, cwd? } with a whole number, or null and a signal";
            Fault::garbage("exec", what).text()
        };
        let object = answer.as_object().ok_or_else(garbage)?;
        let text = |name: &str| match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(garbage()),
        };
        self.cwd = text("cwd")?.or(self.marks.as_ref().and_then(Marks::last)).map(PathBuf::from);
        let signal = text("signal")?;
        match object.get("exitCode") {
            Some(Value::Number(code)) => {
                let code = code.as_i64().and_then(|code| i32::try_from(code).ok()).ok_or_else(garbage)?;
                Ok(Exit::Code(code))
            }
            // Without a name the most likely one.
            Some(Value::Null) => Ok(Exit::Signal(signal.map_or(9, number_of))),
            Some(_) | None => Err(garbage()),
        }
    }

    /// Writes what was kept so far to `log`, and everything that follows.
    pub async fn move_to(&mut self, log: &Arc<Log>) {
        let (stdout, stderr) = (self.stdout.text(), self.stderr.text());
        self.log = Some(Arc::clone(log));
        for text in [stdout, stderr] {
            self.keep(Stream::Stdout, text.into_bytes()).await;
        }
    }

    /// What was kept of both outputs.
    pub fn take_outputs(&mut self) -> (Captured, Captured) {
        (std::mem::take(&mut self.stdout), std::mem::take(&mut self.stderr))
    }

    /// The directory that the command ended in, if it has said so.
    pub fn last_directory(&self) -> Option<PathBuf> {
        self.cwd.clone()
    }
}

impl Drop for Distant {
    fn drop(&mut self) {
        self.elsewhere.hush(self.number);
    }
}

/// The number that a shell adds 128 to.
fn number_of(signal: &str) -> i32 {
    const NUMBERS: [(&str, i32); 9] = [
        ("SIGABRT", 6),
        ("SIGALRM", 14),
        ("SIGHUP", 1),
        ("SIGINT", 2),
        ("SIGKILL", 9),
        ("SIGPIPE", 13),
        ("SIGQUIT", 3),
        ("SIGSEGV", 11),
        ("SIGTERM", 15),
    ];
    NUMBERS.iter().find(|(name, _)| *name == signal).map_or(9, |(_, number)| *number)
}
