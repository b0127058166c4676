use surefoot::stream::{Interval, Missed};

use super::*;
use crate::interval_core as machine;

fn policy() -> impl Strategy<Value = Missed> {
    prop::sample::select(&[Missed::Burst, Missed::Delay, Missed::Skip][..])
}

/// Goes through the timetable tick by tick. Moments are in milliseconds, and a timetable
/// may begin in the past.
struct Ticks {
    period: i64,
    policy: Missed,
    due: i64,
    count: u64,
    left: Option<u64>,
    missed: u64,
    in_time: usize,
}

impl Law for Ticks {
    /// Number, when it was due, and how many were missed.
    type Given = (u64, i64, u64);

    fn poll(&mut self, now: u64, _: &mut Waiting) -> Poll<Option<Self::Given>> {
        if self.left == Some(0) {
            return Poll::Ready(None);
        }
        let (now, at) = (now as i64, self.due);
        if now < at {
            return Poll::Pending;
        }
        let (mut last_due, mut missed) = (at, 0);
        while last_due + self.period <= now {
            last_due += self.period;
            missed += 1;
        }
        self.due = match self.policy {
            Missed::Skip => last_due + self.period,
            Missed::Delay if missed > 0 => now + self.period,
            _ => at + self.period,
        };
        let count = self.count;
        self.count += 1;
        self.left = self.left.map(|left| left - 1);
        self.missed += missed;
        self.in_time += usize::from(now == at);
        Poll::Ready(Some((count, at, missed)))
    }
}

/// stream/STREAM5
#[test]
fn ticks_are_those_of_the_timetable() {
    let start = prop_oneof![Just(None), (-60..60_i64).prop_map(Some)];
    let ticks = prop_oneof![1 => Just(None), 3 => (0..30_u64).prop_map(Some)];
    let inputs = (consumer(), 1..20_u64, policy(), start, ticks);
    holds("interval", 3_000, 25, inputs, |(visits, period, policy, start, ticks)| {
        let (due, count, left, missed) = (start.unwrap_or(0), 0, ticks, 0);
        let mut law = Ticks { period: period as i64, policy, due, count, left, missed, in_time: 0 };
        let nothing = Waiting { items: VecDeque::new(), ends_at: 0 };
        let expected = by_law(&mut law, nothing, &visits);
        let given = run(async {
            // So that there is a past.
            let before = Instant::now();
            tokio::time::advance(ms(100)).await;
            let mut interval = Interval::every(ms(period)).missed(policy);
            if let Some(start) = start {
                interval = interval.start_at(before + ms((100 + start) as u64));
            }
            if let Some(ticks) = ticks {
                interval = interval.ticks(ticks);
            }
            let shown = interval.map(|tick| {
                let at = (tick.at - before).as_millis() as i64 - 100;
                (tick.count, at, tick.missed)
            });
            in_fact(shown, &visits).await
        });
        prop_assert_eq!(&given, &expected, "left: the interval; right: the law");
        Ok(law.missed > 0 && law.in_time > 1)
    });
}

fn any_duration() -> impl Strategy<Value = Duration> {
    let nanos = (any::<u128>(), 0..94_u32).prop_map(|(nanos, bits)| nanos & ((1 << bits) - 1));
    prop_oneof![
        6 => nanos.prop_map(Duration::from_nanos_u128),
        1 => Just(Duration::MAX),
        1 => Just(Duration::ZERO),
    ]
}

/// stream/STREAM5, stream/X6, stream/X11: for every period and every lateness, against whole
/// numbers without an end.
#[test]
fn the_timetable_is_exact_for_durations_of_any_size() {
    let most = Duration::MAX.as_nanos();
    let late = prop_oneof![
        2 => any_duration().prop_map(|late| (late.as_nanos(), 1_u128)),
        // In parts of the period.
        3 => (0..50_u128, Just(8_u128)),
    ];
    let inputs = (any_duration(), policy(), prop::collection::vec(late, 1..20));
    holds("interval, of any size", 5_000, 30, inputs, |(period, policy, lateness)| {
        let period = period.max(Duration::from_nanos(1));
        let nanos = period.as_nanos();
        let mut core = machine::Core::new(period);
        let policy_here = match policy {
            Missed::Burst => machine::Missed::Burst,
            Missed::Delay => machine::Missed::Delay,
            _ => machine::Missed::Skip,
        };
        let (mut due, mut missed_any, mut ended) = (0_u128, false, false);
        for (count, (late, parts)) in (0..).zip(lateness) {
            prop_assert_eq!(core.next().map(|next| next.as_nanos()), Some(due));
            let late = if parts == 1 { late } else { late.saturating_mul(nanos) / parts };
            let now = due.saturating_add(late).min(most);
            let taken = core.take(Duration::from_nanos_u128(now), policy_here);
            let missed = (now - due) / nanos;
            missed_any |= missed > 0;
            let taken = taken.map(|tick| (tick.count, tick.at.as_nanos(), u128::from(tick.missed)));
            prop_assert_eq!(taken, Some((count, due, missed.min(u128::from(u64::MAX)))));
            let next = match policy {
                Missed::Skip => due + (missed + 1) * nanos,
                Missed::Delay if missed > 0 => now + nanos,
                _ => due + nanos,
            };
            // Invariants 2 and 4.
            prop_assert!(next >= due + nanos);
            prop_assert!(policy == Missed::Burst || next > now);
            if next > most {
                prop_assert_eq!(core.next(), None);
                prop_assert_eq!(core.take(Duration::MAX, policy_here), None);
                ended = true;
                break;
            }
            due = next;
        }
        Ok(missed_any || ended)
    });
}
