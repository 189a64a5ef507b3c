//! Walking from step to step.

use std::{env, io, path::PathBuf};

use clawlets_doctor::Fix;
use clawlets_model::ExitCode;
use clawlets_printer::{Answer, Fault, FaultCode, Form, Printer};
use clawlets_verbs::Interrupt;
use tokio::runtime::Runtime;

use super::{
    document::Document,
    progress::{LastCheck, Open, Progress},
    question::Question,
    step::{CHECK, REPOSITORY, STEPS, Step},
};
use crate::{
    commands::doctor::{Selection, look},
    fleet_file::{Project, ProjectFlag},
    program::perform,
};

/// What is done about the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// All steps are listed, and none is taken.
    List,
    /// It is said what comes next, since nobody can be asked.
    Tell,
    /// It is taken when a person says so.
    Ask,
    /// It is taken.
    Go,
}

/// A walk through day zero.
pub(super) struct Walk<'a> {
    printer: &'a Printer,
    project: ProjectFlag,
    manner: Manner,
    runtime: Runtime,
    interrupt: Interrupt,
}

/// The step that was taken last.
struct Taken {
    step: &'static str,
    open: Open,
    code: ExitCode,
}

impl Taken {
    /// Whether it left open what it was to do, or failed at what the same command is to do in the next step.
    fn leaves(&self, step: &Step, open: &Open) -> bool {
        let is_same = self.step == step.id && self.open == *open;
        is_same || self.code != ExitCode::Ok && self.open.fix == open.fix
    }
}

/// How a step was left.
enum Left {
    /// It was run, with this exit code.
    Ran(ExitCode),
    /// It is for a person to do.
    Open(Fault),
}

impl<'a> Walk<'a> {
    /// Gets ready. From now on an interruption is noticed between steps and at questions.
    ///
    /// # Errors
    /// A fault when the kernel refuses.
    pub(super) fn begin(printer: &'a Printer, project: ProjectFlag, manner: Manner) -> Result<Self, Fault> {
        let failed = |error: &io::Error| {
            Fault::new(FaultCode::Io, "failed to start the asynchronous runtime").because(error)
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(&error))?;
        let interrupt = runtime.block_on(async { Interrupt::listen() })?;
        Ok(Self { printer, project, manner, runtime, interrupt })
    }

    /// Goes on until nothing is left, or a step needs somebody.
    pub(super) fn run(mut self) -> Result<ExitCode, Fault> {
        let mut last_check = LastCheck::Open;
        let mut before: Option<Taken> = None;
        loop {
            let progress = self.progress(last_check)?;
            let Some((at, step, open)) = progress.next() else {
                self.show(&progress);
                self.finish()?;
                return Ok(ExitCode::Ok);
            };
            if self.manner == Manner::List {
                self.show(&progress);
                return Ok(ExitCode::Ok);
            }
            if let Some(last) = before.take().filter(|last| last.leaves(step, open)) {
                self.show(&progress);
                return stuck(step, open, last.code);
            }
            match self.take(at, progress.steps.len(), step, open)? {
                Left::Ran(code) => {
                    if step.id == CHECK.id && code == ExitCode::Ok {
                        last_check = LastCheck::Passed;
                    }
                    before = Some(Taken { step: step.id, open: open.clone(), code });
                }
                Left::Open(fault) => {
                    self.show(&progress);
                    return Err(fault);
                }
            }
        }
    }

    /// How far the project is. Later commands are meant for the project too, so this goes into its folder.
    fn progress(&mut self, last_check: LastCheck) -> Result<Progress, Fault> {
        let project = match self.project.find_quietly() {
            Ok(project) => project,
            Err(fault) if fault.code() == FaultCode::ProjectUnknown => {
                return Ok(Progress::before_a_project());
            }
            Err(fault) => return Err(fault),
        };
        enter(&project)?;
        self.project = ProjectFlag::default();
        let ids = STEPS.iter().flat_map(|step| step.checks).copied().collect();
        let step = self.printer.step("Looking");
        let report =
            self.runtime.block_on(look(&project, Selection::Ids(ids), &step, &mut self.interrupt))?;
        Ok(Progress::of(&report, last_check))
    }

    /// Takes one step, as far as it can be taken.
    fn take(&self, at: usize, of: usize, step: &Step, open: &Open) -> Result<Left, Fault> {
        self.say(format!("[{at} of {of}] {}", step.title));
        self.say(format!("  {}", step.why));
        if let Some(cause) = &open.cause {
            self.say(format!("  {cause}"));
        }
        if self.manner == Manner::Tell && self.printer.form() == Form::Text {
            self.printer.data(open.fix.to_string());
        }
        let own = open.own_command().filter(|_| self.manner != Manner::Tell);
        let Some(command) = own.map(|command| self.complete(step, command)).transpose()?.flatten() else {
            return Ok(Left::Open(by_hand(step, open)));
        };
        self.say(format!("  {}", shell_line(&command)));
        if self.manner == Manner::Ask && self.printer.confirm("Run it?", Answer::Yes)? == Answer::No {
            let fault = stopped(format!("you stopped before '{}'", step.title));
            return Ok(Left::Open(fault.hint("'clawlets up' goes on with this step")));
        }
        let code = self.perform(&command)?;
        if step.id == REPOSITORY.id && code == ExitCode::Ok {
            let folder = command.last().map(PathBuf::from).unwrap_or_default();
            enter(&Project::around(&folder)?)?;
            self.say(format!("  From now on in {}: go there too.", folder.display()));
        }
        Ok(Left::Ran(code))
    }

    /// Puts into a command what only a person knows. None when nobody can be asked.
    fn complete(&self, step: &Step, mut command: Vec<String>) -> Result<Option<Vec<String>>, Fault> {
        let asks = self.printer.can_ask();
        let begins_with = |words: &[&str]| command.iter().take(words.len()).eq(words);
        if begins_with(&["clawlets", "env", "set"]) && !asks {
            return Ok(None);
        }
        if begins_with(&["clawlets", "secrets", "init"]) && asks {
            command.push("--interactive".to_owned());
        }
        for part in &mut command {
            let question = step.question.filter(|question| question.stands_for() == part);
            let answer = match question {
                Some(Question::Folder) if self.project.named().is_some() => {
                    self.project.named().map(|folder| folder.display().to_string())
                }
                Some(question) => question.answer(self.printer, asks)?,
                None if is_blank(part) => None,
                None => continue,
            };
            match answer {
                Some(answer) => *part = answer,
                None => return Ok(None),
            }
        }
        Ok(Some(command))
    }

    /// Runs a command. Where this program prints a document, what the command prints is talk.
    fn perform(&self, command: &[String]) -> Result<ExitCode, Fault> {
        match self.printer.form() {
            Form::Text => perform(command, self.printer),
            Form::Json => {
                let talk = Printer::on(Form::Text, Box::new(io::stderr()), Box::new(io::stderr()));
                perform(command, &talk)
            }
        }
    }

    /// Talks to a person; programs read the document.
    fn say(&self, line: impl AsRef<str>) {
        if self.printer.form() == Form::Text {
            self.printer.note(line);
        }
    }

    fn show(&self, progress: &Progress) {
        let document = Document::of(progress);
        match (self.printer.form(), self.manner) {
            (Form::Json, _) => self.printer.json(&document),
            (Form::Text, Manner::List) => self.printer.table(&document.table()),
            (Form::Text, Manner::Tell | Manner::Ask | Manner::Go) => {}
        }
    }

    fn finish(&self) -> Result<(), Fault> {
        let project = self.project.find_quietly()?;
        self.say(
            "The repository is ready. What comes next is outside of it, and is not done by this command:",
        );
        self.say("  commit what is there: git add --all && git commit");
        self.say(format!(
            "  install the hosts; the keys of their first boot are in {}",
            project.runtime().join("extra-files").display()
        ));
        Ok(())
    }
}

fn enter(project: &Project) -> Result<(), Fault> {
    env::set_current_dir(project.root()).map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to go into {}", project.root().display())).because(&error)
    })
}

/// A word that stands for something else, such as `RECIPIENT`.
fn is_blank(word: &str) -> bool {
    word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Words as a shell takes them.
fn shell_line(words: &[String]) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:~=+@,".contains(&byte);
    let quoted = |word: &String| match !word.is_empty() && word.bytes().all(is_plain) {
        true => word.clone(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn stopped(message: String) -> Fault {
    Fault::new(FaultCode::UpStopped, message)
}

/// The next step is for a person.
fn by_hand(step: &Step, open: &Open) -> Fault {
    let fault = stopped(format!("the next step needs you: {}", step.title));
    fault.hint(match &open.fix {
        Fix::Command(command) => format!("run '{command}', then 'clawlets up' again"),
        Fix::ByHand(words) => format!("{words}; then run 'clawlets up' again"),
    })
}

/// A step was taken and is as open as before: it ends as its command did.
fn stuck(step: &Step, open: &Open, code: ExitCode) -> Result<ExitCode, Fault> {
    if code == ExitCode::Ok { Err(by_hand(step, open)) } else { Ok(code) }
}
