//! Which job or VM a verb is about.

use clap::Args;
use clawlets_job_client::Reference;

/// Which job or VM a verb is about.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub struct Target {
    /// A job id, a server id or a VM's name, or the beginning of one that fits no other.
    #[arg(value_name = "ID")]
    id: Option<Reference>,
    /// The same as ID, as a flag.
    #[arg(long, value_name = "ID")]
    id_or_name: Option<Reference>,
}

impl Target {
    /// What was named.
    ///
    /// # Panics
    /// Never on a parsed command line: the parser demands one of the two.
    #[must_use]
    pub fn reference(self) -> Reference {
        self.id.or(self.id_or_name).expect("the parser demands one of the two")
    }
}
