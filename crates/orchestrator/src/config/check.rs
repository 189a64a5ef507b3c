//! From the file's form to settings: required keys, bounds, cross rules, and whether every named file can be used.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use clawlets_cloud::Endpoint;
use clawlets_jobs::Budget;
use clawlets_model::{
    BotId, MicroEuros, Requester, Ttl, document::nearest, limits, net::is_tailnet, ssh_key::SshPublicKey,
};
use nix::unistd::Group;
use url::Url;

use super::{
    document::{
        BotTable, CattleTable, Document, IdentityTable, ModelTable, ProviderTable, SecretTable, TailnetTable,
    },
    duration_text::DurationText,
    euros::Euros,
    fault::Fault,
    load::Lines,
    overrides::Overrides,
    provider::{Access, Provider, ProviderKind},
    secret_file::SecretFile,
    settings::{BotPolicy, Cattle, Config, Join, Listen, Reaping, Retention, Tailnet},
};

/// The vendor's API.
const TAILNET_API: &str = "https://api.tailscale.com/api/v2";

/// Checks a document that was read from `file`. `None` when something is missing without which there are no settings;
/// settings are only valid when no fault was added.
pub(super) fn check(
    mut document: Document,
    file: &Path,
    lines: &Lines,
    overrides: &Overrides,
    faults: &mut Vec<Fault>,
) -> Option<Config> {
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let mut check = Check { folder, lines, overrides, faults };
    let provider = check.provider(document.provider);
    let id = document.id.or_else(|| check.missing("id", "a stable name, such as \"web-1\""));
    let store = check.path("store", document.store, "/var/lib/clf/orchestrator/state.sqlite");
    let store_folder = store.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    let personas = check.folder("personas", document.personas, "/etc/clf/cattle-personas");
    let socket = check.path("socket", document.socket, "/run/clf/orchestrator.sock");
    let socket_group = check.group(document.socket_group);
    let egress = std::mem::take(&mut document.cattle.egress.allow);
    let kind = provider.as_ref().map(|(kind, _, _)| *kind);
    let cattle = check.cattle(document.cattle, kind);
    let tailnet = check.tailnet(document.tailnet);
    let models = check.models(document.models);
    let github = check.github(document.github);
    let secrets: BTreeMap<_, _> = document
        .secrets
        .into_iter()
        .filter_map(|(name, table)| check.secret(name.as_str(), table).map(|secret| (name, secret)))
        .collect();
    let mut bots = BTreeMap::new();
    for (bot, table) in document.bots {
        let path = format!("bots.{bot}");
        if Requester::from(&bot) == Requester::operator() {
            check.fault(&path, "is reserved: it stands for the operators");
        }
        for name in table.secret_env.iter().filter(|name| !secrets.contains_key(*name)) {
            let known = secrets.keys().map(clawlets_model::EnvVarName::as_str);
            let suggestion = nearest(name.as_str(), known).map(str::to_owned);
            check.suggest(&format!("{path}.secret_env"), format!("{name} is not in [secrets]"), suggestion);
        }
        bots.insert(bot, bot_policy(table, cattle.max_ttl));
    }
    let uids = check.uids(document.identity, file);
    let retention = Retention {
        jobs: duration(document.retention.jobs, 30 * 86_400),
        logs: duration(document.retention.logs, 30 * 86_400),
    };
    let reaping = Reaping {
        interval: duration(document.reaper.interval, 60),
        unowned_grace: duration(document.reaper.unowned_grace, 120),
        foreign_grace: duration(document.reaper.foreign_grace, 600),
    };
    check.at_most("reaper.interval", reaping.interval, Duration::from_secs(60));
    let (kind, access, relays) = provider?;
    Some(Config {
        id: id?,
        socket,
        socket_group,
        personas,
        agent_model_primary: document.agent_model_primary,
        provider: Provider { kind, access, relays: relays.unwrap_or_else(|| store_folder.join("relays")) },
        store,
        cattle,
        tailnet,
        models,
        runner: document.runner.command,
        egress,
        github,
        secrets,
        bots,
        uids,
        retention,
        reaping,
    })
}

pub(super) struct Check<'a> {
    /// Relative paths start here.
    folder: PathBuf,
    lines: &'a Lines,
    pub(super) overrides: &'a Overrides,
    faults: &'a mut Vec<Fault>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, path: &str, message: impl Into<String>) {
        self.suggest(path, message, None);
    }

    fn suggest(&mut self, path: &str, message: impl Into<String>, suggestion: Option<String>) {
        // A value in an array has no line of its own here; that of its key does.
        let mut message = message.into();
        let mut line = self.lines.get(path).copied();
        if let Some(variable) = self.overrides.variable_for(path) {
            line = None;
            message = format!("{message} (from the variable {variable})");
        }
        self.faults.push(Fault { path: path.to_owned(), line, message, suggestion });
    }

    /// Reports a key that must be there, unless it was reported already for its form.
    pub(super) fn missing<T>(&mut self, path: &str, expected: &str) -> Option<T> {
        if !self.faults.iter().any(|fault| fault.path == path) {
            self.fault(path, format!("is missing: expected {expected}"));
        }
        None
    }

    fn at_most(&mut self, path: &str, value: Duration, most: Duration) {
        if value > most {
            self.fault(path, format!("is {} s, {} s at most", value.as_secs(), most.as_secs()));
        }
    }

    fn path(&mut self, path: &str, value: Option<PathBuf>, default: &str) -> PathBuf {
        let value = value.unwrap_or_else(|| PathBuf::from(default));
        if value.as_os_str().is_empty() {
            self.fault(path, "is empty: expected a path");
        }
        self.folder.join(value)
    }

    fn folder(&mut self, path: &str, value: Option<PathBuf>, default: &str) -> PathBuf {
        let folder = self.path(path, value, default);
        match std::fs::metadata(&folder) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => self.fault(path, format!("{} is not a folder", folder.display())),
            Err(error) => self.fault(path, format!("{}: {error}", folder.display())),
        }
        folder
    }

    pub(super) fn secret_file(&mut self, path: &str, value: &Path) -> SecretFile {
        let file = SecretFile::new(self.folder.join(value));
        if let Err(error) = file.read() {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            self.fault(path, format!("{error}{cause}"));
        }
        file
    }

    fn group(&mut self, name: Option<String>) -> Option<String> {
        let name = name.unwrap_or_else(|| "clf-bots".to_owned());
        if name.is_empty() {
            return None;
        }
        let fault = match Group::from_name(&name) {
            Ok(Some(_)) => None,
            Ok(None) => Some(format!("there is no group {name:?}; \"\" leaves the group alone")),
            Err(error) => Some(format!("failed to look up the group {name:?}: {error}")),
        };
        if let Some(fault) = fault {
            self.fault("socket_group", fault);
        }
        Some(name)
    }

    fn url(&mut self, path: &str, text: &str) -> Option<Url> {
        match Url::parse(text) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none() =>
            {
                Some(url)
            }
            Ok(_) | Err(_) => {
                self.fault(path, format!("{text:?} is not an http or https URL"));
                None
            }
        }
    }

    fn provider(&mut self, table: ProviderTable) -> Option<(ProviderKind, Access, Option<PathBuf>)> {
        let kind = table.kind.or_else(|| self.missing("provider.kind", "\"hetzner\" or \"local\""));
        let relays = table.relays.map(|relays| self.folder.join(relays));
        let endpoint = table.endpoint.filter(|text| !text.is_empty());
        let access = match (table.token_file, table.connection_file) {
            (Some(_), Some(_)) => {
                self.fault(
                    "provider.connection_file",
                    "excludes token_file: the connection document has the token",
                );
                None
            }
            (None, Some(_)) if endpoint.is_some() => {
                self.fault("provider.endpoint", "excludes connection_file: its document has the endpoint");
                None
            }
            (None, Some(path)) => {
                let file = SecretFile::new(self.folder.join(path));
                let access = Access::ConnectionFile(file);
                if let Err(error) = access.read() {
                    let cause = std::error::Error::source(&error)
                        .map(|cause| format!(": {cause}"))
                        .unwrap_or_default();
                    self.fault("provider.connection_file", format!("{error}{cause}"));
                }
                Some(access)
            }
            (Some(path), None) => {
                let token = self.secret_file("provider.token_file", &path);
                let endpoint = endpoint.and_then(|text| self.url("provider.endpoint", &text));
                Some(Access::Token { endpoint, token })
            }
            (None, None) => {
                self.missing("provider.token_file", "the path of a file that holds the API token")
            }
        };
        if let (Some(ProviderKind::Local), Some(Access::Token { endpoint: None, .. })) = (kind, &access) {
            self.missing::<()>("provider.endpoint", "the local cloud's base URL");
        }
        Some((kind?, access?, relays))
    }

    fn cattle(&mut self, table: CattleTable, provider: Option<ProviderKind>) -> Cattle {
        let max_ttl = table.max_ttl.unwrap_or(Ttl::MAX);
        if let Some(ttl) = table.default_ttl.filter(|ttl| *ttl > max_ttl) {
            self.fault("cattle.default_ttl", format!("{ttl} is longer than max_ttl, {max_ttl}"));
        }
        let max_instances = table.max_instances.unwrap_or(10);
        if !(1..=10_000).contains(&max_instances) {
            self.fault(
                "cattle.max_instances",
                format!("{max_instances} is out of bounds: expected 1 to 10000"),
            );
        }
        let mut admin_keys = Vec::new();
        for (at, line) in table.admin_keys.iter().enumerate() {
            match SshPublicKey::from_line(line) {
                Some(key) => admin_keys.push(key),
                None => self.fault("cattle.admin_keys", format!("entry {at} is not an SSH public key")),
            }
        }
        let boot_timeout = duration(table.boot_timeout, 120);
        self.at_most("cattle.boot_timeout", boot_timeout, Duration::from_secs(15 * 60));
        let silence = duration(table.silence, 20);
        if silence < limits::HEARTBEAT {
            let least = limits::HEARTBEAT.as_secs();
            self.fault(
                "cattle.silence",
                format!("is {} s, at least {least} s: guests call that often", silence.as_secs()),
            );
        }
        Cattle {
            image: self.name("cattle.image", table.image, "clawlets-cattle"),
            server_type: self.name("cattle.server_type", table.server_type, "cx23"),
            location: self.name("cattle.location", table.location, "nbg1"),
            fallback_server_types: self.names("cattle.fallback_server_types", table.fallback_server_types),
            fallback_locations: self.names("cattle.fallback_locations", table.fallback_locations),
            firewall: table.firewall.unwrap_or(provider == Some(ProviderKind::Hetzner)),
            budget: Budget {
                monthly: cap(table.budget.monthly_eur),
                per_requester: cap(table.budget.per_requester_monthly_eur),
            },
            max_instances,
            default_ttl: table.default_ttl,
            max_ttl,
            boot_timeout,
            silence,
            lost_after: duration(table.lost_after, 300).max(silence),
            auto_shutdown: table.auto_shutdown.unwrap_or(true),
            admin_keys,
            labels: table.labels,
        }
    }

    fn name(&mut self, path: &str, value: Option<String>, default: &str) -> String {
        let value = value.unwrap_or_else(|| default.to_owned());
        if value.trim().is_empty() {
            self.fault(path, "is empty: expected a name");
        }
        value
    }

    fn names(&mut self, path: &str, values: Vec<String>) -> Vec<String> {
        if values.iter().any(|value| value.trim().is_empty()) {
            self.fault(path, "has an empty entry: expected names");
        }
        values
    }

    fn tailnet(&mut self, table: TailnetTable) -> Tailnet {
        let port = table.port.unwrap_or(limits::CATTLE_PORT);
        let listen = match table.listen.as_deref() {
            None | Some("auto") => Listen::Auto(port),
            Some(text) => match text.parse::<IpAddr>() {
                Ok(address) if address.is_unspecified() => {
                    self.fault(
                        "tailnet.listen",
                        format!("{text} would listen on every network: expected an address of the tailnet"),
                    );
                    Listen::Auto(port)
                }
                Ok(address) if is_tailnet(address) || address.is_loopback() => {
                    Listen::Address(SocketAddr::new(address, port))
                }
                Ok(_) | Err(_) => {
                    self.fault("tailnet.listen", format!("{text:?} is not an address of the tailnet: expected \"auto\", or one in 100.64.0.0/10 or fd7a:115c:a1e0::/48"));
                    Listen::Auto(port)
                }
            },
        };
        let api = table.api.as_deref().filter(|text| !text.is_empty()).unwrap_or(TAILNET_API);
        let api = match Endpoint::parse(api) {
            Ok(api) => Some(api),
            Err(_) => {
                self.fault("tailnet.api", format!("{api:?} is no https URL; http is for loopback only"));
                None
            }
        };
        let join = match (table.oauth_client_file, table.auth_key_file) {
            (Some(_), Some(_)) => {
                self.fault(
                    "tailnet.auth_key_file",
                    "excludes oauth_client_file: each VM gets a key of its own",
                );
                None
            }
            (Some(path), None) => {
                let client = self.secret_file("tailnet.oauth_client_file", &path);
                api.map(|api| Join::OauthClient { api, client })
            }
            (None, Some(path)) => Some(Join::AuthKey(self.secret_file("tailnet.auth_key_file", &path))),
            (None, None) => None,
        };
        Tailnet { listen, join }
    }

    fn models(&mut self, tables: BTreeMap<String, ModelTable>) -> BTreeMap<String, Url> {
        let mut models = BTreeMap::new();
        for (provider, table) in tables {
            let path = format!("models.{provider}");
            let is_provider = provider.starts_with(|c: char| c.is_ascii_lowercase())
                && provider.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !is_provider {
                self.fault(&path, "is not a provider's name: expected lower-case letters, digits and dashes");
            }
            let key = format!("{path}.base_url");
            match table.base_url {
                Some(text) => models.extend(self.url(&key, &text).map(|url| (provider, url))),
                None => {
                    self.missing::<()>(&key, "an http or https URL");
                }
            }
        }
        models
    }

    fn secret(&mut self, name: &str, table: SecretTable) -> Option<SecretFile> {
        let path = format!("secrets.{name}.file");
        match table.file {
            Some(file) => Some(self.secret_file(&path, &file)),
            None => self.missing(&path, "the path of a file that holds the secret"),
        }
    }

    /// A file that somebody else can write must not decide who is who.
    fn uids(&mut self, table: IdentityTable, file: &Path) -> BTreeMap<u32, BotId> {
        let mut uids = BTreeMap::new();
        for (text, bot) in table.uids {
            let path = format!("identity.uids.{text}");
            if Requester::from(&bot) == Requester::operator() {
                self.fault(&path, "names a reserved bot: it stands for the operators");
            }
            match text.parse::<u32>() {
                Ok(uid) => {
                    uids.insert(uid, bot);
                }
                Err(_) => self.fault(&path, "is not a user id: expected a number"),
            }
        }
        if uids.is_empty() {
            return uids;
        }
        let own = rustix::process::geteuid().as_raw();
        let is_trusted = std::fs::metadata(file).is_ok_and(|metadata| {
            (metadata.uid() == 0 || metadata.uid() == own) && metadata.mode() & 0o022 == 0
        });
        if !is_trusted {
            self.fault("identity.uids", "is accepted only in a file that belongs to root or to the daemon's own user, and that nobody else can write");
        }
        uids
    }
}

fn bot_policy(table: BotTable, max_ttl: Ttl) -> BotPolicy {
    BotPolicy {
        allow: table.allow.unwrap_or(true),
        max_active: table.max_active.unwrap_or(2),
        max_ttl: table.max_ttl.unwrap_or(max_ttl).min(max_ttl),
        personas: table.personas.into_iter().collect(),
        secret_env: table.secret_env.into_iter().collect(),
    }
}

/// A budget of nothing is no cap.
fn cap(euros: Option<Euros>) -> Option<MicroEuros> {
    euros.map(|Euros(amount)| amount).filter(|amount| amount.get() > 0)
}

fn duration(text: Option<DurationText>, default_seconds: u64) -> Duration {
    text.map_or(Duration::from_secs(default_seconds), |DurationText(duration)| duration)
}
