//! The generated part of the reference, as far as a command line makes it: pages of its verbs, and manual pages.

mod command_lines;
mod manual;
mod verb;

use clap::Command;

pub use command_lines::command_lines;
pub use manual::{Section, manual};
pub use verb::Docs;

/// A built command and everything below it, without what is hidden, in the order of the help.
fn visible(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set()).flat_map(visible);
    std::iter::once(command).chain(below).collect()
}
