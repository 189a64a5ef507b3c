//! Rules of a host.

use clawlets_model::net::{AdminCidr, WorldOpen};

use super::keys;
use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{Cache, Host, Provisioning, SshExposureMode, TailnetMode},
};

pub(crate) fn host(host: &Host, fields: &mut Fields<'_, '_, '_>) {
    let exposure = ["sshExposure", "mode"];
    match (host.ssh_exposure.mode, host.tailnet.mode) {
        (SshExposureMode::Tailnet, TailnetMode::None) => {
            let what = "is 'tailnet', and the host is in no tailnet: nobody could log in";
            fields.rule(&exposure, Draft::new(ProblemCode::LockedOut, what));
        }
        (SshExposureMode::Tailnet, TailnetMode::Tailscale) => {}
        (mode @ (SshExposureMode::Bootstrap | SshExposureMode::Public), _) => {
            // A host that nobody has set up yet has nothing to hide.
            if host.enable || fields.has(&exposure) {
                let what = format!("is '{mode}': SSH is open to more than the tailnet");
                fields.rule(&exposure, Draft::new(ProblemCode::ExposedSsh, what));
            }
        }
    }
}

pub(crate) fn provisioning(provisioning: &Provisioning, fields: &mut Fields<'_, '_, '_>) {
    let world = if provisioning.admin_cidr_allow_world_open { WorldOpen::Allow } else { WorldOpen::Refuse };
    if let Some(cidr) = provisioning.admin_cidr
        && let Err(error) = AdminCidr::parse(&cidr.to_string(), world)
    {
        let draft = Draft::new(ProblemCode::WorldOpen, format!("{cidr} is open to the world"))
            .expected(error.expected);
        fields.rule(&["adminCidr"], draft);
    }
    let file = &provisioning.ssh_pubkey_file;
    if file.starts_with("ssh-") || file.starts_with("ecdsa-") || file.contains(char::is_control) {
        let draft = Draft::new(ProblemCode::InvalidValue, "is not a path")
            .expected("the path of a file with a public key");
        fields.rule(&["sshPubkeyFile"], draft);
    }
}

pub(crate) fn cache(cache: &Cache, fields: &mut Fields<'_, '_, '_>) {
    keys::nix(fields, "trustedPublicKeys", cache.trusted_public_keys.as_slice());
}
