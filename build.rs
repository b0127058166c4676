//! Tells doctests of a loom build from those of a normal one.
//!
//! rustdoc does not hand `RUSTFLAGS` to doctests, so under `--cfg loom` they
//! would link a library that was built for models. A cfg set here does reach
//! them, and `lib.rs` leaves itself out when it sees it.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(surefoot_loom)");
    if std::env::var_os("CARGO_CFG_LOOM").is_some() {
        println!("cargo::rustc-cfg=surefoot_loom");
    }
}
