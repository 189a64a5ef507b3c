//! A need of a secret, and the needs of a fleet.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

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
    /// How it can be made; none when it comes from somebody else.
    pub generator: Option<Generator>,
}

impl Need {
    /// The secrets of which one must be there.
    fn secrets(&self) -> impl Iterator<Item = &SecretName> {
        std::iter::once(&self.secret).chain(&self.instead)
    }
}

/// Everything that a fleet needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// The hosts, in the order of the declaration.
    pub hosts: Vec<HostName>,
    /// What every host needs. It is kept once, and not for each: a fleet may have thousands of both.
    of_all: Vec<Need>,
    /// What single hosts need.
    of_hosts: BTreeMap<HostName, Vec<Need>>,
    /// Every secret that `of_all` speaks of.
    known_to_all: BTreeSet<SecretName>,
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
    pub fn is_met_by(&self, there: &BTreeSet<SecretName>) -> bool {
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
    /// A plan for these hosts, which need nothing yet.
    pub(super) fn new(hosts: Vec<HostName>) -> Self {
        Self { hosts, ..Self::default() }
    }

    /// Adds what every host needs.
    pub(super) fn add(&mut self, need: Need) {
        self.known_to_all.extend(need.secrets().cloned());
        self.of_all.push(need);
    }

    /// Adds what one host needs.
    pub(super) fn add_for(&mut self, host: &HostName, need: Need) {
        self.of_hosts.entry(host.clone()).or_default().push(need);
    }

    /// What one host needs and others may not.
    fn own(&self, host: &HostName) -> &[Need] {
        self.of_hosts.get(host).map_or(&[], Vec::as_slice)
    }

    /// Every need: those of single hosts, and then those of all.
    fn needs(&self) -> impl Iterator<Item = &Need> {
        self.of_hosts.values().flatten().chain(&self.of_all)
    }

    /// What a host needs, by the secret's name.
    #[must_use]
    pub fn wanted(&self, host: &HostName) -> Vec<Wanted> {
        let mut found: BTreeMap<&SecretName, Wanted> = BTreeMap::new();
        let is_taken = |need: &&Need| need.holder != Holder::Nobody;
        for need in self.own(host).iter().chain(&self.of_all).filter(is_taken) {
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

    /// The hosts that need a secret, or would take it instead of another, in the order of the declaration.
    #[must_use]
    pub fn hosts_of(&self, secret: &SecretName) -> Vec<HostName> {
        self.hosts.iter().filter(|host| self.refers_to(host, secret)).cloned().collect()
    }

    /// Whether anything refers to a secret on a host.
    #[must_use]
    pub fn refers_to(&self, host: &HostName, secret: &SecretName) -> bool {
        self.known_to_all.contains(secret)
            || self.own(host).iter().flat_map(Need::secrets).any(|asked| asked == secret)
    }

    /// Whether a secret is one for all hosts, and not one for each.
    #[must_use]
    pub fn is_of_all(&self, secret: &SecretName) -> bool {
        !self.of_hosts.values().flatten().any(|need| need.secret == *secret)
    }

    /// The secrets that must not reach a bot and are handed to one all the same.
    #[must_use]
    pub fn exposures(&self) -> Vec<Exposure> {
        let owned: BTreeMap<&SecretName, &Holder> = self
            .needs()
            .filter(|need| match need.holder {
                Holder::Host | Holder::Orchestrator => !need.at.starts_with("cattle.secretEnv"),
                Holder::EveryBot | Holder::Bot(_) | Holder::Nobody => false,
            })
            .flat_map(|need| need.secrets().map(|secret| (secret, &need.holder)))
            .collect();
        let to_bots = self.needs().filter(|need| need.holder.is_bot());
        to_bots
            .filter_map(|need| {
                let owner = (*owned.get(&need.secret)?).clone();
                Some(Exposure { secret: need.secret.clone(), at: need.at.clone(), owner })
            })
            .collect()
    }
}
