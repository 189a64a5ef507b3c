//! The work archive, read with suspicion.

use std::{collections::BTreeMap, io::Read};

use clawlets_model::{
    ArtifactName, Persona, Task,
    document::DocumentError,
    guest::{WorkOrder, work_archive},
    limits,
};
use tar::{Archive, EntryType};

use super::WorkError;

/// The most files that an archive may hold.
const MAX_ENTRIES: usize = 1024;
/// The largest order, in bytes.
const MAX_ORDER: usize = 64 * 1024;

/// Checked work.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// What to do and how.
    pub order: WorkOrder,
    /// The task.
    pub task: Task,
    /// Who does it.
    pub persona: Persona,
    /// Files for the workspace.
    pub inputs: BTreeMap<ArtifactName, Vec<u8>>,
}

/// Reads a work archive: `order.json`, `task.json`, `persona/…` and `inputs/…`, regular files only, each once.
///
/// Inputs that are only in the task document are taken from there.
///
/// # Errors
/// [`WorkError`] for anything else in it, a part that is missing or makes no sense, or too much of anything.
pub fn unpack(archive: &[u8]) -> Result<Work, WorkError> {
    let mut parts = Parts::default();
    for (at, entry) in Archive::new(archive).entries().map_err(WorkError::Archive)?.enumerate() {
        let mut entry = entry.map_err(WorkError::Archive)?;
        let raw = entry.path_bytes().into_owned();
        let shown = || String::from_utf8_lossy(&raw).chars().take(80).collect::<String>();
        let refuse = |why| WorkError::Entry { entry: shown(), why };
        if at >= MAX_ENTRIES {
            return Err(refuse("is one file too many"));
        }
        if entry.header().entry_type() != EntryType::Regular {
            return Err(refuse("is not a regular file"));
        }
        let name = str::from_utf8(&raw).ok().and_then(|text| ArtifactName::parse(text).ok());
        let place = Place::of(name.as_ref().ok_or_else(|| refuse("has a forbidden name"))?);
        let place = place.ok_or_else(|| refuse("does not belong there"))?;
        let limit = place.limit();
        if entry.size() > limit as u64 {
            return Err(refuse("is too large"));
        }
        let mut content = Vec::new();
        entry.by_ref().take(limit as u64 + 1).read_to_end(&mut content).map_err(WorkError::Archive)?;
        parts.put(place, content).map_err(refuse)?;
    }
    parts.check()
}

/// Where a file of the archive belongs.
enum Place {
    Order,
    Task,
    Persona(ArtifactName),
    Input(ArtifactName),
}

impl Place {
    fn of(name: &ArtifactName) -> Option<Self> {
        let below = |rest: &str| ArtifactName::parse(rest).ok();
        match name.as_str().split_once('/') {
            None if name.as_str() == work_archive::ORDER => Some(Self::Order),
            None if name.as_str() == work_archive::TASK => Some(Self::Task),
            Some((work_archive::PERSONA, rest)) => below(rest).map(Self::Persona),
            Some((work_archive::INPUTS, rest)) => below(rest).map(Self::Input),
            None | Some(_) => None,
        }
    }

    const fn limit(&self) -> usize {
        match self {
            Self::Order => MAX_ORDER,
            Self::Task => limits::TASK_DOCUMENT,
            Self::Persona(_) => limits::PERSONA_TOTAL,
            Self::Input(_) => limits::TASK_INPUTS,
        }
    }
}

#[derive(Default)]
struct Parts {
    order: Option<Vec<u8>>,
    task: Option<Vec<u8>>,
    persona: BTreeMap<ArtifactName, Vec<u8>>,
    inputs: BTreeMap<ArtifactName, Vec<u8>>,
    inputs_size: usize,
}

impl Parts {
    fn put(&mut self, place: Place, content: Vec<u8>) -> Result<(), &'static str> {
        let before = match place {
            Place::Order => self.order.replace(content),
            Place::Task => self.task.replace(content),
            Place::Persona(name) => self.persona.insert(name, content),
            Place::Input(name) => {
                self.inputs_size += content.len();
                self.inputs.insert(name, content)
            }
        };
        if before.is_some() {
            return Err("is there twice");
        }
        if self.inputs_size > limits::TASK_INPUTS {
            return Err("makes the inputs too large");
        }
        Ok(())
    }

    fn check(self) -> Result<Work, WorkError> {
        let order = self.order.ok_or(WorkError::Missing(work_archive::ORDER))?;
        let order: WorkOrder = serde_json::from_slice(&order).map_err(|error| WorkError::Invalid {
            part: work_archive::ORDER,
            source: DocumentError::at("", error.to_string()),
        })?;
        let task = self.task.ok_or(WorkError::Missing(work_archive::TASK))?;
        let task =
            Task::parse(&task).map_err(|source| WorkError::Invalid { part: work_archive::TASK, source })?;
        let persona = Persona::from_files(order.persona.clone(), self.persona)
            .map_err(|source| WorkError::Invalid { part: work_archive::PERSONA, source })?;
        let mut inputs = self.inputs;
        for (name, content) in task.inputs() {
            inputs.entry(name.clone()).or_insert_with(|| content.clone());
        }
        Ok(Work { order, task, persona, inputs })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use clawlets_model::JobId;
    use proptest::prelude::*;
    use tar::{Builder, Header};

    const ORDER: &str =
        r#"{"jobId":"01ARZ3NDEKTSV4RRFFQ69G5FAV","persona":"rex","autoShutdown":true,"later":1}"#;
    const TASK: &str = r#"{"schemaVersion":1,"taskId":"t","type":"command","argv":["true"],
        "inputs":[{"name":"inline.txt","text":"inline"}]}"#;

    fn entry(builder: &mut Builder<Vec<u8>>, name: &[u8], kind: EntryType, size: u64, content: &[u8]) {
        let mut header = Header::new_ustar();
        header.as_old_mut().name[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o644);
        if kind.is_symlink() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }

    fn good() -> Builder<Vec<u8>> {
        let mut builder = Builder::new(Vec::new());
        for (name, text) in [
            ("order.json", ORDER),
            ("task.json", TASK),
            ("persona/SOUL.md", "You are Rex."),
            ("persona/config.json", r#"{"schemaVersion":1}"#),
            ("persona/skills/a/SKILL.md", "skill"),
            ("inputs/data/in.txt", "input"),
        ] {
            entry(&mut builder, name.as_bytes(), EntryType::Regular, text.len() as u64, text.as_bytes());
        }
        builder
    }

    #[test]
    fn good_work_is_read() {
        let work = unpack(&good().into_inner().unwrap()).unwrap();
        assert_eq!(work.order.job_id, JobId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").unwrap());
        assert_eq!(work.persona.soul(), "You are Rex.");
        let names: Vec<&str> = work.inputs.keys().map(ArtifactName::as_str).collect();
        assert_eq!(names, ["data/in.txt", "inline.txt"]);
    }

    #[test]
    fn an_entry_that_does_not_belong_there_is_refused() {
        let cases: [(&[u8], EntryType, &str); 12] = [
            (b"inputs/../../etc/passwd", EntryType::Regular, "forbidden name"),
            (b"/etc/passwd", EntryType::Regular, "forbidden name"),
            (b"inputs/a\\b", EntryType::Regular, "forbidden name"),
            (b"inputs/\xff", EntryType::Regular, "forbidden name"),
            (b"inputs/link", EntryType::Symlink, "not a regular file"),
            (b"inputs/hard", EntryType::Link, "not a regular file"),
            (b"inputs/fifo", EntryType::Fifo, "not a regular file"),
            (b"inputs/dev", EntryType::Char, "not a regular file"),
            (b"inputs/dir", EntryType::Directory, "not a regular file"),
            (b"extra.txt", EntryType::Regular, "does not belong there"),
            (b"elsewhere/x", EntryType::Regular, "does not belong there"),
            (b"order.json", EntryType::Regular, "is there twice"),
        ];
        for (name, kind, expected) in cases {
            let mut builder = good();
            entry(&mut builder, name, kind, 0, b"");
            let error = unpack(&builder.into_inner().unwrap()).unwrap_err().to_string();
            assert!(error.contains(expected), "{}: {error}", String::from_utf8_lossy(name));
        }
    }

    #[test]
    fn too_much_is_refused() {
        let mut huge = good();
        entry(&mut huge, b"inputs/huge", EntryType::Regular, 1 << 40, b"");
        assert!(unpack(&huge.into_inner().unwrap()).unwrap_err().to_string().contains("too large"));

        let mut together = good();
        let half = vec![0; 600 * 1024];
        for name in ["inputs/1", "inputs/2"] {
            entry(&mut together, name.as_bytes(), EntryType::Regular, half.len() as u64, &half);
        }
        assert!(
            unpack(&together.into_inner().unwrap()).unwrap_err().to_string().contains("inputs too large")
        );

        let mut many = good();
        for n in 0..MAX_ENTRIES {
            entry(&mut many, format!("inputs/n{n}").as_bytes(), EntryType::Regular, 0, b"");
        }
        assert!(unpack(&many.into_inner().unwrap()).unwrap_err().to_string().contains("too many"));
    }

    #[test]
    fn a_part_that_is_missing_or_makes_no_sense_is_named() {
        assert!(matches!(unpack(b"").unwrap_err(), WorkError::Missing("order.json")));
        let mut builder = Builder::new(Vec::new());
        entry(&mut builder, b"order.json", EntryType::Regular, 2, b"{}");
        assert!(matches!(unpack(&builder.into_inner().unwrap()).unwrap_err(), WorkError::Invalid { .. }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
            prop_assert!(unpack(&bytes).is_err());
        }

        #[test]
        fn a_damaged_archive_is_read_or_refused(at in 0_usize..6000, byte in any::<u8>()) {
            let mut bytes = good().into_inner().unwrap();
            let at = at.min(bytes.len() - 1);
            bytes[at] = byte;
            if let Ok(work) = unpack(&bytes) {
                prop_assert!(work.inputs.keys().all(|name| ArtifactName::parse(name.as_str()).is_ok()));
            }
        }
    }
}
