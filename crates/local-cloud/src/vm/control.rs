//! The conversation between the daemon and a shim, over a unix socket in the guest's directory.
//!
//! One request and one answer per connection, each a line of JSON. A connection that asks nothing stays open until
//! the shim ends, which is how the daemon watches a guest that it did not start itself.

use std::{io, os::fd::AsRawFd, time::Duration};

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
    time::{sleep, timeout},
};

use super::{
    error::GuestError,
    guest_dir::GuestDir,
    spec::{GuestSpec, Relay},
};

/// The name of the socket in the guest's directory.
pub(super) const SOCKET: &str = "control.sock";
/// The longest line of either side, in bytes. A specification holds the user data twice, and quoting may multiply them.
pub(super) const MAX_LINE: u64 = 1024 * 1024;
const ANSWER_DEADLINE: Duration = Duration::from_secs(10);
/// How long the processes of a guest may live on after its socket has closed.
const END_DEADLINE: Duration = Duration::from_secs(1);
/// How often they are looked at.
const LOOK: Duration = Duration::from_millis(5);

/// What the daemon asks of a shim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Press the power button; the guest may ignore it.
    PowerDown,
    /// Press the reset button.
    Reset,
    /// Open exactly these relays: new ones are added, others closed for new connections.
    Relays {
        /// The whole set.
        relays: Vec<Relay>,
    },
    /// Make a guest that waits to be claimed this server's. Once it is read, it is carried out, whether or not anybody
    /// waits for the answer.
    Claim {
        /// The server's guest.
        spec: Box<GuestSpec>,
    },
}

/// What the shim says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) error: Option<String>,
}

/// Asks the shim of a guest.
///
/// # Errors
/// [`GuestError::Ended`] when the guest does not live, or ended before it answered; [`GuestError::Control`] when it
/// does not answer in time, or refuses.
pub(crate) async fn ask(dir: &GuestDir, request: &Request) -> Result<(), GuestError> {
    ask_within(dir, request, ANSWER_DEADLINE).await
}

/// The same, with a deadline of one's own.
///
/// # Errors
/// As [`ask`].
pub(super) async fn ask_within(
    dir: &GuestDir,
    request: &Request,
    deadline: Duration,
) -> Result<(), GuestError> {
    let failed = |reason: String| GuestError::Control { server_id: dir.server_id(), reason };
    let conversation = async {
        let mut stream = BufReader::new(connect(dir).await?);
        let mut line = serde_json::to_vec(request).expect("a request has string keys only");
        line.push(b'\n');
        stream.write_all(&line).await?;
        read_line(&mut stream).await
    };
    let line = match timeout(deadline, conversation).await {
        Ok(Ok(line)) => line,
        Ok(Err(_)) if ends(dir).await => return Err(GuestError::Ended { server_id: dir.server_id() }),
        Ok(Err(error)) => return Err(failed(error.to_string())),
        Err(_elapsed) => return Err(failed(format!("no answer within {} s", deadline.as_secs()))),
    };
    let answer: Answer = serde_json::from_slice(&line).map_err(|error| failed(error.to_string()))?;
    match answer.error {
        None => Ok(()),
        // QEMU is not there any more to be told.
        Some(_) if ends(dir).await => Err(GuestError::Ended { server_id: dir.server_id() }),
        Some(reason) => Err(failed(reason)),
    }
}

/// Waits until a guest has ended: its shim, and then for a while the rest of its processes. Returns at once if none lives.
pub(crate) async fn watch(dir: &GuestDir) {
    if let Ok(mut stream) = connect(dir).await {
        let mut ignored = [0; 64];
        while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
    }
    let _ = ends(dir).await;
}

/// Whether a guest whose connection broke has ended. The connection closes a moment before the last of its processes
/// is gone.
async fn ends(dir: &GuestDir) -> bool {
    let ended = async {
        while dir.is_alive().unwrap_or(true) {
            sleep(LOOK).await;
        }
    };
    timeout(END_DEADLINE, ended).await.is_ok()
}

/// Connects to the socket through the directory's file descriptor, since the path itself may be longer than a socket
/// address can hold.
async fn connect(dir: &GuestDir) -> io::Result<UnixStream> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::open(dir.path(), flags, Mode::empty())?;
    UnixStream::connect(format!("/proc/self/fd/{}/{SOCKET}", directory.as_raw_fd())).await
}

/// Reads one line of at most [`MAX_LINE`] bytes, without its end.
pub(super) async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream.take(MAX_LINE).read_until(b'\n', &mut line).await?;
    if line.pop() == Some(b'\n') { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_line_without_an_end_is_refused_instead_of_read_for_ever() {
        let mut endless = BufReader::new(tokio::io::repeat(b'x'));
        assert_eq!(read_line(&mut endless).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        let mut whole = BufReader::new(&b"{}\nrest"[..]);
        assert_eq!(read_line(&mut whole).await.unwrap(), b"{}");
    }

    #[tokio::test]
    async fn a_guest_that_does_not_live_cannot_be_asked_and_need_not_be_watched() {
        let dir = tempfile::tempdir().unwrap();
        let guest = GuestDir::new(dir.path().to_path_buf(), 7);
        watch(&guest).await;
        assert!(matches!(ask(&guest, &Request::Reset).await, Err(GuestError::Ended { server_id: 7 })));
    }

    /// A guest whose shim closes its socket without an answer while a process still has its lock.
    #[tokio::test]
    async fn a_guest_that_ends_while_it_is_asked_has_ended_and_one_that_lives_on_has_failed_to_answer() {
        for lives_on in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let guest = GuestDir::new(dir.path().to_path_buf(), 7);
            let lock = guest.lock().unwrap();
            let listener = tokio::net::UnixListener::bind(dir.path().join(SOCKET)).unwrap();
            let shim = tokio::spawn(async move {
                drop(listener.accept().await.unwrap());
                if lives_on {
                    return Some(lock);
                }
                sleep(LOOK * 4).await;
                None
            });
            let error = ask(&guest, &Request::PowerDown).await.unwrap_err();
            match lives_on {
                true => assert!(matches!(error, GuestError::Control { .. }), "{error}"),
                false => assert!(matches!(error, GuestError::Ended { .. }), "{error}"),
            }
            drop(shim.await.unwrap());
        }
    }
}
