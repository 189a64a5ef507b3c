//! How the work behind actions runs, ends, and can be made to fail.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio::time::sleep;

use crate::{
    cloud::{Action, ActionCommand, ActionError, Cloud, Failure, Project, Resource, ResourceKind, Server},
    vm::GuestError,
};

/// What a fault decided about the actions of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fate {
    /// How long the actions take before their work begins.
    pub(crate) delay: Option<Duration>,
    /// The first action ends with this instead of its work.
    pub(crate) error: Option<ActionError>,
}

/// An operation that has begun.
#[derive(Clone, Debug)]
pub(crate) struct Started {
    /// The server as it is now.
    pub(crate) server: Server,
    /// The action that was asked for.
    pub(crate) action: Action,
    /// What follows by itself.
    pub(crate) next_actions: Vec<Action>,
}

/// An action under way, and the work that it stands for.
pub(in crate::cloud) struct Step {
    pub(in crate::cloud) action: u64,
    pub(in crate::cloud) work: Work,
}

/// The work of one action.
pub(in crate::cloud) type Work = Pin<Box<dyn Future<Output = Result<(), ActionError>> + Send>>;

impl Cloud {
    /// Records that `server`, changed to what it is while the action is under way, has an action.
    pub(super) fn begin(
        &self,
        project: &mut Project,
        server: Server,
        command: ActionCommand,
    ) -> Result<Started, Failure> {
        let resources = vec![Resource { id: server.id, kind: ResourceKind::Server }];
        let action = project.begin(command, resources, self.clock.now())?;
        project.put(server.clone())?;
        Ok(Started { server, action, next_actions: Vec::new() })
    }

    /// Records an action that ended in the moment in which it began.
    pub(super) fn done(
        &self,
        project: &mut Project,
        command: ActionCommand,
        resources: Vec<Resource>,
    ) -> Result<Action, Failure> {
        let now = self.clock.now();
        let action = project.begin(command, resources, now)?;
        project.end(action.id, Ok(()), now)?;
        project.action(action.id).cloned()
    }

    /// Does the work of one action after another. When one fails, those behind it fail for the same reason.
    pub(in crate::cloud) fn run(self: &Arc<Self>, server: u64, steps: Vec<Step>, fate: Fate) {
        let cloud = Arc::clone(self);
        tokio::spawn(async move {
            if let Some(delay) = fate.delay {
                sleep(delay).await;
            }
            let mut failed = fate.error;
            for Step { action, work } in steps {
                if failed.is_none() {
                    failed = work.await.err();
                }
                let outcome = failed.clone().map_or(Ok(()), Err);
                if let Err(error) = cloud.finish(server, action, outcome) {
                    tracing::error!(server, action, %error, "failed to record the end of an action");
                }
            }
            cloud.watch_guest(server);
        });
    }

    fn finish(&self, server: u64, action: u64, outcome: Result<(), ActionError>) -> Result<(), Failure> {
        if let Err(error) = &outcome {
            tracing::warn!(server, action, code = error.code, message = error.message, "an action failed");
        }
        let mut project = self.project();
        project.end(action, outcome, self.clock.now())?;
        if project.is_locked(server) { Ok(()) } else { self.settle(&mut project, server) }
    }
}

impl From<GuestError> for ActionError {
    fn from(error: GuestError) -> Self {
        Self::failed(error.to_string())
    }
}

impl From<Failure> for ActionError {
    fn from(failure: Failure) -> Self {
        Self::failed(failure.to_string())
    }
}
