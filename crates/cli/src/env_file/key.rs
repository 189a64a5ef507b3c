//! What the file may hold.

use clawlets_model::document::nearest;

/// A variable of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    HcloudToken,
    GithubToken,
    NixBin,
    SopsAgeKeyFile,
    AwsProfile,
    ControlApiToken,
}

impl Key {
    /// Every key, in the order that they are shown.
    pub(crate) const ALL: [Self; 6] = [
        Self::HcloudToken,
        Self::GithubToken,
        Self::NixBin,
        Self::SopsAgeKeyFile,
        Self::AwsProfile,
        Self::ControlApiToken,
    ];

    /// Its name in the file and in the environment.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::HcloudToken => "HCLOUD_TOKEN",
            Self::GithubToken => "GITHUB_TOKEN",
            Self::NixBin => "NIX_BIN",
            Self::SopsAgeKeyFile => "SOPS_AGE_KEY_FILE",
            Self::AwsProfile => "AWS_PROFILE",
            Self::ControlApiToken => "CONTROL_API_TOKEN",
        }
    }

    /// What it is for.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::HcloudToken => "Hetzner Cloud: makes and removes servers",
            Self::GithubToken => "GitHub: reads private repositories",
            Self::NixBin => "the program nix, if it is not in PATH",
            Self::SopsAgeKeyFile => "the file of your age key",
            Self::AwsProfile => "the AWS profile to use",
            Self::ControlApiToken => "the control API: deploys hosts, as a person",
        }
    }

    /// Whether its value is a secret.
    pub(crate) const fn is_token(self) -> bool {
        match self {
            Self::HcloudToken | Self::GithubToken | Self::ControlApiToken => true,
            Self::NixBin | Self::SopsAgeKeyFile | Self::AwsProfile => false,
        }
    }

    /// The key of that name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The key that was probably meant.
    pub(super) fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, Self::ALL.into_iter().map(Self::name))
    }
}
