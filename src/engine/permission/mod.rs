//! What is allowed: rules, modes and the decision for one call. Pure.
