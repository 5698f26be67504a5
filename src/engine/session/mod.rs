//! One conversation: its history and what may change while it runs.

pub mod history;
pub mod live;
pub mod run;
<<<<<<< HEAD
pub mod small;
=======
pub mod side;
>>>>>>> main
pub mod updates;
