//! tokio-util's tokens, both ways.

use std::future::pending;

use surefoot::shutdown::{Shutdown, Token};
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready, assert_ready_eq};
use tokio_util::sync::CancellationToken;

/// A trigger cancels what was handed out, before and after, and not the reverse.
#[test]
fn a_trigger_cancels_the_tokens_that_hang_from_it() {
    let shutdown = Shutdown::new();
    let child = shutdown.token().child();
    let [mine, other] = [&child, &shutdown.token()].map(CancellationToken::from);
    other.cancel();
    assert!(!shutdown.is_triggered() && !mine.is_cancelled());
    let mut waiting = by_hand(mine.cancelled());
    assert_pending!(waiting.poll());
    child.trigger("a client left");
    assert!(waiting.is_woken() && mine.is_cancelled());
    assert!(child.cancellation_token().is_cancelled());
    let late = shutdown.token().cancellation_token();
    assert!(!late.is_cancelled());
    drop(shutdown);
    assert!(late.is_cancelled());
}

/// While acceptors are closing, nobody else is told: that goes for links, too.
#[test]
fn a_link_is_cancelled_when_its_token_is_triggered() {
    let shutdown = Shutdown::new();
    let linked = shutdown.token().cancellation_token();
    let accepting = shutdown.token().accepting();
    shutdown.trigger("a test");
    assert!(!linked.is_cancelled());
    drop(accepting);
    assert!(linked.is_cancelled());
}

/// A token that is gone hands what hangs from it to its parent.
#[test]
fn a_link_outlives_its_token_and_not_the_shutdown() {
    let shutdown = Shutdown::new();
    let parent = shutdown.token().child();
    let child = parent.child();
    let linked = child.cancellation_token();
    drop(child);
    drop(parent.child().cancellation_token());
    assert_eq!(shutdown.status().children, 1);
    parent.trigger("a part ends");
    assert!(linked.is_cancelled());
    let kept = shutdown.token().child().cancellation_token();
    assert!(!kept.is_cancelled());
    shutdown.trigger("a test");
    assert!(kept.is_cancelled());
}

/// The other way: a token of tokio-util's, with all that a token can.
#[tokio::test(start_paused = true)]
async fn a_cancellation_triggers_the_token_that_stands_for_it() {
    let theirs = CancellationToken::new();
    let ours = Token::from(theirs.clone());
    let child = ours.child();
    let (mut triggered, mut accepting) = (by_hand(child.triggered()), by_hand(ours.accepting()));
    let mut run = by_hand(child.run(pending::<()>()));
    let mut shielded = by_hand(child.run(async {
        child.shield(tokio::task::yield_now()).await;
        pending::<()>().await;
    }));
    assert_pending!(triggered.poll());
    assert_pending!(triggered.poll());
    assert_pending!(accepting.poll());
    assert_pending!(run.poll());
    assert_pending!(shielded.poll());
    assert!(ours.is_accepting() && ours.reason().is_none());
    theirs.cancel();
    assert!(triggered.is_woken() && accepting.is_woken() && run.is_woken());
    assert_ready!(triggered.poll());
    assert_ready!(accepting.poll());
    assert_ready_eq!(run.poll(), None);
    assert_ready_eq!(shielded.poll(), None);
    assert!(ours.is_triggered() && !ours.is_accepting());
    assert_eq!(ours.reason().unwrap(), "cancelled");
}

/// It can be triggered on its own, and the other is not cancelled with it.
#[test]
fn a_token_that_stands_for_another_is_its_child() {
    let theirs = CancellationToken::new();
    let ours = Token::from(theirs.clone());
    let back = ours.cancellation_token();
    ours.clone().trigger("a test");
    assert!(ours.is_triggered() && back.is_cancelled() && !theirs.is_cancelled());
}
