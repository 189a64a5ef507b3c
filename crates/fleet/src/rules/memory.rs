//! Rules of the shared memory.

use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{Memory, MemoryBackend},
};

pub(crate) fn memory(memory: &Memory, fields: &mut Fields<'_, '_, '_>) {
    let is_remote = match memory.backend {
        MemoryBackend::Local => false,
        MemoryBackend::Nfs | MemoryBackend::Efs => true,
    };
    if is_remote && memory.server.is_none() && !fields.is_refused(&["server"]) {
        let what = format!("is empty, and memory.backend is {}", memory.backend);
        let draft = Draft::new(ProblemCode::Incomplete, what);
        fields.rule(
            &["server"],
            draft.expected("the server's name; for efs FILE-SYSTEM.efs.REGION.amazonaws.com"),
        );
    }
}
