//! What settings mean for a session: environment, rules, mode, directories, model. Pure.

use super::source::Source;
use super::{Layer, merge};
use crate::engine::env::Env;
use crate::engine::permission::{Confinement, PermissionBehavior, PermissionMode, RuleError, RuleSet};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// What the layers say together.
#[derive(Debug, Clone)]
pub struct Effect<'a> {
    layers: &'a [Layer],
    merged: Map<String, Value>,
}

impl<'a> Effect<'a> {
    /// Of `layers`, from the weakest to the strongest.
    pub fn new(layers: &'a [Layer]) -> Self {
        Self { layers, merged: merge::merge(layers) }
    }

    /// All settings, joined.
    pub fn merged(&self) -> &Map<String, Value> {
        &self.merged
    }

    fn text(&self, pointer: [&str; 2]) -> Option<String> {
        let [first, second] = pointer;
        let value = self.merged.get(first)?;
        let value = if second.is_empty() { value } else { value.get(second)? };
        value.as_str().map(str::to_owned)
    }

    fn flag(&self, key: &str) -> Option<bool> {
        self.merged.get(key).and_then(Value::as_bool)
    }

    /// The environment with the variables of the settings. What the host gave itself stands against the files, not
    /// against the option `settings` or a policy (row 154).
    pub fn env(&self, env: &Env, given: bool) -> Env {
        let mut all: std::collections::HashMap<String, String> =
            env.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        for layer in self.layers {
            let Some(Value::Object(vars)) = layer.settings.get("env") else { continue };
            let overrides = matches!(layer.source, Source::Flag | Source::Managed) || !given;
            for (name, value) in vars {
                let Some(value) = value.as_str() else { continue };
                if overrides || env.get(name).is_none() {
                    all.insert(name.clone(), value.to_owned());
                }
            }
        }
        Env::new(all)
    }

    /// Adds the rules of all layers. When a policy says so, only its own rules allow anything.
    pub fn add_rules(&self, rules: &mut RuleSet) -> Result<(), RuleError> {
        if self.managed_rules_only() {
            *rules = without_allow(rules)?;
        }
        for layer in self.layers {
            add_layer(layer, self.managed_rules_only(), rules)?;
        }
        Ok(())
    }

    /// `allowManagedPermissionRulesOnly`, which only a policy can say.
    pub fn managed_rules_only(&self) -> bool {
        self.layers.iter().any(|layer| {
            layer.source == Source::Managed
                && layer.settings.get("allowManagedPermissionRulesOnly") == Some(&Value::Bool(true))
        })
    }

    /// Names of the tools that deny rules without a specifier take away.
    pub fn hidden_tools(&self) -> Vec<String> {
        let rules = self.layers.iter().flat_map(|layer| &layer.rules);
        rules
            .filter(|(behavior, rule)| *behavior == PermissionBehavior::Deny && rule.content().is_none())
            .map(|(_, rule)| rule.tool().to_owned())
            .collect()
    }

    /// `permissions.defaultMode`.
    pub fn mode(&self) -> Option<PermissionMode> {
        let mode = self.merged.get("permissions")?.get("defaultMode")?;
        serde_json::from_value(mode.clone()).ok()
    }

    /// `permissions.additionalDirectories`, absolute.
    pub fn directories(&self, cwd: &Path, home: Option<&Path>) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = Vec::new();
        for layer in self.layers {
            let base = if layer.source == Source::Project { &layer.root } else { cwd };
            let dirs = layer.settings.get("permissions").and_then(|p| p.get("additionalDirectories"));
            for dir in dirs.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
                let dir = absolute(dir, base, home);
                if !all.contains(&dir) {
                    all.push(dir);
                }
            }
        }
        all
    }

    /// `model`, unless the environment names one (row 44).
    pub fn model(&self, env: &Env) -> Option<String> {
        self.text(["model", ""]).filter(|_| env.get("ANTHROPIC_MODEL").is_none())
    }

    /// `apiKeyHelper`, which files of a project never set.
    pub fn key_helper(&self) -> Option<String> {
        self.text(["apiKeyHelper", ""]).filter(|command| !command.trim().is_empty())
    }

    /// `effortLevel`.
    pub fn effort(&self) -> Option<String> {
        self.text(["effortLevel", ""])
    }

    /// `maxEffortLevel`.
    pub fn effort_ceiling(&self) -> Option<String> {
        self.text(["maxEffortLevel", ""])
    }

    /// `alwaysThinkingEnabled: false`.
    pub fn thinking_off(&self) -> bool {
        self.flag("alwaysThinkingEnabled") == Some(false)
    }

    /// `permissions.denyInsteadOfPrompting`, from any source.
    pub fn never_asks(&self) -> bool {
        self.says("denyInsteadOfPrompting", &Value::Bool(true)).is_some()
    }

    /// What no rule and no mode lets file tools touch (row 85). Any source may close it off; only the option `settings`
    /// may name exceptions, and not from a policy.
    pub fn confinement(&self, home: Option<&Path>) -> Confinement {
        let on = |key: &str| self.says(key, &Value::Bool(true)).is_some();
        let reads = "blockReadsOutsideWorkingDirectories";
        let of_policy = self.layers.iter().filter(|layer| layer.source == Source::Managed);
        let mut of_policy = of_policy.filter_map(|layer| layer.settings.get("permissions")?.get(reads));
        let firm = of_policy.any(|value| *value == Value::Bool(true));
        let flags = self.layers.iter().filter(|layer| layer.source == Source::Flag && !firm);
        let exempt = flags.filter_map(|layer| {
            let paths = layer.settings.get("permissions")?.get("blockReadsExemptPaths")?.as_array()?;
            Some(paths.iter().filter_map(Value::as_str).map(|path| absolute(path, &layer.root, home)))
        });
        Confinement {
            reads: on(reads),
            writes: on("blockWritesOutsideWorkingDirectories"),
            exempt: exempt.flatten().collect(),
        }
    }

    /// Who says `permissions.disableBypassPermissionsMode`; any source may (row 80).
    pub fn bypass_disabled_by(&self) -> Option<String> {
        self.says("disableBypassPermissionsMode", &Value::from("disable")).map(name_of)
    }

    /// Who says `permissions.disableAutoMode`; any source may (row 80).
    pub fn auto_disabled_by(&self) -> Option<String> {
        self.says("disableAutoMode", &Value::from("disable")).map(name_of)
    }

    fn says(&self, key: &str, value: &Value) -> Option<&'a Layer> {
        self.layers
            .iter()
            .find(|layer| layer.settings.get("permissions").and_then(|p| p.get(key)) == Some(value))
    }
}

/// A path of settings: `~` is the home directory, and what is relative starts at `base`.
fn absolute(path: &str, base: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~/").or((path == "~").then_some("")), home) {
        (Some(rest), Some(home)) => home.join(rest),
        (Some(_) | None, _) => base.join(path),
    }
}

/// A layer for people.
pub fn name_of(layer: &Layer) -> String {
    match (&layer.path, layer.source) {
        (Some(path), _) => path.display().to_string(),
        (None, Source::Managed) => "options.managedSettings".to_owned(),
        (None, Source::User | Source::Project | Source::Local | Source::Flag) => {
            "options.settings".to_owned()
        }
    }
}

/// Adds the rules of one layer.
pub fn add_layer(layer: &Layer, managed_only: bool, rules: &mut RuleSet) -> Result<(), RuleError> {
    for (behavior, rule) in &layer.rules {
        let grants = *behavior == PermissionBehavior::Allow;
        if !(grants && managed_only && layer.source != Source::Managed) {
            rules.add(rule.clone(), *behavior, layer.source.destination())?;
        }
    }
    Ok(())
}

fn without_allow(rules: &RuleSet) -> Result<RuleSet, RuleError> {
    let mut kept = RuleSet::default();
    for behavior in [PermissionBehavior::Deny, PermissionBehavior::Ask] {
        for entry in rules.rules(behavior) {
            kept.add(entry.rule.clone(), behavior, entry.source)?;
        }
    }
    Ok(kept)
}

#[cfg(test)]
#[path = "effect_tests.rs"]
mod tests;
