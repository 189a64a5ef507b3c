//! The structure of the workspace: which crate may know which, and what no crate may do.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use clawlets_tests::workspace_root;

/// What each crate may use of ours. The table of `docs/design/architecture.md`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("printer", &["model"]),
    ("memory", &["model"]),
    ("sys", &[]),
    ("jobs", &["model"]),
    ("job-client", &["model"]),
    ("persona-folder", &["model"]),
    ("audit", &["model"]),
    ("cloud", &["model", "upstream"]),
    ("control-client", &["model", "upstream"]),
    ("control", &["audit", "aws", "cloud", "fleet", "github", "model", "printer", "upstream"]),
    ("aws", &["model", "upstream"]),
    ("instance-bundle", &["model", "release", "secrets"]),
    ("github", &["model", "upstream"]),
    ("github-stand-in", &[]),
    ("local-cloud", &["model", "sys"]),
    ("orchestrator", &["jobs", "cloud", "github", "model", "sys", "printer", "persona-folder", "upstream"]),
    ("cattle", &["model", "sys"]),
    ("verbs", &["control-client", "memory", "model", "printer", "job-client", "sys"]),
    (
        "cli",
        &[
            "model",
            "printer",
            "verbs",
            "job-client",
            "persona-folder",
            "cloud",
            "local-cloud",
            "clf",
            "sys",
            "github",
            "hygiene",
            "scaffold",
            "doctor",
            "fleet",
            "gateway",
            "secrets",
            "release",
            "rollout",
            "audit",
            "control-client",
            "aws",
            "instance-bundle",
            "seed",
        ],
    ),
    ("clf", &["control-client", "memory", "model", "printer", "verbs", "job-client"]),
    ("fleet", &["model"]),
    ("secrets", &["model", "fleet"]),
    ("stand-in", &["model"]),
    ("bench", &["github-stand-in", "model", "jobs", "job-client", "release", "secrets"]),
    ("gateway", &["fleet", "model"]),
    ("hygiene", &[]),
    ("doctor", &["fleet", "gateway", "hygiene", "model", "secrets"]),
    ("scaffold", &[]),
    ("release", &["model"]),
    ("rollout", &["fleet", "model"]),
    ("seed", &["model", "subprocess"]),
    (
        "host",
        &[
            "github",
            "memory",
            "seed",
            "model",
            "printer",
            "verbs",
            "release",
            "secrets",
            "aws",
            "instance-bundle",
            "subprocess",
            "upstream",
        ],
    ),
    ("subprocess", &[]),
    ("upstream", &[]),
];

/// Crates that hold no effect: no runtime, no files, no network.
const PURE: &[&str] = &["fleet", "model", "release"];
const EFFECTS: &[&str] = &["tokio", "mio", "hyper", "reqwest", "ureq", "rusqlite", "rustix", "nix", "libc"];

/// Programs that run where an attacker may be, and what they must never hold.
const UNTRUSTED: &[&str] = &["clf", "cattle"];
const FORBIDDEN: &[&str] = &["secrets", "cloud", "aws", "github", "local-cloud", "jobs"];

/// Where the environment is read and a program may exit, below `src`. `verbs` is what command lines share.
const READS_ENVIRONMENT: &[(&str, &[&str])] = &[
    ("cattle", &["main.rs"]),
    ("clf", &["program.rs", "commands"]),
    ("cli", &["program.rs", "commands", "aws.rs", "env_file", "folders.rs", "on_path.rs"]),
    ("control", &["run.rs"]),
    ("host", &["commands/environment.rs"]),
    // `proof` holds tests alone.
    ("orchestrator", &["main.rs", "proof"]),
    ("verbs", &["environment.rs", "memory/place.rs"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(workspace_root().join("Cargo.toml"))
        .other_options(["--locked", "--filter-platform", "x86_64-unknown-linux-gnu"].map(str::to_owned))
        .exec()
        .unwrap()
}

fn short(name: &str) -> Option<&str> {
    name.strip_prefix("clawlets-").filter(|name| *name != "tests")
}

/// For each crate of ours, every crate that it links, however far down.
fn linked(metadata: &Metadata) -> BTreeMap<String, BTreeSet<String>> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let names: BTreeMap<&PackageId, &str> =
        metadata.packages.iter().map(|package| (&package.id, package.name.as_str())).collect();
    let direct: BTreeMap<&PackageId, Vec<&PackageId>> = resolve
        .nodes
        .iter()
        .map(|node| {
            let normal = node.deps.iter().filter(|dependency| {
                dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
            });
            (&node.id, normal.map(|dependency| &dependency.pkg).collect())
        })
        .collect();
    metadata
        .workspace_members
        .iter()
        .filter_map(|member| {
            let mut seen = BTreeSet::new();
            let mut open = vec![member];
            while let Some(id) = open.pop() {
                for next in &direct[id] {
                    if seen.insert(*next) {
                        open.push(next);
                    }
                }
            }
            let linked = seen.into_iter().map(|id| names[id].to_owned()).collect();
            short(names[member]).map(|name| (name.to_owned(), linked))
        })
        .collect()
}

#[test]
fn each_crate_uses_only_what_it_may() {
    let metadata = metadata();
    let mut wrong = Vec::new();
    for package in metadata.workspace_packages() {
        let Some(name) = short(&package.name) else { continue };
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} is not in the table"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            if let Some(used) = short(&dependency.name).filter(|used| !allowed.contains(used)) {
                wrong.push(format!("{name} must not use {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_documented_table_is_this_one() {
    let page = fs::read_to_string(workspace_root().join("docs/design/architecture.md")).unwrap();
    let rows: BTreeMap<&str, BTreeSet<&str>> = page
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(" | ").collect();
            let name = cells.first()?.strip_prefix("| `")?.strip_suffix('`')?;
            let quoted = cells.last()?.split('`').skip(1).step_by(2);
            Some((name, quoted.collect()))
        })
        .collect();
    for (name, allowed) in MAY_USE.iter().filter(|(name, _)| !["bench", "cli"].contains(name)) {
        let documented =
            rows.get(name).unwrap_or_else(|| panic!("docs/design/architecture.md has no row for {name}"));
        assert_eq!(documented, &allowed.iter().copied().collect(), "{name}");
    }
}

#[test]
fn pure_crates_link_nothing_with_effects() {
    let linked = linked(&metadata());
    for name in PURE {
        let found: Vec<_> = EFFECTS.iter().filter(|effect| linked[*name].contains(**effect)).collect();
        assert!(found.is_empty(), "{name} links {found:?}");
    }
}

#[test]
fn programs_on_untrusted_ground_hold_no_keys_to_the_cloud() {
    let linked = linked(&metadata());
    for name in UNTRUSTED {
        for forbidden in FORBIDDEN {
            assert!(!linked[*name].contains(&format!("clawlets-{forbidden}")), "{name} links {forbidden}");
        }
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    sources(&workspace_root().join("crates"), &mut found);
    sources(&workspace_root().join("tests"), &mut found);
    found
}

#[test]
fn no_file_is_a_drawer_for_odds_and_ends() {
    for path in all_sources() {
        let odd = path.components().any(|part| {
            matches!(
                part.as_os_str().to_str(),
                Some("utils" | "util" | "helpers" | "helpers.rs" | "utils.rs" | "util.rs")
            )
        });
        assert!(!odd, "{}: name the thing", path.display());
    }
}

#[test]
fn no_source_file_is_longer_than_600_lines() {
    for path in all_sources() {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 600, "{} has {lines} lines: which two ideas are in it?", path.display());
    }
}

#[test]
fn the_environment_is_read_where_programs_begin_and_nowhere_else() {
    for path in all_sources() {
        let relative = path.strip_prefix(workspace_root()).unwrap();
        let mut parts = relative.iter().filter_map(|part| part.to_str());
        let (Some("crates"), Some(name), Some("src")) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let within: PathBuf = parts.collect();
        let places = READS_ENVIRONMENT.iter().find(|(reader, _)| *reader == name).map(|(_, places)| *places);
        if places.unwrap_or_default().iter().any(|place| within.starts_with(place)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let body = text.split("#[cfg(test)]").next().unwrap_or_default();
        for call in ["env::var", "env::vars", "process::exit", "home_dir("] {
            assert!(!body.contains(call), "{} calls {call}", relative.display());
        }
    }
}

#[test]
fn unsafe_code_is_in_one_crate() {
    for path in all_sources() {
        let relative = path.strip_prefix(workspace_root()).unwrap();
        if relative.starts_with("crates/sys") || relative.ends_with("structure.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("unsafe {"), "{}", relative.display());
    }
}
