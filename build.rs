//! Gives the binary a fingerprint of its own sources: pages that another version rendered are rendered anew.

use std::fs;
use std::path::Path;

fn main() {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for folder in ["src", "templates", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={folder}");
        add(Path::new(folder), &mut hash);
    }
    println!("cargo:rustc-env=PORTAL_SOURCES={hash:016x}");
}

/// Adds a file, or every file of a folder in order, to an FNV-1a hash.
fn add(path: &Path, hash: &mut u64) {
    if path.is_dir() {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        paths.iter().for_each(|path| add(path, hash));
    } else if let Ok(bytes) = fs::read(path) {
        for byte in bytes {
            *hash = (*hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
