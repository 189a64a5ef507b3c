//! `clawlets cattle ssh`.

use std::{
    ffi::OsString,
    net::IpAddr,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
};

use clap::Args;
use clawlets_job_client::{Client, Reference};
use clawlets_model::{ExitCode, net::is_tailnet};
use clawlets_printer::{Fault, FaultCode, Printer, plain};
use clawlets_verbs::{Target, fault::of_client};

/// Log into a VM over the tailnet.
///
/// The VM's image must have an SSH server, and `cattle.admin_keys` your key. A local VM is in no tailnet: 'clawlets cattle
/// console' shows what it does.
#[derive(Debug, Args)]
pub(super) struct Ssh {
    #[command(flatten)]
    target: Target,
    /// The user in the VM.
    #[arg(long, default_value = "root", value_name = "NAME", value_parser = user)]
    user: String,
    /// What to run there in place of a shell.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// A user's name never looks like a flag.
fn user(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if text.is_empty() || text.starts_with('-') || !text.chars().all(fits) {
        return Err("expected a user's name: letters, digits, dots, dashes and underscores".to_owned());
    }
    Ok(text.to_owned())
}

impl Ssh {
    pub(super) async fn run(self, _printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let name = name_of(client, &self.target.reference()).await?;
        let address = address_of(&name)?;
        let mut ssh = Command::new("ssh");
        // The tailnet has authenticated the machine, and each VM has a key that nobody saw before.
        ssh.args([
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "LogLevel=ERROR",
        ]);
        ssh.args(["-l", &self.user, "--", &address.to_string()]).args(self.command);
        let error = ssh.exec();
        Err(Fault::new(FaultCode::CattleUnreachable, "failed to run ssh").because(&error))
    }
}

/// The name of the VM that is meant: by its name, its server's id, its job's id, or the beginning of one of these.
async fn name_of(client: &Client, vm: &Reference) -> Result<String, Fault> {
    let listed = client.cattle().await.map_err(|error| of_client(&error))?;
    let text = vm.as_str();
    let of = |one: &clawlets_model::socket::CattleView| {
        let job = one.job_id.map(|id| id.to_string()).unwrap_or_default();
        [one.name.clone(), one.server_id.to_string(), job]
    };
    let whole = listed.cattle.iter().find(|one| of(one).iter().any(|name| name == text));
    if let Some(one) = whole {
        return Ok(one.name.clone());
    }
    let begins = |one: &&clawlets_model::socket::CattleView| {
        of(one).iter().any(|name| name.to_ascii_lowercase().starts_with(&text.to_ascii_lowercase()))
    };
    let mut found = listed.cattle.iter().filter(begins);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.name.clone()),
        (Some(_), Some(_)) => {
            Err(Fault::new(FaultCode::UsageValue, format!("{} means several VMs", plain(text)))
                .hint("'clawlets cattle list' shows them"))
        }
        (None, _) => Err(Fault::new(FaultCode::CattleUnreachable, format!("there is no VM {}", plain(text)))
            .hint("'clawlets cattle list' shows the VMs that live")),
    }
}

/// The address of a node of the tailnet.
fn address_of(name: &str) -> Result<IpAddr, Fault> {
    let asked = Command::new("tailscale").args(["ip", "-4", name]).stdin(Stdio::null()).output();
    let asked = asked.map_err(|error| {
        Fault::new(FaultCode::CattleUnreachable, "failed to run tailscale")
            .because(&error)
            .hint("a VM is reached over the tailnet; is tailscale installed here? 'clawlets cattle console' shows a local VM")
    })?;
    let answer = String::from_utf8_lossy(&asked.stdout);
    let address = answer.split_whitespace().next().and_then(|text| text.parse::<IpAddr>().ok());
    address.filter(|address| is_tailnet(*address)).ok_or_else(|| {
        Fault::new(FaultCode::CattleUnreachable, format!("{} has no address on the tailnet", plain(name)))
            .hint("it may not have joined yet, or its image has no tailscale; 'clawlets cattle console' shows a local VM")
    })
}
