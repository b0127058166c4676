//! A future made under the lock cannot take the value along.

async fn log(_stock: &mut u32) {}

async fn sell(stock: &surefoot::lock::Guarded<u32>) {
    stock.with(|stock| log(stock)).await;
}

fn main() {
    let _ = sell(&surefoot::lock::Guarded::new(1));
}
