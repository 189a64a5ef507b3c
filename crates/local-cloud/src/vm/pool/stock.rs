//! What is in the pool.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::{sync::Notify, task::JoinHandle};

use super::{
    entry::{Entry, Kind},
    refill::refill,
};
use crate::vm::{
    control::watch,
    error::GuestError,
    shim_process::ShimCommand,
    spec::GuestSpec,
    template::{Shelf, Template, TemplateKey, TemplateView},
};

/// How long the pool leaves the processors to a guest that was just claimed, as long as another one is left.
const PAUSE: Duration = Duration::from_millis(250);
/// The most rehearsed entries of any pool. Each takes some 60 MB.
const MAX_SIZE: usize = 64;
/// How many entries are kept besides that have never run. Each takes some 20 MB.
const FRESH: usize = 1;

/// What is kept ready, for the owner of the cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct PoolView {
    /// How many rehearsed guests there should be.
    pub(crate) size: usize,
    /// How many of these wait to be claimed.
    pub(crate) parked: usize,
    /// How many guests wait that have never run.
    pub(crate) fresh: usize,
    /// How many are being made.
    pub(crate) making: usize,
    /// The templates that guests are copied from.
    pub(crate) templates: Vec<TemplateView>,
}

/// Where the directories of entries are.
#[derive(Clone, Debug)]
pub(crate) struct PoolFolders {
    /// Of those that have rehearsed.
    pub(crate) rehearsed: PathBuf,
    /// Of those that have never run.
    pub(crate) fresh: PathBuf,
}

/// The pool. A clone of it is the same pool.
#[derive(Clone, Debug)]
pub(in crate::vm) struct Pool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shim: ShimCommand,
    folders: PoolFolders,
    shelf: Shelf,
    stock: Mutex<Stock>,
    /// Told when there may be something to make or to end.
    wake: Notify,
    worker: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Stock {
    size: usize,
    /// The guests that are expected, apart from who they will be.
    expected: Option<Arc<GuestSpec>>,
    parked: VecDeque<Entry>,
    making: usize,
    /// Names the next entry's folder.
    number: u64,
    quiet_until: Option<Instant>,
}

impl Stock {
    fn count(&self, kind: Kind) -> usize {
        self.parked.iter().filter(|entry| entry.kind() == kind).count()
    }
}

/// What is to be done about the pool.
#[derive(Debug)]
pub(super) enum Plan {
    /// Nothing, until something changes.
    Wait,
    /// Nothing, for a while.
    Pause(Duration),
    /// These are too many, dead, or copies of what is no longer ordered.
    End(Vec<Entry>),
    /// So many of these are missing, of this kind.
    Make(Arc<GuestSpec>, Kind, usize),
}

impl Pool {
    /// An empty pool of guests copied from what is on the shelf. It makes its entries below `folders`, from the moment when
    /// it knows which guests to expect.
    pub(in crate::vm) fn new(shim: ShimCommand, folders: PoolFolders, shelf: Shelf, size: usize) -> Self {
        let stock = Stock { size: size.min(MAX_SIZE), ..Stock::default() };
        let (stock, wake, worker) = (Mutex::new(stock), Notify::new(), Mutex::default());
        let pool = Self(Arc::new(Inner { shim, folders, shelf, stock, wake, worker }));
        *pool.worker() = Some(tokio::spawn(refill(pool.clone())));
        pool
    }

    /// Expects guests like this one, and no others.
    pub(in crate::vm) fn expect(&self, spec: GuestSpec) {
        self.stock().expected = Some(Arc::new(spec));
        self.wake();
    }

    /// Changes how many rehearsed guests are kept ready.
    pub(in crate::vm) fn resize(&self, size: usize) {
        self.stock().size = size.min(MAX_SIZE);
        self.wake();
    }

    /// Takes the oldest copy of a template out of the pool: a rehearsed one if there is one.
    pub(in crate::vm) fn take(&self, key: TemplateKey) -> Option<Entry> {
        let mut stock = self.stock();
        let find = |kind| move |entry: &Entry| entry.key() == key && entry.kind() == kind;
        let at = [Kind::Rehearsed, Kind::Fresh]
            .into_iter()
            .find_map(|kind| stock.parked.iter().position(find(kind)))?;
        let entry = stock.parked.remove(at);
        // Who finds nothing rehearsed needs the processors most, and nobody waits for the next fresh one.
        let is_short = stock.size > 0 && stock.count(Kind::Rehearsed) == 0;
        stock.quiet_until = (!is_short).then(|| Instant::now() + PAUSE);
        drop(stock);
        self.wake();
        entry
    }

    pub(in crate::vm) fn view(&self) -> PoolView {
        let templates = self.0.shelf.view();
        let stock = self.stock();
        PoolView {
            size: stock.size,
            parked: stock.count(Kind::Rehearsed),
            fresh: stock.count(Kind::Fresh),
            making: stock.making,
            templates,
        }
    }

    /// Ends every entry, and makes no more.
    pub(in crate::vm) async fn close(&self) {
        let worker = self.worker().take();
        if let Some(worker) = worker {
            worker.abort();
            let _ = worker.await;
        }
        let entries = std::mem::take(&mut self.stock().parked);
        for entry in entries {
            entry.end().await;
        }
    }

    /// What is to be done now.
    pub(super) fn plan(&self) -> Plan {
        let mut stock = self.stock();
        let Some(expected) = stock.expected.clone() else { return Plan::Wait };
        let key = TemplateKey::of(&expected);
        let mut room = [(Kind::Rehearsed, stock.size), (Kind::Fresh, FRESH)];
        let mut is_wanted = |entry: &Entry| {
            let room = room.iter_mut().find(|(kind, room)| *kind == entry.kind() && *room > 0);
            let fits = room.filter(|_| entry.key() == key && entry.is_alive());
            fits.map(|(_, room)| *room -= 1).is_some()
        };
        let (wanted, unwanted): (VecDeque<Entry>, VecDeque<Entry>) =
            std::mem::take(&mut stock.parked).into_iter().partition(&mut is_wanted);
        stock.parked = wanted;
        if !unwanted.is_empty() {
            return Plan::End(unwanted.into());
        }
        // A fresh one is there in no time.
        let [rehearsed, fresh] = room;
        let Some((kind, missing)) = [fresh, rehearsed].into_iter().find(|(_, missing)| *missing > 0) else {
            return Plan::Wait;
        };
        let quiet = stock.quiet_until.and_then(|until| until.checked_duration_since(Instant::now()));
        if let Some(quiet) = quiet.filter(|quiet| !quiet.is_zero()) {
            return Plan::Pause(quiet);
        }
        // Two at a time once somebody has had to wait; one leaves a processor to those who work.
        Plan::Make(expected, kind, missing.min(if stock.count(Kind::Rehearsed) == 0 { 2 } else { 1 }))
    }

    /// Makes one entry and puts it into the pool.
    pub(super) async fn make_one(
        &self,
        kind: Kind,
        copied: (TemplateKey, &Template),
    ) -> Result<(), GuestError> {
        let path = {
            let mut stock = self.stock();
            stock.number += 1;
            stock.making += 1;
            let folder = match kind {
                Kind::Rehearsed => &self.0.folders.rehearsed,
                Kind::Fresh => &self.0.folders.fresh,
            };
            folder.join(stock.number.to_string())
        };
        let made = Entry::make(&self.0.shim, path, kind, copied).await;
        let mut stock = self.stock();
        stock.making -= 1;
        let entry = made?;
        let dir = entry.dir().clone();
        stock.parked.push_back(entry);
        drop(stock);
        // One that ends by itself must be noticed, so that it is replaced before it is wanted.
        let pool = self.clone();
        tokio::spawn(async move {
            watch(&dir).await;
            pool.wake();
        });
        Ok(())
    }

    pub(super) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    pub(super) async fn woken(&self) {
        self.0.wake.notified().await;
    }

    fn wake(&self) {
        self.0.wake.notify_one();
    }

    fn stock(&self) -> MutexGuard<'_, Stock> {
        // Whole after every statement.
        self.0.stock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn worker(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.0.worker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
