//! `retry-ops SIDE N`: N retries of an operation that is ready at once, for callgrind.

use surefoot_benches::retries;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let side = arguments.next().unwrap_or_default();
    let times = arguments.next().and_then(|n| n.parse().ok());
    let times = times.expect("usage: retry-ops SIDE N");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime starts");
    match side.as_str() {
        "surefoot" => runtime.block_on(retries::surefoot(times)),
        "surefoot, all limits" => runtime.block_on(retries::surefoot_limits(times)),
        "surefoot, budget" => runtime.block_on(retries::surefoot_budget(times)),
        "backon" => runtime.block_on(retries::backon(times)),
        "tokio-retry2" => runtime.block_on(retries::tokio_retry2(times)),
        "bare" => runtime.block_on(retries::bare(times)),
        _ => panic!("`{side}` is no side"),
    }
}
