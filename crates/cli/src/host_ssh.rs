//! The way onto a host: the `ssh` program, with the host keys that the fleet declares.

use std::{
    io::{self, Read, Write},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
};

use clawlets_fleet::Fleet;
use clawlets_model::{HostName, net::TargetHost};
use clawlets_printer::{Fault, FaultCode, Printer};
use tempfile::NamedTempFile;

use crate::stop::Stop;

/// What `ssh` ends with when the connection failed, and not the command at its other end.
const SSH_FAILED: i32 = 255;
/// How much of what a host says is handed on at a time.
const PIECE: usize = 16 * 1024;

/// A file of the host keys that the fleet declares, if it declares any. Without them SSH's own files count.
#[derive(Debug)]
pub(crate) struct KnownHosts(Option<NamedTempFile>);

impl KnownHosts {
    /// Writes the file, which is gone when this is dropped.
    ///
    /// # Errors
    /// A fault when it cannot be written.
    pub(crate) fn of(fleet: &Fleet) -> Result<Self, Fault> {
        let lines = &fleet.shared.ssh_known_hosts;
        if lines.is_empty() {
            return Ok(Self(None));
        }
        let write = || {
            let mut file = NamedTempFile::new()?;
            for line in lines {
                writeln!(file, "{}", line.as_str())?;
            }
            Ok(file)
        };
        let file = write().map_err(|error: io::Error| of_io("write a temporary file", &error))?;
        Ok(Self(Some(file)))
    }
}

/// Where SSH reaches a host.
///
/// # Errors
/// A fault when nobody said so.
pub(crate) fn target_of<'f>(fleet: &'f Fleet, host: &HostName) -> Result<&'f TargetHost, Fault> {
    let declared = fleet.hosts.get(host).and_then(|declared| declared.target_host.as_ref());
    declared.ok_or_else(|| unreachable(&format!("host {host} does not")))
}

/// The fault of hosts that do not say where they are.
pub(crate) fn unreachable(who: &str) -> Fault {
    Fault::new(FaultCode::HostUnreachable, format!("{who} say where ssh reaches it"))
        .hint("clawlets host set --host NAME --target-host USER@ADDRESS")
}

/// A host that can be reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostSsh<'a> {
    target: &'a TargetHost,
    known_hosts: &'a KnownHosts,
}

impl<'a> HostSsh<'a> {
    pub(crate) fn to(target: &'a TargetHost, known_hosts: &'a KnownHosts) -> Self {
        Self { target, known_hosts }
    }

    /// Runs a command there as root, feeds it its standard input, and drops what it writes. What it says on standard
    /// error goes to ours. How it ended.
    ///
    /// The command is a line for the shell over there: it is made of fixed words, digests and numbers.
    ///
    /// # Errors
    /// A fault when the host is not reached.
    pub(crate) fn feed(self, command: &str, input: &[u8]) -> Result<Option<i32>, Fault> {
        let mut child = self.spawn(command, Stdio::piped(), Stdio::null())?;
        // A far end that hangs up early says why in its status.
        let is_whole = child.stdin.take().is_some_and(|mut pipe: ChildStdin| pipe.write_all(input).is_ok());
        let code = self.ended(&mut child)?;
        Ok(if is_whole { code } else { code.filter(|code| *code != 0) })
    }

    /// Runs a command there as root, and hands on what it writes, as it comes, until a signal ends that. How it ended. The
    /// command is as for [`Self::feed`].
    ///
    /// # Errors
    /// A fault when the host is not reached.
    pub(crate) fn hand_on(self, command: &str, stop: &Stop, printer: &Printer) -> Result<Option<i32>, Fault> {
        let mut child = self.spawn(command, Stdio::null(), Stdio::piped())?;
        let watch = stop.watch(&child);
        if let Some(mut output) = child.stdout.take() {
            let mut piece = vec![0; PIECE];
            loop {
                let read = output.read(&mut piece).map_err(|error| of_io("read from ssh", &error))?;
                printer.raw(&piece[..read]);
                if read == 0 || printer.reader_is_gone() {
                    break;
                }
            }
        }
        drop(watch);
        self.ended(&mut child)
    }

    fn spawn(self, command: &str, input: Stdio, output: Stdio) -> Result<Child, Fault> {
        let (user, address) = self.target.user_and_address();
        let mut ssh = Command::new("ssh");
        ssh.args(["-T", "-o", "ForwardAgent=no", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=15"]);
        if let KnownHosts(Some(file)) = self.known_hosts {
            ssh.arg("-o").arg(format!("UserKnownHostsFile={}", file.path().display()));
            ssh.args(["-o", "StrictHostKeyChecking=yes"]);
        }
        if let Some(user) = user {
            ssh.args(["-l", user]);
        }
        ssh.args(["--", address]);
        ssh.arg(format!("if [ \"$(id -u)\" = 0 ]; then exec {command}; else exec sudo -n {command}; fi"));
        ssh.stdin(input).stdout(output).spawn().map_err(|error| {
            Fault::new(FaultCode::ToolMissing, "failed to run ssh")
                .because(&error)
                .hint("install an OpenSSH client")
        })
    }

    /// The exit code of the command, once it ended; none when a signal ended it.
    fn ended(self, child: &mut Child) -> Result<Option<i32>, Fault> {
        let status: ExitStatus = child.wait().map_err(|error| of_io("wait for ssh", &error))?;
        if status.code() == Some(SSH_FAILED) {
            let message = format!("ssh does not reach {}", self.target.as_str());
            return Err(Fault::new(FaultCode::HostUnreachable, message).hint("what ssh said stands above"));
        }
        Ok(status.code())
    }
}

fn of_io(action: &str, error: &io::Error) -> Fault {
    Fault::new(FaultCode::Io, format!("failed to {action}")).because(error)
}
