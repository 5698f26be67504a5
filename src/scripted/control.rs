//! Control by JSON text, for callers that cannot hold Rust values.
//!
//! `ScriptedApi::start_json(scenario)` starts; `handle_command(text)` takes one of
//! `{"command": "requests", "since"?: n, "bodies"?: bool}`, `violations`, `unused`, `assertComplete`, `url`,
//! `{"command": "openGate", "name"}`, `{"command": "waitGate", "name", "count"?}`, `{"command": "pushRules", "rules"}`,
//! `{"command": "reset", "scenario"?}`, `close`, and answers `{"ok": true, "value": ...}` or `{"ok": false, "error": "..."}`.

use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::scenario::{Rule, Scenario};
use super::{CapturedRequest, ScriptedApi};

#[derive(Deserialize)]
#[serde(tag = "command", rename_all = "camelCase", deny_unknown_fields)]
enum Command {
    Requests {
        #[serde(default)]
        since: usize,
        #[serde(default = "with_bodies")]
        bodies: bool,
    },
    Violations {},
    Unused {},
    AssertComplete {},
    Url {},
    OpenGate {
        name: String,
    },
    WaitGate {
        name: String,
        #[serde(default = "one")]
        count: usize,
    },
    PushRules {
        rules: Vec<Rule>,
    },
    Reset {
        scenario: Option<Scenario>,
    },
    Close {},
}

fn with_bodies() -> bool {
    true
}

fn one() -> usize {
    1
}

impl ScriptedApi {
    /// Starts a server for a scenario given as JSON text.
    pub async fn start_json(scenario: &str) -> io::Result<Self> {
        let scenario = Scenario::from_json(scenario)
            .map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?;
        Self::start(scenario).await
    }

    /// Runs one command; never fails, errors are in the answer.
    pub async fn handle_command(&self, command: &str) -> String {
        let answer = match serde_json::from_str::<Command>(command) {
            Ok(command) => match self.run(command).await {
                Ok(value) => json!({ "ok": true, "value": value }),
                Err(error) => json!({ "ok": false, "error": error }),
            },
            Err(error) => json!({ "ok": false, "error": format!("command: {error}") }),
        };
        answer.to_string()
    }

    async fn run(&self, command: Command) -> Result<Value, String> {
        match command {
            Command::Requests { since, bodies } => {
                let mut requests = self.requests();
                requests.drain(..since.min(requests.len()));
                if !bodies {
                    requests.iter_mut().for_each(strip);
                }
                to_json(&requests)
            }
            Command::Violations {} => to_json(&self.violations()),
            Command::Unused {} => to_json(&self.unused()),
            Command::AssertComplete {} => self.assert_complete().map(|()| Value::Null),
            Command::Url {} => Ok(Value::from(self.url())),
            Command::OpenGate { name } => {
                self.open_gate(&name);
                Ok(Value::Null)
            }
            Command::WaitGate { name, count } => {
                self.wait_gate_count(&name, count).await;
                Ok(Value::Null)
            }
            Command::PushRules { rules } => {
                self.push_rules(rules);
                Ok(Value::Null)
            }
            Command::Reset { scenario } => {
                match scenario {
                    Some(scenario) => self.reset_to(scenario),
                    None => self.reset(),
                }
                Ok(Value::Null)
            }
            Command::Close {} => {
                self.close();
                Ok(Value::Null)
            }
        }
    }
}

fn strip(request: &mut CapturedRequest) {
    request.body = Arc::new(Value::Null);
    request.headers.clear();
}

fn to_json<T: Serialize>(value: &T) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

#[cfg(test)]
#[path = "control_tests.rs"]
mod tests;
