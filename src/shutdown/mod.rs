//! The end of a service, in order.

mod builder;
mod core;
mod drain;
mod error;
mod handle;
mod link;
mod piece;
mod report;
mod run;
mod scope;
mod shared;
mod token;
mod wait;

pub use self::builder::Builder;
pub use self::core::Phase;
pub use self::handle::Shutdown;
pub use self::token::Token;

pub use self::piece::{Handle, Tracked};
pub use self::wait::{Accepting, Triggered, TriggeredOwned};

pub use self::run::{Run, Shield};

pub use self::drain::Drain;
pub use self::report::{DrainReport, Status};

pub use self::error::Refused;
