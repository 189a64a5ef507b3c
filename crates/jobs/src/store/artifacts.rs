//! The files that tasks leave: their names, sizes and fingerprints. The bytes are the caller's to keep.

use clawlets_model::{
    ArtifactName, JobId,
    limits::{ARTIFACT_BYTES, ARTIFACT_COUNT},
    socket::ArtifactView,
};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    error::{ArtifactError, StoreError},
    query,
};
use crate::state::Refused;

/// A file that a task left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its path under the task's workspace.
    pub name: ArtifactName,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its content.
    pub sha256: [u8; 32],
}

/// How much one job may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArtifactCaps {
    /// How many files.
    pub count: usize,
    /// How many bytes together.
    pub bytes: u64,
}

impl Default for ArtifactCaps {
    /// [`ARTIFACT_COUNT`] files, [`ARTIFACT_BYTES`] bytes.
    fn default() -> Self {
        Self { count: ARTIFACT_COUNT, bytes: ARTIFACT_BYTES }
    }
}

pub(super) fn add(
    tx: &Connection,
    id: JobId,
    attempt: u32,
    artifact: &Artifact,
    caps: ArtifactCaps,
) -> Result<(), ArtifactError> {
    let job = query::get(tx, id)?.ok_or(ArtifactError::Unknown(id))?;
    if attempt != job.attempt {
        return Err(Refused::StaleAttempt { current: job.attempt }.into());
    }
    if let (true, Some(reason)) = (job.status.is_final(), job.reason) {
        return Err(Refused::Ended { status: job.status, reason }.into());
    }
    let (id, name, sha256) = (id.to_string(), artifact.name.as_str(), hex::encode(artifact.sha256));
    let sql = "SELECT sha256 FROM artifacts WHERE job = ?1 AND name = ?2";
    let known: Option<String> =
        tx.prepare_cached(sql)?.query_row(params![id, name], |row| row.get(0)).optional()?;
    match known {
        Some(known) if known == sha256 => return Ok(()),
        Some(_) => return Err(ArtifactError::Exists(artifact.name.clone())),
        None => {}
    }
    let sql = "SELECT count(*), coalesce(sum(size), 0) FROM artifacts WHERE job = ?1";
    let (count, bytes): (usize, u64) =
        tx.prepare_cached(sql)?.query_row([&id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if count >= caps.count {
        return Err(ArtifactError::TooMany(caps.count));
    }
    let total = bytes.saturating_add(artifact.size);
    if total > caps.bytes {
        return Err(ArtifactError::TooLarge { total, limit: caps.bytes });
    }
    let sql = "INSERT INTO artifacts (job, name, size, sha256) VALUES (?1, ?2, ?3, ?4)";
    tx.prepare_cached(sql)?.execute(params![id, name, artifact.size, sha256])?;
    Ok(())
}

pub(super) fn list(db: &Connection, job: JobId) -> Result<Vec<ArtifactView>, StoreError> {
    let sql = "SELECT name, size, sha256 FROM artifacts WHERE job = ?1 ORDER BY name";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([job.to_string()])?;
    let mut artifacts = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let name = ArtifactName::parse(&name).map_err(|_| StoreError::malformed("artifact name", &name))?;
        artifacts.push(ArtifactView { name, size: row.get(1)?, sha256: row.get(2)? });
    }
    Ok(artifacts)
}
