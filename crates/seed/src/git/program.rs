//! The program `git`, and everything that it is told besides its arguments.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clawlets_model::Scrubber;
use clawlets_subprocess::{Bounds, Unended, run};

use super::{Credential, GitError, Stop, stop::Stopped};
use crate::repos::{RemoteUrl, Transport};

/// How much of what git writes is kept, in bytes.
const KEPT: u64 = 256 << 10;
/// How much of git's own words an error holds, in characters.
const WORDS: usize = 300;

/// Variables that would make git work on something else, ask somebody, or write down what it sends; and secrets, which
/// are no business of it.
const HIDDEN: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_SYSTEM",
    "GIT_TEMPLATE_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_ALLOW_PROTOCOL",
    "GIT_PROTOCOL_FROM_USER",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_TRACE",
    "GIT_TRACE_CURL",
    "GIT_TRACE_PACKET",
    "GIT_TRACE_SETUP",
    "GIT_TRACE_REDACT",
    "GIT_TRACE2",
    "GIT_TRACE2_EVENT",
    "GIT_TRACE2_PERF",
    "GIT_TRACE2_ENV_VARS",
    "GIT_CURL_VERBOSE",
    "GITHUB_APP_TOKEN",
    "GITHUB_TOKEN",
    "GH_TOKEN",
];

/// Settings of every call. They stand above those of a repository.
const SETTINGS: &[(&str, &str)] = &[
    ("credential.helper", ""),
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.sshCommand", "ssh -oBatchMode=yes -oConnectTimeout=15"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("submodule.recurse", "false"),
    ("fetch.recurseSubmodules", "false"),
    // A header of ours would be sent along to wherever an answer points.
    ("http.followRedirects", "false"),
    // A server that sends next to nothing is given up long before the deadline.
    ("http.lowSpeedLimit", "200"),
    ("http.lowSpeedTime", "60"),
    ("protocol.allow", "never"),
];

/// Git, and how long one call of it may take.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
    deadline: Duration,
    stop: Stop,
    credential: Option<Credential>,
}

/// What a call said on its standard output.
#[derive(Debug)]
pub(crate) struct Said(Vec<u8>);

impl Said {
    /// The first line, as text.
    pub(crate) fn line(&self) -> String {
        String::from_utf8_lossy(&self.0).lines().next().unwrap_or_default().to_owned()
    }

    /// How many entries that end with NUL it has.
    pub(crate) fn entries(&self) -> usize {
        self.0.iter().filter(|byte| **byte == 0).count()
    }
}

impl Git {
    /// Git by its program's path or name. Each call ends within the deadline, or when `stop` says so.
    #[must_use]
    pub fn new(program: &Path, deadline: Duration, stop: Stop) -> Self {
        Self { program: program.to_owned(), deadline, stop, credential: None }
    }

    /// The same, with a token for the repositories of one origin.
    #[must_use]
    pub fn with_credential(self, credential: Option<Credential>) -> Self {
        Self { credential, ..self }
    }

    /// Whether whoever asked for all this wants it no more.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.is_wanted()
    }

    /// A call in a folder. `remote` is the repository that it may speak with; without one it speaks with nobody.
    pub(crate) fn call(
        &self,
        tried: &str,
        folder: &Path,
        remote: Option<&RemoteUrl>,
        words: &[&str],
    ) -> Result<Said, GitError> {
        let (status, said) = self.ask(tried, folder, remote, words)?;
        if status == Some(0) {
            return Ok(said);
        }
        Err(GitError::Failed { tried: tried.to_owned(), said: String::from_utf8_lossy(&said.0).into_owned() })
    }

    /// A call whose status is an answer: 0 and 1 mean yes and no.
    pub(crate) fn is_so(&self, tried: &str, folder: &Path, words: &[&str]) -> Result<bool, GitError> {
        match self.ask(tried, folder, None, words)? {
            (Some(0), _) => Ok(true),
            (Some(1), _) => Ok(false),
            (_, said) => {
                let said = String::from_utf8_lossy(&said.0).into_owned();
                Err(GitError::Failed { tried: tried.to_owned(), said })
            }
        }
    }

    /// The status of a call, and what it said: its output where it went well, its complaint where not.
    fn ask(
        &self,
        tried: &str,
        folder: &Path,
        remote: Option<&RemoteUrl>,
        words: &[&str],
    ) -> Result<(Option<i32>, Said), GitError> {
        let tried = || tried.to_owned();
        let mut command = Command::new(&self.program);
        command.current_dir(folder).args(words);
        HIDDEN.iter().for_each(|name| {
            command.env_remove(name);
        });
        command
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder))
            .env("LC_ALL", "C");
        let credential =
            self.credential.as_ref().filter(|credential| remote.is_some_and(|url| credential.opens(url)));
        set(&mut command, remote, credential);
        let scrubber = credential.map(Credential::scrubber).unwrap_or_default();
        let bounds = Bounds { time: self.deadline, kept: KEPT };
        match run(&mut command, bounds, || self.stop.check()) {
            Ok(ended) if ended.status.success() => Ok((Some(0), Said(ended.out))),
            Ok(ended) => {
                let words = complaint(&ended.talk, &scrubber);
                Ok((ended.status.code(), Said(words.into_bytes())))
            }
            Err(Unended::Io(source)) => Err(GitError::Start { tried: tried(), source }),
            Err(Unended::TooSlow) => {
                Err(GitError::TooSlow { tried: tried(), seconds: self.deadline.as_secs() })
            }
            Err(Unended::Interrupted(Stopped)) => Err(GitError::Interrupted { tried: tried() }),
        }
    }
}

/// Settings travel through the environment, which only this user and root can read: not through arguments, which
/// everybody can.
fn set(command: &mut Command, remote: Option<&RemoteUrl>, credential: Option<&Credential>) {
    let transport = remote.map(|url| match url.transport() {
        Transport::Https => "protocol.https.allow",
        Transport::Http => "protocol.http.allow",
        Transport::Ssh => "protocol.ssh.allow",
        Transport::File => "protocol.file.allow",
    });
    let header = credential.map(Credential::setting);
    let settings = SETTINGS
        .iter()
        .copied()
        .chain(transport.map(|key| (key, "always")))
        .chain(header.as_ref().map(|(key, value)| (key.as_str(), *value)));
    let mut count = 0;
    for (key, value) in settings {
        command.env(format!("GIT_CONFIG_KEY_{count}"), key).env(format!("GIT_CONFIG_VALUE_{count}"), value);
        count += 1;
    }
    command.env("GIT_CONFIG_COUNT", count.to_string());
}

/// Git's own words on one line: the last of them, without the token, should they repeat it.
fn complaint(talk: &[u8], scrubber: &Scrubber) -> String {
    let text = String::from_utf8_lossy(talk);
    let lines: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("hint:")).collect();
    let last = lines[lines.len().saturating_sub(3)..].join("; ");
    let plain: String = last.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let said: String = scrubber.scrub(&plain).chars().take(WORDS).collect();
    if said.is_empty() { "git gives no reason".to_owned() } else { said }
}
