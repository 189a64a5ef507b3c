//! One local cloud with one orchestrator, as an operator would set them up, in a folder of their own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::{eventually_within, guest_program, program};

/// A local cloud and the folder that everything of a test lives in. Dropping it ends every process that it started.
pub struct World {
    folder: tempfile::TempDir,
    orchestrator: Option<Child>,
}

impl World {
    /// A folder with a persona `rex` and a running local cloud.
    ///
    /// # Panics
    /// When the local cloud does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// As [`World::start`], with flags for `local up`.
    ///
    /// # Panics
    /// When the local cloud does not start.
    #[must_use]
    pub fn start_with(up: &[&str]) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder for the test"), orchestrator: None };
        world.clawlets(&[&["local", "up"], up].concat()).succeeds();
        world.clawlets(&["cattle", "persona", "add", "--name", "rex"]).succeeds();
        world
    }

    /// A path in the test's folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in the test's folder.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("the test's folder can be written");
        path
    }

    /// The orchestrator's configuration for this local cloud, with `more` lines behind it. Its last table is `[cattle]`,
    /// so `more` may begin with keys of that.
    ///
    /// # Panics
    /// When the program cannot print one.
    pub fn configure(&self, more: &str) -> PathBuf {
        let base = self.clawlets(&["cattle", "orchestrator-config", "--local"]).succeeds();
        self.write("orchestrator.toml", &format!("{base}\n{more}"))
    }

    /// Starts the orchestrator with the configuration last written and waits until it answers.
    ///
    /// # Panics
    /// When it does not answer in time.
    pub fn orchestrate(&mut self) {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("orchestrator.log"));
        let log = log.expect("the test's folder can be written");
        let child = self
            .command("clf-orchestrator")
            .arg("--config")
            .arg(self.path("orchestrator.toml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .expect("the orchestrator was built");
        self.orchestrator = Some(child);
        eventually_within(Duration::from_secs(20), "the orchestrator answers", || {
            self.clf(&["jobs", "list", "--json"]).ok().then_some(())
        });
    }

    /// The process of the orchestrator, if one was started.
    #[must_use]
    pub fn orchestrator_id(&self) -> Option<u32> {
        self.orchestrator.as_ref().map(Child::id)
    }

    /// Ends the orchestrator as a power cut would.
    ///
    /// # Panics
    /// When none runs.
    pub fn kill_orchestrator(&mut self) {
        let mut child = self.orchestrator.take().expect("an orchestrator runs");
        child.kill().expect("a child of ours can be killed");
        child.wait().expect("a killed child ends");
    }

    /// Everything that the orchestrator has logged.
    #[must_use]
    pub fn orchestrator_log(&self) -> String {
        fs::read_to_string(self.path("orchestrator.log")).unwrap_or_default()
    }

    /// Runs `clawlets`.
    pub fn clawlets(&self, arguments: &[&str]) -> Run {
        Run::of(self.command("clawlets").args(arguments))
    }

    /// Runs `clf`.
    pub fn clf(&self, arguments: &[&str]) -> Run {
        Run::of(self.command("clf").args(arguments))
    }

    /// One of our programs with this world's environment, in the test's folder.
    #[must_use]
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(program(name));
        command
            .current_dir(self.folder.path())
            .env("CLAWLETS_STATE_DIR", self.path("state"))
            .env("CLF_SOCKET", self.socket())
            .env("CLAWLETS_GUEST", guest_program())
            .env("NO_COLOR", "1");
        command
    }

    /// The orchestrator's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.path("state").join("orchestrator.sock")
    }

    /// Enqueues a task for the persona `rex` with a TTL and gives the job's id.
    ///
    /// # Panics
    /// When it is refused.
    pub fn spawn(&self, task: &str, ttl: &str, more: &[&str]) -> String {
        let file = self.write(&format!("task-{}.json", fresh()), task);
        let file = file.to_str().expect("the test's folder has a plain name");
        let mut arguments = vec![
            "jobs",
            "enqueue",
            "cattle.spawn",
            "--persona",
            "rex",
            "--task-file",
            file,
            "--ttl",
            ttl,
            "--json",
        ];
        arguments.extend(more);
        let answer = self.clf(&arguments).json();
        answer["jobId"].as_str().expect("an enqueued job has an id").to_owned()
    }

    /// The job as `clf jobs show` gives it.
    ///
    /// # Panics
    /// When there is no such job.
    #[must_use]
    pub fn job(&self, id: &str) -> Value {
        self.clf(&["jobs", "show", id, "--json"]).json()["job"].take()
    }

    /// Waits until the job's field is one of these words.
    ///
    /// # Panics
    /// When it is not within two minutes.
    pub fn until(&self, id: &str, field: &str, words: &[&str]) -> Value {
        eventually_within(Duration::from_secs(120), &format!("{field} of {id} is one of {words:?}"), || {
            let job = self.job(id);
            words.contains(&job[field].as_str().unwrap_or_default()).then_some(job)
        })
    }

    /// The job's logs as records.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn logs(&self, id: &str) -> String {
        self.clf(&["jobs", "logs", id]).succeeds()
    }

    /// The words of the job's history, joined by blanks.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn events(&self, id: &str) -> Vec<String> {
        let answer = self.clf(&["jobs", "events", id, "--json"]).json();
        let events = answer["events"].as_array().cloned().unwrap_or_default();
        events.iter().map(|event| event["event"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many servers the local cloud holds, by its own account.
    ///
    /// # Panics
    /// When it does not answer.
    #[must_use]
    pub fn servers(&self) -> usize {
        let status = self.clawlets(&["local", "status", "--json"]).json();
        status["servers"].as_array().map_or(0, Vec::len)
    }

    /// Waits until the provider holds no VM.
    ///
    /// # Panics
    /// When it still does after two minutes.
    pub fn until_no_vm_remains(&self) {
        eventually_within(Duration::from_secs(120), "no VM remains", || (self.servers() == 0).then_some(()));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(mut child) = self.orchestrator.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            print_tail("orchestrator.log", &self.path("orchestrator.log"));
        }
        let _ = self.clawlets(&["local", "down"]);
    }
}

#[expect(clippy::print_stderr, reason = "the test runner shows it with the failure")]
fn print_tail(name: &str, path: &Path) {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    eprintln!("--- the end of {name} ---");
    for line in &lines[lines.len().saturating_sub(60)..] {
        eprintln!("{line}");
    }
}

fn fresh() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// How a program ended and what it said.
#[derive(Debug)]
pub struct Run(Output);

impl Run {
    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn of(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).output().expect("the program was built"))
    }

    /// Whether it ended with 0.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.0.status.success()
    }

    /// Its exit code; -1 when a signal ended it.
    #[must_use]
    pub fn code(&self) -> i32 {
        self.0.status.code().unwrap_or(-1)
    }

    /// Its standard output.
    #[must_use]
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.0.stdout).into_owned()
    }

    /// Its standard error.
    #[must_use]
    pub fn talk(&self) -> String {
        String::from_utf8_lossy(&self.0.stderr).into_owned()
    }

    /// Its standard output, after it ended well.
    ///
    /// # Panics
    /// When it did not.
    pub fn succeeds(&self) -> String {
        assert!(self.ok(), "exit {}\n{}\n{}", self.code(), self.out(), self.talk());
        self.out()
    }

    /// Its standard output as JSON, after it ended well.
    ///
    /// # Panics
    /// When it did not, or printed no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let out = self.succeeds();
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error} in {out}"))
    }
}
