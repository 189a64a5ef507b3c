//! A file that is added to the template is embedded with the next build.

fn main() {
    println!("cargo::rerun-if-changed=../../template");
}
