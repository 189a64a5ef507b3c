//! The first bytes of a relayed connection.

use std::{io, time::Duration};

use clawlets_model::proxy_header::{self, Decoded, ProxyHeaderError};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How long a relay may take to say who is calling.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why it is not known who is calling.
#[derive(Debug, Error)]
pub(crate) enum HeaderFault {
    /// The bytes are no header of a relay.
    #[error(transparent)]
    Malformed(#[from] ProxyHeaderError),
    /// The connection ended before the header did.
    #[error("the connection ended inside of its PROXY protocol header")]
    Ended(#[source] io::Error),
    /// The header did not arrive in time.
    #[error("the PROXY protocol header did not arrive in time")]
    TooSlow,
}

/// Reads the header and nothing behind it. Answers with the id of the calling server.
///
/// # Errors
/// [`HeaderFault`].
pub(crate) async fn read_header(stream: &mut (impl AsyncRead + Unpin)) -> Result<u64, HeaderFault> {
    tokio::time::timeout(PATIENCE, read(stream)).await.unwrap_or(Err(HeaderFault::TooSlow))
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<u64, HeaderFault> {
    let mut bytes = Vec::new();
    loop {
        match proxy_header::decode(&bytes)? {
            Decoded::Complete { header, .. } => return Ok(header.server_id),
            Decoded::Incomplete { need } => {
                let have = bytes.len();
                bytes.resize(need, 0);
                stream.read_exact(&mut bytes[have..]).await.map_err(HeaderFault::Ended)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_bytes_behind_the_header_are_left_alone() {
        let bytes = [proxy_header::encode(42), b"GET / HTTP/1.1".to_vec()].concat();
        let mut stream = &bytes[..];
        assert_eq!(read_header(&mut stream).await.unwrap(), 42);
        assert_eq!(stream, b"GET / HTTP/1.1");
    }

    #[tokio::test]
    async fn a_connection_without_a_header_is_refused() {
        assert!(matches!(read_header(&mut &b"GET / HTTP/1.1\r\n"[..]).await, Err(HeaderFault::Malformed(_))));
        let whole = proxy_header::encode(42);
        assert!(matches!(read_header(&mut &whole[..10]).await, Err(HeaderFault::Ended(_))));
    }
}
