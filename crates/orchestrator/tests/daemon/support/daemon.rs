//! The built daemon in a folder of its own.

use std::{
    fs,
    io::Read,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    http::{Connection, Response},
    provider::{Provider, TOKEN},
    wait::until,
};

/// A folder with a configuration and everything that it names.
pub(crate) struct Site {
    folder: TempDir,
}

/// A running daemon.
pub(crate) struct Daemon {
    child: Child,
    socket: PathBuf,
}

impl Site {
    /// A site whose daemon uses this provider. `more` is appended to the configuration.
    pub(crate) fn new(provider: &Provider, more: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("clf-").tempdir().unwrap();
        let root = folder.path();
        // Bots of other users must be able to reach the socket.
        fs::set_permissions(root, fs::Permissions::from_mode(0o711)).unwrap();
        let site = Self { folder };
        site.secret("token", TOKEN);
        site.secret("zai", "sk-zai-0123456789");
        site.secret("other", "sk-other-0123456789");
        site.persona("rex", r#"{"schemaVersion":1,"model":{"primary":"zai/glm-4.7"}}"#);
        let config = format!(
            r#"
id = "test-1"
socket = "run/clf.sock"
socket_group = ""
store = "store/state.sqlite"
personas = "personas"

[provider]
kind = "local"
endpoint = "{}"
token_file = "token"

[secrets]
ZAI_API_KEY = {{ file = "zai" }}
OTHER_KEY = {{ file = "other" }}
{more}"#,
            provider.endpoint()
        );
        site.configure(&config);
        site
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config_path(&self) -> PathBuf {
        self.path("orchestrator.toml")
    }

    pub(crate) fn configure(&self, text: &str) {
        fs::write(self.config_path(), text).unwrap();
    }

    pub(crate) fn config(&self) -> String {
        fs::read_to_string(self.config_path()).unwrap()
    }

    pub(crate) fn secret(&self, name: &str, value: &str) {
        fs::write(self.path(name), value).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn persona(&self, name: &str, config: &str) {
        let folder = self.path("personas").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("SOUL.md"), format!("You are {name}.")).unwrap();
        fs::write(folder.join("config.json"), config).unwrap();
    }

    /// The program with this site's configuration and nothing else in its environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clf-orchestrator"));
        command.env_clear().arg("--config").arg(self.config_path()).stdin(Stdio::null());
        command
    }

    /// Starts the daemon and waits until it answers.
    pub(crate) fn start(&self) -> Daemon {
        self.start_with(&[])
    }

    /// As [`Site::start`], with more variables in its environment.
    pub(crate) fn start_with(&self, variables: &[(&str, &str)]) -> Daemon {
        let mut command = self.command();
        command.envs(variables.iter().copied());
        command.env("CLF_LOG", "debug").stderr(self.log());
        let mut child = command.spawn().unwrap();
        let socket = self.path("run/clf.sock");
        until("the daemon answers", || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the daemon ended with {status}: {}", self.log_text());
            }
            UnixStream::connect(&socket).ok()
        });
        Daemon { child, socket }
    }

    fn log(&self) -> fs::File {
        fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap()
    }

    /// Everything that the daemons of this site logged.
    pub(crate) fn log_text(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = fs::File::open(self.path("log")) {
            file.read_to_string(&mut text).unwrap();
        }
        text
    }

    pub(crate) fn relay(&self) -> PathBuf {
        self.path("store/relays/cattle.sock")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- log of the daemon ---\n{}", self.log_text());
        }
        // Whatever a test did: no secret of its site was ever logged.
        for secret in [TOKEN, "sk-zai-0123456789", "sk-other-0123456789"] {
            if self.log_text().contains(secret) && !std::thread::panicking() {
                panic!("the log holds the secret {secret}");
            }
        }
    }
}

impl Daemon {
    pub(crate) fn connect(&self) -> Connection {
        Connection::new(UnixStream::connect(&self.socket).unwrap())
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.connect().call("GET", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.connect().call(
            "POST",
            path,
            &[("Content-Type", "application/json")],
            body.to_string().as_bytes(),
        )
    }

    pub(crate) fn delete(&self, path: &str) -> Response {
        self.connect().call("DELETE", path, &[], b"")
    }

    /// Enqueues and gives the job's id.
    #[track_caller]
    pub(crate) fn enqueue(&self, request: &Value) -> String {
        let answer = self.post("/v1/jobs/enqueue", request);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["jobId"].as_str().unwrap().to_owned()
    }

    pub(crate) fn job(&self, id: &str) -> Value {
        self.get(&format!("/v1/jobs/{id}")).ok().json()["job"].clone()
    }

    /// Waits until a field of a job has a value, and gives the job.
    pub(crate) fn wait_for(&self, id: &str, field: &str, value: impl Into<Value>) -> Value {
        let value = value.into();
        until(&format!("{field} of the job is {value}"), || {
            let job = self.job(id);
            (job[field] == value).then_some(job)
        })
    }

    /// Waits until a job has ended and its VM is gone, and gives the job. A VM may be gone before its job has ended.
    pub(crate) fn wait_for_end(&self, id: &str) -> Value {
        until("the job has ended and its VM is gone", || {
            let job = self.job(id);
            (job["vm"] == "gone" && !["queued", "running"].map(Value::from).contains(&job["status"]))
                .then_some(job)
        })
    }

    /// The words of a job's history.
    pub(crate) fn events(&self, id: &str) -> Vec<String> {
        let answer = self.get(&format!("/v1/jobs/{id}/events")).ok().json();
        let word = |event: &Value| event["event"].as_str().unwrap().to_owned();
        answer["events"].as_array().unwrap().iter().map(word).collect()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends the daemon without any warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the daemon to stop and gives its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
