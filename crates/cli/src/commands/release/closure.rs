//! Whether a host could fetch a system: all of it, from its own caches, signed by keys that it trusts.

use std::{collections::BTreeSet, error::Error, fmt};

use clawlets_printer::{Fault, FaultCode, Printer, count};
use clawlets_release::value::StorePath;

use crate::nix::Nix;

/// How many of the missing paths a fault names.
const NAMED: usize = 5;

/// Where a host takes built packages from, and whom it believes.
#[derive(Debug, Clone)]
pub(super) struct Caches {
    substituters: Vec<String>,
    /// Keys as nix takes them, separated by spaces.
    keys: String,
}

impl Caches {
    /// The caches of a host.
    pub(super) fn of(cache: &clawlets_fleet::Cache) -> Self {
        let substituters = cache.substituters.as_slice().iter().map(|url| url.as_str().to_owned()).collect();
        let keys: Vec<_> = cache.trusted_public_keys.as_slice().iter().map(|key| key.as_str()).collect();
        Self { substituters, keys: keys.join(" ") }
    }

    /// Walks a system from its top through the caches, as a host does that has nothing of it. How many paths it has.
    ///
    /// # Errors
    /// A fault with the paths that no cache has, or none has with a signature that counts; another one when they may be in a
    /// cache that does not answer, which is said aloud.
    pub(super) fn hold(&self, nix: &Nix, top: &StorePath, printer: &Printer) -> Result<usize, Fault> {
        let mut walk = Walk { seen: BTreeSet::from([top.clone()]), ..Walk::default() };
        let mut level = vec![top.clone()];
        while !level.is_empty() {
            level = self.next_level(nix, &mut walk, level, printer)?;
        }
        if walk.lost.is_empty() { Ok(walk.seen.len()) } else { Err(walk.fault()) }
    }

    /// What the paths of one level refer to that was not seen before.
    fn next_level(
        &self,
        nix: &Nix,
        walk: &mut Walk,
        mut wanted: Vec<StorePath>,
        printer: &Printer,
    ) -> Result<Vec<StorePath>, Fault> {
        let mut next = Vec::new();
        for cache in &self.substituters {
            if wanted.is_empty() || walk.silent.contains(cache) {
                continue;
            }
            let known = match nix.known(cache, &wanted) {
                Ok(known) => known,
                Err(fault) if fault.code() == FaultCode::NixFailed => {
                    printer.warn(format!("the cache {cache} does not answer: {}", fault.message()));
                    walk.silent.insert(cache.clone());
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let there: Vec<_> = known.keys().cloned().collect();
            let untrusted =
                if there.is_empty() { Vec::new() } else { nix.untrusted(cache, &self.keys, &there)? };
            for (path, references) in known.into_iter().filter(|(path, _)| !untrusted.contains(path)) {
                wanted.retain(|other| *other != path);
                next.extend(references.into_iter().filter(|path| walk.seen.insert(path.clone())));
            }
            walk.untrusted.extend(untrusted);
        }
        walk.lost.extend(wanted);
        Ok(next)
    }
}

/// What a walk through the caches has come across.
#[derive(Debug, Default)]
struct Walk {
    seen: BTreeSet<StorePath>,
    /// Paths that a host could not take from any cache.
    lost: BTreeSet<StorePath>,
    /// Paths that some cache has, signed by no key that counts.
    untrusted: BTreeSet<StorePath>,
    /// Caches that do not answer.
    silent: BTreeSet<String>,
}

impl Walk {
    fn fault(&self) -> Fault {
        let paths = count(self.lost.len(), "path");
        if !self.silent.is_empty() {
            let caches: Vec<_> = self.silent.iter().map(String::as_str).collect();
            let message =
                format!("{} does not answer, and {paths} of the system may be there", caches.join(", "));
            return Fault::new(FaultCode::ReleaseCacheSilent, message)
                .hint("run it again when it does; what is built already is not built again");
        }
        let message = format!("the host could not fetch {paths} of the system");
        let fault = self.lost.iter().take(NAMED).fold(
            Fault::new(FaultCode::ReleaseUncached, message),
            |fault, path| {
                let is_there = self.untrusted.contains(path);
                fault.because(&Lost { path: path.clone(), is_there })
            },
        );
        fault.hint("--copy-to CACHE pushes it to a cache of the host's, signed by a key that the host trusts")
    }
}

/// A path as one of the causes of a fault.
#[derive(Debug)]
struct Lost {
    path: StorePath,
    is_there: bool,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = if self.is_there { "is signed by none of its keys" } else { "is in none of its caches" };
        write!(f, "{} {why}", self.path)
    }
}

impl Error for Lost {}
