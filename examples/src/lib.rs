//! What the example programs are made of.
//!
//! Each program runs a pattern of surefoot's against something real, keeps books
//! of its own on both sides, and fails if they do not agree. The programs are in
//! `examples/`, the same runs as tests in `tests/`.
//!
//! | program | runs |
//! |---|---|
//! | `locks` | [`cache`]: a cache in front of documents that load slowly, and are rewritten |
//! | `channels` | [`logs`]: log lines through all channels into a file, with sources that panic |
//! | `tcp_pool` | [`tcp`]: a pool of `TcpStream`s, and a server that drops them at random |
//! | `join`, `race`, `retry`, `streams` | [`flaky`]: an HTTP server that is busy, hangs and hangs up |
//! | `errors` | [`users`]: a service with reqwest and sqlx, whose errors keep their sources |
//! | `lifetimes` | [`jobs`]: a runner of jobs that fail, panic and are cancelled |
//! | `http_shutdown` | [`http`]: an axum service that is stopped under load |
//! | `postgres_pool` | [`postgres`]: a pool of PostgreSQL backends, terminated at random, and a restart |

pub mod audit;
pub mod cache;
pub mod draw;
pub mod flaky;
pub mod http;
pub mod jobs;
pub mod logs;
pub mod postgres;
pub mod run;
pub mod tcp;
pub mod users;
