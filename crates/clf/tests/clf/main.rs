//! The program `clf` as a process, against a scripted orchestrator.

mod bench;
mod completions;
mod definition;
mod enqueue;
mod faults;
mod fleet;
mod jobs;
mod logs;
mod memory;
mod output;
mod skills;
mod switches;
mod wait;
