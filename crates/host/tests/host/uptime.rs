//! The time since a host booted, in a file as the kernel writes it. It passes by itself, and faster where a test says so.

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
    speed: Arc<AtomicU64>,
    begun: Instant,
    is_over: Arc<AtomicBool>,
    writer: Option<JoinHandle<()>>,
}

impl Uptime {
    pub(crate) fn in_file(path: PathBuf) -> Self {
        let (more, speed) = (Arc::new(AtomicU64::new(60)), Arc::new(AtomicU64::new(1)));
        let (is_over, begun) = (Arc::new(AtomicBool::new(false)), Instant::now());
        let (added, times, ends) = (Arc::clone(&more), Arc::clone(&speed), Arc::clone(&is_over));
        let write = move || {
            let seconds = shown(begun, &added, &times);
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
        Self { more, speed, begun, is_over, writer: Some(writer) }
    }

    /// What it shows, or will show in a moment.
    pub(crate) fn shown(&self) -> u64 {
        shown(self.begun, &self.more, &self.speed)
    }

    pub(crate) fn passes(&self, seconds: u64) {
        self.more.fetch_add(seconds, Ordering::SeqCst);
    }

    /// So many seconds pass in one.
    pub(crate) fn runs_at(&self, speed: u64) {
        self.speed.store(speed, Ordering::SeqCst);
    }
}

fn shown(begun: Instant, more: &AtomicU64, speed: &AtomicU64) -> u64 {
    let passed = begun.elapsed().as_millis() as u64 * speed.load(Ordering::SeqCst) / 1000;
    passed + more.load(Ordering::SeqCst)
}

impl Drop for Uptime {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}
