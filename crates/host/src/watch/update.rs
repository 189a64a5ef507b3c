//! What the updater says of itself, as far as it matters to the watch.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use clawlets_release::value::Order;
use serde::Deserialize;

use super::Hands;

/// How long an updater's word is believed. It writes at every step; what is older was left behind by one that died, and
/// its successor begins with writing its own.
const BELIEVED: Duration = Duration::from_secs(1_800);

/// The status that the updater writes; it may be a newer one's.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Update {
    /// Where it stands.
    pub(super) phase: String,
    /// The release that runs.
    #[serde(default)]
    pub(super) current_release: Option<Order>,
    #[serde(skip)]
    is_fresh: bool,
}

impl Update {
    /// Reads the status in the updater's folder; none where there is none that can be read.
    pub(super) fn read(folder: &Path) -> Option<Self> {
        let path = folder.join("status.json");
        let mut update: Self = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        let written = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok()?;
        let age = SystemTime::now().duration_since(written).unwrap_or_default();
        update.is_fresh = age < BELIEVED;
        Some(update)
    }

    /// Whether bots may be touched.
    pub(super) fn hands(&self) -> Hands {
        let is_on_trial = ["testing", "probation", "boot_probation", "committing", "rolling_back"]
            .contains(&self.phase.as_str());
        if is_on_trial && self.is_fresh { Hands::Off } else { Hands::On }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bots_are_left_alone_while_an_update_is_proven_by_an_updater_that_lives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        assert!(Update::read(folder.path()).is_none());
        for (phase, hours, expected) in [
            ("idle", 0, Hands::On),
            ("probation", 0, Hands::Off),
            ("rolling_back", 0, Hands::Off),
            ("probation", 1, Hands::On),
            ("realised", 0, Hands::On),
        ] {
            let status = format!(
                r#"{{"phase": "{phase}", "currentRelease": {{"epoch": 1, "releaseId": 7}}, "new": true}}"#
            );
            fs::write(&path, status).unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600)).unwrap();
            let update = Update::read(folder.path()).unwrap();
            assert_eq!(update.hands(), expected, "{phase}");
            assert_eq!(update.current_release.unwrap().to_string(), "1/7");
        }
    }
}
