//! Types only: see sdk-tools.d.ts.
export {}
