use std::future::pending;
use std::io;
use std::time::Duration;

use surefoot::shutdown::Shutdown;

use crate::support::{ms, wait};

/// shutdown/STOP2, shutdown/STOP3
#[tokio::test(start_paused = true)]
async fn smoke() {
    let shutdown = Shutdown::builder().drain_limit(ms(100)).build().unwrap();
    shutdown
        .spawn("good", |token| async move {
            token.triggered().await;
            wait(10).await;
            Ok::<_, io::Error>(())
        })
        .unwrap();
    shutdown.spawn("bad", |_| async { Err::<(), _>("bad luck") }).unwrap();
    shutdown.spawn("mad", |_| async { panic!("mad") as Result<(), io::Error> }).unwrap();
    shutdown
        .spawn("lazy", |_| async {
            pending::<()>().await;
            Ok::<_, io::Error>(())
        })
        .unwrap();
    let guard = shutdown.track("guard").unwrap();
    let report = shutdown.drain().await;
    assert_eq!(report.finished, 1);
    assert_eq!(report.failed[0].0, "bad");
    assert_eq!(report.panicked[0].1.message(), "mad");
    assert_eq!(report.aborted, ["lazy"]);
    assert_eq!(report.stuck, ["guard"]);
    assert_eq!(report.elapsed, Duration::from_millis(3100));
    assert_eq!(report.reason, "drained");
    drop(guard);
    println!("{report:?}");
}
