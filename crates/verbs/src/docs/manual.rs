//! Manual pages.

use std::{collections::BTreeMap, io};

use clap::Command;

use super::visible;

/// The section of the manual that a program belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// 1: what people type. `clawlets host` is in it, as `clawlets-host`.
    Commands,
    /// 8: what runs a machine. The program `clawlets-host` is in it.
    Administration,
}

impl Section {
    const fn number(self) -> &'static str {
        match self {
            Self::Commands => "1",
            Self::Administration => "8",
        }
    }
}

/// The manual pages of a program and of its verbs by their paths, `git`-style: `man/clawlets-cattle-spawn.1`.
///
/// # Errors
/// When a page cannot be rendered, which no command line of ours brings about.
pub fn manual(program: &Command, section: Section) -> io::Result<BTreeMap<String, String>> {
    let mut program = program.clone().disable_help_subcommand(true);
    program.build();
    let source = format!("{} {}", program.get_name(), program.get_version().unwrap_or_default());
    let mut pages = BTreeMap::new();
    for command in visible(&program) {
        let name = command.get_bin_name().unwrap_or(command.get_name()).replace(' ', "-");
        let page = clap_mangen::Man::new(command.clone().display_name(name.clone()))
            .title(name.clone())
            .section(section.number())
            .source(source.trim_end())
            .manual("Clawlets");
        let mut text = Vec::new();
        page.render(&mut text)?;
        pages.insert(format!("man/{name}.{}", section.number()), String::from_utf8_lossy(&text).into_owned());
    }
    Ok(pages)
}
