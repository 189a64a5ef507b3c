//! The log in a file. One thread writes it; what came meanwhile goes to the disk together.

use std::{fmt, io, path::PathBuf, sync::Arc, thread};

use async_trait::async_trait;
use clawlets_audit::{AuditError, Entry, FileLog, Head};
use clawlets_model::cause::chain;
use tokio::sync::{mpsc, oneshot};

use super::{AuditLog, NotLogged};

/// How many entries may wait.
const WAITING: usize = 1024;
/// How many are written together.
const TOGETHER: usize = 128;

struct Order {
    entry: Entry,
    published: Option<String>,
    done: oneshot::Sender<Result<Head, NotLogged>>,
}

/// A log in a file.
pub struct AuditFile(mpsc::Sender<Order>);

impl AuditFile {
    /// The log at this path. Its thread ends with it.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(path: PathBuf) -> io::Result<Self> {
        let (send, orders) = mpsc::channel(WAITING);
        thread::Builder::new().name("audit".to_owned()).spawn(move || write(FileLog::new(path), orders))?;
        Ok(Self(send))
    }
}

fn write(mut log: FileLog, mut orders: mpsc::Receiver<Order>) {
    while let Some(first) = orders.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < TOGETHER
            && let Ok(next) = orders.try_recv()
        {
            batch.push(next);
        }
        let entries: Vec<Entry> = batch.iter().map(|order| order.entry.clone()).collect();
        // What was published last comes last.
        let published = batch.iter().rev().find_map(|order| order.published.clone());
        match log.append(&entries, published.as_deref()) {
            Ok(heads) => {
                for (order, head) in batch.into_iter().zip(heads) {
                    // Whoever went away does not act on it.
                    let _ = order.done.send(Ok(head));
                }
            }
            Err(error) => refuse(batch, error),
        }
    }
}

fn refuse(batch: Vec<Order>, error: AuditError) {
    tracing::error!(error = %chain(&error), "the audit log takes no entry: nothing is deployed");
    let error = Arc::new(error);
    for order in batch {
        let _ = order.done.send(Err(NotLogged::Closed(Arc::clone(&error))));
    }
}

#[async_trait]
impl AuditLog for AuditFile {
    async fn append(&self, entry: Entry, published: Option<String>) -> Result<Head, NotLogged> {
        let (done, outcome) = oneshot::channel();
        let order = Order { entry, published, done };
        self.0.send(order).await.map_err(|_| NotLogged::Ended)?;
        outcome.await.map_err(|_| NotLogged::Ended)?
    }
}

impl fmt::Debug for AuditFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditFile")
    }
}
