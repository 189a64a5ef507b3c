//! Reading one persona beneath the folder of personas.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    os::fd::OwnedFd,
    path::Path,
};

use clawlets_model::{ArtifactName, Persona, PersonaName, limits, persona};
use rustix::{
    fs::{Dir, FileType, Mode, OFlags, ResolveFlags, openat2},
    io::Errno,
};

use crate::error::PersonaError;

/// The most files and folders of a persona together: a bound on the walk, beside that on the bytes.
const MAX_ENTRIES: usize = 1_000;

/// Reads and checks the persona `name` in the folder `personas`.
///
/// # Errors
/// [`PersonaError`], whose message names the file.
pub fn read_persona(personas: &Path, name: &PersonaName) -> Result<Persona, PersonaError> {
    let unreadable = |source: io::Error| PersonaError::Read {
        persona: name.clone(),
        file: "its folder".to_owned(),
        source,
    };
    let folder = File::open(personas).map_err(unreadable)?;
    let root = match open_beneath(&folder, name.as_str(), OFlags::DIRECTORY) {
        Ok(root) => root,
        Err(Errno::NOENT) => return Err(PersonaError::Unknown(name.clone())),
        Err(error) => {
            let walk = Walk::new(name);
            return Err(walk.refused("its folder", error));
        }
    };
    let mut walk = Walk::new(name);
    for top in [persona::SOUL, persona::CONFIG] {
        // A missing file is left to the check of the whole, which knows how to say so.
        match open_beneath(&root, top, OFlags::empty()) {
            Ok(file) => walk.file(file, top, limits::PERSONA_FILE)?,
            Err(Errno::NOENT) => {}
            Err(error) => return Err(walk.refused(top, error)),
        }
    }
    for top in ["skills", "memory"] {
        match open_beneath(&root, top, OFlags::DIRECTORY) {
            Ok(folder) => walk.folder(&folder, top)?,
            Err(Errno::NOENT) => {}
            Err(error) => return Err(walk.refused(top, error)),
        }
    }
    Persona::from_files(name.clone(), walk.files)
        .map_err(|fault| PersonaError::Invalid { persona: name.clone(), fault: Box::new(fault) })
}

/// Opens something below a folder; a symbolic link anywhere on the way is an error, and so is leaving the folder.
fn open_beneath(folder: impl std::os::fd::AsFd, path: &str, extra: OFlags) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | extra;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    openat2(folder, path, flags, Mode::empty(), resolve)
}

struct Walk<'a> {
    persona: &'a PersonaName,
    files: BTreeMap<ArtifactName, Vec<u8>>,
    bytes: usize,
    entries: usize,
}

impl<'a> Walk<'a> {
    const fn new(persona: &'a PersonaName) -> Self {
        Self { persona, files: BTreeMap::new(), bytes: 0, entries: 0 }
    }

    fn folder(&mut self, folder: &OwnedFd, path: &str) -> Result<(), PersonaError> {
        let mut names = Vec::new();
        for entry in Dir::read_from(folder).map_err(|error| self.unreadable(path, error.into()))? {
            let entry = entry.map_err(|error| self.unreadable(path, error.into()))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != "." && name != ".." {
                names.push(name);
            }
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return Err(self.too_large(path, format!("has too many files: {MAX_ENTRIES} at most")));
            }
        }
        names.sort_unstable();
        for name in names {
            let path = format!("{path}/{name}");
            if ArtifactName::parse(&path).is_err() {
                return Err(PersonaError::Name { persona: self.persona.clone(), file: path });
            }
            let opened =
                open_beneath(folder, &name, OFlags::empty()).map_err(|error| self.refused(&path, error))?;
            let kind =
                rustix::fs::fstat(&opened).map_err(|error| self.unreadable(&path, error.into()))?.st_mode;
            match FileType::from_raw_mode(kind) {
                FileType::Directory => self.folder(&opened, &path)?,
                FileType::RegularFile
                | FileType::Symlink
                | FileType::Fifo
                | FileType::Socket
                | FileType::CharacterDevice
                | FileType::BlockDevice
                | FileType::Unknown => self.file(opened, &path, limits::PERSONA_TOTAL)?,
            }
        }
        Ok(())
    }

    fn file(&mut self, file: OwnedFd, path: &str, most: usize) -> Result<(), PersonaError> {
        let status = rustix::fs::fstat(&file).map_err(|error| self.unreadable(path, error.into()))?;
        let what = match FileType::from_raw_mode(status.st_mode) {
            FileType::RegularFile => None,
            FileType::Directory => Some("a folder"),
            FileType::Symlink => Some("a symbolic link"),
            FileType::Fifo => Some("a pipe"),
            FileType::Socket => Some("a socket"),
            FileType::CharacterDevice | FileType::BlockDevice => Some("a device"),
            FileType::Unknown => Some("of an unknown kind"),
        };
        if let Some(what) = what {
            return Err(PersonaError::NotAFile {
                persona: self.persona.clone(),
                file: path.to_owned(),
                what,
            });
        }
        let name = ArtifactName::parse(path)
            .map_err(|_| PersonaError::Name { persona: self.persona.clone(), file: path.to_owned() })?;
        let room = most.min(limits::PERSONA_TOTAL - self.bytes);
        let mut content = Vec::new();
        File::from(file)
            .take(room as u64 + 1)
            .read_to_end(&mut content)
            .map_err(|source| self.unreadable(path, source))?;
        if content.len() > most {
            return Err(self.too_large(path, format!("is larger than {most} bytes")));
        }
        if content.len() > room {
            let total = limits::PERSONA_TOTAL;
            return Err(self.too_large(path, format!("makes the persona larger than {total} bytes")));
        }
        self.bytes += content.len();
        self.files.insert(name, content);
        Ok(())
    }

    fn refused(&self, path: &str, error: Errno) -> PersonaError {
        let what = match error {
            Errno::LOOP => "a symbolic link",
            Errno::NOTDIR => "not a folder",
            Errno::NXIO => "a socket",
            _ => return self.unreadable(path, error.into()),
        };
        PersonaError::NotAFile { persona: self.persona.clone(), file: path.to_owned(), what }
    }

    fn unreadable(&self, path: &str, source: io::Error) -> PersonaError {
        PersonaError::Read { persona: self.persona.clone(), file: path.to_owned(), source }
    }

    fn too_large(&self, path: &str, what: String) -> PersonaError {
        PersonaError::TooLarge { persona: self.persona.clone(), file: path.to_owned(), what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    fn rex() -> (tempfile::TempDir, PersonaName) {
        let personas = tempfile::tempdir().unwrap();
        let folder = personas.path().join("rex");
        fs::create_dir_all(folder.join("skills/sweep")).unwrap();
        fs::write(folder.join("SOUL.md"), "You are Rex.").unwrap();
        fs::write(folder.join("config.json"), r#"{"schemaVersion":1,"model":{"primary":"zai/glm-4.7"}}"#)
            .unwrap();
        fs::write(folder.join("skills/sweep/SKILL.md"), "Sweep.").unwrap();
        (personas, PersonaName::parse("rex").unwrap())
    }

    #[test]
    fn a_persona_is_read_with_its_skills() {
        let (personas, name) = rex();
        let persona = read_persona(personas.path(), &name).unwrap();
        assert_eq!(persona.soul(), "You are Rex.");
        assert!(persona.to_files().keys().any(|name| name.as_str() == "skills/sweep/SKILL.md"));
    }

    #[test]
    fn what_is_not_a_plain_file_is_refused_by_name() {
        type Spoil = fn(&Path);
        let cases: [(&str, Spoil, &str); 9] = [
            (
                "a linked soul",
                |rex| {
                    fs::remove_file(rex.join("SOUL.md")).unwrap();
                    symlink("/etc/passwd", rex.join("SOUL.md")).unwrap();
                },
                "SOUL.md is a symbolic link",
            ),
            (
                "a linked skill",
                |rex| symlink("/etc/passwd", rex.join("skills/leak")).unwrap(),
                "skills/leak is a symbolic link",
            ),
            (
                "a linked folder",
                |rex| symlink("/etc", rex.join("memory")).unwrap(),
                "memory is a symbolic link",
            ),
            (
                "a folder as soul",
                |rex| {
                    fs::remove_file(rex.join("SOUL.md")).unwrap();
                    fs::create_dir(rex.join("SOUL.md")).unwrap();
                },
                "SOUL.md is a folder",
            ),
            (
                "a huge soul",
                |rex| fs::write(rex.join("SOUL.md"), vec![b'x'; limits::PERSONA_FILE + 1]).unwrap(),
                "SOUL.md is larger than 16384 bytes",
            ),
            (
                "a huge skill",
                |rex| fs::write(rex.join("skills/big"), vec![0; limits::PERSONA_TOTAL]).unwrap(),
                "skills/big makes the persona larger",
            ),
            (
                "no settings",
                |rex| fs::remove_file(rex.join("config.json")).unwrap(),
                "config.json: is missing",
            ),
            (
                "an unknown setting",
                |rex| fs::write(rex.join("config.json"), r#"{"schemaVersion":1,"modle":{}}"#).unwrap(),
                "config.json: modle",
            ),
            (
                "a name with a blank",
                |rex| fs::write(rex.join("skills/a b"), "").unwrap(),
                "\"skills/a b\" is not a valid file name",
            ),
        ];
        for (case, spoil, expected) in cases {
            let (personas, name) = rex();
            spoil(&personas.path().join("rex"));
            let message = read_persona(personas.path(), &name).unwrap_err().to_string();
            assert!(message.contains(expected), "{case}: {message}");
        }
    }

    #[test]
    fn a_linked_persona_is_not_followed() {
        let (personas, _) = rex();
        symlink(personas.path().join("rex"), personas.path().join("max")).unwrap();
        let error = read_persona(personas.path(), &PersonaName::parse("max").unwrap()).unwrap_err();
        assert!(matches!(error, PersonaError::NotAFile { .. }), "{error}");
    }

    #[test]
    fn a_pipe_does_not_make_the_daemon_wait() {
        let (personas, name) = rex();
        let soul = personas.path().join("rex/SOUL.md");
        fs::remove_file(&soul).unwrap();
        nix::unistd::mkfifo(&soul, nix::sys::stat::Mode::S_IRWXU).unwrap();
        let message = read_persona(personas.path(), &name).unwrap_err().to_string();
        assert!(message.contains("SOUL.md is a pipe"), "{message}");
    }

    #[test]
    fn an_unknown_persona_is_said_so() {
        let (personas, _) = rex();
        let error = read_persona(personas.path(), &PersonaName::parse("nope").unwrap()).unwrap_err();
        assert!(matches!(error, PersonaError::Unknown(_)), "{error}");
    }
}
