//! The door to child processes: every one in a group of its own, none left behind.

/// The live process groups of one engine; killed together when the engine's environment goes away.
#[derive(Debug, Default)]
pub struct ProcessTable {}
