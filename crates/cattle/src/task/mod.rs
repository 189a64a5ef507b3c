//! The task as a confined process: who it runs as, what it finds, how it is stopped, how it ended.
//!
//! The supervisor starts a *stage*: this same program, as the first process of a new pid namespace. The stage makes the
//! namespace habitable, drops every privilege, starts the task, and tells how it ended. When the stage dies, the kernel
//! ends everything in the namespace with it. Orders, secrets included, reach the stage through its standard input only.
//!
//! Nothing here knows the orchestrator.

mod cgroup;
mod confinement;
mod error;
mod plan;
mod protocol;
mod running;
pub mod stage;
mod user;

pub use cgroup::Cgroup;
pub use confinement::{Confinement, Isolation};
pub use error::TaskError;
pub use plan::{Circumstances, Plan};
pub use protocol::{Command, Ending, Namespaces, StageOrder, StageReport};
pub use running::{RunningTask, TaskEvent};
pub use user::{NOBODY, TASK_USER, task_user};
