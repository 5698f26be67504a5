//! Tools that get pages and search the web.

pub mod web_fetch;
mod web_page;
pub mod web_search;
pub mod web_state;
