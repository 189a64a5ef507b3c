//! A server on one core.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// A running server. Dropping it ends it.
pub(super) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Starts it on the first core, and waits until it says where it listens.
    pub(super) fn start(command: &Command) -> Self {
        let mut pinned = Command::new("taskset");
        pinned.args(["--cpu-list", "0"]).arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => pinned.env(name, value),
                None => pinned.env_remove(name),
            };
        }
        pinned.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = pinned.spawn().expect("the program taskset is installed");
        let talk = child.stderr.take().expect("standard error is a pipe");
        let (found, finds) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(talk).lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on http://") {
                    let _ = found.send(address.trim().to_owned());
                }
            }
        });
        let address = finds.recv_timeout(Duration::from_secs(30)).expect("the server says where it listens");
        Self { child, address }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
