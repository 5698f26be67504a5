//! When definitions of tools are kept back until the model looks for them, and in which way.

use crate::engine::env::Env;

/// The share of the window, in percent, from which on `auto` keeps definitions back.
const SHARE: u64 = 10;

/// What `ENABLE_TOOL_SEARCH` asks for (row 342).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Never.
    Off,
    /// Whenever there is something to keep back.
    On,
    /// From this share of the window on, in percent.
    Share(u64),
}

/// How definitions are kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They are not.
    #[default]
    Off,
    /// All are sent, marked; the API shows the model those that a result refers to.
    References,
    /// Those that were found are sent.
    Own,
}

/// How a session keeps definitions back, as far as its environment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deferral {
    /// Whether.
    pub setting: Setting,
    /// Whether the endpoint is trusted to know references.
    pub references: bool,
}

impl Deferral {
    /// Without an environment nothing is kept back.
    pub const OFF: Self = Self { setting: Setting::Off, references: false };

    /// What the environment asks for.
    pub fn from_env(env: &Env) -> Self {
        let given = env.get("ENABLE_TOOL_SEARCH").map(str::trim).filter(|text| !text.is_empty());
        // Gateways often drop what they do not know: behind one, references are used when the host vouches for it.
        let references = !env.flag("CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS")
            && (given.is_some() || is_first_party(env.get("ANTHROPIC_BASE_URL")));
        let setting = given.and_then(setting).unwrap_or(Setting::Share(SHARE));
        Self { setting, references }
    }

    /// The value of `ENABLE_TOOL_SEARCH`, if it is none that there is.
    pub fn unknown(env: &Env) -> Option<&str> {
        let given = env.get("ENABLE_TOOL_SEARCH").filter(|text| !text.trim().is_empty())?;
        setting(given.trim()).is_none().then_some(given)
    }

    /// The way for definitions of this many tokens that may be kept back.
    pub fn mode(self, tokens: u64, window: u64, model: &str) -> Mode {
        let wanted = match self.setting {
            Setting::Off => false,
            Setting::On => tokens > 0,
            Setting::Share(share) => tokens > 0 && tokens.saturating_mul(100) >= window.saturating_mul(share),
        };
        match wanted {
            false => Mode::Off,
            true if self.references && knows_references(model) => Mode::References,
            true => Mode::Own,
        }
    }
}

fn setting(text: &str) -> Option<Setting> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(Setting::On),
        "false" | "0" | "no" | "off" => Some(Setting::Off),
        "auto" => Some(Setting::Share(SHARE)),
        other => {
            let share = other.strip_prefix("auto:")?.trim().parse().ok()?;
            (share <= 100).then_some(Setting::Share(share))
        }
    }
}

fn is_first_party(base: Option<&str>) -> bool {
    let Some(base) = base.map(str::trim).filter(|base| !base.is_empty()) else { return true };
    let host = base.strip_prefix("https://").unwrap_or(base);
    host.split(['/', ':']).next() == Some("api.anthropic.com")
}

/// Whether a model understands references: those from version 4.5 on do (row 344).
fn knows_references(model: &str) -> bool {
    let Some((_, rest)) = model.split_once("claude-") else { return false };
    // A date is no version.
    let numbers = rest.split('-').filter(|part| part.len() < 3).filter_map(|part| part.parse::<u32>().ok());
    let version: Vec<u32> = numbers.take(2).collect();
    version.as_slice() >= [4, 5].as_slice()
}

#[cfg(test)]
#[path = "deferral_tests.rs"]
mod tests;
