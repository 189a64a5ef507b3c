//! QEMU's monitor: a line of JSON per command, answer or event.

use std::io;

use serde::Deserialize;
use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::UnixStream,
};

use crate::vm::control::read_line;

/// A connection to the monitor of a QEMU that has come up.
#[derive(Debug)]
pub(super) struct Monitor {
    stream: BufReader<UnixStream>,
}

/// A command without arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MonitorCommand {
    /// Announces that we speak the protocol.
    Capabilities,
    /// Presses the power button.
    PowerDown,
    /// Presses the reset button.
    Reset,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "QMP")]
    greeting: Option<serde::de::IgnoredAny>,
    #[serde(rename = "return")]
    done: Option<serde::de::IgnoredAny>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    desc: String,
}

impl Monitor {
    /// Waits for QEMU's greeting, which comes once the machine exists.
    pub(super) async fn open(stream: UnixStream) -> io::Result<Self> {
        let mut monitor = Self { stream: BufReader::new(stream) };
        while monitor.next().await?.greeting.is_none() {}
        monitor.execute(MonitorCommand::Capabilities).await?;
        Ok(monitor)
    }

    /// Executes one command. Events that arrive meanwhile are dropped.
    pub(super) async fn execute(&mut self, command: MonitorCommand) -> io::Result<()> {
        let line = format!("{{\"execute\":\"{}\"}}\n", command.name());
        self.stream.write_all(line.as_bytes()).await?;
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
        serde_json::from_slice(&line).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl MonitorCommand {
    const fn name(self) -> &'static str {
        match self {
            Self::Capabilities => "qmp_capabilities",
            Self::PowerDown => "system_powerdown",
            Self::Reset => "system_reset",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn events_between_a_command_and_its_answer_are_skipped() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let qemu = tokio::spawn(async move {
            let mut stream = BufReader::new(theirs);
            stream.write_all(b"{\"QMP\": {\"version\": {}}}\r\n").await.unwrap();
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
}
