//! What the supervisor and the stage say to each other, over the socket that is the stage's standard input.
//!
//! First one order goes down. Then reports come up, and single bytes go down: [`Command`]. When the supervisor's end is
//! closed the stage ends everything.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::work::Owner;

/// The longest frame, in bytes. An order holds a task document, which is at most 128 KiB, and its secrets.
const MAX_FRAME: u32 = 4 * 1024 * 1024;

/// What a stage is to start. It holds secrets, hence no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageOrder {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// All of its environment.
    pub env: BTreeMap<String, String>,
    /// What it reads on standard input.
    pub stdin: String,
    /// Where it starts.
    pub cwd: String,
    /// Whom it runs as; nobody else than the stage itself when there is none.
    pub user: Option<UserIds>,
    /// What the stage has to set up first.
    pub namespaces: Namespaces,
}

/// Numbers of a user on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserIds {
    uid: u32,
    gid: u32,
}

impl From<Owner> for UserIds {
    fn from(owner: Owner) -> Self {
        Self { uid: owner.uid, gid: owner.gid }
    }
}

impl From<UserIds> for Owner {
    fn from(ids: UserIds) -> Self {
        Self { uid: ids.uid, gid: ids.gid }
    }
}

/// Which namespaces a task gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Namespaces {
    /// Process ids, mounts and inter-process communication of its own.
    Own,
    /// Those of the supervisor: a rehearsal without root.
    Shared,
}

/// What the supervisor can ask of a stage while the task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Ask the task's process group to end.
    Terminate,
    /// End everything now.
    Kill,
}

impl Command {
    /// The byte that stands for it.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Terminate => b'T',
            Self::Kill => b'K',
        }
    }
}

/// What a stage reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StageReport {
    /// The task runs.
    Started,
    /// The task is over; the last report.
    Ended(Ending),
}

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// It ended by itself.
    Exited {
        /// Its exit code.
        code: i32,
    },
    /// A signal ended it.
    Killed {
        /// The signal.
        signal: i32,
    },
    /// Its program could not be started, which is the task's own fault.
    NotStarted {
        /// Why, in words.
        message: String,
    },
    /// It could not be confined, so it was not started.
    Unconfined {
        /// Why, in words.
        message: String,
    },
}

/// Writes one message.
pub(super) fn send<T: Serialize>(mut to: impl Write, message: &T) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= MAX_FRAME);
    let length = length.ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&body)
}

/// Reads one message.
pub(super) fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > MAX_FRAME {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut body = vec![0; length as usize];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}
