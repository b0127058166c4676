use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::sim::{Explorer, Progress};

/// How far the board is: on a terminal, and nowhere else.
pub(super) struct Bar {
    bar: ProgressBar,
    search: Search,
}

/// The search that is under way.
#[derive(Clone, Default)]
struct Search {
    progress: Progress,
    /// When it began, in milliseconds of the bar's.
    begun: Arc<AtomicU64>,
    budget: u64,
}

/// How often it is drawn.
const TICK: Duration = Duration::from_millis(100);

impl Bar {
    /// Of `all` parts, each a few searches of at most `budget` schedules.
    pub(super) fn new(all: u64, budget: u64) -> Self {
        let bar = ProgressBar::new(all);
        let search = Search { budget, ..Search::default() };
        let shown = search.clone();
        let says = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A terminal that takes no text is no reason to end the board.
            let _ = out.write_str(&shown.says(state.elapsed()));
        };
        let style = "{msg}\n{search}\n{wide_bar} {pos}/{len} {elapsed}, about {eta} left";
        let style = ProgressStyle::with_template(style).expect("a valid template");
        bar.set_style(style.with_key("search", says));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self { bar, search }
    }

    /// One that nobody sees.
    #[cfg(test)]
    pub(super) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), search: Search::default() }
    }

    /// Shows a search that begins now.
    pub(super) fn shows(&self, what: String, explorer: Explorer) -> Explorer {
        if self.bar.is_hidden() {
            return explorer;
        }
        self.search.begin(self.bar.elapsed());
        self.bar.set_message(what);
        explorer.progress(&self.search.progress)
    }

    /// One part more has ended.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    pub(super) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Search {
    /// Relaxed, here and below: it is looked at, and decides nothing.
    fn begin(&self, now: Duration) {
        self.progress.set(0, 0);
        self.begun.store(now.as_millis() as u64, Ordering::Relaxed);
    }

    fn says(&self, now: Duration) -> String {
        let begun = Duration::from_millis(self.begun.load(Ordering::Relaxed));
        let (schedules, distinct) = self.progress.get();
        let rate = schedules as f64 / now.saturating_sub(begun).as_secs_f64().max(0.001);
        let mut text = format!("{schedules} of {} schedules, {distinct} distinct", self.budget);
        if schedules > 0 {
            let left = self.budget.saturating_sub(schedules) as f64 / rate;
            let _ = write!(text, ", {rate:.0}/s, at most {left:.0} s left");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Explorer, Progress, Search};
    use crate::probe::choose;
    use crate::sim::{Stats, Strategy};

    /// Whoever looks on, the same is counted.
    #[test]
    fn a_search_that_is_watched_counts_what_it_does_otherwise() {
        let random =
            |threads| Explorer::new().strategy(Strategy::Random).schedules(1_000).threads(threads);
        let run = |explorer: Explorer| {
            let stats = explorer.run(|| async { assert!(choose(40) < 40) }).expect("it holds");
            Stats { real_time: Duration::ZERO, ..stats }
        };
        let alone = run(random(1));
        for threads in [1, 2] {
            let progress = Progress::default();
            assert_eq!(run(random(threads).progress(&progress)), alone);
            let (schedules, distinct) = progress.get();
            assert!((700..=1_000).contains(&schedules), "{schedules}");
            assert_eq!(distinct, 40);
        }
    }

    #[test]
    fn a_search_says_its_rate_what_differs_and_what_is_left() {
        let search = Search { budget: 10_000, ..Search::default() };
        search.begin(Duration::from_secs(7));
        assert_eq!(search.says(Duration::from_secs(7)), "0 of 10000 schedules, 0 distinct");
        search.progress.set(4_000, 3_999);
        let says = search.says(Duration::from_secs(9));
        assert_eq!(says, "4000 of 10000 schedules, 3999 distinct, 2000/s, at most 3 s left");
    }
}
