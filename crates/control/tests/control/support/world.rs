//! A server with its files, its tokens and a GitHub, in a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use clawlets_audit::{Entry, verify};
use clawlets_github_stand_in::Github;
use serde_json::{Value, json};

use super::{
    http::{Reply, request},
    lambda::RuntimeApi,
};

/// The face that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Http,
    Lambda,
}

enum Face {
    None,
    Http(String),
    Lambda(RuntimeApi),
}

/// A server, and everything around it. Dropping it ends it.
pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) github: Github,
    github_token: String,
    kind: Kind,
    face: Face,
    child: Option<Child>,
    more: String,
    environment: Vec<(String, String)>,
}

/// Does the same with a server of each kind.
pub(crate) fn both(test: impl Fn(&mut World)) {
    for kind in [Kind::Http, Kind::Lambda] {
        test(&mut World::start(kind, ""));
    }
}

impl World {
    /// A running server of `web-1`, `web-2` and `web-3`, with these lines at the head of its configuration.
    pub(crate) fn start(kind: Kind, more: &str) -> Self {
        let mut world = Self::prepare(kind, more);
        world.restart();
        world
    }

    /// The same, with nothing running yet.
    pub(crate) fn prepare(kind: Kind, more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let github = Github::start();
        let github_token = secret();
        github.know_token(&github_token);
        let world = Self {
            folder,
            github,
            github_token,
            kind,
            face: Face::None,
            child: None,
            more: more.to_owned(),
            environment: Vec::new(),
        };
        let tokens: serde_json::Map<String, Value> = ["web-1", "web-2", "web-3", "stranger"]
            .into_iter()
            .map(|host| (host.to_owned(), json!(secret())))
            .collect();
        fs::write(world.path("tokens.json"), Value::Object(tokens).to_string()).unwrap();
        fs::write(world.path("token"), secret()).unwrap();
        let entry = json!({ "host": "x", "instanceType": "t3.large" });
        let registry = json!({ "web-1": entry, "web-2": entry, "web-3": entry });
        fs::write(world.path("instances.json"), registry.to_string()).unwrap();
        world
    }

    /// Sets a variable of the server's.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The token of a host, or of `human`.
    pub(crate) fn token(&self, who: &str) -> String {
        if who == "human" {
            return fs::read_to_string(self.path("token")).unwrap();
        }
        let tokens: Value =
            serde_json::from_str(&fs::read_to_string(self.path("tokens.json")).unwrap()).unwrap();
        tokens[who].as_str().unwrap().to_owned()
    }

    /// The program with what is configured, and a clean environment.
    pub(crate) fn command(&self, verb: &[&str]) -> Command {
        let config = self.path("control.toml");
        fs::write(&config, &self.more).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-control"));
        command.args(verb).arg("--config").arg(config).env_clear();
        command
            .env("CONTROL_API_TOKEN", self.token("human"))
            .env("CONTROL_API_TOKENS_FILE", self.path("tokens.json"))
            .env("CLAWLETS_FLEET", self.path("instances.json"))
            .env("CONTROL_AUDIT_LOG", self.path("audit.jsonl"))
            .env("CLAWLETS_STATE_DIR", self.path("state"))
            .env("GITHUB_TOKEN", &self.github_token)
            .env("GITHUB_REPO", "acme/fleet")
            .env("GITHUB_API_URL", self.github.api())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("CONTROL_LOG", "debug");
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Ends the server, if it runs, without asking it, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.kill();
        match self.kind {
            Kind::Http => {
                let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
                let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
                let talk = child.stderr.take().unwrap();
                self.child = Some(child);
                let (found, finds) = mpsc::channel();
                let mut log =
                    fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
                std::thread::spawn(move || {
                    for line in BufReader::new(talk).lines().map_while(Result::ok) {
                        use std::io::Write as _;
                        let _ = writeln!(log, "{line}");
                        if let Some((_, url)) = line.split_once("listening on ") {
                            let _ = found.send(url.to_owned());
                        }
                    }
                });
                let url = finds.recv_timeout(Duration::from_secs(30));
                self.face = Face::Http(url.unwrap_or_else(|_| panic!("{}", self.log())));
            }
            Kind::Lambda => {
                let runtime = RuntimeApi::start();
                let mut command = self.command(&["lambda"]);
                let log = fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
                command.env("AWS_LAMBDA_RUNTIME_API", &runtime.address).stdin(Stdio::null()).stderr(log);
                self.child = Some(command.spawn().unwrap());
                self.face = Face::Lambda(runtime);
            }
        }
    }

    /// Ends the server without asking it.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What the server said.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// The base URL of a server of the kind that has one.
    pub(crate) fn url(&self) -> &str {
        match &self.face {
            Face::Http(url) => url,
            Face::Lambda(_) | Face::None => panic!("this server has no URL"),
        }
    }

    /// Calls the server.
    pub(crate) fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = match &self.face {
            Face::Http(url) => request(url, method, path, headers, body),
            Face::Lambda(runtime) => runtime.call(method, path, headers, body),
            Face::None => panic!("nothing runs"),
        };
        let text = reply.body.to_string();
        assert!(!text.contains(&self.github_token) && !text.contains(&self.token("human")), "{text}");
        reply
    }

    /// Sends a body with the token of a host, or of `human`.
    pub(crate) fn post(&self, who: &str, body: &[u8]) -> Reply {
        let bearer = format!("Bearer {}", self.token(who));
        self.call("POST", "/", &[("Authorization", &bearer)], body)
    }

    /// Asks for something with the token of a host, or of `human`.
    pub(crate) fn ask(&self, who: &str, request: &Value) -> Reply {
        self.post(who, request.to_string().as_bytes())
    }

    /// Asks for a deploy.
    pub(crate) fn deploy(&self, who: &str, target: &str) -> Reply {
        self.ask(who, &json!({ "action": "deploy", "target": target }))
    }

    /// The runs of all deploys are over, so that the next may begin.
    pub(crate) fn finish_runs(&self) {
        self.github.move_runs("completed", Some("success"));
    }

    /// The entries of the audit log, whose chain must hold, and in which no secret must be.
    pub(crate) fn audited(&self) -> Vec<Entry> {
        let text = fs::read_to_string(self.path("audit.jsonl")).unwrap_or_default();
        verify(text.as_bytes(), &[]).unwrap();
        let secrets = ["human", "web-1", "web-2"].map(|who| self.token(who));
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The entries as words: who, what, to which target, and what was decided.
    pub(crate) fn decisions(&self) -> Vec<String> {
        let word = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let line = |entry: Entry| {
            let decision = word(json!(entry.decision));
            let rest = [entry.target, entry.code].into_iter().flatten();
            let parts = [entry.actor, entry.action, decision].into_iter().chain(rest);
            parts.collect::<Vec<_>>().join(" ")
        };
        self.audited().into_iter().map(line).collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A secret that was made for this test.
fn secret() -> String {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).unwrap();
    hex::encode(bytes)
}
