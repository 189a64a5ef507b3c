//! QEMU's monitor: a line of JSON per command, answer or event.

use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    os::fd::{AsFd, BorrowedFd},
};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncWriteExt, BufReader, Interest},
    net::UnixStream,
};

use crate::vm::control::read_line;

/// The name under which QEMU keeps the file that a state is written to or read from.
const STATE: &str = "state";

/// A connection to the monitor of a QEMU that has come up.
#[derive(Debug)]
pub(super) struct Monitor {
    stream: BufReader<UnixStream>,
    /// How the migration under way ended. Its event may come before the answer to the command that began it.
    migrated: Option<Migrated>,
}

/// What is asked of QEMU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MonitorCommand {
    /// Announces that we speak the protocol.
    Capabilities,
    /// Presses the power button.
    PowerDown,
    /// Presses the reset button.
    Reset,
    /// Stops the guest's processor.
    Stop,
    /// Lets the guest's processor run.
    Continue,
    /// Ends QEMU.
    Quit,
    /// Leaves memory that lies in a file out of states, and tells how migrations go.
    SnapshotCapabilities,
    /// Writes the machine's state to the file passed before.
    Save,
    /// Reads the machine's state from the file passed before.
    Restore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Migrated {
    Completed,
    Failed,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "QMP")]
    greeting: Option<serde::de::IgnoredAny>,
    #[serde(rename = "return")]
    done: Option<serde::de::IgnoredAny>,
    error: Option<Refusal>,
    event: Option<String>,
    data: Option<Value>,
}

#[derive(Deserialize)]
struct Refusal {
    desc: String,
}

impl Monitor {
    /// Waits for QEMU's greeting, which comes once the machine exists.
    pub(super) async fn open(stream: UnixStream) -> io::Result<Self> {
        let mut monitor = Self { stream: BufReader::new(stream), migrated: None };
        while monitor.next().await?.greeting.is_none() {}
        monitor.execute(MonitorCommand::Capabilities).await?;
        Ok(monitor)
    }

    /// Executes one command. Other events than those of migrations are dropped.
    pub(super) async fn execute(&mut self, command: MonitorCommand) -> io::Result<()> {
        let line = command.line();
        self.stream.write_all(line.as_bytes()).await?;
        self.answer().await
    }

    /// Writes the state of a stopped machine to a file.
    pub(super) async fn save(&mut self, file: BorrowedFd<'_>) -> io::Result<()> {
        self.migrate(MonitorCommand::Save, file).await
    }

    /// Makes a machine that was started to wait for it what the state in a file says.
    pub(super) async fn restore(&mut self, file: BorrowedFd<'_>) -> io::Result<()> {
        self.migrate(MonitorCommand::Restore, file).await
    }

    async fn migrate(&mut self, direction: MonitorCommand, file: BorrowedFd<'_>) -> io::Result<()> {
        self.migrated = None;
        self.execute(MonitorCommand::SnapshotCapabilities).await?;
        self.pass(file).await?;
        self.execute(direction).await?;
        loop {
            match self.migrated {
                Some(Migrated::Completed) => return Ok(()),
                Some(Migrated::Failed) => {
                    return Err(io::Error::other("the machine's state could not be carried over"));
                }
                None => drop(self.next().await?),
            }
        }
    }

    /// Hands QEMU an open file, under the name [`STATE`].
    async fn pass(&mut self, file: BorrowedFd<'_>) -> io::Result<()> {
        let line = format!("{}\n", json!({ "execute": "getfd", "arguments": { "fdname": STATE } }));
        let files = [file];
        let stream = self.stream.get_ref();
        let sent = stream
            .async_io(Interest::WRITABLE, || {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut control = SendAncillaryBuffer::new(&mut space);
                // The space is that of one file.
                control.push(SendAncillaryMessage::ScmRights(&files));
                let bytes = [IoSlice::new(line.as_bytes())];
                Ok(sendmsg(stream.as_fd(), &bytes, &mut control, SendFlags::NOSIGNAL)?)
            })
            .await?;
        // The file went with the first byte.
        self.stream.write_all(&line.as_bytes()[sent..]).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> io::Result<()> {
        loop {
            let answer = self.next().await?;
            if let Some(refusal) = answer.error {
                return Err(io::Error::other(refusal.desc));
            }
            if answer.done.is_some() {
                return Ok(());
            }
        }
    }

    async fn next(&mut self) -> io::Result<Line> {
        let line = read_line(&mut self.stream).await?;
        let line: Line = serde_json::from_slice(&line)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        if line.event.as_deref() == Some("MIGRATION") {
            let status = line.data.as_ref().and_then(|data| data["status"].as_str());
            self.migrated = match status {
                Some("completed") => Some(Migrated::Completed),
                Some("failed") => Some(Migrated::Failed),
                Some(_) | None => self.migrated,
            };
        }
        Ok(line)
    }
}

impl MonitorCommand {
    fn line(self) -> String {
        let uri = || json!({ "uri": format!("fd:{STATE}") });
        let (name, arguments) = match self {
            Self::Capabilities => ("qmp_capabilities", None),
            Self::PowerDown => ("system_powerdown", None),
            Self::Reset => ("system_reset", None),
            Self::Stop => ("stop", None),
            Self::Continue => ("cont", None),
            Self::Quit => ("quit", None),
            Self::SnapshotCapabilities => {
                let on = |name: &str| json!({ "capability": name, "state": true });
                let list = json!({ "capabilities": [on("x-ignore-shared"), on("events")] });
                ("migrate-set-capabilities", Some(list))
            }
            Self::Save => ("migrate", Some(uri())),
            Self::Restore => ("migrate-incoming", Some(uri())),
        };
        match arguments {
            None => format!("{{\"execute\":\"{name}\"}}\n"),
            Some(arguments) => format!("{}\n", json!({ "execute": name, "arguments": arguments })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    const GREETING: &[u8] = b"{\"QMP\": {\"version\": {}}}\r\n";
    const DONE: &[u8] = b"{\"return\": {}}\r\n";

    #[tokio::test]
    async fn events_between_a_command_and_its_answer_are_skipped() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let qemu = tokio::spawn(async move {
            let mut stream = BufReader::new(theirs);
            stream.write_all(GREETING).await.unwrap();
            read_line(&mut stream).await.unwrap();
            stream.write_all(b"{\"event\": \"RESUME\"}\r\n{\"return\": {}}\r\n").await.unwrap();
            let asked = read_line(&mut stream).await.unwrap();
            stream
                .write_all(b"{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\r\n")
                .await
                .unwrap();
            asked
        });
        let mut monitor = Monitor::open(ours).await.unwrap();
        let refusal = monitor.execute(MonitorCommand::Reset).await.unwrap_err();
        assert_eq!(refusal.to_string(), "no");
        assert_eq!(qemu.await.unwrap(), br#"{"execute":"system_reset"}"#);
    }

    /// What a QEMU is asked while it is restored, when it says this after the last question.
    async fn restore_with(last: &'static [u8]) -> (io::Result<()>, Vec<String>) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let qemu = tokio::spawn(async move {
            let mut stream = BufReader::new(theirs);
            stream.write_all(GREETING).await.unwrap();
            let mut asked = Vec::new();
            for _ in 0..3 {
                asked.push(String::from_utf8(read_line(&mut stream).await.unwrap()).unwrap());
                stream.write_all(DONE).await.unwrap();
            }
            asked.push(String::from_utf8(read_line(&mut stream).await.unwrap()).unwrap());
            stream.write_all(last).await.unwrap();
            asked
        });
        let mut monitor = Monitor::open(ours).await.unwrap();
        let file = File::open("/dev/null").unwrap();
        let outcome = monitor.restore(file.as_fd()).await;
        (outcome, qemu.await.unwrap())
    }

    #[tokio::test]
    async fn a_restore_is_over_with_its_event_whether_that_comes_before_the_answer_or_after() {
        let before = b"{\"event\":\"MIGRATION\",\"data\":{\"status\":\"setup\"}}\n\
            {\"event\":\"MIGRATION\",\"data\":{\"status\":\"completed\"}}\n{\"return\":{}}\n";
        let after = b"{\"return\":{}}\n{\"event\":\"MIGRATION\",\"data\":{\"status\":\"active\"}}\n\
            {\"event\":\"MIGRATION\",\"data\":{\"status\":\"completed\"}}\n";
        for last in [before.as_slice(), after.as_slice()] {
            let (outcome, asked) = restore_with(last).await;
            outcome.unwrap();
            assert!(asked[1].contains("x-ignore-shared"), "{asked:?}");
            assert!(asked[3].contains("migrate-incoming") && asked[3].contains("fd:state"), "{asked:?}");
        }
    }

    #[tokio::test]
    async fn a_restore_that_fails_or_is_cut_off_is_an_error() {
        let failed = b"{\"return\":{}}\n{\"event\":\"MIGRATION\",\"data\":{\"status\":\"failed\"}}\n";
        assert!(restore_with(failed).await.0.unwrap_err().to_string().contains("could not be carried over"));
        let cut = restore_with(b"{\"return\":{}}\n").await.0.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
    }
}
