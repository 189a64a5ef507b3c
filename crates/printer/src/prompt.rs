//! Questions to a person at a terminal.

use std::io::{self, IsTerminal};

use clawlets_model::Secret;
use dialoguer::{Confirm, Input, Password, theme::SimpleTheme};

use crate::{Fault, FaultCode, Form, Printer};

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
        self.need_a_person(question)?;
        let input = Input::<String>::with_theme(&SimpleTheme)
            .with_prompt(question)
            .allow_empty(true)
            .validate_with(|text: &String| check(text.trim()));
        let input = match preset {
            Some(preset) => input.default(preset.to_owned()),
            None => input,
        };
        input.interact_text().map(|text| text.trim().to_owned()).map_err(|error| unanswered(question, error))
    }

    /// Asks for a secret; what is typed is not shown.
    ///
    /// # Errors
    /// A fault without a terminal, and when the person interrupts.
    pub fn ask_secret(&self, question: &str) -> Result<Secret<String>, Fault> {
        self.need_a_person(question)?;
        let password = Password::with_theme(&SimpleTheme).with_prompt(question).allow_empty_password(true);
        password.interact().map(Secret::new).map_err(|error| unanswered(question, error))
    }

    /// Asks for a yes or a no; an empty line stands for `preset`.
    ///
    /// # Errors
    /// A fault without a terminal, and when the person interrupts.
    pub fn confirm(&self, question: &str, preset: Answer) -> Result<Answer, Fault> {
        self.need_a_person(question)?;
        let confirm = Confirm::with_theme(&SimpleTheme).with_prompt(question).default(preset == Answer::Yes);
        let is_yes = confirm.interact().map_err(|error| unanswered(question, error))?;
        Ok(if is_yes { Answer::Yes } else { Answer::No })
    }

    fn need_a_person(&self, question: &str) -> Result<(), Fault> {
        if self.can_ask() {
            return Ok(());
        }
        let message = format!("failed to ask '{question}': there is no terminal");
        Err(Fault::new(FaultCode::UsageArguments, message)
            .hint("answer with flags instead; --help lists them"))
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

fn unanswered(question: &str, error: dialoguer::Error) -> Fault {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        return Fault::new(FaultCode::Interrupted, format!("you did not answer '{question}'"))
            .hint("run the same command again; it goes on where it stopped");
    }
    Fault::new(FaultCode::Io, format!("failed to ask '{question}'")).because(&error)
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
