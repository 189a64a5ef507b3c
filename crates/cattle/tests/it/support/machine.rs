//! A machine: the built program in a folder of its own.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use clawlets_model::{Secret, boot::BOOT_FILE, boot::Boot, guest::TaskResult};
use tempfile::TempDir;

use super::{Orchestrator, SECRET, TOKEN, eventually, orchestrator::SESSION};

/// A machine that lives.
pub(crate) struct Machine {
    child: Child,
    home: TempDir,
}

/// A machine that is off.
pub(crate) struct Report {
    pub(crate) code: i32,
    pub(crate) console: String,
    pub(crate) boot_file_exists: bool,
}

impl Machine {
    /// Boots a machine that belongs to an orchestrator.
    pub(crate) fn boot(orchestrator: &Orchestrator) -> Self {
        Self::with_boot(&orchestrator.server.url(), 600)
    }

    /// Boots a machine with another address or time.
    pub(crate) fn with_boot(base_url: &str, remaining: u64) -> Self {
        let boot = Boot {
            base_url: base_url.to_owned(),
            token: Secret::from(TOKEN),
            remaining,
            tailnet_key: None,
            admin_keys: Vec::new(),
            env: [("GREETING".parse().unwrap(), "hello".to_owned())].into(),
        };
        let user_data = boot.to_user_data().unwrap();
        let config: serde_json::Value =
            serde_json::from_str(user_data.expose().split_once('\n').unwrap().1).unwrap();
        Self::with_boot_file(
            config["write_files"][0]["content"].as_str().unwrap(),
            &["--relay-address", "127.0.0.1"],
        )
    }

    /// Boots a machine with any boot file and flags.
    pub(crate) fn with_boot_file(boot_file: &str, flags: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        // The task may be another user.
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let path = home.path().join(BOOT_FILE.trim_start_matches('/'));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, boot_file).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_clawlets-cattle"))
            .args(["--no-poweroff", "--isolation", "best-effort", "--root"])
            .arg(home.path())
            .args(flags)
            .stdin(Stdio::null())
            .stderr(fs::File::create(home.path().join("console")).unwrap())
            .spawn()
            .unwrap();
        Self { child, home }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("var/lib/clawlets/cattle").join(name)
    }

    /// Waits until the machine is off.
    #[track_caller]
    pub(crate) fn off(mut self) -> Report {
        let mut status = None;
        eventually("the machine's end", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let console = fs::read_to_string(self.home.path().join("console")).unwrap();
        for secret in [TOKEN, SESSION, SECRET] {
            assert!(!console.contains(secret), "a secret on the console: {console}");
        }
        Report {
            code: status.and_then(|status| status.code()).unwrap_or(-1),
            console,
            boot_file_exists: self.home.path().join(BOOT_FILE.trim_start_matches('/')).exists(),
        }
    }

    /// Waits until the machine is off and has reported.
    #[track_caller]
    pub(crate) fn result(self, orchestrator: &Orchestrator) -> TaskResult {
        let report = self.off();
        let state = orchestrator.state();
        // Artifacts are the task's own; whatever else leaves the machine is free of secrets.
        for request in state.requests.iter().filter(|request| request.method != "PUT") {
            let body = request.text();
            for secret in [TOKEN, SESSION, SECRET] {
                assert!(!body.contains(secret), "a secret in {}: {body}", request.path);
            }
        }
        assert_eq!(report.code, 0, "{}", report.console);
        state.result.clone().expect("a machine that ends well has reported")
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
