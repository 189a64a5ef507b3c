//! The boot itself.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, atomic::AtomicBool},
};

use clawlets_model::cause::chain;

use super::{
    BootError, BootLock, BootRecords, Variables,
    carry_out::Hands,
    commands::Commands,
    folder::Folder,
    machine::{Effect, Event, Failure, Phase, State, step},
};
use crate::config::Config;

/// Who watches a boot.
pub trait Watching {
    /// A phase begins.
    fn begins(&mut self, phase: Phase);
    /// It ended well.
    fn ends(&mut self, phase: Phase);
    /// It failed. The boot may go on all the same, with the bundle that was there.
    fn fails(&mut self, failure: &Failure);
}

/// How a pass ended.
#[derive(Debug)]
pub struct Ended {
    /// How far it came.
    pub state: State,
    /// What was wrong where it stopped; none when it is ready.
    pub error: Option<BootError>,
}

/// A boot, or another look of a host that runs.
pub struct Boot<'a> {
    hands: Hands<'a>,
    records: BootRecords,
    state: State,
    boot: String,
    _lock: BootLock,
}

impl<'a> Boot<'a> {
    /// Takes up what the last run left. `program` and `config_file` are this very program and its configuration.
    ///
    /// # Errors
    /// [`BootError`] when another boot is at work, or what is kept cannot be read.
    pub fn start(
        config: &'a Config,
        program: PathBuf,
        config_file: PathBuf,
        variables: Variables<'a>,
        told: &'a Arc<AtomicBool>,
    ) -> Result<Self, BootError> {
        let records = BootRecords::new(&config.bootstrap.state);
        let lock = records.lock()?;
        let path = &config.paths.boot_id;
        let boot = fs::read_to_string(path).map_err(|source| BootError::File {
            action: "read",
            path: path.clone(),
            source,
        })?;
        let hands = Hands {
            config,
            variables,
            commands: Commands { program, config: config_file },
            folder: Folder::new(&config.bootstrap.state),
            told,
        };
        let state = records.load()?;
        Ok(Self { hands, state, records, boot: boot.trim().to_owned(), _lock: lock })
    }

    /// Goes on until nothing is left to do, or something stops it.
    ///
    /// # Errors
    /// [`BootError::Interrupted`], or when what is kept cannot be written.
    pub fn run(mut self, watching: &mut dyn Watching) -> Result<Ended, BootError> {
        let mut error = None;
        let mut event = Event::Started { boot: self.boot.clone() };
        loop {
            let (state, effect) = step(self.state.clone(), event);
            self.state = state;
            self.records.save(&self.state)?;
            let phase = match effect {
                Effect::CarryOut(phase) => phase,
                Effect::Stop => return Ok(Ended { state: self.state, error }),
            };
            watching.begins(phase);
            event = match self.hands.carry_out(&self.state) {
                Ok(event) => {
                    watching.ends(phase);
                    error = None;
                    event
                }
                Err(BootError::Interrupted) => return Err(BootError::Interrupted),
                Err(failed) => {
                    let failure = Failure { phase, kind: failed.kind(), message: chain(&failed) };
                    watching.fails(&failure);
                    error = Some(failed);
                    Event::Failed { phase, kind: failure.kind, message: failure.message }
                }
            };
        }
    }
}
