//! What QEMU and the guest write, kept in logs of bounded size.

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::vm::log_file::LogFile;

/// Copies everything from `source` into `log`, until the source ends. A log that cannot be written does not stop the
/// reading, because a full pipe would stop the guest.
pub(super) async fn record(mut source: impl AsyncRead + Unpin, mut log: LogFile) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = source.read(&mut buffer).await {
        let _ = log.write(&buffer[..length]);
    }
}
