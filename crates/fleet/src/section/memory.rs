//! `memory`: what bots remember together.

use super::fixed;
use crate::{
    form::{choice, section},
    value::{AbsolutePath, RelativePath},
};

choice! {
    /// Where the shared memory lives.
    MemoryBackend {
        /// On the host's own disk.
        Local = "local",
        /// On an NFS server.
        Nfs = "nfs",
        /// On Amazon EFS.
        Efs = "efs",
    }
}

section! {
    /// What bots remember together.
    Memory {
        /// Where it lives: `local`, `nfs` or `efs`.
        backend: MemoryBackend = "backend" or MemoryBackend::Local;
        /// The folder under which bots find it.
        mount_point: AbsolutePath = "mountPoint" or fixed(AbsolutePath::parse("/memory"));
        /// Files below it that only humans change.
        protected: Vec<RelativePath> = "protected" or Vec::new();
    }
}
