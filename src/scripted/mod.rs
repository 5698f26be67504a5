//! A strict scripted Messages API over loopback HTTP.
