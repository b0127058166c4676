use std::fs;
use std::time::{Duration, Instant};

/// Real time since it was started. The races' one look at the clock.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a race is about real time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since then.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The time that this thread has been on a core, where the system tells it: what
/// others run meanwhile does not count.
pub(crate) fn on_core() -> Option<Duration> {
    // Linux brings the account up to date when a thread lets others run.
    std::thread::yield_now();
    let account = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = account.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::on_core;

    #[test]
    fn time_on_a_core_grows_with_work() {
        let Some(before) = on_core() else {
            return;
        };
        let mut sum = 0_u64;
        for n in 0..10_000_000 {
            sum = std::hint::black_box(sum + n);
        }
        assert!(on_core().expect("it was told before") > before);
    }
}
