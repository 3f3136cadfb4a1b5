//! Links `proctor` at a fixed address where that is possible.
//!
//! It is started very often: once for each test under `supervise`, and thousands of times as the
//! reference subject in a proof. At an address of the moment some 48,000 pointers had to be set at
//! each start, which is a third of its time.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" && target("ARCH") == "x86_64" {
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
}
