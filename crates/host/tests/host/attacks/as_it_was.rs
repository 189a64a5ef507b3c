//! Everything of a host that a refused release must leave as it was.

use std::{collections::BTreeMap, fs, path::Path};

use clawlets_release::value::Sha256Digest;

use crate::world::World;

/// What changes by itself, or is only about what the updater knows: the status that names the refusal, the marks of the
/// mirrors, and what Nix keeps for itself. The floor is looked at apart.
const ELSEWHERE: &[&str] =
    &["wall", "host.toml", "boot-id", "found", "state", "floor", "nix/store", "nix/var/nix/db"];
const OF_NIX: &[&str] = &["gc.lock", "temproots", "gc-socket", "userpool"];

/// The files and links of a host, and what is in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AsItWas(BTreeMap<String, String>);

impl AsItWas {
    pub(super) fn of(world: &World) -> Self {
        let mut found = BTreeMap::new();
        look(&world.host(), &world.host(), &mut found);
        Self(found)
    }

    /// What is there that was not, or is other than it was.
    pub(super) fn differences(&self, before: &Self) -> Vec<String> {
        let names = self.0.keys().chain(before.0.keys());
        let mut changed: Vec<_> =
            names.filter(|name| self.0.get(*name) != before.0.get(*name)).cloned().collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

fn look(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let is_of_nix = path.iter().any(|part| OF_NIX.iter().any(|name| part == *name));
        if ELSEWHERE.contains(&name.as_str()) || is_of_nix {
            continue;
        }
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            look(root, &path, found);
        } else if kind.is_symlink() {
            found.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
        } else {
            found.insert(name, Sha256Digest::of(&fs::read(&path).unwrap()).to_string());
        }
    }
}
