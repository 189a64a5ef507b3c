//! `CONNECT`: a tunnel for whatever the guest speaks, usually TLS.

use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::{io::copy_bidirectional, net::TcpStream};

/// The longest that a tunnel stays open.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// Carries bytes both ways until one side is done, or for an hour.
pub(super) async fn tunnel(upgrade: OnUpgrade, mut outside: TcpStream) {
    let inside = match upgrade.await {
        Ok(inside) => inside,
        Err(error) => {
            tracing::debug!(%error, "a guest left before its tunnel was open");
            return;
        }
    };
    let mut inside = TokioIo::new(inside);
    match tokio::time::timeout(LONGEST, copy_bidirectional(&mut inside, &mut outside)).await {
        Ok(Ok((sent, received))) => tracing::debug!(sent, received, "a tunnel was closed"),
        Ok(Err(error)) => tracing::debug!(%error, "a tunnel broke"),
        Err(_) => tracing::debug!("a tunnel was open for too long"),
    }
}
