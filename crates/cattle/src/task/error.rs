//! Why a task cannot be started.

use std::io;

use thiserror::Error;

/// Why a task cannot be started.
#[derive(Debug, Error)]
pub enum TaskError {
    /// The machine cannot confine it as it must.
    #[error("failed to confine the task: {step}")]
    Confine {
        /// What did not work.
        step: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The stage cannot be started.
    #[error("failed to start the task's stage: {step}")]
    Stage {
        /// What did not work.
        step: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// An agent task came without a model, and its runner needs one.
    #[error("the task needs a model: neither the order nor the persona names one")]
    NoModel,
}

impl TaskError {
    pub(super) fn confine(step: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Confine { step, source }
    }

    pub(super) fn stage(step: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Stage { step, source }
    }
}
