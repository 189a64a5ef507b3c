//! Other programs that change a text: a person's editor, and a command.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read, Write},
    process::{Command, ExitStatus, Stdio},
    thread,
};

use clawlets_memory::{Limits, MemoryPath};
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::CLAWLETS_MEMORY_FILE;
use tempfile::{NamedTempFile, TempPath};

/// What a person wrote, and the file in which it still stands.
pub(super) struct Draft {
    pub(super) content: Vec<u8>,
    pub(super) file: TempPath,
}

/// Has a person change a text.
pub(super) fn edited(path: &MemoryPath, before: &[u8]) -> Result<Draft, Fault> {
    let file = draft(path, before)?.into_temp_path();
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let mut line = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".into());
    // The variable may hold flags too, as in `code --wait`, so a shell takes it apart.
    line.push(" \"$1\"");
    let status = Command::new("sh").arg("-c").arg(line).arg("sh").arg(&*file).status();
    succeeded("the editor", status)?;
    let content = fs::read(&file).map_err(|error| failed("the editor left no file", &error))?;
    Ok(Draft { content, file })
}

/// Has a command make a text of another one: it gets it on standard input and prints the new one, or it changes a copy and
/// prints nothing.
pub(super) fn filtered(command: &OsStr, before: &[u8]) -> Result<Vec<u8>, Fault> {
    let copy = draft_named("memory", before)?.into_temp_path();
    let mut child = Command::new("sh")
        .arg("-c")
        .arg(command)
        .arg("sh")
        .arg(&*copy)
        .env(CLAWLETS_MEMORY_FILE.name, &*copy)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed("the command cannot be started", &error))?;
    let input = child.stdin.take().expect("it was asked for");
    let output = child.stdout.take().expect("it was asked for");
    let printed = thread::scope(|scope| {
        // A command that reads nothing is no failure.
        scope.spawn(move || { input }.write_all(before));
        let mut printed = Vec::new();
        output.take(Limits::FILE + 1).read_to_end(&mut printed).map(|_| printed)
    });
    succeeded("the command", child.wait())?;
    let printed = printed.map_err(|error| failed("what the command printed cannot be read", &error))?;
    let left = File::open(&copy).and_then(|file| {
        let mut left = Vec::new();
        file.take(Limits::FILE + 1).read_to_end(&mut left).map(|_| left)
    });
    match left {
        Ok(left) if printed.is_empty() && left != before => Ok(left),
        Ok(_) | Err(_) if printed.is_empty() => {
            Err(Fault::new(FaultCode::MemoryEdit, "the command printed nothing; nothing was changed")
                .hint("'clf memory write PATH \"\"' empties a file"))
        }
        Ok(_) | Err(_) => Ok(printed),
    }
}

fn draft(path: &MemoryPath, before: &[u8]) -> Result<NamedTempFile, Fault> {
    draft_named(&path.as_str().replace('/', "_"), before)
}

/// A copy with a name by which an editor recognises the kind of text.
fn draft_named(name: &str, before: &[u8]) -> Result<NamedTempFile, Fault> {
    let made = tempfile::Builder::new().prefix("memory-").suffix(&format!("-{name}")).tempfile();
    let written = made.and_then(|mut file| file.write_all(before).map(|()| file));
    written.map_err(|error| failed("a copy to edit cannot be written", &error))
}

fn succeeded(who: &str, status: io::Result<ExitStatus>) -> Result<(), Fault> {
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(Fault::new(FaultCode::MemoryEdit, format!("{who} failed; nothing was changed: {status}")))
        }
        Err(error) => Err(failed(&format!("{who} cannot be started"), &error)),
    }
}

fn failed(what: &str, error: &io::Error) -> Fault {
    Fault::new(FaultCode::MemoryEdit, what).because(error)
}
