//! What `clf` and `clawlets` have in common on a command line.
//!
//! - [`program`] reads a command line and ends a program; [`switches`] is the one rule for flags that are on or off;
//! - [`SocketFlag`], [`Target`], [`OutputFlags`] are flags that several verbs share;
//! - [`artifacts`], [`enqueue`], [`logs`], [`result`] and [`wait`] are verbs that both programs have: the doc comment of
//!   an argument struct is the verb's help;
//! - [`fault`] turns errors of libraries into faults with a code and a hint;
//! - [`fleet`] has the verbs over the control API, which both programs have;
//! - [`apart`] does work that a file system may never answer, and [`memory`] opens the shared memory so;
//! - [`docs`] turns command lines into pages of the reference;
//! - [`environment`] lists every variable that any of the programs reads.
//!
//! It knows the job socket, the control API, the shared memory and the printer, and nothing of clouds or of an operator's files.

pub mod apart;
pub mod artifacts;
pub mod completions;
pub mod docs;
pub mod enqueue;
pub mod environment;
pub mod fault;
pub mod fleet;
mod interrupt;
mod job_table;
pub mod logs;
pub mod memory;
mod moment;
mod output;
pub mod program;
mod progress;
pub mod result;
mod socket;
mod stream;
pub mod switches;
mod target;
pub mod task_file;
mod usage;
pub mod wait;

pub use interrupt::Interrupt;
pub use job_table::job_table;
pub use moment::moment;
pub use output::OutputFlags;
pub use socket::SocketFlag;
pub use target::Target;
