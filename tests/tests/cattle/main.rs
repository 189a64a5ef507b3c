//! Tasks in real virtual machines, from the command line to the result and back to nothing.

mod bots;
mod containment;
mod faults;
mod tasks;
