//! Contents of many objects from one `git cat-file`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
};

use super::error::GitError;

/// Calls `each` with every object's content, in the order of the ids. An object that git does not have is passed over:
/// it is not pushed either.
pub(super) fn read(
    mut git: Command,
    ids: &[&str],
    mut each: impl FnMut(usize, &[u8]),
) -> Result<(), GitError> {
    git.args(["cat-file", "--batch", "--buffer"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = git.spawn().map_err(GitError::Start)?;
    let mut stdin = child.stdin.take().expect("standard input was asked for");
    let mut stdout =
        BufReader::with_capacity(256 * 1024, child.stdout.take().expect("standard output was asked for"));
    thread::scope(|scope| {
        // Asked from another thread, so that neither pipe waits for the other.
        scope.spawn(move || {
            for id in ids {
                // A git that ends early is noticed by who reads its answers.
                let _ = writeln!(stdin, "{id}");
            }
        });
        for index in 0..ids.len() {
            if let Some(content) = next(&mut stdout)? {
                each(index, &content);
            }
        }
        Ok(())
    })
    .and_then(|()| end(child))
}

fn next(stdout: &mut BufReader<ChildStdout>) -> Result<Option<Vec<u8>>, GitError> {
    let odd = || GitError::Answer { verb: "cat-file" };
    let mut line = String::new();
    stdout.read_line(&mut line).map_err(GitError::Start)?;
    let mut words = line.trim_end().rsplit(' ');
    match words.next() {
        Some("missing") => Ok(None),
        Some(size) => {
            let size: usize = size.parse().map_err(|_| odd())?;
            let mut content = vec![0; size + 1];
            stdout.read_exact(&mut content).map_err(GitError::Start)?;
            content.truncate(size);
            Ok(Some(content))
        }
        None => Err(odd()),
    }
}

fn end(mut child: Child) -> Result<(), GitError> {
    let status = child.wait().map_err(GitError::Start)?;
    if status.success() { Ok(()) } else { Err(GitError::Answer { verb: "cat-file" }) }
}
