//! The daemon from its start to its end.

use std::{os::unix::net::UnixListener as StdListener, path::Path, sync::Arc, time::Duration};

use clawlets_cloud::{Cloud, Hetzner, HetznerConfig, endpoint};
use clawlets_jobs::{Store, StoreOptions, WorkerId, state::InvalidWorkerId};
use clawlets_model::{cattle, limits};
use metrics_exporter_prometheus::PrometheusBuilder;
use sd_notify::NotifyState;
use tokio::net::{TcpListener, UnixListener};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{clock::Clock, error::StartError, shared::Shared, stop::asked_to_stop};
use crate::{
    catalogue,
    config::{Config, Join, Listen, ProviderKind},
    egress::{self, AllowList, Proxy},
    guest::{self, Guests, Joining, Reach, TailscaleCommand},
    http::Drain,
    identity::{Rules, SystemAccounts},
    job_files::JobFiles,
    keeping, lifecycle, reaper,
    relay::{self, Registration},
    socket::{self, Api, Listening},
    tailnet::Tailnet,
};

/// How long requests in flight may take to end when the daemon stops.
const DRAIN: Duration = Duration::from_secs(10);

/// Listeners for guests.
enum GuestListeners {
    Relays { cattle: UnixListener, egress: Option<UnixListener> },
    Tailnet(TcpListener),
}

/// Runs the daemon until it is asked to stop. `activated` is a socket that was opened for it by whoever started it.
///
/// # Errors
/// [`StartError`] when it cannot start.
pub async fn run(config: Config, activated: Option<StdListener>) -> Result<(), StartError> {
    let config = Arc::new(config);
    // The store comes first: holding it proves that no other daemon works on these jobs.
    let store = Store::open(&StoreOptions::new(&config.store))?;
    let folder = config.store.parent().unwrap_or(Path::new("."));
    let files = JobFiles::open(folder)?;
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let cloud = cloud(&config)?;
    let (reach, guest_listeners) = reach(&config).await?;
    let listening = match activated {
        Some(listener) => Listening { listener, path: None },
        None => socket::listen(&config.socket, config.socket_group.as_deref())?,
    };
    let io = |action| move |source| StartError::Io { action, source };
    listening.listener.set_nonblocking(true).map_err(io("set up the socket"))?;
    let listener = UnixListener::from_std(listening.listener).map_err(io("set up the socket"))?;

    let shared = Arc::new(Shared::new(Clock::system(), Arc::clone(&config), store, files, cloud, reach)?);
    // As one process holds the store at a time, all workers of before are dead.
    let taken = shared.store.expire_leases(shared.now()).await?;
    let stop = CancellationToken::new();
    let drain = Drain::new(stop.clone());
    let background = TaskTracker::new();

    let own_uid = rustix::process::geteuid().as_raw();
    let rules = Arc::new(Rules::new(own_uid, config.uids.clone()));
    let api = Api::new(Arc::clone(&shared), metrics, stop.clone());
    background.spawn(socket::serve(listener, api, rules, Arc::new(SystemAccounts), drain.clone()));
    serve_guests(&shared, guest_listeners, &background, &drain);
    look_after_jobs(&shared, &background, &stop)?;

    tracing::info!(id = %config.id, store = %config.store.display(), taken, "the orchestrator is ready");
    notify(NotifyState::Ready);
    let signal = asked_to_stop().await.map_err(io("wait for signals"))?;
    tracing::info!(signal, "the orchestrator is stopping");
    notify(NotifyState::Stopping);
    stop.cancel();
    if let Some(path) = listening.path {
        // From here on nobody new is served; a successor makes a socket of its own.
        let _ = std::fs::remove_file(path);
    }
    let drained = drain.finish(DRAIN).await;
    background.close();
    let ended = tokio::time::timeout(DRAIN, background.wait()).await.is_ok();
    tracing::info!(drained, ended, "the orchestrator stopped; its VMs go on");
    Ok(())
}

/// Starts everything that happens without being asked: drivers of jobs, the reaper, reading what the provider sells, and
/// forgetting.
pub(crate) fn look_after_jobs(
    shared: &Arc<Shared>,
    background: &TaskTracker,
    stop: &CancellationToken,
) -> Result<(), InvalidWorkerId> {
    let worker = WorkerId::parse(&format!("{}/{}", shared.config.id, std::process::id()))?;
    background.spawn(lifecycle::dispatch(Arc::clone(shared), worker, background.clone(), stop.clone()));
    let (reaping, reaping_stop) = (Arc::clone(shared), stop.clone());
    background.spawn(async move { reaper::run(&reaping, &reaping_stop).await });
    let (read, catalogue_stop) = (Arc::clone(shared), stop.clone());
    background.spawn(async move { catalogue::run(&read, &catalogue_stop).await });
    let (kept, keeping_stop) = (Arc::clone(shared), stop.clone());
    background.spawn(async move { keeping::run(&kept, &keeping_stop).await });
    Ok(())
}

fn notify(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "failed to tell the service manager");
    }
}

/// The client of the provider that is configured.
///
/// # Errors
/// [`StartError`] when its token cannot be read or its endpoint not be used.
pub(crate) fn cloud(config: &Config) -> Result<Arc<dyn Cloud>, StartError> {
    let (told, token) = config.provider.access.read()?;
    let endpoint = endpoint(told.as_ref().map_or("", |url| url.as_str()))?;
    tracing::info!(%endpoint, "the provider");
    Ok(Arc::new(Hetzner::new(HetznerConfig::new(endpoint, token))?))
}

/// Opens the way for guests.
async fn reach(config: &Config) -> Result<(Reach, GuestListeners), StartError> {
    match config.provider.kind {
        ProviderKind::Local => {
            let folder = &config.provider.relays;
            let selector = format!("{},{}={}", cattle::SELECTOR, cattle::keys::ORCHESTRATOR, config.id);
            let (cattle, path) = relay::listen(folder, "cattle.sock")?;
            let mut relays = vec![Registration::new(&selector, limits::CATTLE_PORT, &path)];
            let mut egress = None;
            if !config.egress.is_empty() {
                let (listener, path) = relay::listen(folder, "egress.sock")?;
                relays.push(Registration::new(&selector, limits::EGRESS_PORT, &path));
                egress = Some(listener);
            }
            let access = config.provider.access.clone();
            Ok((Reach::Relays { access, relays }, GuestListeners::Relays { cattle, egress }))
        }
        ProviderKind::Hetzner => {
            let io = |action| move |source| StartError::Io { action, source };
            let address = match config.tailnet.listen {
                Listen::Address(address) => address,
                Listen::Auto(port) => {
                    let found = guest::tailnet_address().map_err(io("list the network's interfaces"))?;
                    (found.ok_or(StartError::NoTailnet)?, port).into()
                }
            };
            let listener = TcpListener::bind(address).await.map_err(io("listen on the tailnet"))?;
            let address = listener.local_addr().map_err(io("listen on the tailnet"))?;
            let join = match config.tailnet.join.clone() {
                None => Joining::Never,
                Some(Join::AuthKey(file)) => {
                    tracing::warn!(
                        "all VMs join the tailnet with one key; tailnet.oauth_client_file gives each its own"
                    );
                    Joining::Shared(file)
                }
                Some(Join::OauthClient { api, client }) => {
                    Joining::Minted(Arc::new(Tailnet::new(api, client)?))
                }
            };
            Ok((Reach::Tailnet { address, join }, GuestListeners::Tailnet(listener)))
        }
    }
}

fn serve_guests(shared: &Arc<Shared>, listeners: GuestListeners, background: &TaskTracker, drain: &Drain) {
    let guests = Guests::new(Arc::clone(shared));
    match listeners {
        GuestListeners::Relays { cattle, egress } => {
            background.spawn(guest::serve_relay(cattle, guests.clone(), drain.clone()));
            if let Some(listener) = egress {
                let allow = AllowList::new(shared.config.egress.clone());
                let proxy = Arc::new(Proxy::new(allow, Arc::new(guests)));
                background.spawn(egress::serve(listener, proxy, drain.clone()));
            }
        }
        GuestListeners::Tailnet(listener) => {
            let lookup = Arc::new(TailscaleCommand);
            background.spawn(guest::serve_tailnet(listener, guests, lookup, drain.clone()));
        }
    }
}
