//! Whether what is on this host fits together.

use std::{
    fmt,
    sync::{Arc, atomic::AtomicBool},
};

use clawlets_release::trust::Seen;

use super::{Effects, UpdateError, turn::system_that_runs};
use crate::{Clock, Limits, config::Config, nix::system_behind, records::Records};

/// Something that does not fit, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(String);

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Looks at the records, the systems, the roots and the secrets, and says what does not fit together. Nothing is changed.
///
/// # Errors
/// [`UpdateError`] when the records cannot be read at all.
pub fn verify(config: &Config) -> Result<Vec<Finding>, UpdateError> {
    let records = Records::new(&config.paths.state, &config.paths.floor);
    let effects = Effects::of(config, &records, Vec::new())?;
    let running = system_that_runs(&config.paths.current_system)?;
    let default = system_behind(&config.nix.profile);
    let loaded = records.load(|| Ok(default.clone().unwrap_or_else(|| running.clone())))?;
    let mut findings: Vec<_> = loaded.losses.into_iter().map(Finding).collect();
    let mut must = |is_so: bool, text: String| {
        if !is_so {
            findings.push(Finding(text));
        }
    };
    let state = loaded.state;
    let good = &state.good.toplevel;
    let target = state.phase.run().map(|run| &run.target.toplevel);
    must(
        running == *good || Some(&running) == target,
        format!("{running} runs, which is neither the last good system nor one on trial"),
    );
    must(
        default.as_ref() == Some(good) || target.is_some(),
        format!("the profile {} does not lead to the last good system {good}", config.nix.profile.display()),
    );
    let known = |seen: &Option<Seen>| seen.map(|seen| seen.order);
    let [of_state, of_floor] = records.floors()?;
    must(
        known(&of_state) == known(&of_floor),
        "the floor is kept in one place only, or in two that differ; the higher one counts".to_owned(),
    );
    if let Some(release) = &state.good.release {
        must(
            effects.has_secrets(&release.toplevel, release.secrets),
            format!("the secrets {} of release {} are missing", release.secrets, release.order),
        );
        must(effects.roots.good().as_ref() == Some(good), format!("no root holds {good}"));
    }
    let clock = Clock::of(&config.paths);
    let never = Arc::new(AtomicBool::new(false));
    let limits = Limits { terminated: &never, clock: &clock, deadline: None, orders: None };
    match effects.store.verify(good, &limits) {
        Ok(is_so) => must(is_so, format!("the bytes of {good} are not those that the store has on record")),
        Err(_) => must(false, format!("the store cannot be asked for the bytes of {good}")),
    }
    Ok(findings)
}
