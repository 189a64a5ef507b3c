//! The time since a host booted, in a file as the kernel writes it. It passes by itself, and a probation is over as soon as
//! a check was tried: so no test waits for one, and none depends on how fast its machine is.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

pub(crate) struct Uptime {
    /// Seconds that are to be added to what passed.
    more: Arc<AtomicU64>,
    begun: Instant,
    has_shortcuts: Arc<AtomicBool>,
    is_over: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

/// How many seconds a try of a check takes: more than any probation of a test that does not look at it.
const TRY: u64 = 2;

impl Uptime {
    /// The file is `path`; a check that was tried leaves the file `tried`.
    pub(crate) fn in_file(path: PathBuf, tried: PathBuf) -> Self {
        let (more, has_shortcuts) = (Arc::new(AtomicU64::new(60)), Arc::new(AtomicBool::new(true)));
        let (is_over, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
        let (added, shortens, ends) = (Arc::clone(&more), Arc::clone(&has_shortcuts), Arc::clone(&is_over));
        let write = move || {
            if fs::remove_file(&tried).is_ok() && shortens.load(Ordering::SeqCst) {
                added.fetch_add(TRY, Ordering::SeqCst);
            }
            let seconds = shown(begun, &added);
            let new = path.with_extension("new");
            fs::write(&new, format!("{seconds}.00 0.00\n")).unwrap();
            fs::rename(new, &path).unwrap();
        };
        write();
        let writer = thread::spawn(move || {
            while !ends.load(Ordering::SeqCst) {
                write();
                thread::sleep(Duration::from_millis(20));
            }
        });
        Self { more, begun, has_shortcuts, is_over, writer: Some(writer) }
    }

    /// What it shows, or will show in a moment.
    pub(crate) fn shown(&self) -> u64 {
        shown(self.begun, &self.more)
    }

    pub(crate) fn passes(&self, seconds: u64) {
        self.more.fetch_add(seconds, Ordering::SeqCst);
    }

    /// From now on a probation takes its time.
    pub(crate) fn takes_its_time(&self) {
        self.has_shortcuts.store(false, Ordering::SeqCst);
    }
}

fn shown(begun: Instant, more: &AtomicU64) -> u64 {
    begun.elapsed().as_secs() + more.load(Ordering::SeqCst)
}

impl Drop for Uptime {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}
