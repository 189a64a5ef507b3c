//! The shim's side of its control socket.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::Mutex,
    time::sleep,
};

use super::{
    birth::claim,
    error::ShimError,
    qmp::{Monitor, MonitorCommand},
    relay::Relays,
    spare::Spare,
};
use crate::vm::control::{Answer, Request, SOCKET, read_line};

/// How long to wait when a connection cannot be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What requests act upon.
#[derive(Debug)]
pub(super) struct Controls {
    pub(super) monitor: Monitor,
    pub(super) relays: Relays,
    /// A guest that waits to be claimed.
    pub(super) spare: Option<Spare>,
}

/// Listens in the current directory.
pub(super) fn listen() -> io::Result<UnixListener> {
    match std::fs::remove_file(SOCKET) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    UnixListener::bind(SOCKET)
}

/// Answers whoever may enter the directory, which is its owner.
pub(super) async fn serve(listener: UnixListener, controls: Arc<Mutex<Controls>>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let controls = Arc::clone(&controls);
        tokio::spawn(async move {
            // The daemon sees a broken connection on its side.
            let _ = converse(stream, &controls).await;
        });
    }
}

async fn converse(stream: UnixStream, controls: &Mutex<Controls>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let line = read_line(&mut stream).await?;
    // Held until the answer is written: a shim does not end between doing something and saying so.
    let mut controls = controls.lock().await;
    let outcome = match serde_json::from_slice::<Request>(&line) {
        Ok(request) => perform(request, &mut controls).await,
        Err(error) => Err(error.to_string()),
    };
    let mut answer = serde_json::to_vec(&Answer { error: outcome.err() })?;
    answer.push(b'\n');
    stream.write_all(&answer).await
}

async fn perform(request: Request, controls: &mut Controls) -> Result<(), String> {
    let outcome = match request {
        Request::PowerDown => press(controls, MonitorCommand::PowerDown).await,
        Request::Reset => press(controls, MonitorCommand::Reset).await,
        Request::Relays { relays } => controls.relays.set(&relays).await,
        Request::Claim { spec } => claim(controls, &spec).await,
    };
    outcome.map_err(|error| error.with_causes())
}

async fn press(controls: &mut Controls, button: MonitorCommand) -> Result<(), ShimError> {
    controls.monitor.execute(button).await.map_err(ShimError::monitor("press the guest's button"))
}
