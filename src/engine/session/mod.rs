//! One conversation: its history and what may change while it runs.

pub mod history;
pub mod live;
pub mod reload;
pub mod run;
pub mod seen;
pub mod side;
pub mod small;
pub mod updates;
pub mod watch;
