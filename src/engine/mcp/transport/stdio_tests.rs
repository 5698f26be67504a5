#![allow(clippy::unwrap_used, reason = "test code")]

use super::*;

fn given(vars: &[(&str, &str)], own: &[(&str, &str)]) -> Vec<String> {
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    };
    let all = environment(&Env::new(pairs(vars)), &pairs(own), Path::new("/p"));
    all.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn credentials_stay_here_unless_the_server_names_them_row_338() {
    let vars =
        [("ANTHROPIC_API_KEY", "k"), ("AWS_SECRET_ACCESS_KEY", "k"), ("PATH", "/bin"), ("MY_TOKEN", "t")];
    let always = ["CLAUDECODE=1", "CLAUDE_PROJECT_DIR=/p", "MY_TOKEN=t", "PATH=/bin"];
    assert_eq!(given(&vars, &[]), always);
    let own = given(&vars, &[("ANTHROPIC_API_KEY", "mine")]);
    assert!(own.contains(&"ANTHROPIC_API_KEY=mine".to_owned()), "{own:?}");
}

#[test]
fn every_credential_of_the_list_stays_here_row_338() {
    use crate::engine::env::{CREDENTIAL_PREFIXES, CREDENTIALS};
    let prefixed = CREDENTIAL_PREFIXES.iter().map(|prefix| format!("{prefix}X"));
    let names: Vec<String> = CREDENTIALS.iter().map(|name| (*name).to_owned()).chain(prefixed).collect();
    let vars: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "s3cret")).collect();
    assert_eq!(given(&vars, &[]), ["CLAUDECODE=1", "CLAUDE_PROJECT_DIR=/p"]);
}

#[test]
fn the_allow_list_leaves_a_base_and_the_servers_own_row_338() {
    let vars = [("CLAUDE_CODE_MCP_ALLOWLIST_ENV", "1"), ("PATH", "/bin"), ("MY_TOKEN", "t")];
    let expected = ["CLAUDECODE=1", "CLAUDE_PROJECT_DIR=/p", "OWN=1", "PATH=/bin"];
    assert_eq!(given(&vars, &[("OWN", "1")]), expected);
}
