//! What a spawn was resolved to when it was enqueued.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use clawlets_jobs::Payload;
use clawlets_model::{
    ArtifactName, JobId, ModelName, Persona, PersonaName, Task, Ttl,
    document::{self, DocumentError},
    socket::SpawnPayload,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Spot;
use crate::job_files::{FileError, Snapshots};

/// Snapshots up to this size are kept in the store's row, larger ones in a file.
const INLINE: usize = 32 * 1024;

/// What a spawn was resolved to, beside its task, which stands in the request. Kept until the job is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Snapshot {
    /// The persona's name.
    pub(crate) persona: PersonaName,
    /// Its files, as base64.
    persona_files: BTreeMap<ArtifactName, String>,
    /// The model of an agent task.
    pub(crate) model: Option<ModelName>,
    /// How long the VM may live.
    pub(crate) ttl: Ttl,
    /// Whether the VM goes away when its work is reported.
    pub(crate) auto_shutdown: bool,
    /// The image's name or id.
    pub(crate) image: String,
    /// Where it is asked for first: the server type's name.
    server_type: String,
    /// And the location's.
    location: String,
    /// Where it is asked for after that, in this order.
    #[serde(default)]
    elsewhere: Vec<Spot>,
}

/// The row's own part: the snapshot, or where it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Kept {
    Here(Snapshot),
    InFile,
}

/// What a job orders: its task, and what the spawn was resolved to.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// The task.
    pub(crate) task: Task,
    /// The persona with its files.
    pub(crate) persona: Persona,
    /// Whether the VM gets a token for GitHub.
    pub(crate) with_github_token: bool,
    /// The rest.
    pub(crate) snapshot: Snapshot,
}

/// What was enqueued cannot be read back.
#[derive(Debug, Error)]
pub(crate) enum OrderError {
    /// The snapshot's file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Something in the store is not what was written there.
    #[error("what job {job} was enqueued with cannot be read")]
    Document {
        /// The job.
        job: JobId,
        /// What is wrong.
        #[source]
        source: DocumentError,
    },
    /// The row has no snapshot.
    #[error("job {0} was enqueued without a snapshot")]
    Missing(JobId),
}

impl Snapshot {
    /// A snapshot with the files of `persona`.
    #[must_use]
    pub(crate) fn new(
        persona: &Persona,
        model: Option<ModelName>,
        ttl: Ttl,
        auto_shutdown: bool,
        place: Place,
    ) -> Self {
        let files = persona.to_files().into_iter().map(|(name, content)| (name, STANDARD.encode(content)));
        Self {
            persona: persona.name().clone(),
            persona_files: files.collect(),
            model,
            ttl,
            auto_shutdown,
            image: place.image,
            server_type: place.first.server_type,
            location: place.first.location,
            elsewhere: place.elsewhere,
        }
    }

    /// Where the VM may come to be, in the order in which that is tried; one place at least.
    #[must_use]
    pub(crate) fn spots(&self) -> Vec<Spot> {
        let first = Spot { server_type: self.server_type.clone(), location: self.location.clone() };
        std::iter::once(first).chain(self.elsewhere.iter().cloned()).collect()
    }

    /// Keeps the snapshot of a job that is about to be accepted: gives what belongs into its row, and writes a file if
    /// that is not all. Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn keep(self, job: JobId, files: &Snapshots) -> Result<Vec<u8>, FileError> {
        let whole = to_json(&self);
        if whole.len() <= INLINE {
            return Ok(to_json(&Kept::Here(self)));
        }
        files.put(job, &whole)?;
        Ok(to_json(&Kept::InFile))
    }

    fn persona(&self) -> Result<Persona, DocumentError> {
        let mut files = BTreeMap::new();
        for (name, text) in &self.persona_files {
            let content =
                STANDARD.decode(text).map_err(|error| DocumentError::at(name.as_str(), error.to_string()))?;
            files.insert(name.clone(), content);
        }
        Persona::from_files(self.persona.clone(), files)
    }
}

/// Which kind of server, made from what, where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The image's name or id.
    pub(crate) image: String,
    /// Where it is asked for first.
    pub(crate) first: Spot,
    /// Where it is asked for after that, in this order.
    pub(crate) elsewhere: Vec<Spot>,
}

impl Order {
    /// Reads back what a job was enqueued with. Blocks on the disk.
    ///
    /// # Errors
    /// [`OrderError`].
    pub(crate) fn read(job: JobId, payload: Payload, files: &Snapshots) -> Result<Self, OrderError> {
        let document = |source| OrderError::Document { job, source };
        let body: SpawnPayload = document::from_value(payload.body).map_err(document)?;
        let kept = payload.snapshot.ok_or(OrderError::Missing(job))?;
        let snapshot = match document::from_json::<Kept>(&kept).map_err(document)? {
            Kept::Here(snapshot) => snapshot,
            Kept::InFile => document::from_json(&files.get(job)?).map_err(document)?,
        };
        let task = Task::from_value(&body.task).map_err(document)?;
        let persona = snapshot.persona().map_err(document)?;
        Ok(Self { task, persona, with_github_token: body.with_github_token == Some(true), snapshot })
    }
}

fn to_json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("a snapshot has only text keys")
}
