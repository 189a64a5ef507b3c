//! What a machine knows of itself that has just become somebody.

use std::time::Duration;

use crate::names::Names;

/// What the program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To do the work of a job.
    Work,
    /// To practise, against an orchestrator that says the same to everything.
    Rehearsal,
}

/// A machine that has just become somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awake {
    /// What for.
    pub purpose: Purpose,
    /// How many bytes of user data wait in the port.
    pub user_data_length: usize,
    /// What it is called from now on.
    pub names: Names,
    /// When the claim came, since the kernel started.
    pub since: Duration,
}
