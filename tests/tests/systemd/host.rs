//! A Debian host with systemd, in a container, on which our units and programs are installed.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    os::unix::{fs::PermissionsExt as _, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use clawlets_tests::{Run, eventually_within, is_root, program, skip, workspace_root};
use serde_json::Value;

use super::{cgroup::Cgroups, empty_provider::EmptyProvider};

/// The namespaces of the container that commands are run in.
const NAMESPACES: [&str; 5] = ["--mount", "--uts", "--ipc", "--net", "--pid"];

/// How many hosts of this process have booted: each has a name of its own.
static BOOTED: AtomicU32 = AtomicU32::new(0);

/// A running container. Dropping it ends it.
pub(crate) struct Host {
    container: Child,
    /// Its first process, seen from outside.
    leader: String,
    machine: String,
    console: PathBuf,
    _folder: tempfile::TempDir,
    _cgroups: Cgroups,
}

impl Host {
    /// Boots a host with everything installed; `None` when this machine cannot, which is said aloud.
    pub(crate) fn boot(test: &str, provider: &EmptyProvider) -> Option<Self> {
        let root = root(test)?;
        let folder = tempfile::tempdir().unwrap();
        write_site(folder.path(), provider);
        let console = folder.path().join("console");
        let log = fs::File::create(&console).unwrap();
        let machine = format!("clf-{}-{}", std::process::id(), BOOTED.fetch_add(1, Ordering::SeqCst));
        let cgroups = Cgroups::make(&machine);
        let mut nspawn = Command::new("sh");
        nspawn
            .args(["-c", &cgroups.joining(), "sh", "systemd-nspawn"])
            .args([
                "--quiet",
                "--volatile=overlay",
                "--register=no",
                "--keep-unit",
                "--boot",
                "--console=pipe",
            ])
            .arg(format!("--machine={machine}"))
            .arg(format!("--directory={}", root.display()))
            .arg(format!("--bind-ro={}:/mnt", folder.path().display()));
        for name in ["clf", "clawlets", "clf-orchestrator", "clawlets-host"] {
            nspawn.arg(format!("--bind-ro={}:/usr/bin/{name}", program(name).display()));
        }
        for unit in fs::read_dir(workspace_root().join("systemd")).unwrap() {
            let unit = unit.unwrap().path();
            let name = unit.file_name().unwrap().to_str().unwrap().to_owned();
            let place = match name.strip_suffix(".sysusers.conf") {
                Some(name) => format!("/usr/lib/sysusers.d/{name}.conf"),
                None => format!("/usr/lib/systemd/system/{name}"),
            };
            nspawn.arg(format!("--bind-ro={}:{place}", unit.display()));
        }
        let container = nspawn
            .env("SYSTEMD_NSPAWN_UNIFIED_HIERARCHY", "1")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut host =
            Self { container, leader: String::new(), machine, console, _folder: folder, _cgroups: cgroups };
        let children = format!("/proc/{0}/task/{0}/children", host.container.id());
        eventually_within(Duration::from_secs(90), "the container has booted", || {
            // The first child only prepares the container and makes way for its first process.
            let found = fs::read_to_string(&children).ok()?;
            found.split_whitespace().next()?.clone_into(&mut host.leader);
            let state = host.root("systemctl is-system-running").out();
            assert_ne!(state.trim(), "degraded", "{}", host.root("systemctl --failed --no-pager").out());
            (state.trim() == "running").then_some(())
        });
        host.root("sh /mnt/install").succeeds();
        Some(host)
    }

    /// Runs a line of shell as root.
    pub(crate) fn root(&self, line: &str) -> Run {
        Run::of(self.inside().args(["timeout", "60", "sh", "-c", line]))
    }

    /// Runs a line of shell as a user.
    pub(crate) fn of(&self, user: &str, line: &str) -> Run {
        Run::of(self.inside().args(["timeout", "60", "runuser", "-u", user, "--", "sh", "-c", line]))
    }

    /// Runs a line of shell as the bot `maren`.
    pub(crate) fn bot(&self, line: &str) -> Run {
        self.of("bot-maren", line)
    }

    fn inside(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--target={}", self.leader)).args(NAMESPACES).args(["--wdns=/", "--"]);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("NO_COLOR", "1");
        command
    }

    /// A call on the socket, as root.
    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.try_call(method, path, body).unwrap()
    }

    /// As [`Host::call`], where the orchestrator may give no answer.
    pub(crate) fn try_call(&self, method: &str, path: &str, body: &Value) -> io::Result<(u16, Value)> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, text) = self.exchange(method, path, &body)?;
        Ok((status, serde_json::from_str(&text)?))
    }

    /// One request on a connection of its own; the status and the body of the answer.
    pub(crate) fn exchange(&self, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
        let socket = format!("/proc/{}/root/run/clf/orchestrator.sock", self.leader);
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let parts = || {
            let (head, text) = answer.split_once("\r\n\r\n")?;
            let status = head.split_whitespace().nth(1)?.parse().ok()?;
            Some((status, text.to_owned()))
        };
        parts().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, answer.clone()))
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if std::thread::panicking() && !self.leader.is_empty() {
            let log = self.root(
                "journalctl -u 'clf-*' -u 'clawlets-*' --no-pager -o cat -n 80; \
                 cd /var/lib/clawlets/updates && cat status.json switch/output.log",
            );
            let console = fs::read_to_string(&self.console).unwrap_or_default();
            let _ = writeln!(io::stderr(), "--- journal ---\n{}\n--- console ---\n{console}", log.out());
        }
        if !self.leader.is_empty() {
            // Power cut: nothing in it is to be kept.
            let _ = Command::new("kill").args(["-KILL", &self.leader]).status();
        }
        let _ = self.container.wait();
        let _ = fs::remove_dir(format!("/run/systemd/nspawn/propagate/{}", self.machine));
    }
}

/// The folder of a Debian with systemd, if this machine has one and may boot it.
fn root(test: &str) -> Option<PathBuf> {
    if !is_root() {
        skip(test, "a container needs root");
        return None;
    }
    for (name, package) in [("systemd-nspawn", "systemd-container"), ("nsenter", "util-linux")] {
        if Command::new(name).arg("--version").output().is_err() {
            skip(test, &format!("{name} is missing (Debian's package {package})"));
            return None;
        }
    }
    let script = workspace_root().join("scripts/systemd-root");
    let where_to = Run::of(Command::new(&script).arg("--path")).succeeds();
    let root = PathBuf::from(where_to.trim());
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    if !root.join(".clawlets-recipe").exists() && !in_ci {
        skip(test, "there is no Debian to boot: run scripts/systemd-root once, or set CI=true");
        return None;
    }
    Run::of(&mut Command::new(&script)).succeeds();
    Some(root)
}

/// What is installed on the host besides programs and units.
fn write_site(folder: &Path, provider: &EmptyProvider) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("token", "provider-token-0123456789");
    write("task.json", r#"{ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["true"] }"#);
    write("SOUL.md", "You are rex.");
    write("config.json", r#"{"schemaVersion":1,"model":{"primary":"zai/glm-4.7"}}"#);
    write(
        "orchestrator.toml",
        &format!(
            "id = \"container-1\"\n[provider]\nkind = \"local\"\nendpoint = \"{}\"\n\
             token_file = \"/etc/clf/token\"\n[bots.maren]\n",
            provider.endpoint()
        ),
    );
    write(
        "install",
        "set -eu\n\
         useradd --system --groups clf-bots bot-maren\n\
         useradd --system --groups clf-operators,clf-bots ops\n\
         install -d -m 0755 /etc/clf /etc/clf/cattle-personas/rex\n\
         install -m 0644 /mnt/SOUL.md /mnt/config.json /etc/clf/cattle-personas/rex/\n\
         install -m 0644 /mnt/task.json /etc/clf/\n\
         install -m 0640 -g clf-orchestrator /mnt/token /mnt/orchestrator.toml /etc/clf/\n\
         systemctl daemon-reload\n",
    );
}
