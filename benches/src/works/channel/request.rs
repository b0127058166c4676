//! A question, and its answer.

use std::hint::black_box;

use surefoot::channel::request;
use tokio::sync::{mpsc, oneshot};

use super::super::{Peer, Work, block_on, spawn};
use crate::table::Goal;

pub(super) const ROUND_TRIP: Work = Work {
    name: "request, round trip",
    pieces: 1,
    threads: 1,
    ours: |times| block_on(calls(times)),
    peers: &[Peer {
        name: "mpsc + oneshot by hand",
        run: |times| block_on(by_hand(times)),
        goal: Goal::Ratio(1.0),
    }],
};

const ROOM: usize = 16;

async fn calls(times: u64) {
    let (client, mut server) = request::channel(ROOM);
    spawn(async move {
        while let Some((number, reply)) = server.next().await {
            reply.send(number + 1).expect("the caller is there");
        }
    });
    for number in 0..times {
        black_box(client.call(number).await.expect("the server is there"));
    }
}

async fn by_hand(times: u64) {
    let (client, mut server) = mpsc::channel::<(u64, oneshot::Sender<u64>)>(ROOM);
    spawn(async move {
        while let Some((number, reply)) = server.recv().await {
            reply.send(number + 1).expect("the caller is there");
        }
    });
    for number in 0..times {
        let (reply, response) = oneshot::channel();
        client.send((number, reply)).await.expect("the server is there");
        black_box(response.await.expect("the server is there"));
    }
}
