//! The door to HTTP: clients, shared by the queries of the process.
