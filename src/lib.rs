//! An in-process agent engine: `engine` is the product, `node` binds it to Node.js, `scripted` tests it.

pub mod engine;
#[cfg(feature = "node")]
pub mod node;
#[cfg(feature = "scripted")]
pub mod scripted;
