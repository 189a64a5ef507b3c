//! `hosts.HOST`: one long-running machine.

use std::num::NonZeroU32;

use clawlets_model::{
    ModelName,
    net::{AdminCidr, TargetHost},
};

use super::{Cache, SelfUpdate, fixed};
use crate::{
    form::{choice, section},
    rules,
    value::{AmiId, AwsRegion, CloudName, DiskDevice, Domain, FlakeName, Line, StorePrefix},
};

choice! {
    /// Where a host runs.
    HostProvider {
        /// At Hetzner Cloud.
        Hetzner = "hetzner",
        /// At Amazon Web Services.
        Aws = "aws",
        /// On a machine that is there already.
        Local = "local",
    }
}

choice! {
    /// Who may reach a host over SSH.
    SshExposureMode {
        /// Only the tailnet.
        Tailnet = "tailnet",
        /// The operator's network, while the host is being set up.
        Bootstrap = "bootstrap",
        /// The operator's network, for good.
        Public = "public",
    }
}

choice! {
    /// Which tailnet a host belongs to.
    TailnetMode {
        /// One of Tailscale.
        Tailscale = "tailscale",
        /// None.
        None = "none",
    }
}

choice! {
    /// What a host may reach.
    EgressMode {
        /// Everything.
        None = "none",
        /// Everything but mail servers.
        SmtpBlock = "smtp-block",
        /// Only domains that are listed, through a proxy.
        ProxyAllowlist = "proxy-allowlist",
    }
}

section! {
    /// One long-running machine.
    Host checked by rules::host {
        /// Whether it is part of the fleet yet.
        enable: bool = "enable" or false;
        /// Where it runs: `hetzner`, `aws` or `local`.
        provider: HostProvider = "provider" or HostProvider::Hetzner;
        /// The disk that it is installed on.
        disk_device: DiskDevice = "diskDevice" or fixed(DiskDevice::parse("/dev/sda"));
        /// The output of the flake that is its system. Empty: the one of its own name.
        flake_host: Option<FlakeName> = "flakeHost" or None;
        /// Where `ssh` reaches it, as `[user@]name`. Empty: not known yet.
        target_host: Option<TargetHost> = "targetHost" or None;
        /// The server at Hetzner Cloud.
        hetzner: HostHetzner = "hetzner" or HostHetzner::default();
        /// The instance at AWS.
        aws: HostAws = "aws" or HostAws::default();
        /// How it is set up.
        provisioning: Provisioning = "provisioning" or Provisioning::default();
        /// Who may reach it over SSH.
        ssh_exposure: SshExposure = "sshExposure" or SshExposure::default();
        /// Its tailnet.
        tailnet: Tailnet = "tailnet" or Tailnet::default();
        /// What it may reach.
        egress: HostEgress = "egress" or HostEgress::default();
        /// Where it takes built packages from.
        cache: Cache = "cache" or Cache::default();
        /// What operators may do on it.
        operator: Operator = "operator" or Operator::default();
        /// How it updates itself.
        self_update: SelfUpdate = "selfUpdate" or SelfUpdate::default();
        /// The model that agents on it use unless they name another, as `provider/model`.
        agent_model_primary: Option<ModelName> = "agentModelPrimary" or None;
    }
}

section! {
    /// A server at Hetzner Cloud.
    HostHetzner {
        /// The server type.
        server_type: Line = "serverType" or fixed(Line::parse("cx43"));
        /// The image that it starts from. Empty: the one that the installer brings.
        image: Option<Line> = "image" or None;
        /// The location.
        location: Line = "location" or fixed(Line::parse("nbg1"));
    }
}

section! {
    /// An instance at AWS.
    HostAws {
        /// The instance type.
        instance_type: Line = "instanceType" or fixed(Line::parse("t3.large"));
        /// The region.
        region: AwsRegion = "region" or fixed(AwsRegion::parse("eu-central-1"));
        /// The image that it starts from.
        ami: Option<AmiId> = "ami" or None;
        /// The size of its disk, in GiB.
        root_volume_gb: NonZeroU32 = "rootVolumeGb" or NonZeroU32::MIN.saturating_add(39);
        /// What the objects that it starts from begin with. Empty: `bootstrap/HOST`. No two hosts share one.
        bootstrap_prefix: Option<StorePrefix> = "bootstrapPrefix" or None;
        /// The secret that holds its Discord token, behind `aws.secretsPrefix`. Empty: `discord-token`. No two hosts share
        /// one.
        discord_token_secret: Option<CloudName> = "discordTokenSecret" or None;
    }
}

section! {
    /// How a host is set up.
    Provisioning checked by rules::provisioning {
        /// The network that may administer it, such as `203.0.113.10/32`.
        admin_cidr: Option<AdminCidr> = "adminCidr" or None;
        /// Whether that network may be the whole world.
        admin_cidr_allow_world_open: bool = "adminCidrAllowWorldOpen" or false;
        /// The file on the operator's machine that holds the SSH public key to install.
        ssh_pubkey_file: String = "sshPubkeyFile" or String::new();
    }
}

section! {
    /// Who may reach a host over SSH.
    SshExposure {
        /// `tailnet`, `bootstrap` or `public`.
        mode: SshExposureMode = "mode" or SshExposureMode::Bootstrap;
    }
}

section! {
    /// The tailnet of a host.
    Tailnet {
        /// `tailscale` or `none`.
        mode: TailnetMode = "mode" or TailnetMode::Tailscale;
    }
}

section! {
    /// What a host may reach.
    HostEgress {
        /// `none`, `smtp-block` or `proxy-allowlist`.
        mode: EgressMode = "mode" or EgressMode::SmtpBlock;
        /// Domains that may be reached under `proxy-allowlist`.
        allow_domains: Vec<Domain> = "allowDomains" or Vec::new();
    }
}

section! {
    /// What operators may do on a host.
    Operator {
        /// Deploys over SSH.
        deploy: Deploy = "deploy" or Deploy::default();
    }
}

section! {
    /// Deploys over SSH.
    Deploy {
        /// Whether operators may deploy so.
        enable: bool = "enable" or false;
    }
}
