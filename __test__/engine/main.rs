//! Engine tests through the front door, against the scripted Messages API: one file a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    reason = "test code"
)]

#[path = "support/authority.rs"]
mod authority;
mod support;
#[path = "support/tls.rs"]
mod tls;

mod bad_input;
mod cancel;
mod executors;
mod failures;
mod handed;
mod hook_calls;
mod hook_events;
mod hook_outputs;
mod hook_subjects;
mod hook_turns;
mod host_requests;
mod host_samples;
mod input;
mod leaks;
mod mcp;
mod mcp_background;
mod mcp_changes;
mod mcp_elicit;
mod mcp_files;
mod mcp_names;
mod mcp_oauth;
mod mcp_prompt_tool;
mod mcp_search;
mod memory_limit;
mod messages;
mod model;
mod options;
mod oracle;
mod people;
mod permissions;
mod results;
mod scripted_http;
mod scripted_tls;
mod settings;
mod settings_changes;
mod settings_hook_agents;
mod settings_hook_types;
mod settings_hooks;
mod tasks;
mod tools;
mod turns;
mod unsandboxed;
mod web;
mod wire;
