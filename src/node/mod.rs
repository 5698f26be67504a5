//! The binding: the only code that knows napi.
