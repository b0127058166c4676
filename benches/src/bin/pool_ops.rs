//! `pool-ops SIDE N`: N times acquire and release, for callgrind.

use surefoot_benches::pools::{
    Bb8, Contender, Deadpool, Mobc, Surefoot, Times, limit, use_times, warm,
};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let side = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|n| n.parse().ok());
    let times = times.expect("usage: pool-ops SIDE N");
    match side.as_str() {
        "surefoot" => run::<Surefoot>(times),
        "deadpool" => run::<Deadpool>(times),
        "bb8" => run::<Bb8<true>>(times),
        "bb8 unchecked" => run::<Bb8<false>>(times),
        "mobc" => run::<Mobc>(times),
        "limit" => limit(times),
        _ => panic!("`{side}` is no side"),
    }
}

fn run<C: Contender>(times: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let pool = C::new(4, Times::Unset).await;
        // A second place that acquires, as any program has: what can be copied
        // into its one caller is no measure.
        warm(&pool, 4).await;
        use_times(&pool, times).await;
    });
}
