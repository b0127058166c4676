//! What the papers promise of the random strategies, measured.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use surefoot::probe::interesting;
use surefoot::sim::{Explorer, Stats, Strategy};
use surefoot::spawn::spawn;
use tokio::sync::Notify;
use tokio::task::yield_now;

/// What the tasks of one schedule write, and who is still at it.
#[derive(Clone, Default)]
struct Log {
    text: Arc<Mutex<String>>,
    alive: Arc<(AtomicUsize, Notify)>,
}

impl Log {
    fn write(&self, letter: char) {
        self.text.lock().unwrap().push(letter);
    }

    fn begin(&self, tasks: usize) {
        self.alive.0.store(tasks, Ordering::Relaxed);
    }

    /// The last one wakes the root, which is so no part of the interleaving.
    fn end(&self) {
        if self.alive.0.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.alive.1.notify_one();
        }
    }

    /// A task that writes its letter in each of its polls.
    async fn steps(self, letter: char, polls: usize) {
        for poll in 1..=polls {
            self.write(letter);
            if poll < polls {
                yield_now().await;
            }
        }
        self.end();
    }

    /// A task of which only some polls, those that are `!`, are of interest.
    async fn marked(self, letter: char, polls: &'static str) {
        for (i, poll) in polls.chars().enumerate() {
            if i > 0 {
                yield_now().await;
            }
            if poll == '!' {
                interesting();
                self.write(letter);
            }
        }
        self.end();
    }
}

/// How often each text was written.
fn texts<F, Fut>(explorer: &Explorer, program: F) -> (BTreeMap<String, u64>, Stats)
where
    F: Fn(Log) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let seen = Arc::new(Mutex::new(BTreeMap::new()));
    let stats = explorer
        .run(|| {
            let (seen, program) = (seen.clone(), program.clone());
            async move {
                let log = Log::default();
                program(log.clone()).await;
                log.alive.1.notified().await;
                let text = log.text.lock().unwrap().clone();
                *seen.lock().unwrap().entry(text).or_insert(0) += 1;
            }
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    let seen = seen.lock().unwrap().clone();
    (seen, stats)
}

/// By how many standard deviations a chi-square test speaks against the expected
/// probabilities: Wilson, Hilferty, "The distribution of chi-square", PNAS 1931.
fn surprise(observed: &[u64], expected: &[f64]) -> f64 {
    assert!((expected.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let all = observed.iter().sum::<u64>() as f64;
    let cells = observed.iter().zip(expected.iter().map(|p| p * all));
    let chi_square: f64 = cells.map(|(&seen, mean)| (seen as f64 - mean).powi(2) / mean).sum();
    let spread = 2.0 / (9.0 * (observed.len() - 1) as f64);
    let freedom = (observed.len() - 1) as f64;
    ((chi_square / freedom).cbrt() - (1.0 - spread)) / spread.sqrt()
}

/// The same, of being uniform over so many texts.
fn surprise_of_uniform(seen: &BTreeMap<String, u64>, texts: usize) -> f64 {
    assert!(seen.len() <= texts, "{} texts, of {texts}", seen.len());
    let mut observed: Vec<_> = seen.values().copied().collect();
    observed.resize(texts, 0);
    surprise(&observed, &vec![1.0 / texts as f64; texts])
}

/// `a` takes 10 steps or so, `b` one or two: the share of schedules that write
/// just this.
fn rate(strategy: &Strategy, wanted: &'static str) -> (f64, u64) {
    let count = |letter| wanted.matches(letter).count();
    let (of_a, of_b) = (count('a'), count('b'));
    let (mut hits, mut runs, mut steps) = (0, 0, 0);
    for seed in 0..20 {
        let explorer = Explorer::new().strategy(strategy.clone()).seed(seed).schedules(2_000);
        let (seen, stats) = texts(&explorer, move |log| async move {
            log.begin(2);
            spawn(log.clone().steps('a', of_a)).detach();
            spawn(log.steps('b', of_b)).detach();
        });
        hits += seen.get(wanted).copied().unwrap_or(0);
        runs += seen.values().sum::<u64>();
        steps = steps.max(stats.steps.max);
    }
    (hits as f64 / runs as f64, steps)
}

#[test]
fn pct_finds_a_failure_of_depth_d_at_its_bound_where_random_does_not() {
    for (depth, wanted) in [(1, "aaaaaaaaaab"), (2, "aaaaaabaaaaaa"), (3, "aaaaabaaaaab")] {
        let (by_pct, _) = rate(&Strategy::Pct { depth }, wanted);
        let (by_random, k) = rate(&Strategy::Random, wanted);
        // The root, `a` and `b`.
        let bound = 1.0 / (3.0 * (k as f64).powi(depth as i32 - 1));
        println!("depth {depth}: pct {by_pct:.5}, bound {bound:.5}, random {by_random:.5}");
        assert!(by_pct >= bound, "depth {depth}: {by_pct} is below {bound}");
        assert!(by_random < bound, "depth {depth}: so shallow that anything finds it");
    }
}

#[test]
fn pct_lets_a_task_that_only_spins_wait_for_the_others() {
    for seed in 0..50 {
        let explorer = Explorer::new().seed(seed).schedules(20).max_steps(500);
        let spinning = explorer.strategy(Strategy::Pct { depth: 2 }).run(|| async {
            let is_done = Arc::new(AtomicUsize::new(0));
            let worker = {
                let is_done = is_done.clone();
                spawn(async move {
                    yield_now().await;
                    is_done.store(1, Ordering::Relaxed);
                })
            };
            while is_done.load(Ordering::Relaxed) == 0 {
                yield_now().await;
            }
            worker.await.unwrap();
        });
        assert!(spinning.is_ok(), "{}", spinning.unwrap_err());
    }
}

/// 1, 2 and 6 polls: 9!/(1!·2!·6!) = 252 orders.
fn uneven(strategy: Strategy) -> (BTreeMap<String, u64>, Stats) {
    texts(&Explorer::new().strategy(strategy).schedules(20_000), |log| async move {
        log.begin(3);
        spawn(log.clone().steps('a', 1)).detach();
        spawn(log.clone().steps('b', 2)).detach();
        spawn(log.steps('c', 6)).detach();
    })
}

#[test]
fn urw_is_uniform_over_the_orders_of_tasks_that_do_not_wait() {
    let urw = surprise_of_uniform(&uneven(Strategy::Urw).0, 252);
    let random = surprise_of_uniform(&uneven(Strategy::Random).0, 252);
    println!("urw {urw:.1} standard deviations from uniform, random {random:.1}");
    assert!(urw.abs() < 3.0, "{urw}");
    assert!(random > 30.0, "{random}");
}

#[test]
fn urw_counts_what_a_task_is_still_to_spawn() {
    // `p` first spawns `c`, of 5 polls, and has one poll left; beside them `b`, of
    // 3: C(10, 3) ways to merge `b` with the family's 7, and 6 orders within it.
    let explorer = Explorer::new().strategy(Strategy::Urw).schedules(40_000);
    let (seen, _) = texts(&explorer, |log| async move {
        log.begin(3);
        let family = log.clone();
        spawn(async move {
            spawn(family.clone().steps('c', 5)).detach();
            family.steps('p', 2).await;
        })
        .detach();
        spawn(log.steps('b', 3)).detach();
    });
    let urw = surprise_of_uniform(&seen, 120 * 6);
    assert!(urw.abs() < 3.0, "{urw}");
}

/// 1, 2 and 2 interesting steps among 26: 5!/(1!·2!·2!) = 30 orders of them.
fn sparse(strategy: Strategy) -> (BTreeMap<String, u64>, Stats) {
    texts(&Explorer::new().strategy(strategy).schedules(6_000), |log| async move {
        log.begin(3);
        spawn(log.clone().marked('a', "..........!...")).detach();
        spawn(log.clone().marked('b', "!!")).detach();
        spawn(log.marked('c', ".!.....!..")).detach();
    })
}

#[test]
fn surw_is_uniform_over_the_orders_of_interesting_steps() {
    let ((by_surw, stats), (by_urw, _)) = (sparse(Strategy::Surw), sparse(Strategy::Urw));
    let surw = surprise_of_uniform(&by_surw, 30);
    let urw = surprise_of_uniform(&by_urw, 30);
    println!("surw {surw:.1} standard deviations from uniform, urw {urw:.1}");
    assert!(surw.abs() < 3.0, "{surw}");
    assert!(urw > 30.0, "{urw}");
    assert!(stats.distinct > 1_000, "the others run anywhere between: {}", stats.distinct);
}

#[test]
fn surw_goes_on_where_the_task_whose_turn_it_is_waits() {
    let explorer = Explorer::new().strategy(Strategy::Surw).schedules(500);
    let (seen, stats) = texts(&explorer, |log| async move {
        log.begin(3);
        let gate = Arc::new(Notify::new());
        let (behind, beside) = ((log.clone(), gate.clone()), log.clone());
        spawn(async move {
            behind.1.notified().await;
            behind.0.marked('c', "!").await;
        })
        .detach();
        spawn(beside.marked('b', "!")).detach();
        spawn(async move {
            log.clone().marked('a', "!").await;
            gate.notify_one();
        })
        .detach();
    });
    let orders: Vec<_> = seen.keys().map(String::as_str).collect();
    assert_eq!((orders, stats.schedules), (vec!["abc", "acb", "bac"], 500));
}

/// After how many steps of `a` the one of `b` comes.
fn places(seen: &BTreeMap<String, u64>, steps: usize) -> Vec<u64> {
    let mut places = vec![0; steps + 1];
    for (text, count) in seen {
        places[text.find('b').unwrap()] += count;
    }
    places
}

/// The paper's first example: one step against many of another task. Of a priority
/// per step, the first `j` of `a` are above that of `b`, and the next is not, with
/// a probability of 1/((j+1)(j+2)).
#[test]
fn pos_puts_a_lone_step_behind_many_more_often_than_random() {
    let at = |strategy| {
        let explorer = Explorer::new().strategy(strategy).schedules(20_000);
        let (seen, _) = texts(&explorer, |log| async move {
            log.begin(2);
            spawn(log.clone().steps('a', 12)).detach();
            spawn(log.steps('b', 1)).detach();
        });
        places(&seen, 12)
    };
    let mut law: Vec<_> = (0..12).map(|j| 1.0 / f64::from((j + 1) * (j + 2))).collect();
    law.push(1.0 / 13.0);
    let (by_pos, by_random) = (at(Strategy::Pos), at(Strategy::Random));
    println!("last of all: pos {} of 20,000, random {}", by_pos[12], by_random[12]);
    let surprise = surprise(&by_pos, &law);
    assert!(surprise.abs() < 3.0, "{surprise}: {by_pos:?}");
    assert!(by_pos[12] > 50 * by_random[12], "{by_pos:?}, {by_random:?}");
}

/// Where `a` has woken `b`, their steps depend on each other: `b` draws anew at
/// each step of `a`, and comes first with a probability of one half.
#[test]
fn pos_draws_anew_for_tasks_that_one_has_woken() {
    let explorer = Explorer::new().strategy(Strategy::Pos).schedules(20_000);
    let (seen, _) = texts(&explorer, |log| async move {
        log.begin(2);
        let gate = Arc::new(Notify::new());
        let behind = log.clone();
        spawn(async move {
            let waker = (log, gate.clone());
            spawn(async move {
                waker.1.notify_one();
                yield_now().await;
                waker.0.steps('a', 8).await;
            })
            .detach();
            gate.notified().await;
            behind.steps('b', 1).await;
        })
        .detach();
    });
    let mut law: Vec<_> = (1..=8).map(|j| 0.5_f64.powi(j)).collect();
    law.push(0.5_f64.powi(8));
    let observed = places(&seen, 8);
    let surprise = surprise(&observed, &law);
    assert!(surprise.abs() < 3.0, "{surprise}: {observed:?}");
}
