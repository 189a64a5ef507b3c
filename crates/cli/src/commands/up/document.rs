//! How far a project is, for programs and for people.

use clawlets_doctor::Fix;
use clawlets_printer::Table;
use serde::Serialize;

use super::{
    progress::{Progress, State},
    step::Step,
};

/// The version of this form.
const SCHEMA_VERSION: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    schema_version: u32,
    /// Whether no step is left.
    finished: bool,
    steps: Vec<Row>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: &'static str,
    title: &'static str,
    why: &'static str,
    /// `done`, `next` or `later`.
    state: &'static str,
    /// What is missing, of the next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    /// The command of the next step. Words in capitals stand for what only a person knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    /// What a person has to do, where there is no command.
    #[serde(skip_serializing_if = "Option::is_none")]
    by_hand: Option<String>,
}

impl Document {
    pub(super) fn of(progress: &Progress) -> Self {
        let row = |(step, state): &(&'static Step, State)| {
            let (word, open) = match state {
                State::Done => ("done", None),
                State::Next(open) => ("next", Some(open)),
                State::Later => ("later", None),
            };
            let (command, by_hand) = match open.map(|open| open.fix.clone()) {
                Some(Fix::Command(command)) => (Some(command), None),
                Some(Fix::ByHand(words)) => (None, Some(words)),
                None => (None, None),
            };
            let cause = open.and_then(|open| open.cause.clone());
            Row { id: step.id, title: step.title, why: step.why, state: word, cause, command, by_hand }
        };
        Self {
            schema_version: SCHEMA_VERSION,
            finished: progress.next().is_none(),
            steps: progress.steps.iter().map(row).collect(),
        }
    }

    pub(super) fn table(&self) -> Table {
        let mut table = Table::new(["STATE", "STEP", "WHAT"]);
        for row in &self.steps {
            table.row([row.state, row.id, row.title].map(str::to_owned));
        }
        table
    }
}
