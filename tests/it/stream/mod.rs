//! Streams: what the operators give, when exactly, and how they end.

mod maps;
mod names;
mod time;
