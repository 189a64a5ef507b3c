//! `cattle`: disposable VMs.

use std::num::NonZeroU32;

use clawlets_model::{LabelKey, LabelValue, MicroEuros, Ttl, egress::EgressRule};
use indexmap::IndexMap;

use super::{SecretEnv, fixed};
use crate::{
    form::{choice, section},
    rules,
    value::{HttpUrl, Line},
};

choice! {
    /// Where disposable VMs run.
    CattleProvider {
        /// At Hetzner Cloud.
        Hetzner = "hetzner",
        /// On the orchestrator's own host.
        Local = "local",
    }
}

section! {
    /// Disposable VMs.
    Cattle checked by rules::cattle {
        /// Whether there are any.
        enabled: bool = "enabled" or false;
        /// Where they run: `hetzner` or `local`.
        provider: CattleProvider = "provider" or CattleProvider::Hetzner;
        /// What is asked of the provider.
        hetzner: CattleHetzner = "hetzner" or CattleHetzner::default();
        /// How VMs behave unless a task says otherwise.
        defaults: CattleDefaults = "defaults" or CattleDefaults::default();
        /// Environment variables for VMs, and the secret that each one holds. Only the orchestrator holds these secrets.
        secret_env: SecretEnv = "secretEnv" or SecretEnv::new();
        /// Where VMs may go.
        egress: CattleEgress = "egress" or CattleEgress::default();
        /// What VMs may cost.
        budget: Budget = "budget" or Budget::default();
    }
}

section! {
    /// What is asked of the provider of disposable VMs.
    CattleHetzner checked by rules::cattle_labels {
        /// The image that VMs start from.
        image: Option<Line> = "image" or None;
        /// The server type.
        server_type: Line = "serverType" or fixed(Line::parse("cx23"));
        /// Server types to try, in order, when the first one is not to be had.
        fallback_server_types: Vec<Line> = "fallbackServerTypes" or Vec::new();
        /// The location.
        location: Line = "location" or fixed(Line::parse("nbg1"));
        /// Locations to try, in order, when the first one has no room.
        fallback_locations: Vec<Line> = "fallbackLocations" or Vec::new();
        /// How many VMs may live at the same time.
        max_instances: NonZeroU32 = "maxInstances" or NonZeroU32::MIN.saturating_add(9);
        /// How long a VM lives when a task does not say.
        default_ttl: Ttl = "defaultTtl" or fixed(Ttl::parse("2h"));
        /// Labels of every VM, besides those that the orchestrator sets.
        labels: IndexMap<LabelKey, LabelValue> = "labels" or managed_by_us();
        /// The base URL of the provider's API. Empty: the vendor's.
        endpoint: Option<HttpUrl> = "endpoint" or None;
    }
}

section! {
    /// How disposable VMs behave unless a task says otherwise.
    CattleDefaults {
        /// Whether a VM goes when its task is done. Otherwise it stays, off the network, until its time is over.
        auto_shutdown: bool = "autoShutdown" or true;
        /// Who is told of a task's end. Empty: nobody.
        callback_url: Option<HttpUrl> = "callbackUrl" or None;
    }
}

section! {
    /// Where disposable VMs may go.
    CattleEgress {
        /// Domains, or `host:port`. A domain alone means port 443.
        allow: Vec<EgressRule> = "allow" or Vec::new();
    }
}

section! {
    /// What disposable VMs may cost, in euros without VAT. 0 means no cap.
    Budget {
        /// All of them together, in a calendar month.
        monthly_eur: MicroEuros = "monthlyEur" or MicroEuros::default();
        /// Those of one bot, in a calendar month.
        per_requester_monthly_eur: MicroEuros = "perRequesterMonthlyEur" or MicroEuros::default();
    }
}

fn managed_by_us() -> IndexMap<LabelKey, LabelValue> {
    IndexMap::from([(fixed(LabelKey::parse("managed-by")), fixed(LabelValue::parse("clawlets")))])
}
