//! The closure is no async block: it cannot await.

async fn log() {}

async fn sell(stock: &surefoot::lock::Guarded<u32>) {
    stock.with(|stock| {
        *stock -= 1;
        log().await;
    });
}

fn main() {
    let _ = sell(&surefoot::lock::Guarded::new(1));
}
