//! The project that a command is run in: the nearest folder upwards that holds what is looked for.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_model::{Persona, PersonaName};
use clawlets_persona_folder::{PersonaError, read_persona};
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::fault::of_document;

/// Where a project keeps its personas.
pub(crate) const PERSONAS: &str = "cattle/personas";

/// The folder of personas of the project around `start`; none outside of a project.
pub(crate) fn personas_around(start: &Path) -> Option<PathBuf> {
    nearest(start, |personas| personas.is_dir())
}

/// The persona's files in the project around `start`; none when no project there has it.
///
/// # Errors
/// A fault that names the file when the persona is there but cannot be used.
pub(crate) fn persona_around(start: &Path, name: &PersonaName) -> Result<Option<Persona>, Fault> {
    // A symbolic link counts as there, so that it is refused and not passed over.
    let has_it = |personas: &Path| personas.join(name.as_str()).symlink_metadata().is_ok();
    match nearest(start, has_it) {
        Some(personas) => read(&personas, name).map(Some),
        None => Ok(None),
    }
}

/// The names of the personas in a folder of personas, whether or not they can be used, in order.
///
/// # Errors
/// What the system says of the folder.
pub(crate) fn persona_names(personas: &Path) -> io::Result<Vec<PersonaName>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(personas)? {
        let name = entry?.file_name();
        names.extend(name.to_str().and_then(|name| PersonaName::parse(name).ok()));
    }
    names.sort_unstable();
    Ok(names)
}

/// Reads a persona in a folder of personas.
///
/// # Errors
/// A fault that names the file.
pub(crate) fn read(personas: &Path, name: &PersonaName) -> Result<Persona, Fault> {
    read_persona(personas, name).map_err(|error| match &error {
        PersonaError::Unknown(_) => Fault::new(FaultCode::PersonaUnknown, error.to_string())
            .hint(format!("'clawlets cattle persona add --name {name}' makes one")),
        PersonaError::Invalid { persona, fault } => {
            let file = personas.join(persona.as_str());
            of_document(FaultCode::PersonaInvalid, &format!("persona {}", file.display()), fault)
        }
        PersonaError::Read { source, .. } => Fault::new(FaultCode::Io, error.to_string()).because(source),
        PersonaError::NotAFile { .. } | PersonaError::Name { .. } | PersonaError::TooLarge { .. } => {
            Fault::new(FaultCode::PersonaInvalid, error.to_string())
                .hint(format!("the folder is {}", personas.join(name.as_str()).display()))
        }
    })
}

/// The folder that the program was started in.
///
/// # Errors
/// A fault when it is gone.
pub(crate) fn here() -> Result<PathBuf, Fault> {
    std::env::current_dir()
        .map_err(|error| Fault::new(FaultCode::Io, "failed to find the current folder").because(&error))
}

fn nearest(start: &Path, is_it: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    start.ancestors().map(|folder| folder.join(PERSONAS)).find(|personas| is_it(personas))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_project_that_has_the_persona_counts() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("inner/deep");
        let write = |folder: &Path, name: &str, soul: &str| {
            let persona = folder.join(PERSONAS).join(name);
            fs::create_dir_all(&persona).unwrap();
            fs::write(persona.join("SOUL.md"), soul).unwrap();
            fs::write(persona.join("config.json"), r#"{"schemaVersion":1}"#).unwrap();
        };
        fs::create_dir_all(&inner).unwrap();
        write(root.path(), "rex", "outer rex");
        write(root.path(), "max", "outer max");
        write(inner.parent().unwrap(), "rex", "inner rex");
        let soul = |name: &str| {
            let persona = persona_around(&inner, &PersonaName::parse(name).unwrap()).unwrap();
            persona.map(|persona| persona.soul().to_owned())
        };
        assert_eq!(soul("rex").as_deref(), Some("inner rex"));
        assert_eq!(soul("max").as_deref(), Some("outer max"));
        assert_eq!(soul("nobody"), None);
        assert_eq!(personas_around(&inner), Some(root.path().join("inner").join(PERSONAS)));
    }
}
