//! One task alone.

use std::io;

use surefoot_benches::arguments::Effort;
use surefoot_benches::pools::{Bb8, Contender, Deadpool, Mobc, Surefoot, Times, limit, use_times};
use surefoot_benches::rounds::{Side, race};
use surefoot_benches::table::{Goal, Row, Unit};
use tokio::runtime::{Builder, Runtime};

pub(crate) fn rows(effort: Effort) -> io::Result<Vec<Row>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut rows = Vec::new();
    for (times, work) in [
        (Times::Unset, "uncontended, no time option"),
        (Times::Set, "uncontended, time options as in a service"),
    ] {
        let mut sides = vec![
            side::<Surefoot>(&runtime, times),
            side::<Deadpool>(&runtime, times),
            side::<Bb8<true>>(&runtime, times),
            side::<Bb8<false>>(&runtime, times),
            side::<Mobc>(&runtime, times),
        ];
        let mut goals = match times {
            Times::Unset => vec![Goal::Ratio(4.0), Goal::Ratio(4.0), Goal::None, Goal::None],
            Times::Set => vec![Goal::None, Goal::Ratio(2.0), Goal::None, Goal::None],
        };
        if times == Times::Unset {
            sides.push(Side::on_this_thread("limit", limit));
            // At most 2.5 times the limit.
            goals.push(Goal::Ratio(0.4));
        }
        let lanes = race(effort.plan(), &mut sides);
        for (peer, goal) in lanes[1..].iter().zip(goals) {
            rows.push(Row::new(work, &lanes[0], peer, Unit::Seconds, goal));
        }
    }
    Ok(rows)
}

fn side<C: Contender>(runtime: &Runtime, times: Times) -> Side<'_> {
    let pool = runtime.block_on(C::new(4, times));
    Side::on_this_thread(C::NAME, move |n| runtime.block_on(use_times(&pool, n)))
}
