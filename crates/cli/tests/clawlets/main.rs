//! The program `clawlets` as a process: against a scripted orchestrator, and with a local cloud of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bench;
mod bot;
mod bundle;
mod cattle;
mod completions;
mod config_check;
mod config_values;
mod declared;
mod definition;
mod doctor;
mod edits;
mod env;
mod far_host;
mod fleet;
mod fleet_apply;
mod fleet_audit;
mod fleet_control;
mod gateway;
mod hooks;
mod host;
mod local;
mod older_documents;
mod orchestrator_config;
mod persona;
mod playbook;
mod project;
mod publish;
mod reference;
mod release;
mod release_attacks;
mod release_serve;
mod secrets;
mod server_update;
mod spawn;
mod template;
mod terminal;
mod up;
mod wiring;
