//! What the machine is.

use clap::{Args, builder::PossibleValuesParser};
use clawlets_fleet::HostProvider;

use super::collect::Collected;

#[derive(Debug, Args)]
#[command(next_help_heading = "Machine")]
pub(super) struct Machine {
    /// Whether it runs the fleet.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    enable: Option<bool>,
    /// Where it is.
    #[arg(long, value_parser = PossibleValuesParser::new(HostProvider::ALL.iter().map(|word| word.as_str())))]
    provider: Option<String>,
    /// The disk that the system goes on, such as /dev/sda.
    #[arg(long, value_name = "DEVICE")]
    disk_device: Option<String>,
    /// Its name in the flake, where that is another.
    #[arg(long, value_name = "NAME")]
    flake_host: Option<String>,
    /// Its type at Hetzner, such as cx43.
    #[arg(long, value_name = "TYPE", alias = "hetzner-server-type")]
    server_type: Option<String>,
    /// Its location at Hetzner, such as nbg1.
    #[arg(long, value_name = "LOCATION", alias = "hetzner-location")]
    location: Option<String>,
    /// Its image at Hetzner, by name or id.
    #[arg(long, value_name = "IMAGE", alias = "hetzner-image")]
    image: Option<String>,
    /// Its type at AWS, such as t3.large.
    #[arg(long, value_name = "TYPE")]
    instance_type: Option<String>,
    /// Its region at AWS.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Its image at AWS.
    #[arg(long, value_name = "AMI")]
    ami: Option<String>,
    /// The size of its disk at AWS, in GB.
    #[arg(long, value_name = "GB")]
    root_volume_gb: Option<u32>,
    /// Where its bundle lies in the bucket at AWS.
    #[arg(long, value_name = "PREFIX")]
    bootstrap_prefix: Option<String>,
    /// The secret at AWS that holds its Discord token.
    #[arg(long, value_name = "SECRET")]
    discord_token_secret: Option<String>,
    /// The model that its bots think with first, such as zai/glm-4.7.
    #[arg(long, value_name = "PROVIDER/MODEL")]
    agent_model_primary: Option<String>,
    /// Whether operators may deploy from the machine itself.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    operator_deploy: Option<bool>,
}

impl Machine {
    pub(super) fn collect(&self, to: &mut Collected) {
        to.set(&["enable"], self.enable.as_ref());
        to.text(&["provider"], self.provider.as_ref());
        to.text(&["diskDevice"], self.disk_device.as_ref());
        to.text(&["flakeHost"], self.flake_host.as_ref());
        to.text(&["hetzner", "serverType"], self.server_type.as_ref());
        to.text(&["hetzner", "location"], self.location.as_ref());
        to.text(&["hetzner", "image"], self.image.as_ref());
        to.text(&["aws", "instanceType"], self.instance_type.as_ref());
        to.text(&["aws", "region"], self.region.as_ref());
        to.text(&["aws", "ami"], self.ami.as_ref());
        to.set(&["aws", "rootVolumeGb"], self.root_volume_gb.as_ref());
        to.text(&["aws", "bootstrapPrefix"], self.bootstrap_prefix.as_ref());
        to.text(&["aws", "discordTokenSecret"], self.discord_token_secret.as_ref());
        to.text(&["agentModelPrimary"], self.agent_model_primary.as_ref());
        to.set(&["operator", "deploy", "enable"], self.operator_deploy.as_ref());
    }
}
