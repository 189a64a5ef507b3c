//! What is measured: a local cloud and an orchestrator, as an operator would set them up, in a folder that goes away.

use std::{fs, path::PathBuf};

use clawlets_tests::World;

use crate::{filled, interrupt, scale::Scale};

/// How many VMs there may be at once: no measurement is about a full house.
const INSTANCES: i64 = 64;

/// Which jobs the store holds before anything is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// None.
    None,
    /// As many as [`Scale::rows`] says.
    Many,
}

/// A local cloud with an orchestrator. Dropping it ends both and removes all that they wrote.
pub(crate) struct Site {
    /// The programs and their folder.
    pub(crate) world: World,
    store: PathBuf,
}

impl Site {
    /// Starts both.
    ///
    /// # Panics
    /// When a program does not start.
    pub(crate) fn start(scale: &Scale, rows: Rows) -> Self {
        Self::start_with(scale, rows, &[])
    }

    /// As [`Self::start`], with flags for `clawlets local up`.
    ///
    /// # Panics
    /// When a program does not start.
    pub(crate) fn start_with(scale: &Scale, rows: Rows, up: &[&str]) -> Self {
        let mut world = World::start_with(up);
        interrupt::remember(&world.path(""), None);
        let file = world.configure("");
        let text = fs::read_to_string(&file).expect("what was written can be read");
        let mut configuration: toml::Table = text.parse().expect("the program writes valid TOML");
        let cattle = configuration["cattle"].as_table_mut().expect("there is a table about cattle");
        cattle.insert("max_instances".to_owned(), toml::Value::Integer(INSTANCES));
        fs::write(&file, configuration.to_string()).expect("the world's folder can be written");
        let store = PathBuf::from(configuration["store"].as_str().expect("the store is a path"));
        match rows {
            Rows::None => {}
            Rows::Many => filled::fill(&store, scale),
        }
        world.orchestrate();
        interrupt::remember(&world.path(""), world.orchestrator_id());
        Self { world, store }
    }

    /// The store's file.
    pub(crate) const fn store(&self) -> &PathBuf {
        &self.store
    }

    /// The orchestrator's process.
    ///
    /// # Panics
    /// When it ended.
    pub(crate) fn orchestrator(&self) -> u32 {
        self.world.orchestrator_id().expect("the orchestrator runs while it is measured")
    }
}
