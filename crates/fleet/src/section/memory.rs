//! `memory`: what bots remember together.

use super::fixed;
use crate::{
    form::{choice, section},
    rules,
    value::{AbsolutePath, RelativePath, ServerName},
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
    Memory checked by rules::memory {
        /// Where it lives: `local`, `nfs` or `efs`.
        backend: MemoryBackend = "backend" or MemoryBackend::Local;
        /// The folder under which bots find it.
        mount_point: AbsolutePath = "mountPoint" or fixed(AbsolutePath::parse("/memory"));
        /// The NFS server, reached through TLS on port 2049: for EFS the file system's DNS name.
        server: Option<ServerName> = "server" or None;
        /// The folder that the server exports, where it is not the root of all that it exports.
        export: Option<AbsolutePath> = "export" or None;
        /// Files below it that only humans change.
        protected: Vec<RelativePath> = "protected" or Vec::new();
    }
}
