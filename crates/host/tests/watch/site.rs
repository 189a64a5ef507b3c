//! A host in a folder of its own, with one bot.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use clawlets_model::host_status::{BotStatus, HostStatus};
use clawlets_tests::Run;

/// `systemctl`: shows what the file `unit` holds, and writes down what else it is told.
const SYSTEMCTL: &str = "#!/bin/sh\nhere=${0%/*}\ncase $1 in\n  show) cat \"$here/unit\" ;;\n  *) echo \"$*\" >> \"$here/orders\" ;;\nesac\n";
/// `openclaw health --json`: prints the file `health`, after what the file `first` does.
const OPENCLAW: &str = "#!/bin/sh\nhere=${0%/*}\n. \"$here/first\"\ncat \"$here/health\"\n";

pub(crate) const HEALTHY: &str = r#"{"ok": true, "ts": 1795262046267, "plugins": {"errors": []}, "channels": {"telegram": {"accounts": {
    "default": {"enabled": true, "configured": true, "running": true, "connected": true, "mode": "polling",
                "lastTransportActivityAt": 1795262040000}}, "lastInboundAt": 1795262030000}}}"#;
pub(crate) const CUT_OFF: &str = r#"{"ok": true, "channels": {"discord": {"connected": false}}}"#;

pub(crate) struct Host(tempfile::TempDir);

/// A watch that stays. It ends with the test.
pub(crate) struct Staying(pub(crate) Child);

impl Drop for Staying {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Host {
    /// A host whose bot `maren` has been up for long, and says that all is well.
    pub(crate) fn new() -> Self {
        let host = Self(tempfile::tempdir().unwrap());
        for (name, script) in [("systemctl", SYSTEMCTL), ("openclaw", OPENCLAW)] {
            host.write(name, script);
            fs::set_permissions(host.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        host.write("first", "");
        host.write("health", HEALTHY);
        host.write("boot-id", &"1".repeat(32));
        host.unit("active", 0);
        host.has_been_up_for(10_000);
        host.configure("");
        host
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// What systemd says of the bot's service, and with what its program ended.
    pub(crate) fn unit(&self, active: &str, exit: u8) {
        let text = format!(
            "LoadState=loaded\nActiveState={active}\nExecMainCode=1\nExecMainStatus={exit}\n\
             ActiveEnterTimestampMonotonic=60000000\n"
        );
        self.write("unit", &text);
    }

    pub(crate) fn has_been_up_for(&self, seconds: u64) {
        self.write("uptime", &format!("{seconds}.00 0.00\n"));
    }

    /// The configuration, with `more` lines in its table `[watch]`.
    pub(crate) fn configure(&self, more: &str) {
        let here = self.0.path().display();
        self.write(
            "host.toml",
            &format!(
                "host = 'web-1'\nsystem = 'x86_64-linux'\n\
                 [paths]\nstate = '{here}/updates'\nboot_id = '{here}/boot-id'\nuptime = '{here}/uptime'\n\
                 [health]\nsystemctl = ['{here}/systemctl']\ntailscale = ['false']\ndisks = ['{here}']\n\
                 disk_free_mib = 1\ngateways = {{ maren = ['{here}/openclaw', 'health', '--json'] }}\n\
                 [github.host]\nenv_file = '{here}/github.env'\n\
                 [github.bots.maren]\napp_id = 0\nenv_file = '{here}/maren.env'\n[watch]\nstate = '{here}/watch'\nmemory = '{here}/memory'\n\
                 port = 0\ninterval = '1s'\n{more}\n"
            ),
        );
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command.arg("--config").arg(self.path("host.toml")).arg("watch").args(words).env("NO_COLOR", "1");
        command
    }

    pub(crate) fn once(&self) -> Run {
        Run::of(&mut self.command(&["--once", "--json"]))
    }

    /// Looks once, at a time in seconds since boot.
    pub(crate) fn looks_at(&self, seconds: u64) -> HostStatus {
        self.has_been_up_for(seconds);
        serde_json::from_str(&self.once().out()).unwrap()
    }

    pub(crate) fn stays(&self) -> Staying {
        let log = fs::File::create(self.path("log")).unwrap();
        let mut command = self.command(&[]);
        Staying(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap())
    }

    /// A file's text; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// What systemd was told to start anew.
    pub(crate) fn restarts(&self) -> usize {
        let orders = self.text("orders");
        orders.lines().filter(|order| *order == "restart --no-block -- clawlets-bot-maren.service").count()
    }
}

/// The one bot of a host.
pub(crate) fn maren(status: &HostStatus) -> &BotStatus {
    assert_eq!(status.bots.len(), 1);
    &status.bots[0]
}
