//! The nouns of Clawlets: what more than one program speaks of.
//!
//! Every type here is valid by construction: `parse` (or deserialisation) is the only way to make one, so code that
//! holds a value never checks it again. This crate is pure. It knows no filesystem, no network, no clock and no
//! environment; time and randomness come in as arguments.

pub mod artifact;
pub mod boot;
pub mod cattle;
pub mod cause;
pub mod claim;
pub mod control;
pub mod document;
pub mod duration;
pub mod egress;
pub mod exit;
pub mod guest;
pub mod host_status;
pub mod ident;
pub mod job;
pub mod label;
pub mod limits;
pub mod model_name;
pub mod money;
pub mod net;
pub mod persona;
pub mod proxy_header;
pub mod rehearsal;
pub mod scrub;
pub mod secret;
pub mod socket;
pub mod ssh_key;
pub mod task;

pub use artifact::ArtifactName;
pub use duration::Ttl;
pub use exit::ExitCode;
pub use ident::{
    BotId, Channel, EnvVarName, HostName, OperatorId, OrchestratorId, PersonaName, Requester, SecretName,
};
pub use job::{JobId, JobKind, Phase, Reason, Status, VmState};
pub use label::{LabelKey, LabelValue, Labels};
pub use model_name::ModelName;
pub use money::MicroEuros;
pub use persona::Persona;
pub use scrub::Scrubber;
pub use secret::Secret;
pub use task::Task;
