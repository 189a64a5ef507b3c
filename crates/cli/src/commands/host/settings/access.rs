//! Who reaches the machine, and what it reaches.

use clap::{Args, builder::PossibleValuesParser};
use clawlets_fleet::{EgressMode, SshExposureMode, TailnetMode, edit::FleetText};
use clawlets_model::net::{AdminCidr, TargetHost, WorldOpen};
use clawlets_printer::{Fault, FaultCode};

use super::collect::Collected;
use crate::commands::ssh_keys::public_key_path;

#[derive(Debug, Args)]
#[command(next_help_heading = "Access")]
pub(super) struct Access {
    /// Where ssh reaches it: [user@]name or [user@][ipv6]. Empty for none.
    #[arg(long, value_name = "TARGET", value_parser = target_host)]
    target_host: Option<String>,
    /// The network that may administer it while it is set up, such as 203.0.113.10/32. Empty for none.
    #[arg(long, value_name = "CIDR", value_parser = admin_cidr)]
    admin_cidr: Option<String>,
    /// Accept a network that is open to nearly the whole world.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    admin_cidr_allow_world_open: Option<bool>,
    /// From where SSH is reachable.
    #[arg(long, value_parser = PossibleValuesParser::new(SshExposureMode::ALL.iter().map(|word| word.as_str())))]
    ssh_exposure: Option<String>,
    /// The file of the public key that it is set up with. Empty for none.
    #[arg(long, value_name = "FILE", value_parser = public_key_path)]
    ssh_pubkey_file: Option<String>,
    /// Its tailnet.
    #[arg(long, value_parser = PossibleValuesParser::new(TailnetMode::ALL.iter().map(|word| word.as_str())))]
    tailnet: Option<String>,
    /// What its bots may reach.
    #[arg(long, value_parser = PossibleValuesParser::new(EgressMode::ALL.iter().map(|word| word.as_str())))]
    egress: Option<String>,
    /// A domain that its bots may reach; repeatable, and together the whole list.
    #[arg(long, value_name = "DOMAIN")]
    egress_allow_domain: Vec<String>,
}

impl Access {
    /// # Errors
    /// A fault for a network that is open to the world, when nothing allows it.
    pub(super) fn collect(&self, to: &mut Collected, text: &FleetText) -> Result<(), Fault> {
        self.check_world_open(to, text)?;
        to.text(&["targetHost"], self.target_host.as_ref());
        to.text(&["provisioning", "adminCidr"], self.admin_cidr.as_ref());
        to.set(&["provisioning", "adminCidrAllowWorldOpen"], self.admin_cidr_allow_world_open.as_ref());
        to.text(&["sshExposure", "mode"], self.ssh_exposure.as_ref());
        to.text(&["provisioning", "sshPubkeyFile"], self.ssh_pubkey_file.as_ref());
        to.text(&["tailnet", "mode"], self.tailnet.as_ref());
        to.text(&["egress", "mode"], self.egress.as_ref());
        to.list(&["egress", "allowDomains"], &self.egress_allow_domain);
        Ok(())
    }

    fn check_world_open(&self, to: &Collected, text: &FleetText) -> Result<(), Fault> {
        let Some(cidr) = self.admin_cidr.as_deref().filter(|cidr| !cidr.is_empty()) else { return Ok(()) };
        let stands =
            || text.get(&to.path(&["provisioning", "adminCidrAllowWorldOpen"])).and_then(|is| is.as_bool());
        let is_allowed = self.admin_cidr_allow_world_open.or_else(stands).unwrap_or_default();
        match AdminCidr::parse(cidr, WorldOpen::Refuse) {
            Err(error) if !is_allowed => Err(Fault::new(FaultCode::UsageValue, error.to_string()).hint(
                "name the network that you administer from; --admin-cidr-allow-world-open accepts this one",
            )),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

fn target_host(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let target = TargetHost::from_input(text).map_err(|error| error.to_string())?;
    Ok(target.as_str().to_owned())
}

fn admin_cidr(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let cidr = AdminCidr::parse(text, WorldOpen::Allow).map_err(|error| error.to_string())?;
    Ok(cidr.to_string())
}
