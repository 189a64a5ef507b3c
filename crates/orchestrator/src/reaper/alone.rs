//! A sweep without the daemon: what a timer runs so that no VM outlives its time when the daemon is dead.

use std::time::Duration;

use clawlets_cloud::{Cloud, CloudError, Deletion, Server};
use clawlets_model::{cause::chain, socket::Reaped};
use clawlets_printer::FaultCode;
use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use super::{
    judge::{Doom, is_expired},
    sweep::DryRun,
};
use crate::{
    config::Config,
    daemon::{Shared, StartError, cloud},
};

/// How long the deletion of one VM may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a sweep did.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Swept {
    /// Whether it only looked.
    pub dry_run: bool,
    /// How many VMs the provider showed, of whichever orchestrator.
    pub seen: usize,
    /// The VMs that were expired and are proved gone; in a dry run, those that would be deleted.
    pub deleted: Vec<Reaped>,
    /// The VMs that are expired and may still exist.
    pub failed: Vec<NotDeleted>,
}

/// A VM that could not be deleted. The next sweep tries again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotDeleted {
    /// Its id at the provider.
    pub server_id: u64,
    /// Its name.
    pub name: String,
    /// Why not.
    pub error: String,
}

/// Why nothing was swept.
#[derive(Debug, Error)]
pub enum SweepFault {
    /// The provider's client cannot be set up.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The provider did not show its list.
    #[error("failed to see what exists at the provider")]
    List(#[source] CloudError),
}

impl SweepFault {
    /// Its stable code, which also says how the program ends.
    #[must_use]
    pub const fn code(&self) -> FaultCode {
        match self {
            Self::Start(error) => error.code(),
            Self::List(_) => FaultCode::ProviderFailed,
        }
    }
}

/// Deletes every VM in the provider's project whose time is over: those of this orchestrator past their expiry, those of
/// others past theirs by the configured grace. It needs no store and disturbs no daemon: a VM that is not expired stays,
/// since its job may be alive.
///
/// # Errors
/// [`SweepFault`]. A VM that could not be deleted is no error but part of the answer.
pub async fn sweep(config: &Config, dry_run: DryRun) -> Result<Swept, SweepFault> {
    let cloud = cloud(config)?;
    sweep_at(&*cloud, config, dry_run, Timestamp::now()).await.map_err(SweepFault::List)
}

/// As [`sweep`], at this time.
pub(crate) async fn sweep_at(
    cloud: &dyn Cloud,
    config: &Config,
    dry_run: DryRun,
    now: Timestamp,
) -> Result<Swept, CloudError> {
    let servers = cloud.servers(&Shared::all_cattle()).await?;
    let mut swept = Swept {
        dry_run: dry_run == DryRun::Yes,
        seen: servers.len(),
        deleted: Vec::new(),
        failed: Vec::new(),
    };
    for server in servers.iter().filter(|server| is_expired(server, config.id.as_str(), config.reaping, now))
    {
        let outcome = match dry_run {
            DryRun::Yes => Ok(()),
            DryRun::No => delete(cloud, server).await,
        };
        let (server_id, name) = (server.id.get(), server.name.clone());
        match outcome {
            Ok(()) => {
                tracing::info!(server_id, name, dry_run = swept.dry_run, "swept an expired VM");
                swept.deleted.push(Reaped { server_id, name, why: Doom::Expired.as_str().to_owned() });
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(server_id, name, error, "failed to delete an expired VM");
                swept.failed.push(NotDeleted { server_id, name, error });
            }
        }
    }
    Ok(swept)
}

/// Deletes a VM and waits until it is proved gone.
async fn delete(cloud: &dyn Cloud, server: &Server) -> Result<(), CloudError> {
    match cloud.delete_server(server.id).await? {
        Deletion::AlreadyGone => Ok(()),
        Deletion::Started(action) => cloud.wait_actions(&[action.id], PATIENCE, None).await.map(drop),
    }
}
