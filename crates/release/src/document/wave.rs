//! Waves: a release reaches a few hosts first, and the rest when time has passed without a halt.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::value::{Period, ReleaseName, UtcTime};

/// When which share of the hosts may begin. No server counts them: each host knows its own place, which is a hash of
/// its name and the release, so that it is another one with every release.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wave {
    /// From when the steps count.
    pub starts_at: UtcTime,
    /// The steps, in rising order; 1 to 32. Hosts beyond the last step's share wait for another pointer.
    pub steps: Vec<WaveStep>,
}

/// From when on how many hosts may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct WaveStep {
    /// How long after the start.
    pub after: Period,
    /// The share of all hosts that may begin then, those before included; from 1 to 100.
    pub percent: u8,
}

impl Wave {
    /// How many steps there may be.
    pub const LARGEST: usize = 32;

    /// When a host may begin with a release; none when its turn does not come.
    #[must_use]
    pub fn opens_at(&self, release: &ReleaseName) -> Option<Timestamp> {
        let place = place(release);
        let step = self.steps.iter().find(|step| place < u64::from(step.percent) * (PLACES / 100))?;
        let after = SignedDuration::from_secs(i64::try_from(step.after.as_secs()).ok()?);
        self.starts_at.timestamp().checked_add(after).ok()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.steps.is_empty() || self.steps.len() > Self::LARGEST {
            return Err(format!("has not 1 to {} entries", Self::LARGEST));
        }
        if self.steps.iter().any(|step| !(1..=100).contains(&step.percent)) {
            return Err("has a percentage that is not 1 to 100".to_owned());
        }
        let rises = |pair: &[WaveStep]| pair[0].after < pair[1].after && pair[0].percent < pair[1].percent;
        if self.steps.windows(2).all(rises) {
            Ok(())
        } else {
            Err("does not rise in time and share".to_owned())
        }
    }
}

const PLACES: u64 = 10_000;

/// A host's place among ten thousand: the first eight bytes of the SHA-256 of the release's full name.
fn place(release: &ReleaseName) -> u64 {
    let digest = Sha256::digest(format!("clawlets wave\0{release}"));
    let (first, _) = digest.split_first_chunk::<8>().expect("SHA-256 has 32 bytes");
    u64::from_be_bytes(*first) % PLACES
}

#[cfg(test)]
mod tests {
    use clawlets_model::{Channel, HostName};

    use super::*;
    use crate::value::{Epoch, Order, ReleaseId};

    fn release(host: usize, id: u64) -> ReleaseName {
        ReleaseName {
            host: HostName::parse(&format!("web-{host}")).unwrap(),
            channel: Channel::parse("prod").unwrap(),
            order: Order { epoch: Epoch::default(), release_id: ReleaseId::new(id).unwrap() },
        }
    }

    fn wave(steps: &[(&str, u8)]) -> Wave {
        let step = |(after, percent): &(&str, u8)| WaveStep {
            after: Period::parse(after).unwrap(),
            percent: *percent,
        };
        Wave {
            starts_at: UtcTime::parse("2026-11-21T08:00:00Z").unwrap(),
            steps: steps.iter().map(step).collect(),
        }
    }

    #[test]
    fn each_step_lets_its_share_of_the_hosts_begin() {
        let wave = wave(&[("1h", 5), ("6h", 25), ("1d", 100)]);
        let begin = |hours: i64| {
            let now = wave.starts_at.timestamp() + SignedDuration::from_hours(hours);
            (0..10_000).filter(|host| wave.opens_at(&release(*host, 7)).is_some_and(|at| at <= now)).count()
        };
        assert_eq!((begin(0), begin(24)), (0, 10_000));
        assert!((400..600).contains(&begin(1)), "{}", begin(1));
        assert!((2_350..2_650).contains(&begin(6)), "{}", begin(6));
    }

    #[test]
    fn who_goes_first_differs_from_release_to_release() {
        let first = |id| (0..1_000).filter(|host| place(&release(*host, id)) < 500).collect::<Vec<_>>();
        assert_ne!(first(1), first(2));
    }

    #[test]
    fn hosts_beyond_the_last_share_wait() {
        let wave = wave(&[("1h", 50)]);
        let waiting = (0..1_000).filter(|host| wave.opens_at(&release(*host, 1)).is_none()).count();
        assert!((400..600).contains(&waiting), "{waiting}");
    }

    #[test]
    fn steps_must_rise() {
        for (steps, is_fine) in [
            (&[("1h", 5), ("2h", 10)][..], true),
            (&[], false),
            (&[("1h", 5), ("2h", 5)], false),
            (&[("2h", 5), ("1h", 10)], false),
            (&[("1h", 0)], false),
            (&[("1h", 101)], false),
        ] {
            assert_eq!(wave(steps).check().is_ok(), is_fine, "{steps:?}");
        }
    }
}
