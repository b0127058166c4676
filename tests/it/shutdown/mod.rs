//! The end of a service, on the paused clock.

mod drain;
