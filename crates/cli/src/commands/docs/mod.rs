//! `clawlets docs`: the generated part of the reference.

mod commands_page;
mod environment_page;
mod errors_page;
mod schemas;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Command};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Printer};

/// Write the generated part of the reference: command lines, manual pages, errors, variables, schemas.
#[derive(Debug, Args)]
pub(crate) struct Docs {
    /// The folder of the reference.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Docs {
    pub(crate) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let unwritable = |path: &Path, error: &io::Error| {
            Fault::new(FaultCode::Io, format!("failed to write {}", path.display())).because(error)
        };
        for (name, content) in pages()? {
            let path = self.out.join(name);
            let folder = path.parent().unwrap_or(&self.out);
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
            fs::write(&path, content).map_err(|error| unwritable(&path, &error))?;
            printer.note(format!("  {}", path.display()));
        }
        Ok(ExitCode::Ok)
    }
}

/// Every page by its name. The same program gives the same bytes, wherever it runs.
fn pages() -> Result<BTreeMap<String, String>, Fault> {
    let programs = [crate::command(), clawlets_clf::command()];
    let mut pages = BTreeMap::from([
        ("cli.md".to_owned(), commands_page::render(&programs)),
        ("errors.md".to_owned(), errors_page::render()),
        ("environment.md".to_owned(), environment_page::render()),
        ("fleet.schema.json".to_owned(), schemas::fleet()),
        ("task.schema.json".to_owned(), schemas::task()),
        ("persona.schema.json".to_owned(), schemas::persona()),
    ]);
    for program in programs {
        manual(&program, &mut pages)?;
    }
    Ok(pages)
}

/// The manual pages of a program and of its verbs, `git`-style: `man/clawlets-cattle-spawn.1`.
fn manual(program: &Command, pages: &mut BTreeMap<String, String>) -> Result<(), Fault> {
    let mut program = program.clone().disable_help_subcommand(true);
    program.build();
    let source =
        format!("{} {}", program.get_name(), program.get_version().unwrap_or_default()).trim_end().to_owned();
    for command in commands_page::visible(&program) {
        let name = command.get_bin_name().unwrap_or(command.get_name()).replace(' ', "-");
        let page = clap_mangen::Man::new(command.clone().display_name(name.clone()))
            .title(name.clone())
            .source(source.clone())
            .manual("Clawlets");
        let mut text = Vec::new();
        page.render(&mut text).map_err(|error| {
            Fault::new(FaultCode::Io, format!("failed to render the manual of {name}")).because(&error)
        })?;
        pages.insert(format!("man/{name}.1"), String::from_utf8_lossy(&text).into_owned());
    }
    Ok(())
}
