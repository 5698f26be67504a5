//! Tells the linker how a Node.js addon is linked; does nothing for builds without the `node` feature.

fn main() {
    #[cfg(feature = "node")]
    napi_build::setup();
}
