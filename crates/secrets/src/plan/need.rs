//! A need of a secret, and the needs of a fleet.

use std::{collections::BTreeMap, fmt};

use clawlets_model::{BotId, HostName, SecretName};

use crate::Generator;

/// Who is given a secret on a host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The system itself.
    Host,
    /// The orchestrator of disposable VMs, and no bot.
    Orchestrator,
    /// Every bot.
    EveryBot,
    /// One bot.
    Bot(BotId),
    /// Nobody: it is mapped for bots, and none of them takes it. It need not be there.
    Nobody,
}

impl Holder {
    /// Whether a bot could read it.
    #[must_use]
    pub const fn is_bot(&self) -> bool {
        match self {
            Self::EveryBot | Self::Bot(_) => true,
            Self::Host | Self::Orchestrator | Self::Nobody => false,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Orchestrator => f.write_str("orchestrator"),
            Self::EveryBot => f.write_str("every bot"),
            Self::Bot(bot) => write!(f, "bot {bot}"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

/// One place of the declaration that needs a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The secret.
    pub secret: SecretName,
    /// Another secret that would do as well.
    pub instead: Option<SecretName>,
    /// Who is given it.
    pub holder: Holder,
    /// The JSON path of the declaration that asks for it.
    pub at: String,
    /// The hosts that need it.
    pub hosts: Vec<HostName>,
    /// How it can be made; none when it comes from somebody else.
    pub generator: Option<Generator>,
}

/// Everything that a fleet needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The hosts, in the order of the declaration.
    pub hosts: Vec<HostName>,
    /// The needs.
    pub needs: Vec<Need>,
}

/// A secret of one host, with everything that needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The secret.
    pub secret: SecretName,
    /// Another secret that would do as well.
    pub instead: Option<SecretName>,
    /// Who is given it, sorted.
    pub holders: Vec<Holder>,
    /// The JSON paths that ask for it.
    pub at: Vec<String>,
    /// How it can be made.
    pub generator: Option<Generator>,
}

impl Wanted {
    /// Whether one of these secrets fulfils it.
    #[must_use]
    pub fn is_met_by(&self, there: &[SecretName]) -> bool {
        there.contains(&self.secret) || self.instead.as_ref().is_some_and(|instead| there.contains(instead))
    }
}

/// A secret of the machines or of the orchestrator that the declaration hands to bots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The secret.
    pub secret: SecretName,
    /// The JSON path that hands it out.
    pub at: String,
    /// Who it is for.
    pub owner: Holder,
}

impl Plan {
    /// What a host needs, by the secret's name.
    #[must_use]
    pub fn wanted(&self, host: &HostName) -> Vec<Wanted> {
        let mut found: BTreeMap<&SecretName, Wanted> = BTreeMap::new();
        let is_taken = |need: &&Need| need.holder != Holder::Nobody;
        for need in self.needs.iter().filter(|need| need.hosts.contains(host)).filter(is_taken) {
            let wanted = found.entry(&need.secret).or_insert_with(|| Wanted {
                secret: need.secret.clone(),
                instead: need.instead.clone(),
                holders: Vec::new(),
                at: Vec::new(),
                generator: need.generator,
            });
            if need.instead.is_none() {
                wanted.instead = None;
            }
            wanted.holders.push(need.holder.clone());
            wanted.at.push(need.at.clone());
        }
        let mut wanted: Vec<_> = found.into_values().collect();
        for one in &mut wanted {
            one.holders.sort();
            one.holders.dedup();
        }
        wanted
    }

    /// The hosts that need a secret, or would take it instead of another.
    #[must_use]
    pub fn hosts_of(&self, secret: &SecretName) -> Vec<HostName> {
        let asks = |need: &&Need| need.secret == *secret || need.instead.as_ref() == Some(secret);
        let mut hosts: Vec<HostName> = Vec::new();
        for host in self.needs.iter().filter(asks).flat_map(|need| &need.hosts) {
            if !hosts.contains(host) {
                hosts.push(host.clone());
            }
        }
        hosts
    }

    /// Whether anything refers to a secret on a host.
    #[must_use]
    pub fn refers_to(&self, host: &HostName, secret: &SecretName) -> bool {
        self.hosts_of(secret).contains(host)
    }

    /// The secrets that must not reach a bot and are handed to one all the same.
    #[must_use]
    pub fn exposures(&self) -> Vec<Exposure> {
        let owned: BTreeMap<&SecretName, &Holder> = self
            .needs
            .iter()
            .filter(|need| match need.holder {
                Holder::Host | Holder::Orchestrator => !need.at.starts_with("cattle.secretEnv"),
                Holder::EveryBot | Holder::Bot(_) | Holder::Nobody => false,
            })
            .flat_map(|need| {
                [Some(&need.secret), need.instead.as_ref()].into_iter().flatten().map(|s| (s, &need.holder))
            })
            .collect();
        let to_bots = self.needs.iter().filter(|need| need.holder.is_bot());
        to_bots
            .filter_map(|need| {
                let owner = (*owned.get(&need.secret)?).clone();
                Some(Exposure { secret: need.secret.clone(), at: need.at.clone(), owner })
            })
            .collect()
    }
}
