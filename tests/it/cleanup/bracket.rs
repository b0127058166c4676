//! Brackets, and the ways that they end.

use std::rc::Rc;

use surefoot::cleanup::{Outcome, Reaper};
use surefoot::deadline::timeout;
use surefoot::spawn::spawn;
use tokio_test::{assert_pending, task};

use super::support::*;
use crate::support::*;

/// cleanup/CLEAN1: after a return, the cleanup is told how it went, has ended when
/// the bracket ends, and ran once.
#[tokio::test(start_paused = true)]
async fn a_body_that_returns_is_cleaned_up_before_the_bracket_ends() {
    for (does, returns, outcome) in
        [(Does::Returns, Ok(7), "Success"), (Does::Fails, Err("refused"), "Error")]
    {
        let (reaper, record) = (Reaper::new(), Record::default());
        let begun = tokio::time::Instant::now();
        assert_eq!(lend(&reaper, &record, does).await, returns);
        assert_eq!(record.take(), ["begun", outcome, "cleaned"]);
        assert_eq!((begun.elapsed(), reaper.pending()), (ms(30), 0));
    }
    assert!(Outcome::Success.is_success());
    assert!(!Outcome::Error.is_success() && !Outcome::Cancelled.is_success());
}

/// cleanup/CLEAN1: after a panic, the same, and then the panic goes on.
#[tokio::test(start_paused = true)]
async fn a_body_that_panics_is_cleaned_up_and_the_panic_goes_on() {
    surefoot::error::install_panic_hook();
    let (reaper, record) = (Reaper::new(), Record::default());
    let failed = spawn(lend(&reaper, &record, Does::Panics)).await.unwrap_err();
    let surefoot::error::TaskError::Panicked(panicked) = failed else {
        panic!("it panics: {failed}");
    };
    assert_eq!(panicked.message(), "boom");
    let location = panicked.location().expect("the hook is there");
    assert!(location.contains("cleanup/support.rs"), "{location}");
    assert_eq!(record.take(), ["begun", "Panicked", "cleaned"]);
    assert_eq!((reaper.pending(), reaper.panicked()), (0, 0), "the cleanup did not");
}

/// cleanup/CLEAN1, cleanup/CLEAN3: a body that is cut, before its first poll or
/// later, is cleaned up by a task, which a wait outlasts.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_cut_is_cleaned_up_by_a_task() {
    for polled in [false, true] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let mut lent = task::spawn(lend(&reaper, &record, Does::Hangs));
        if polled {
            assert_pending!(lent.poll());
        }
        assert_eq!(reaper.pending(), 1);
        drop(lent);
        assert_eq!(reaper.pending(), 1);
        let begun = tokio::time::Instant::now();
        // Nobody waits yet: it has begun by itself.
        settle().await;
        let before: &[&str] = if polled { &["begun"] } else { &[] };
        assert_eq!(record.take(), [before, &["Cancelled"]].concat());
        reaper.wait().await;
        assert_eq!((begun.elapsed(), reaper.pending()), (ms(20), 0));
        assert_eq!(record.take(), ["cleaned"]);
    }
}

/// cleanup/CLEAN1: a cleanup that is cut goes on from where it was.
#[tokio::test(start_paused = true)]
async fn a_cleanup_that_is_cut_goes_on_from_where_it_was() {
    for does in [Does::Returns, Does::Fails, Does::Panics] {
        let (reaper, record) = (Reaper::new(), Record::default());
        let begun = tokio::time::Instant::now();
        assert!(timeout(ms(15), lend(&reaper, &record, does)).await.is_err());
        reaper.wait().await;
        assert_eq!(begun.elapsed(), ms(30), "{does:?}");
        let [_, outcome, cleaned] = &record.take()[..] else {
            panic!("it began once: {does:?}");
        };
        assert_ne!(outcome, "Cancelled", "{does:?}");
        assert_eq!(cleaned, "cleaned");
    }
}

/// cleanup/CLEAN1: what the cleanup is handed is what the body left of the
/// resource; the body may borrow from around it, and need not be `Send`.
#[tokio::test(start_paused = true)]
async fn the_resource_goes_from_the_body_to_the_cleanup() {
    let reaper = Reaper::new();
    let (words, shared) = (vec!["a", "b"], Rc::new(1));
    let (tell, told) = tokio::sync::oneshot::channel();
    let body = async |list: &mut Vec<usize>| {
        for word in &words {
            tokio::task::yield_now().await;
            list.push(word.len() + *shared);
        }
        Ok::<_, ()>(words.len())
    };
    let written = reaper.bracket(Vec::new(), body, |list, outcome| async move {
        let _ = tell.send((list, outcome));
    });
    assert_eq!(written.await, Ok(2));
    assert_eq!(told.await, Ok((vec![2, 2], Outcome::Success)));
}

/// cleanup/CLEAN1: a function that borrows is a body, too, and brackets nest.
#[tokio::test(start_paused = true)]
async fn brackets_nest() {
    async fn push(record: &mut Record) -> Result<(), ()> {
        tokio::task::yield_now().await;
        record.note("pushed");
        Ok(())
    }
    let (reaper, record) = (Reaper::new(), Record::default());
    let task = spawn({
        let (reaper, record) = (reaper.clone(), record.clone());
        async move {
            let inner = record.clone();
            let body = async |_: &mut Record| reaper.bracket(inner, push, clean).await;
            reaper.bracket(record, body, clean).await
        }
    });
    assert_eq!(task.await, Ok(Ok(())));
    assert_eq!(record.take(), ["pushed", "Success", "cleaned", "Success", "cleaned"]);
}

/// cleanup/CLEAN1: a cleanup whose caller leaves half-way goes on as a task, and needs
/// nobody who waits for the reaper.
#[tokio::test(start_paused = true)]
async fn a_cleanup_that_was_left_goes_on_without_a_wait() {
    let (reaper, record) = (Reaper::new(), Record::default());
    // The body takes 10 ms, the cleanup 20.
    let left = timeout(ms(15), lend(&reaper, &record, Does::Returns)).await;
    assert!(left.is_err());
    assert_eq!(reaper.pending(), 1);
    wait(15).await;
    settle().await;
    assert_eq!((reaper.pending(), record.take().last().map(String::as_str)), (0, Some("cleaned")));
}
