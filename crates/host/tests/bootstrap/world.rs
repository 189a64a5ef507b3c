//! An instance in folders of its own.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use clawlets_tests::{MetadataServer, Moto, Run};
use serde_json::Value;

use crate::{
    bundles::{BUCKET, Publisher},
    gate::Gate,
};

pub(crate) const PREFIX: &str = "bootstrap/web-1";

/// An instance, the cloud that it is in, and whoever publishes its bundles.
pub(crate) struct World {
    pub(crate) moto: Moto,
    pub(crate) metadata: MetadataServer,
    pub(crate) gate: Gate,
    pub(crate) publisher: Publisher,
    disk: tempfile::TempDir,
    memory: tempfile::TempDir,
}

impl World {
    /// An instance that was never booted, with a bundle 1 and its secrets in Secrets Manager. `None` where there is no
    /// cloud, which is said aloud.
    pub(crate) fn new(test: &str) -> Option<Self> {
        let moto = Moto::start(test)?;
        moto.make_bucket(BUCKET);
        let world = Self {
            metadata: MetadataServer::start().unwrap(),
            gate: Gate::before(moto.endpoint()),
            publisher: Publisher::new(moto.endpoint()),
            disk: tempfile::tempdir().unwrap(),
            memory: tempfile::tempdir_in("/dev/shm").unwrap(),
            moto,
        };
        for (name, value) in [
            ("fleet/anthropic-api-key", "an-anthropic-key"),
            ("fleet/web-1-discord", "a-discord-token"),
            ("fleet/github-app-pem", "-----BEGIN PRIVATE KEY-----\\nMII\\n-----END PRIVATE KEY-----\\n"),
        ] {
            world.tell("CreateSecret", &format!(r#"{{"Name":"{name}","SecretString":"{value}"}}"#));
        }
        world.write("instance-name", "web-1\n");
        world.write("bootstrap-prefix", PREFIX);
        world.write("bootstrap-bucket", BUCKET);
        world.write("discord-token-secret", "web-1-discord\n");
        world.reboot(1);
        let key = world.write("age-key", world.publisher.host.to_secret().expose());
        fs::set_permissions(key, fs::Permissions::from_mode(0o400)).unwrap();
        world.configure();
        world.publish(1);
        Some(world)
    }

    fn configure(&self) {
        let at = |name: &str| self.path(name).display().to_string();
        let link = self.link().display().to_string();
        // Each command notes that it ran, and waits for as long as a file of its name is there.
        let step = |name: &str| {
            let script = format!(
                "echo {name} >>{log}; while [ -e {held} ]; do sleep 0.02; done",
                log = at("log"),
                held = at(&format!("hold-{name}"))
            );
            format!("['sh', '-c', '{script}']")
        };
        let text = format!(
            "host = 'image'\nsystem = 'x86_64-linux'\n\
             [paths]\nsecrets = '{shelf}'\ncurrent_system = '{system}'\nboot_id = '{boot}'\n\
             [secrets]\nage_key = '{key}'\nlink = '{link}'\n\
             [aws_secrets]\nprefix = 'fleet/'\ndiscord_token_files = ['{discord}']\n\
             [bootstrap]\ninstance_files = ['{none}', '{instance}']\nprefix_files = ['{prefix}']\n\
             bucket_files = ['{bucket}']\nregion_files = []\npublic_keys = ['{public}']\nstate = '{state}'\n\
             repo_seeds = '{seeds}'\npatience = '1s'\npause = '1s'\nseed = {seed}\nmemory = {memory}\n\
             token = {token}\nstart = {start}\nrestart = {restart}\n\
             [bootstrap.deadlines]\nbundle = '30s'\nsecrets = '30s'\n",
            shelf = at("shelf"),
            system = at("current-system"),
            boot = at("boot-id"),
            key = at("age-key"),
            discord = at("discord-token-secret"),
            none = at("not-there"),
            instance = at("instance-name"),
            prefix = at("bootstrap-prefix"),
            bucket = at("bootstrap-bucket"),
            public = self.publisher.public_key(),
            state = at("state"),
            seeds = at("seeds/repo-seeds.tar.zst"),
            seed = step("seed"),
            memory = step("memory"),
            token = step("token"),
            start = step("start"),
            restart = step("restart"),
        );
        self.write("host.toml", &text);
    }

    pub(crate) fn publish(&self, version: u64) {
        self.publisher.store(PREFIX, &self.publisher.make("web-1", version));
    }

    /// Does something in Secrets Manager.
    pub(crate) fn tell(&self, target: &str, question: &str) {
        let _ = self.moto.ask_json("secretsmanager", &format!("secretsmanager.{target}"), question);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.disk.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn link(&self) -> PathBuf {
        self.memory.path().join("secrets")
    }

    /// The machine boots: what lay in memory is gone.
    pub(crate) fn reboot(&self, number: u64) {
        for entry in fs::read_dir(self.memory.path()).unwrap() {
            let path = entry.unwrap().path();
            let is_folder = path.symlink_metadata().unwrap().is_dir();
            if is_folder { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        self.write("boot-id", &format!("{number:032x}\n"));
    }

    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
        command.args(words).arg("--config").arg(self.path("host.toml")).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("AWS_ENDPOINT_URL", self.gate.endpoint());
        command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", self.metadata.endpoint());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Run {
        Run::of(&mut self.command(words))
    }

    pub(crate) fn boot(&self) -> Run {
        self.run(&["bootstrap", "run"])
    }

    /// A boot that goes on by itself.
    pub(crate) fn begin(&self) -> Child {
        let mut command = self.command(&["bootstrap", "run"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub(crate) fn status(&self) -> Value {
        let run = self.run(&["bootstrap", "status", "--json"]);
        serde_json::from_str(&run.succeeds()).unwrap()
    }

    /// What the commands of the phases noted, and nothing from now on.
    pub(crate) fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("log")).unwrap_or_default();
        let _ = fs::remove_file(self.path("log"));
        text.lines().map(str::to_owned).collect()
    }

    /// A secret that is in use.
    pub(crate) fn secret(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.link().join(name)).ok()
    }

    /// The version that the secret of the bundle in use tells.
    pub(crate) fn version(&self) -> Option<String> {
        self.secret("z_ai_api_key")
    }
}
