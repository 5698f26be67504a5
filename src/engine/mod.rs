//! Pure Rust agent engine: no napi, no printing, no globals, no process environment.
