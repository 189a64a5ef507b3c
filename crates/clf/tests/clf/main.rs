//! The program `clf` as a process, against a scripted orchestrator.

mod bench;
mod completions;
mod definition;
mod enqueue;
mod faults;
mod jobs;
mod logs;
mod output;
mod switches;
mod wait;
