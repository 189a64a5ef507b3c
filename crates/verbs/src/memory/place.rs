//! Where the memory is, and how long it may take.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use clawlets_memory::{Caller, Memory, Policy, Pulse, Session};
use clawlets_model::duration::{InvalidDuration, parse_duration};
use clawlets_printer::{Fault, FaultCode};
use jiff::Timestamp;
use rustix::{fs::Mode, process::umask};
use serde::{Serialize, de::DeserializeOwned};

use super::{of_memory, of_policy};
use crate::{
    apart::{self, Heart},
    environment::CLAWLETS_MEMORY_ROOT,
};

/// The rules of the host's owner.
const POLICY: &str = "/etc/clawlets/memory.toml";
/// The name of this host or instance.
const INSTANCE: &str = "/etc/clawlets/instance-name";
const ROOT: &str = "/memory";

/// How long the memory may take.
#[derive(Debug, Clone, Copy, Args)]
pub struct Patience {
    /// How long to wait for a file that others hold; 0 waits for nobody.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time)]
    wait: Duration,
    /// How long the memory may say nothing before it is given up.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = parse_duration)]
    deadline: Duration,
}

fn time(text: &str) -> Result<Duration, InvalidDuration> {
    if matches!(text, "0" | "0s") { Ok(Duration::ZERO) } else { parse_duration(text) }
}

/// A memory that can be opened.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
    policy: Policy,
    patience: Patience,
}

impl Place {
    /// Finds the memory: `CLAWLETS_MEMORY_ROOT`, else what the policy says, else `/memory`. It is not touched.
    ///
    /// # Errors
    /// A fault when the policy cannot be followed.
    pub fn find(patience: Patience) -> Result<Self, Fault> {
        let policy = Policy::load(POLICY.as_ref()).map_err(|error| of_policy(&error))?;
        let named = std::env::var_os(CLAWLETS_MEMORY_ROOT.name).filter(|root| !root.is_empty());
        let root = named.map_or_else(|| policy.root.clone(), PathBuf::from);
        let root = if root.as_os_str().is_empty() { PathBuf::from(ROOT) } else { root };
        Ok(Self { root, policy, patience })
    }

    /// Where the memory is.
    #[must_use]
    pub fn root(&self) -> &std::path::Path {
        &self.root
    }

    /// What the host's owner decided.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Opens the memory and works with it, in a process of its own.
    ///
    /// # Errors
    /// The fault of `work`; and one when the memory goes silent.
    pub fn with<T: Serialize + DeserializeOwned>(
        &self,
        work: impl FnOnce(&Memory) -> Result<T, clawlets_memory::MemoryError>,
    ) -> Result<T, Fault> {
        apart::value(self.patience.deadline, || self.silent(), |heart| self.work(heart, work))
    }

    /// As [`Self::with`], for work that gives bytes.
    ///
    /// # Errors
    /// As [`Self::with`].
    pub fn with_bytes(
        &self,
        work: impl FnOnce(&Memory) -> Result<Vec<u8>, clawlets_memory::MemoryError>,
    ) -> Result<Vec<u8>, Fault> {
        apart::bytes(self.patience.deadline, || self.silent(), |heart| self.work(heart, work))
    }

    fn work<T>(
        &self,
        heart: Heart,
        work: impl FnOnce(&Memory) -> Result<T, clawlets_memory::MemoryError>,
    ) -> Result<T, Fault> {
        // The group shares what is made here, from the first moment on.
        umask(Mode::from_raw_mode(0o007));
        let session = Session {
            caller: Caller::of_this_process(),
            policy: self.policy.clone(),
            wait: self.patience.wait,
            origin: origin(),
            now: Timestamp::now,
            pulse: Pulse::new(move || heart.beat()),
        };
        Memory::open(&self.root, session).and_then(|memory| work(&memory)).map_err(|error| of_memory(&error))
    }

    fn silent(&self) -> Fault {
        let seconds = self.patience.deadline.as_secs();
        Fault::new(
            FaultCode::MemorySilent,
            format!("the shared memory at {} has not answered for {seconds} s", self.root.display()),
        )
        .hint("look at its server and at 'systemctl status memory.mount'; '--deadline' allows more time")
    }
}

/// What the log calls this place: the host's or instance's name.
fn origin() -> Option<String> {
    let name = std::fs::read_to_string(INSTANCE).ok()?;
    let name = name.trim();
    let is_plain = name.len() <= 100 && name.bytes().all(|b| b.is_ascii_graphic());
    (is_plain && !name.is_empty()).then(|| name.to_owned())
}
