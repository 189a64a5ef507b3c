//! What the next updater must make of whatever the last one left.

use serde_json::Value;

use super::case::Case;

/// What was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    /// The updater.
    Process,
    /// All that runs, and what was not on the disk yet.
    Power,
    /// The room on the disk.
    Room,
}

/// What a host that does not keep a release may come to.
const LEFT: &[&str] = &["denied"];
/// The same where each attempt takes reboots: that it is tried again and then denied is shown for those without.
const LEFT_BY_BOOT: &[&str] = &["denied", "rolled-back", "backing-off"];

impl Case {
    /// The next updater runs, and those after it, until nothing is under way. What must hold holds before, and after.
    pub(super) fn recovers(&mut self, loss: Loss, what: &str) {
        let results = match (self.quality.is_kept(), self.quality.is_to_be_booted()) {
            (true, _) => &["applied", "up-to-date"],
            (false, false) => LEFT,
            (false, true) => LEFT_BY_BOOT,
        };
        self.holds(what);
        let mut status = Value::Null;
        for _ in 0..8 {
            self.goes_on();
            self.holds(what);
            status = self.world.status();
            if results.contains(&status["result"].as_str().unwrap()) {
                break;
            }
            self.world.waits_are_over();
        }
        let (system, number) = if self.quality.is_kept() { (&self.offered, 2) } else { (&self.good, 1) };
        assert!(results.contains(&status["result"].as_str().unwrap()), "{what}: {status:#}");
        self.world.must_be_at(system, number);
        assert_eq!(status["seen"]["releaseId"], 2, "{what}: what was seen stays seen");
        self.must_be_on_record(loss, what);
        assert_eq!(self.world.text("boot-once"), "", "{what}: nothing is to boot once any more");
        let found = self.world.run(&["update", "verify-state"]);
        assert!(found.ok(), "{what}: {}{}\n{status:#}", found.out(), found.talk());
        let temporary = crate::world::names(&self.host().join("secrets/bundles"));
        assert!(temporary.iter().all(|name| !name.starts_with(".new")), "{what}: {temporary:?}");
    }

    /// What must hold at every moment: what runs is the last good system or the one on trial; its secrets, and no others,
    /// are in use; what boots by default is one of them, and was proven if it is the new one; a root holds what boots.
    fn holds(&self, what: &str) {
        let world = &self.world;
        let running = world.running();
        let number = match running.as_str() {
            system if system == self.good.as_str() => 1,
            system if system == self.offered.as_str() => 2,
            other => panic!("{what}: {other} runs"),
        };
        assert_eq!(world.secrets_in_use(), [format!("token_{number}.yaml")], "{what}: of release {number}");
        let default = world.text("boot-default").trim().to_owned();
        let may_boot =
            default == self.good.as_str() || (default == self.offered.as_str() && self.quality.is_kept());
        assert!(may_boot, "{what}: {default} boots");
        let roots = world.host().join("nix/var/nix/gcroots/clawlets");
        let holds = |system: &str| {
            crate::world::names(&roots).iter().any(|name| {
                std::fs::read_link(roots.join(name)).is_ok_and(|target| target.to_str() == Some(system))
            })
        };
        assert!(holds(&running) && holds(&default), "{what}: {:?}", crate::world::names(&roots));
    }

    /// Every attempt has a beginning and an end, and at most two are held against the release. That an updater was killed
    /// is held against none.
    fn must_be_on_record(&self, loss: Loss, what: &str) {
        let state: Value = serde_json::from_str(&self.world.text("state/state.json")).unwrap();
        let attempts = state["history"].as_array().unwrap();
        assert!(attempts.iter().all(|attempt| attempt["ended"].is_object()), "{what}: {attempts:#?}");
        let failed = attempts.iter().filter(|attempt| attempt["ended"]["failure"]["check"].is_object());
        assert!(failed.count() <= 2, "{what}: {attempts:#?}");
        if self.quality.is_kept() && loss == Loss::Process {
            let is_fine = |attempt: &Value| attempt["ended"]["failure"].is_null();
            assert!(attempts.iter().all(is_fine), "{what}: {attempts:#?}");
        }
    }
}
