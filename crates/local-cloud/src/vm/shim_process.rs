//! Starting a shim, and waiting until it says how that went.

use std::{ffi::OsString, fs, os::fd::OwnedFd, process::Stdio, sync::Arc, time::Duration};

use tokio::{io::AsyncReadExt, process::Command, time::timeout};

use super::{
    error::GuestError,
    guest_dir::GuestDir,
    shim,
    spec::{Birth, GuestSpec},
    timeline::Timeline,
};
use crate::state_dir::open_private;

/// The longest report that a shim may write before it runs.
const MAX_REPORT: u64 = 8 * 1024;

/// The program that is a shim.
#[derive(Clone, Debug)]
pub(crate) struct ShimCommand(Arc<[OsString]>);

impl ShimCommand {
    /// A program and its first arguments; the path of a specification is appended.
    pub(crate) fn new(words: &[OsString]) -> Self {
        Self(words.into())
    }

    /// Starts a shim in `dir` and waits until its guest is what `spec` asks for. The shim inherits `files`.
    ///
    /// After an error nothing of the guest runs.
    pub(super) async fn start(
        &self,
        dir: &GuestDir,
        spec: &GuestSpec,
        files: Vec<Arc<OwnedFd>>,
    ) -> Result<(), GuestError> {
        spec.write(&dir.spec())?;
        let mut command = self.command(dir)?;
        clawlets_sys::inherit(command.as_std_mut(), files);
        // tokio reaps the child in the background once the handle is gone.
        let mut shim = command.spawn().map_err(|source| GuestError::ShimStart {
            program: command.as_std().get_program().to_string_lossy().into_owned(),
            source,
        })?;
        // The command still owns our copy of the lock; from here on only the guest may hold it.
        drop(command);
        let report = shim.stdout.take().expect("the standard output was asked for");
        let mut text = String::new();
        let patience = patience(spec.birth);
        let outcome = timeout(patience, report.take(MAX_REPORT).read_to_string(&mut text)).await;
        let error = match outcome {
            Ok(Ok(_)) if text == shim::READY => return Ok(()),
            Ok(_) => GuestError::Boot { server_id: dir.server_id(), reason: reason(dir, &text) },
            Err(_elapsed) => {
                let seconds = patience.as_secs();
                GuestError::Deadline { server_id: dir.server_id(), what: "start", seconds }
            }
        };
        let _ = shim.start_kill();
        let ended = dir.clone();
        let _ = tokio::task::spawn_blocking(move || ended.end()).await;
        Err(error)
    }

    fn command(&self, dir: &GuestDir) -> Result<Command, GuestError> {
        let (program, arguments) = self.0.split_first().ok_or(GuestError::NoShimCommand)?;
        let lock = dir.lock()?;
        let log = open_private(&dir.shim_log())
            .and_then(|log| log.set_len(0).map(|()| log))
            .map_err(GuestError::file("create", dir.shim_log()))?;
        // Empty before the shim goes on with it.
        drop(Timeline::begin(dir.path()));
        let mut command = Command::new(program);
        command
            .args(arguments)
            .arg(dir.spec())
            .stdin(Stdio::from(lock))
            .stdout(Stdio::piped())
            .stderr(Stdio::from(log));
        Ok(command)
    }
}

/// How long a shim may take until its guest is what was asked for. Far above what it takes on a busy machine.
const fn patience(birth: Birth) -> Duration {
    Duration::from_secs(match birth {
        Birth::Boot | Birth::Clone(_) | Birth::Fresh(_) => 30,
        Birth::Spare(_) => 60,
        Birth::Template(_) => 120,
    })
}

/// The best explanation that can be found: the shim's own report, else what it or QEMU wrote last.
fn reason(dir: &GuestDir, report: &str) -> String {
    let last_line = |path| fs::read_to_string(path).ok()?.lines().last().map(str::to_owned);
    let report = Some(report.trim().to_owned()).filter(|text| !text.is_empty());
    report
        .or_else(|| last_line(dir.qemu_log()))
        .or_else(|| last_line(dir.shim_log()))
        .unwrap_or_else(|| "the shim ended without a word".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn start_with(script: &str) -> (GuestError, bool) {
        let home = tempfile::tempdir().unwrap();
        let dir = GuestDir::new(home.path().join("7"), 7);
        dir.create().unwrap();
        let shim = ShimCommand::new(&["sh", "-c", script].map(OsString::from));
        let error = shim.start(&dir, &GuestSpec::example(), Vec::new()).await.unwrap_err();
        (error, dir.is_alive().unwrap())
    }

    #[tokio::test]
    async fn a_shim_that_fails_is_reported_with_its_own_words_and_leaves_nothing_alive() {
        let cases = [
            ("echo 'failed to enter a network namespace'; exit 1", "failed to enter a network namespace"),
            ("echo 'no such program' >&2; exit 1", "no such program"),
            ("exit 1", "the shim ended without a word"),
            ("echo $$ >&0; echo half a report; exec >&-; exec sleep 60", "half a report"),
        ];
        for (script, expected) in cases {
            let (error, alive) = start_with(script).await;
            assert!(error.to_string().ends_with(expected), "{script}: {error}");
            assert!(!alive, "{script}");
        }
    }
}
