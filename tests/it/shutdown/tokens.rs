//! Tokens, and those below them.

use surefoot::shutdown::{Shutdown, Token};
use tokio_test::task::spawn as by_hand;
use tokio_test::{assert_pending, assert_ready};

/// shutdown/STOP8: a parent triggers its children and theirs, and not the
/// reverse.
#[test]
fn a_parent_triggers_its_children_and_not_the_reverse() {
    let shutdown = Shutdown::new();
    let child = shutdown.token().child();
    let (grandchild, other) = (child.child(), shutdown.token().child());
    let mut waiting = by_hand(grandchild.triggered());
    let mut others = by_hand(other.triggered());
    assert_pending!(waiting.poll());
    assert_pending!(others.poll());
    child.trigger("a client left");
    assert!(child.is_triggered() && waiting.is_woken() && !others.is_woken());
    assert_ready!(waiting.poll());
    assert_eq!(grandchild.reason().unwrap(), "a client left");
    assert!(!shutdown.is_triggered() && !shutdown.token().is_triggered() && !other.is_triggered());
    assert_eq!((shutdown.reason(), other.reason()), (None, None));
    shutdown.trigger("a test");
    assert!(others.is_woken());
    assert_eq!(child.reason().unwrap(), "a client left", "the first reason counts");
    assert_eq!(other.reason().unwrap(), "a test");
}

/// shutdown/STOP1: a child of what is triggered is born triggered, of the whole and
/// of a part.
#[test]
fn a_child_of_what_is_triggered_is_born_triggered() {
    let shutdown = Shutdown::new();
    let part = shutdown.token().child();
    part.trigger("a client left");
    let child = part.child();
    assert!(child.is_triggered() && !child.is_accepting());
    assert_eq!(child.reason().unwrap(), "a client left");
    shutdown.trigger("a test");
    assert!(shutdown.token().child().is_triggered());
}

/// A part that was triggered accepts nothing, though the shutdown does.
#[test]
fn a_part_stops_accepting_when_it_is_triggered() {
    let shutdown = Shutdown::new();
    let (part, other) = (shutdown.token().child(), shutdown.token().child());
    let mut accepting = by_hand(part.accepting());
    let mut others = by_hand(other.accepting());
    assert_pending!(accepting.poll());
    assert_pending!(others.poll());
    part.trigger("a listener is closed");
    assert!(accepting.is_woken() && !others.is_woken());
    assert_ready!(accepting.poll());
    assert_pending!(others.poll());
    assert!(!part.is_accepting() && other.is_accepting());
}

/// shutdown/STOP8: a child without its parent is its parent's parent's: the tree
/// keeps no token alive, and cuts none off.
#[test]
fn a_child_outlives_its_parent() {
    let shutdown = Shutdown::new();
    let top = shutdown.token().child();
    let middle = top.child();
    let siblings: Vec<Token> = (0..3).map(|_| middle.child()).collect();
    let neighbours: Vec<Token> = (0..3).map(|_| top.child()).collect();
    drop(middle);
    assert_eq!(shutdown.status().children, 7);
    top.trigger("a part ends");
    assert!(siblings.iter().chain(&neighbours).all(Token::is_triggered));
    drop(siblings);
    drop(top);
    assert_eq!(shutdown.status().children, 3);
    drop(neighbours);
    assert_eq!(shutdown.status().children, 0);
    assert!(!shutdown.is_triggered());
}

/// Clones are one token: it is there until the last is gone.
#[test]
fn clones_are_the_same_token() {
    let shutdown = Shutdown::new();
    let child = shutdown.token().child();
    let clone = child.clone();
    assert_eq!(shutdown.status().children, 1);
    drop(child);
    assert_eq!(shutdown.status().children, 1);
    clone.clone().trigger("a test");
    assert!(clone.is_triggered());
    drop(clone);
    assert_eq!(shutdown.status().children, 0);
}

/// What a token shares its hint with is no part of it: of many tokens, the one
/// that was triggered is, and no other.
#[test]
fn of_many_tokens_the_triggered_ones_are() {
    let shutdown = Shutdown::new();
    let tokens: Vec<Token> = (0..500).map(|_| shutdown.token().child()).collect();
    for (n, token) in tokens.iter().enumerate() {
        if n % 7 == 3 {
            token.trigger("by its number");
        }
    }
    for (n, token) in tokens.iter().enumerate() {
        assert_eq!(token.is_triggered(), n % 7 == 3, "token {n}");
    }
    // New tokens take the places of old ones, and none of their fate.
    drop(tokens);
    let tokens: Vec<Token> = (0..500).map(|_| shutdown.token().child()).collect();
    assert!(!tokens.iter().any(Token::is_triggered));
}

/// A chain of children as long as one likes needs no stack.
#[test]
fn a_chain_of_a_hundred_thousand_children_is_triggered() {
    let shutdown = Shutdown::new();
    let mut chain = vec![shutdown.token().child()];
    for _ in 0..100_000 {
        chain.push(chain[chain.len() - 1].child());
    }
    chain[10].trigger("a test");
    let triggered = chain.iter().filter(|token| token.is_triggered()).count();
    assert_eq!(triggered, 100_001 - 10);
    drop(chain);
    assert_eq!(shutdown.status().children, 0);
}

/// A wait that is dropped leaves no waker behind, before the trigger and after.
#[test]
fn a_dropped_wait_leaves_no_waker_behind() {
    let shutdown = Shutdown::new();
    let child = shutdown.token().child();
    let mut kept = by_hand(child.triggered());
    let mut dropped = by_hand(child.triggered());
    assert_pending!(kept.poll());
    assert_pending!(dropped.poll());
    drop(dropped);
    shutdown.trigger("a test");
    assert!(kept.is_woken());
    assert_ready!(kept.poll());
    drop(kept);
    let mut again = by_hand(child.triggered());
    assert_ready!(again.poll());
}
