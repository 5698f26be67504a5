//! The messages a consumer sees, exactly in their public shape, and the requests it may make.

pub mod control;
pub mod input;
pub mod result;
pub mod sdk;
pub mod task;
