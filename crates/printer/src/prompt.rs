//! Questions to a person at a terminal.

use std::io::{self, IsTerminal};

use clawlets_model::Secret;
use dialoguer::{Confirm, Input, theme::SimpleTheme};

use crate::{Fault, FaultCode, Form, Printer, hidden::read_hidden, interruptible::Interruptible};

impl Printer {
    /// Whether somebody is there to answer: standard input and standard error are a terminal, and no JSON was asked for.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.is_terminal() && self.form() == Form::Text && io::stdin().is_terminal()
    }

    /// Asks for a line of text, until `check` accepts it. An empty line stands for `preset` when there is one.
    ///
    /// # Errors
    /// A fault without a terminal, and when the person interrupts.
    pub fn ask(
        &self,
        question: &str,
        preset: Option<&str>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Fault> {
        let _interruptible = self.need_a_person(question)?;
        let input = Input::<String>::with_theme(&SimpleTheme)
            .with_prompt(question)
            .allow_empty(true)
            .validate_with(|text: &String| check(text.trim()));
        let input = match preset {
            Some(preset) => input.default(preset.to_owned()),
            None => input,
        };
        input
            .interact_text()
            .map(|text| text.trim().to_owned())
            .map_err(|error| self.unanswered(question, error))
    }

    /// Asks for a secret; what is typed is not shown.
    ///
    /// # Errors
    /// A fault without a terminal, and when the person interrupts.
    pub fn ask_secret(&self, question: &str) -> Result<Secret<String>, Fault> {
        let interruptible = self.need_a_person(question)?;
        let typed = read_hidden(&interruptible, || self.ask_on_the_line(question));
        if typed.is_ok() {
            // Enter was not shown either.
            self.note("");
        }
        typed.map_err(|error| self.unanswered(question, error.into()))
    }

    /// Asks for a yes or a no; an empty line stands for `preset`.
    ///
    /// # Errors
    /// A fault without a terminal, and when the person interrupts.
    pub fn confirm(&self, question: &str, preset: Answer) -> Result<Answer, Fault> {
        let _interruptible = self.need_a_person(question)?;
        // A key alone would leave the Enter behind it for the next question.
        let confirm = Confirm::with_theme(&SimpleTheme)
            .with_prompt(question)
            .default(preset == Answer::Yes)
            .wait_for_newline(true);
        let is_yes = confirm.interact().map_err(|error| self.unanswered(question, error))?;
        Ok(if is_yes { Answer::Yes } else { Answer::No })
    }

    fn need_a_person(&self, question: &str) -> Result<Interruptible, Fault> {
        if self.can_ask() {
            return Interruptible::begin().map_err(|error| self.unanswered(question, error.into()));
        }
        let message = format!("failed to ask '{question}': there is no terminal");
        Err(Fault::new(FaultCode::UsageArguments, message)
            .hint("answer with flags instead; --help lists them"))
    }

    fn unanswered(&self, question: &str, error: dialoguer::Error) -> Fault {
        let dialoguer::Error::IO(error) = error;
        if error.kind() == io::ErrorKind::Interrupted {
            // The cursor stands behind the question.
            self.note("");
            return Fault::new(FaultCode::Interrupted, format!("you did not answer '{question}'"))
                .hint("run the same command again; it goes on where it stopped");
        }
        Fault::new(FaultCode::Io, format!("failed to ask '{question}'")).because(&error)
    }
}

/// A yes or a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Go on.
    Yes,
    /// Do not.
    No,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        let printer = Printer::on(Form::Text, Box::new(io::sink()), Box::new(io::sink()));
        let fault = printer.ask("Host", None, |_| Ok(())).unwrap_err();
        assert_eq!(
            (fault.code(), fault.message()),
            (FaultCode::UsageArguments, "failed to ask 'Host': there is no terminal")
        );
        assert!(printer.ask_secret("Token").is_err() && printer.confirm("Sure?", Answer::No).is_err());
    }
}
