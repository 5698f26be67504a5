//! The door to HTTP: clients, shared by the queries of the process.

/// All HTTP clients of the process, by their settings.
#[derive(Debug, Default)]
pub struct HttpPools {}
