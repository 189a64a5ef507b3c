//! The unit files as they ship: what systemd itself thinks of them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clawlets_tests::{program, skip, workspace_root};

/// How exposed a service may be by the count of `systemd-analyze security`, from 0 to 10. Those that give files to bots and
/// talk to the network have the most, and the boot of an image does the work of several.
const EXPOSURE: f64 = 2.3;

fn units() -> Vec<PathBuf> {
    let is_unit = |path: &PathBuf| {
        path.extension().is_some_and(|extension| {
            ["mount", "service", "socket", "timer"].iter().any(|unit| extension == *unit)
        })
    };
    let entries = fs::read_dir(workspace_root().join("systemd")).unwrap();
    let mut units: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_unit).collect();
    units.sort();
    units
}

/// Copies of the units that start the programs that were built.
fn staged(folder: &Path) -> Vec<PathBuf> {
    let stage = |unit: PathBuf| {
        let text = fs::read_to_string(&unit).unwrap();
        let copy = folder.join(unit.file_name().unwrap());
        let staged = ["clf-orchestrator", "clawlets-host"].iter().fold(text, |text, name| {
            text.replace(&format!("/usr/bin/{name}"), program(name).to_str().unwrap())
        });
        fs::write(&copy, staged).unwrap();
        copy
    };
    units().into_iter().map(stage).collect()
}

fn analyze(test: &str) -> Option<Command> {
    let works =
        Command::new("systemd-analyze").arg("--version").output().is_ok_and(|output| output.status.success());
    if !works {
        skip(test, "systemd-analyze is missing");
        return None;
    }
    Some(Command::new("systemd-analyze"))
}

#[test]
fn systemd_finds_no_fault_in_the_units() {
    let Some(mut analyze) = analyze("systemd_finds_no_fault_in_the_units") else { return };
    let folder = tempfile::tempdir().unwrap();
    let units = staged(folder.path());
    assert_eq!(units.len(), 21, "{units:?}");
    let output = analyze.args(["verify", "--man=no", "--recursive-errors=no"]).args(&units).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
fn the_services_are_exposed_to_little() {
    let Some(mut analyze) = analyze("the_services_are_exposed_to_little") else { return };
    let folder = tempfile::tempdir().unwrap();
    let services = staged(folder.path()).into_iter().filter(|unit| unit.extension().unwrap() == "service");
    let limit = format!("--threshold={}", EXPOSURE * 10.0);
    let output =
        analyze.args(["security", "--offline=true", "--no-pager", &limit]).args(services).output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Overall exposure level for clf-orchestrator.service"), "{said}");
}

#[test]
fn a_sweep_comes_at_most_every_five_minutes() {
    let text = fs::read_to_string(workspace_root().join("systemd/clf-sweep.timer")).unwrap();
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap().to_owned();
    let Some(mut analyze) = analyze("a_sweep_comes_at_most_every_five_minutes") else { return };
    let spans = [value("OnUnitActiveSec="), value("RandomizedDelaySec=")];
    let output = analyze.arg("timespan").args(&spans).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let micros = said.lines().filter_map(|line| line.trim().strip_prefix("μs: "));
    let sum: u64 = micros.map(|micros| micros.parse::<u64>().unwrap()).sum();
    assert!((60_000_000..=300_000_000).contains(&sum), "{said}");
}

/// What a setting of a unit that ships says, over all of its lines.
fn words(unit: &str, key: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(workspace_root().join("systemd").join(unit)).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

/// Services, by their file names.
fn services() -> Vec<String> {
    let names = units().into_iter().map(|unit| unit.file_name().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name.ends_with(".service")).collect()
}

#[test]
fn who_may_read_a_folder_does_not_depend_on_which_service_started_last() {
    for kind in ["State", "Runtime"] {
        let mut modes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for service in services() {
            // systemd sets the mode at every start.
            let mode = words(&service, &format!("{kind}DirectoryMode"));
            for folder in words(&service, &format!("{kind}Directory")) {
                modes.entry(folder).or_default().extend(mode.clone());
            }
        }
        assert!(modes.len() > 2, "{modes:?}");
        let torn: Vec<_> = modes.iter().filter(|(_, modes)| modes.len() > 1).collect();
        assert!(torn.is_empty(), "{torn:?}");
    }
}

#[test]
fn the_boot_may_do_what_the_services_may_whose_work_it_does() {
    let boot = "clawlets-bootstrap.service";
    let capabilities = words(boot, "CapabilityBoundingSet");
    for service in ["clawlets-repo-seed.service", "clawlets-memory-init.service", "clawlets-secrets.service"]
    {
        let needed = words(service, "CapabilityBoundingSet");
        assert!(needed.is_subset(&capabilities), "{service} has {needed:?}, and the boot {capabilities:?}");
    }
    // It reads what only its owner may, as the service of tokens does.
    assert!(capabilities.contains("CAP_DAC_OVERRIDE"), "{capabilities:?}");
    assert_eq!(words(boot, "UMask"), words("clawlets-repo-seed.service", "UMask"), "bots read the copies");
}
