//! The stable code of every fault that a user can meet, with what it means and what to do.
//!
//! One file an area, each a table; `fault_code` makes the one list of them.

mod cattle;
mod control;
mod fault_code;
mod fleet;
mod github;
mod instance;
mod jobs;
mod local;
mod memory;
mod orchestrator;
mod program;
mod project;
mod release;
mod rollout;
mod secrets;
mod seed;
mod table;
mod update;

pub use fault_code::FaultCode;
