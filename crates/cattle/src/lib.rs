//! The life of a disposable VM, seen from inside: become somebody, do one task, report, power off.
//!
//! The modules in the order in which a machine meets them: [`init`] (only as PID 1), [`clone`] (only as a copy of
//! another machine), [`deadline`], [`boot`], [`session`], [`work`], [`task`] with [`logs`], [`artifacts`], and
//! [`supervisor`], which strings them together.
//! [`chat`] is a program of its own that runs as the task.
//!
//! Nothing here reads the environment, writes to the terminal or ends the process: `main.rs` does.

pub mod args;
pub mod artifacts;
pub mod boot;
pub mod chat;
pub mod clock;
pub mod clone;
pub mod console;
pub mod deadline;
pub mod init;
pub mod layout;
pub mod logs;
pub mod names;
pub mod netlink;
pub mod session;
pub mod supervisor;
pub mod task;
pub mod work;
