//! A server takes it that whoever asked is still there to be answered.

use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;

use super::{all_end, fickle, task};

pub(super) async fn bug() {
    let (requests, mut asked) = mpsc::channel::<oneshot::Sender<u32>>(2);
    let serves = task("server", async move {
        let mut answered = 0;
        while let Some(reply) = asked.recv().await {
            yield_now().await;
            reply.send(7).expect("the caller waits");
            answered += 1;
        }
        assert!(answered > 0, "nobody asked");
    });
    let asks = |name| {
        let requests = requests.clone();
        let ask = async move {
            let (reply, answer) = oneshot::channel();
            let _ = requests.send(reply).await;
            let _ = answer.await;
        };
        (name, ask)
    };
    let (one, other) = (asks("patient"), asks("fickle"));
    let leaves = fickle(other.0, other.1);
    drop(requests);
    all_end([task(one.0, one.1), serves]).await;
    drop(leaves);
}

pub(super) async fn fixed() {
    let (requests, mut asked) = mpsc::channel::<oneshot::Sender<u32>>(2);
    let serves = task("server", async move {
        let mut answered = 0;
        while let Some(reply) = asked.recv().await {
            yield_now().await;
            let _ = reply.send(7);
            answered += 1;
        }
        assert!(answered > 0, "nobody asked");
    });
    let asks = |name| {
        let requests = requests.clone();
        let ask = async move {
            let (reply, answer) = oneshot::channel();
            let _ = requests.send(reply).await;
            let _ = answer.await;
        };
        (name, ask)
    };
    let (one, other) = (asks("patient"), asks("fickle"));
    let leaves = fickle(other.0, other.1);
    drop(requests);
    all_end([task(one.0, one.1), serves]).await;
    drop(leaves);
}
