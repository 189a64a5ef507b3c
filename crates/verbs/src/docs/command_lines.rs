//! Command lines as they are shown on a page.

use clap::Command;

use super::visible;

/// The width of help in the reference, in columns.
const WIDTH: usize = 100;

/// The help of a program and of each of its verbs, each below a heading of the second level.
#[must_use]
pub fn command_lines(program: &Command) -> String {
    let mut page = String::new();
    let mut program = program.clone().term_width(WIDTH);
    program.build();
    for command in visible(&program) {
        let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
        let help = command.clone().term_width(WIDTH).render_long_help().to_string();
        let help: String = help.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        page.push_str(&format!("\n## `{name}`\n\n```text\n{}\n```\n", help.trim_end()));
    }
    page
}
