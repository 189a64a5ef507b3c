//! The server.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use tokio::sync::oneshot;

use crate::{
    AppPem, Installation, Minted, Mishap,
    routes::router,
    state::{Known, State, lock},
};

/// A running GitHub with one App. Dropping it ends it.
pub struct Github {
    address: SocketAddr,
    state: Known,
    pem: AppPem,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Github {
    /// The id of the App.
    pub const APP_ID: u64 = 4711;
    /// The id of its installation.
    pub const INSTALLATION_ID: u64 = 815;

    /// A GitHub whose installation has the repositories `clawlets` and `website`, may write contents and read issues.
    ///
    /// # Panics
    /// When no key can be made or no port be had.
    #[must_use]
    pub fn start() -> Self {
        let pair = |(name, access): (&str, &str)| (name.to_owned(), access.to_owned());
        let installation = Installation {
            id: Self::INSTALLATION_ID,
            repositories: ["clawlets", "website"].map(str::to_owned).into(),
            permissions: [("contents", "write"), ("issues", "read"), ("metadata", "read")].map(pair).into(),
        };
        let pem = AppPem::generate(2048);
        let state = Arc::new(Mutex::new(State::new(Self::APP_ID, &pem, installation)));
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, address) = mpsc::channel();
        let router = router(Arc::clone(&state));
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
                ready.send(listener.local_addr().expect("a bound socket has an address")).expect("somebody waits");
                tokio::select! {
                    served = async { axum::serve(listener, router).await } => served.expect("the server runs"),
                    _ = stopped => {}
                }
            });
        });
        let address = address.recv().expect("the server starts");
        Self { address, state, pem, stop: Some(stop), thread: Some(thread) }
    }

    /// The base URL of its API.
    #[must_use]
    pub fn api(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The App's private key.
    #[must_use]
    pub const fn pem(&self) -> &AppPem {
        &self.pem
    }

    /// Every token that was given out, in order.
    #[must_use]
    pub fn minted(&self) -> Vec<Minted> {
        lock(&self.state).minted.clone()
    }

    /// Method and path of every call, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        lock(&self.state).calls.clone()
    }

    /// The most mints that ever ran at once.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        lock(&self.state).at_once.1
    }

    /// The next call that mints or revokes has a mishap.
    pub fn on_next(&self, mishap: Mishap) {
        lock(&self.state).mishaps.push_back(mishap);
    }

    /// From now on every call is refused with a status, or, with `None`, none any more.
    pub fn be_out_of_order(&self, status: Option<u16>) {
        lock(&self.state).outage = status;
    }

    /// Changes what the installation has.
    pub fn change_installation(&self, change: impl FnOnce(&mut Installation)) {
        change(&mut lock(&self.state).installation);
    }
}

impl std::fmt::Debug for Github {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Github").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Drop for Github {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
