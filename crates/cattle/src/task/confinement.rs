//! What keeps a task inside: prepared once, before the first task starts.

use std::io;

use super::{Cgroup, Namespaces, TaskError};
use crate::{boot::METADATA_ADDRESS, layout::Layout, netlink, task::task_user, work::Owner};

/// How much confinement is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    /// This machine is ours and we are root: everything, or no task. Only the cgroup may be missing.
    Required,
    /// A rehearsal on somebody's machine: what can be had without changing that machine.
    BestEffort,
}

/// What keeps a task inside.
#[derive(Debug)]
pub struct Confinement {
    /// Whom it runs as; the supervisor's own user when there is none.
    pub user: Option<Owner>,
    /// Its namespaces.
    pub namespaces: Namespaces,
    /// Its resource limits, where the machine has cgroups.
    pub cgroup: Option<Cgroup>,
    /// What is missing, in words for the log.
    pub missing: Vec<String>,
}

impl Confinement {
    /// Prepares the confinement of this machine's task.
    ///
    /// # Errors
    /// [`TaskError::Confine`] when something that [`Isolation::Required`] demands cannot be had.
    pub fn prepare(layout: &Layout, isolation: Isolation) -> Result<Self, TaskError> {
        let is_root = rustix::process::geteuid().is_root();
        match isolation {
            Isolation::Required if !is_root => {
                let source = io::Error::from(io::ErrorKind::PermissionDenied);
                Err(TaskError::Confine { step: "this program must be root", source })
            }
            Isolation::Required => {
                let user = task_user(&layout.passwd());
                netlink::prohibit(METADATA_ADDRESS, user.uid)
                    .map_err(TaskError::confine("closing the metadata service to it"))?;
                Ok(Self::with_cgroup(user))
            }
            Isolation::BestEffort if is_root => {
                let missing =
                    vec!["a rehearsal: no limits, and the metadata service is open to it".to_owned()];
                let user = Some(task_user(&layout.passwd()));
                Ok(Self { user, namespaces: Namespaces::Own, cgroup: None, missing })
            }
            Isolation::BestEffort => {
                let missing =
                    vec!["not root: it runs as this user, in shared namespaces, without limits".to_owned()];
                Ok(Self { user: None, namespaces: Namespaces::Shared, cgroup: None, missing })
            }
        }
    }

    fn with_cgroup(user: Owner) -> Self {
        let (cgroup, missing) = match Cgroup::create() {
            Ok(cgroup) => (Some(cgroup), Vec::new()),
            Err(error) => (None, vec![format!("no limits on memory and processes: {error}")]),
        };
        Self { user: Some(user), namespaces: Namespaces::Own, cgroup, missing }
    }
}
