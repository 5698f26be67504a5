//! Pure Rust agent engine: no napi, no printing, no globals, no process environment.
//!
//! Read `turn/driver.rs` first: it is the loop. `query.rs` is one `query()` call around it.

pub mod cancel;
pub mod clock;
pub mod env;
pub mod error;
pub mod io;
pub mod model;
pub mod permission;
pub mod tool;
pub mod workspace;
