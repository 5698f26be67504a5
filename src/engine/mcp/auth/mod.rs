//! Who may speak to a server behind HTTP: tokens, got by OAuth, kept and sent along.

pub mod authorized;
pub mod oauth;
mod token_store;
