//! One conversation: its history and what may change while it runs.

pub mod history;
pub mod live;
pub mod run;
pub mod side;
pub mod updates;
