//! The persona's files, as they travel with a spawn.

use std::collections::BTreeMap;

use clap_complete::CompletionCandidate;
use clawlets_model::{ArtifactName, PersonaName};
use clawlets_printer::{Fault, FaultCode};

use crate::project;

/// The files of the project's persona of that name; none when the project has none, or there is no project.
pub(super) fn of(name: &PersonaName) -> Result<Option<BTreeMap<ArtifactName, String>>, Fault> {
    let Some(persona) = project::persona_around(&project::here()?, name)? else { return Ok(None) };
    let text = |(file, content): (ArtifactName, Vec<u8>)| match String::from_utf8(content) {
        Ok(content) => Ok((file, content)),
        Err(_) => {
            Err(Fault::new(FaultCode::PersonaInvalid, format!("persona {name}: {file} is not UTF-8 text"))
                .hint("put it into the orchestrator's persona folder, from where bytes can travel"))
        }
    };
    persona.to_files().into_iter().map(text).collect::<Result<_, _>>().map(Some)
}

/// The personas of the project that somebody stands in, for a shell that asks. Silent where there are none.
pub(super) fn candidates() -> Vec<CompletionCandidate> {
    let personas = project::here().ok().and_then(|here| project::personas_around(&here));
    let names = personas.and_then(|personas| project::persona_names(&personas).ok()).unwrap_or_default();
    names.iter().map(|name| CompletionCandidate::new(name.as_str())).collect()
}
