//! One provider, asked by many at once.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use tokio::{sync::Mutex, time::Instant};

use super::{Machine, Provides};

/// A provider and what it said last.
pub struct Source {
    provider: Box<dyn Provides>,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    /// When the last question was asked.
    asked: Option<Instant>,
    look: Look,
}

/// What is known of a provider's machines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// When it said so; `None` when it never did.
    pub(super) at: Option<Timestamp>,
    /// The machines.
    pub(super) machines: Vec<Machine>,
    /// Why it is not from now.
    pub(super) fault: Option<String>,
}

impl Source {
    /// A provider that has not been asked yet.
    #[must_use]
    pub fn new(provider: impl Provides + 'static) -> Self {
        Self { provider: Box::new(provider), last: Mutex::default() }
    }

    /// What it says now, or what it said last. Whoever comes while it is being asked waits for the next answer, and shares
    /// that with everybody who waits.
    pub(super) async fn look(&self, now: Timestamp, patience: Duration) -> Look {
        let came = Instant::now();
        let mut last = self.last.lock().await;
        if last.asked.is_some_and(|asked| asked >= came) {
            return last.look.clone();
        }
        last.asked = Some(Instant::now());
        let answer = tokio::time::timeout(patience, self.provider.machines()).await;
        match answer.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(machines) => last.look = Look { at: Some(now), machines, fault: None },
            Err(why) => {
                tracing::warn!(why, "a source of the status does not answer");
                last.look.fault = Some(why);
            }
        }
        last.look.clone()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_trait::async_trait;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    struct Moody(Arc<AtomicUsize>);

    #[async_trait]
    impl Provides for Moody {
        async fn machines(&self) -> Result<Vec<Machine>, String> {
            let call = self.0.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            if call == 1 { Err("it rains".to_owned()) } else { Ok(Vec::new()) }
        }
    }

    #[tokio::test]
    async fn what_was_said_last_is_kept_for_when_nothing_is_said() {
        let source = Source::new(Moody(Arc::default()));
        let (one, two) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(60).unwrap());
        let first = source.look(one, Duration::from_secs(5)).await;
        assert_eq!((first.at, first.fault), (Some(one), None));
        let second = source.look(two, Duration::from_secs(5)).await;
        assert_eq!((second.at, second.fault.as_deref()), (Some(one), Some("it rains")));
        let third = source.look(two, Duration::from_secs(5)).await;
        assert_eq!((third.at, third.fault), (Some(two), None));
    }

    #[tokio::test]
    async fn those_who_look_at_once_share_an_answer() {
        let calls = Arc::new(AtomicUsize::new(5));
        let source = Source::new(Moody(Arc::clone(&calls)));
        let looks = (0..50).map(|_| source.look(Timestamp::UNIX_EPOCH, Duration::from_secs(5)));
        futures_util::future::join_all(looks).await;
        assert!(calls.load(Ordering::Relaxed) <= 7, "{calls:?}");
    }
}
