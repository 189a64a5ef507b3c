//! Accepting callers.

use std::{sync::Arc, time::Duration};

use tokio::net::{UnixListener, UnixStream};

use super::routes::Api;
use crate::{
    http::{Budget, Drain, serve_connection},
    identity::{Accounts, Caller, Peer, Rules, peer_of},
    relay::Seats,
};

/// How many connections one user may hold open.
const CONNECTIONS: usize = 256;
/// The pause after a connection could not be accepted, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves callers on the socket until the daemon stops.
pub(crate) async fn serve(
    listener: UnixListener,
    api: Api,
    rules: Arc<Rules>,
    accounts: Arc<dyn Accounts>,
    drain: Drain,
) {
    let seats = Seats::new(CONNECTIONS);
    let router = api.router();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = drain.stopping().cancelled() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "failed to accept a caller");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let peer = match peer_of(&stream) {
            Ok(peer) => peer,
            Err(error) => {
                tracing::warn!(%error, "the kernel does not say who calls");
                continue;
            }
        };
        let Some(seat) = seats.take(peer.uid) else {
            tracing::warn!(uid = peer.uid, "a user has too many connections");
            continue;
        };
        let (router, rules, accounts, task_drain) =
            (router.clone(), Arc::clone(&rules), Arc::clone(&accounts), drain.clone());
        drain.spawn(async move {
            let caller = identify(peer, &rules, accounts).await;
            connection(stream, router, caller, &task_drain).await;
            drop(seat);
        });
    }
}

async fn connection(stream: UnixStream, router: axum::Router, caller: Caller, drain: &Drain) {
    serve_connection(stream, router, caller, Budget::DEFAULT, drain).await;
}

/// Looks the peer up in the account database, which may be on the network.
async fn identify(peer: Peer, rules: &Rules, accounts: Arc<dyn Accounts>) -> Caller {
    let uid = peer.uid;
    let account = tokio::task::spawn_blocking(move || accounts.account(uid)).await;
    match account {
        Ok(Ok(account)) => rules.caller(&peer, &account),
        Ok(Err(error)) => {
            tracing::error!(uid, %error, "the account database cannot be asked");
            rules.caller(&peer, &crate::identity::Account::default())
        }
        Err(_) => Caller::Nobody,
    }
}
