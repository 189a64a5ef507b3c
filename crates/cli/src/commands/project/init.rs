//! `clawlets project init`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_fleet::Fleet;
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Answer, Fault, FaultCode, Form, Printer};
use clawlets_scaffold::{ScaffoldError, Source, Template, TemplateFile, check_target, write};
use clawlets_verbs::Interrupt;
use serde::Serialize;

use super::first_host::first_host;
use crate::{git::Git, project};

/// Where a repository declares its fleet.
const FLEET: &str = "fleet/clawlets.json";
/// Where the schema that the declaration names is.
const SCHEMA: &str = "fleet/clawlets.schema.json";

/// Write a new repository that declares a fleet.
///
/// The folder must not hold anything. What is written passes `clawlets doctor --scope repo`. Git is initialised, its
/// hooks look for plaintext secrets before every commit and push, and nothing is committed.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder to write to; made if it is missing.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, required_unless_present = "interactive")]
    dir: Option<PathBuf>,
    /// The first host's name [default: that of the template, web-1].
    #[arg(long, value_name = "HOST")]
    host: Option<HostName>,
    /// Another template: a folder, or owner/repo[/folder]#ref on GitHub.
    #[arg(long, value_name = "TEMPLATE", value_parser = Source::parse)]
    template: Option<Source>,
    /// Ask for what is not given.
    #[arg(long)]
    interactive: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave git alone.
    #[arg(long)]
    no_git_init: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    dir: &'a Path,
    host: &'a HostName,
    template: String,
    template_sha256: String,
    files: Vec<&'a str>,
    git: bool,
    dry_run: bool,
}

impl Init {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let mut interrupt = Interrupt::listen()?;
        let wishes = self.ask(printer)?;
        check_target(&wishes.dir).map_err(|error| of_scaffold(&error))?;
        let mut template = tokio::select! {
            template = wishes.source.read() => template.map_err(|error| of_scaffold(&error))?,
            () = interrupt.came() => {
                return Err(Fault::new(FaultCode::Interrupted, "you interrupted; nothing was written")
                    .hint("run the same command again"));
            }
        };
        let host = declare(&mut template, wishes.host.as_ref())?;
        let document = Document {
            dir: &wishes.dir,
            host: &host,
            template: wishes.source.to_string(),
            template_sha256: template.digest(),
            files: template.files().map(|(path, _)| path.as_str()).collect(),
            git: wishes.git,
            dry_run: wishes.dry_run,
        };
        if !wishes.dry_run {
            write(&template, &wishes.dir).map_err(|error| of_scaffold(&error))?;
            if wishes.git {
                init_git(&wishes.dir)?;
            }
        }
        show(printer, &document);
        Ok(ExitCode::Ok)
    }

    /// Fills in what was not given, by asking if that is wanted.
    fn ask(self, printer: &Printer) -> Result<Wishes, Fault> {
        let here = project::here()?;
        let mut dir = self.dir;
        let mut host = self.host;
        let mut git = !self.no_git_init;
        if self.interactive {
            if dir.is_none() {
                let answer = printer.ask("Folder of the repository", Some("my-fleet"), |text| {
                    check_target(&here.join(text)).map_err(|error| error.to_string())
                })?;
                dir = Some(answer.into());
            }
            if host.is_none() {
                let check = |text: &str| HostName::parse(text).map(drop).map_err(|error| error.to_string());
                let answer = printer.ask("Name of the first host", Some("web-1"), check)?;
                host = HostName::parse(&answer).ok();
            }
            git = git && printer.confirm("Initialise git and its hooks?", Answer::Yes)? == Answer::Yes;
        }
        let dir: PathBuf = here.join(dir.unwrap_or_default()).components().collect();
        let source = self.template.unwrap_or(Source::Embedded).below(&here);
        Ok(Wishes { dir, host, source, git, dry_run: self.dry_run })
    }
}

/// What is wanted, all of it.
struct Wishes {
    dir: PathBuf,
    host: Option<HostName>,
    source: Source,
    git: bool,
    dry_run: bool,
}

/// Makes the template's fleet the user's: its first host gets the name that was asked for, and the schema is that of
/// this program.
fn declare(template: &mut Template, wanted: Option<&HostName>) -> Result<HostName, Fault> {
    let text = template.file(FLEET).and_then(|file| String::from_utf8(file.content.clone()).ok());
    let text = text.ok_or_else(|| {
        Fault::new(FaultCode::TemplateInvalid, format!("the template holds no {FLEET} in UTF-8"))
            .hint("a template is a whole repository; 'clawlets project init' without --template writes one")
    })?;
    let (text, host) = first_host(&text, wanted)?;
    let put = |template: &mut Template, path, content| {
        template.put(path, TemplateFile::new(content)).map_err(|error| of_scaffold(&error))
    };
    put(template, FLEET, text)?;
    let schema = serde_json::to_string_pretty(&Fleet::json_schema()).expect("a schema has only text keys");
    put(template, SCHEMA, format!("{schema}\n"))?;
    Ok(host)
}

/// Git with the hooks of the repository, everything staged: a flake sees only what git knows.
fn init_git(dir: &Path) -> Result<(), Fault> {
    let git = Git::at(dir);
    git.run(&["init", "--quiet", "--initial-branch=main"])?;
    git.run(&["config", "core.hooksPath", ".githooks"])?;
    git.run(&["add", "--all"]).map(drop)
}

fn show(printer: &Printer, document: &Document<'_>) {
    match printer.form() {
        Form::Json => printer.json(document),
        Form::Text if document.dry_run => {
            for file in &document.files {
                printer.data(document.dir.join(file).display().to_string());
            }
            printer.note(format!("Nothing was written: {} files would be.", document.files.len()));
        }
        Form::Text => {
            printer.data(document.dir.display().to_string());
            printer.note(format!(
                "Wrote {} files; the fleet's first host is {}. Go there and run 'clawlets up': it walks you through the rest.",
                document.files.len(),
                document.host
            ));
        }
    }
}

fn of_scaffold(error: &ScaffoldError) -> Fault {
    let code = match error {
        ScaffoldError::NotEmpty { .. } | ScaffoldError::NotAFolder(_) => FaultCode::ProjectExists,
        ScaffoldError::Source { .. }
        | ScaffoldError::Path { .. }
        | ScaffoldError::TooLarge { .. }
        | ScaffoldError::Empty(_) => FaultCode::TemplateInvalid,
        ScaffoldError::NoFolder(_) => FaultCode::TemplateUnknown,
        ScaffoldError::Fetch { .. } => FaultCode::TemplateUnreachable,
        ScaffoldError::Git { .. } => FaultCode::GitFailed,
        ScaffoldError::GitStart(_) => FaultCode::ToolMissing,
        ScaffoldError::Io { .. } => FaultCode::Io,
    };
    let fault = Fault::new(code, error.to_string());
    let fault = match std::error::Error::source(&error) {
        Some(source) => fault.because(source),
        None => fault,
    };
    match error {
        ScaffoldError::NotEmpty { .. } => fault.hint("choose another folder, or empty this one yourself"),
        ScaffoldError::NoFolder(_) => {
            fault.hint("a repository on GitHub is named with a ref: owner/repo[/folder]#ref")
        }
        ScaffoldError::Fetch { .. } => fault.hint("check the repository, its ref, and that you may read it"),
        ScaffoldError::Source { .. }
        | ScaffoldError::Path { .. }
        | ScaffoldError::TooLarge { .. }
        | ScaffoldError::Empty(_)
        | ScaffoldError::NotAFolder(_)
        | ScaffoldError::Git { .. }
        | ScaffoldError::GitStart(_)
        | ScaffoldError::Io { .. } => fault,
    }
}
