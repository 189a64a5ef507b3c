//! The life of the daemon.

use std::{
    fs,
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::net::TcpListener;

use super::{
    endpoint::{Endpoint, token},
    lock::DaemonLock,
    nobodies::end_nobodies,
};
use crate::{
    api::{self, Gate, Shared},
    cloud::{Cloud, Parts, Project, Store},
    config::{AcceleratorChoice, Config, Copies},
    error::Error,
    http_server::{ConnectionLimit, serve_connections},
    image::SystemImage,
    state_dir::{StateDir, write_private},
    vm::{self, Accelerator, PoolFolders, ShimCommand, WarmStart, shim::containment::take_stock},
};

/// Connections that are served at a time.
const MAX_CONNECTIONS: usize = 512;

/// Serves the cloud until `shutdown` is done.
///
/// Guests that a daemon before left running are taken over first; when this one ends, its guests run on in turn
/// ([`crate::down`] ends them too). The image that was built into the cache is registered. Once requests are accepted,
/// `local.json` says where, and it is removed at the end.
///
/// # Errors
/// [`Error::AlreadyServed`] when another daemon serves the state directory, and whatever keeps this one from starting.
/// Once requests are accepted there is no error that ends it.
pub async fn serve(config: Config, shutdown: impl Future<Output = ()>) -> Result<(), Error> {
    config.check()?;
    let state = StateDir::new(&absolute(&config.state_dir)?);
    let cache_dir = absolute(&config.cache_dir)?;
    state.create()?;
    let lock = DaemonLock::take(&state)?;
    fs::create_dir_all(&cache_dir).map_err(Error::file("create", &cache_dir))?;
    let token = token(&state)?;
    end_nobodies(&state)?;
    let cloud = cloud(&config, &state, &cache_dir).await?;
    let listener = bind(config.listen, &state).await?;
    let address = listener.local_addr().map_err(listening(config.listen))?;
    cloud.recover()?;
    // Where it cannot be written, the next daemon listens elsewhere; that is all.
    let _ = write_private(&state.address(), address.to_string().as_bytes());
    let endpoint = Endpoint::new(address, token.clone());
    endpoint.write(&state)?;
    tracing::info!(endpoint = endpoint.endpoint, "serving the local cloud");
    let service =
        api::service(Shared::new(Arc::clone(&cloud), config.limits.requests), Gate(Arc::new(token)));
    serve_connections(listener, service, ConnectionLimit(MAX_CONNECTIONS), shutdown).await;
    Endpoint::forget(&state)?;
    cloud.close().await;
    end_nobodies(&state)?;
    drop(lock);
    Ok(())
}

fn launcher(config: &Config, state: &StateDir) -> WarmStart {
    let shim = ShimCommand::new(&config.shim_command);
    match config.copies {
        Copies::Never => WarmStart::cold(shim),
        Copies::FromTemplates(pool) => {
            let folders = PoolFolders { rehearsed: state.pool(), fresh: state.fresh() };
            WarmStart::new(shim, state.templates(), folders, pool.guests())
        }
    }
}

async fn cloud(config: &Config, state: &StateDir, cache_dir: &Path) -> Result<Arc<Cloud>, Error> {
    let accelerator = match config.guest.accelerator {
        AcceleratorChoice::Probe => vm::probe(&config.guest.qemu, cache_dir).await,
        AcceleratorChoice::Kvm => Accelerator::Kvm,
        AcceleratorChoice::Emulate => Accelerator::Tcg,
    };
    let (summary, room) = take_stock(&config.guest.containment);
    tracing::info!(
        by = summary.by.as_str(),
        limits = summary.limits.as_str(),
        reason = summary.reason,
        "containing guests"
    );
    let bytes = serde_json::to_vec(&summary).expect("a summary has string keys only");
    write_private(&state.containment(), &bytes).map_err(Error::file("write", state.containment()))?;
    let project = Project::load(Store::open(&state.store())?);
    let project = project.map_err(|source| Error::Store { path: state.store(), source })?;
    let cloud = Cloud::new(Parts {
        state: state.clone(),
        limits: config.limits,
        guest: config.guest.clone(),
        accelerator,
        group: room.map(|room| room.path().to_path_buf()),
        launcher: Box::new(launcher(config, state)),
        project,
    });
    register_built_image(&cloud, cache_dir);
    Ok(cloud)
}

/// Registers the image in the cache. A cache that holds none, or a broken one, does not keep the cloud from starting.
fn register_built_image(cloud: &Cloud, cache_dir: &Path) {
    let path = SystemImage::manifest_path(cache_dir);
    if !path.exists() {
        return;
    }
    let registered = SystemImage::read(&path)
        .map_err(|error| error.to_string())
        .and_then(|image| cloud.register_image(image.into()).map_err(|failure| failure.to_string()));
    if let Err(reason) = registered {
        tracing::warn!(path = %path.display(), reason, "failed to register the built image");
    }
}

/// Listens; when any port will do, on the one of the run before, so that clients which know it need not be told.
async fn bind(wanted: SocketAddr, state: &StateDir) -> Result<TcpListener, Error> {
    let before = fs::read_to_string(state.address()).ok();
    let before = before.and_then(|text| text.trim().parse::<SocketAddr>().ok());
    if let Some(before) = before.filter(|before| wanted.port() == 0 && before.ip() == wanted.ip())
        && let Ok(listener) = TcpListener::bind(before).await
    {
        return Ok(listener);
    }
    TcpListener::bind(wanted).await.map_err(listening(wanted))
}

fn listening(address: SocketAddr) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::Listen { address, source }
}

fn absolute(path: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(path).map_err(Error::file("find", path))
}
