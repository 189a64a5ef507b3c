//! The program `clawlets` as a process: against a scripted orchestrator, and with a local cloud of its own.

mod bench;
mod cattle;
mod completions;
mod definition;
mod hooks;
mod local;
mod orchestrator_config;
mod persona;
mod reference;
mod spawn;
