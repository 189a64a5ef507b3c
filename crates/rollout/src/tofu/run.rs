//! One process, from its start to its end.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Seek},
    path::Path,
    process::{ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::tempfile_in;
use tokio::{process::Command, sync::watch};

use super::TofuError;

/// The most of what the program said that an error repeats, in bytes.
const LONGEST: usize = 4096;

/// Whether the program is to end early. True once somebody wants it to.
pub type Stop = watch::Receiver<bool>;

/// Variables that would change what the program is told.
const HIDDEN: [&str; 9] = [
    "TF_CLI_ARGS",
    "TF_CLI_ARGS_init",
    "TF_CLI_ARGS_plan",
    "TF_CLI_ARGS_apply",
    "TF_CLI_ARGS_show",
    "TF_WORKSPACE",
    "TF_DATA_DIR",
    "TF_INPUT",
    "TF_CLI_ARGS_refresh",
];

/// Runs the program to its end, and gives its standard output.
///
/// What it says goes into files and not into pipes: if we are killed, it comes to its end all the same and saves its state.
pub(super) async fn run(
    program: &Path,
    (folder, scratch): (&Path, &Path),
    environment: &[(OsString, OsString)],
    (verb, words): (&'static str, &[String]),
    stop: &mut Stop,
) -> Result<Vec<u8>, TofuError> {
    let mut command = Command::new(program);
    command.arg(verb).args(words).current_dir(folder).process_group(0);
    command.env("TF_IN_AUTOMATION", "1").env("CHECKPOINT_DISABLE", "1");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    for name in HIDDEN {
        command.env_remove(name);
    }
    let files = |source| TofuError::Files { verb, source };
    let (out, err) = (tempfile_in(scratch).map_err(files)?, tempfile_in(scratch).map_err(files)?);
    command.stdin(Stdio::null());
    command.stdout(out.try_clone().map_err(files)?).stderr(err.try_clone().map_err(files)?);
    let start = |source| TofuError::Start { program: program.to_owned(), source };
    let mut child = command.spawn().map_err(start)?;
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let mut was_stopped = false;
    let status = tokio::select! {
        status = child.wait() => status,
        () = stopped(stop) => {
            was_stopped = true;
            if let Some(pid) = pid {
                // It may have ended by itself at this very moment.
                let _ = kill_process(pid, Signal::INT);
            }
            child.wait().await
        }
    }
    .map_err(start)?;
    if status.success() {
        return said(out).map_err(files);
    }
    if was_stopped {
        return Err(TofuError::Interrupted { verb });
    }
    Err(failure(verb, status, &said(err).map_err(files)?))
}

/// All that is in a file.
fn said(mut file: File) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut text)?;
    Ok(text)
}

/// Waits until the program is to end early; for ever if nobody can say so any more.
async fn stopped(stop: &mut Stop) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn failure(verb: &'static str, status: ExitStatus, stderr: &[u8]) -> TofuError {
    let said = essence(&String::from_utf8_lossy(stderr));
    if said.contains("Error acquiring the state lock") || said.contains("state blob is already locked") {
        return TofuError::Locked { verb, said };
    }
    let said = if said.is_empty() { format!("it ended with {status}") } else { said };
    TofuError::Failed { verb, said, status }
}

/// What the program said from its first error on, on one line, without the frame that it draws.
fn essence(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || "│╷╵".contains(c)));
    let lines = lines.skip_while(|line| !line.starts_with("Error")).filter(|line| !line.is_empty());
    let mut said: String = lines.collect::<Vec<_>>().join(" ");
    said.retain(|c| !c.is_control());
    if said.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| said.is_char_boundary(*at)).unwrap_or(0);
        said.truncate(end);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_repeated_without_their_frame() {
        let text = "\n╷\n│ Warning: old\n│ \n╵\n╷\n│ Error: no such image\n│ \n│   on main.tf line 3:\n╵\n";
        assert_eq!(essence(text), "Error: no such image on main.tf line 3:");
        assert_eq!(essence("Warning: nothing"), "");
        assert_eq!(essence(&format!("Error: {}", "ä".repeat(4000))).len(), 4095);
    }
}
