//! Figures.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{machine::Machine, spawn::Timeline};

/// What one benchmark found.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// The benchmark's name on the command line.
    pub(crate) benchmark: String,
    /// What it measures, in a few words.
    pub(crate) title: String,
    /// When it was run.
    pub(crate) at: Timestamp,
    /// Where.
    pub(crate) machine: Machine,
    /// What it found.
    pub(crate) figures: Vec<Figure>,
    /// What somebody should know who reads the figures.
    #[serde(default)]
    pub(crate) notes: Vec<String>,
    /// How single virtual machines came to be, phase by phase.
    #[serde(default)]
    pub(crate) timelines: Vec<Timeline>,
}

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: String,
    /// What was found.
    pub(crate) value: f64,
    /// In which unit.
    pub(crate) unit: Unit,
    /// Which direction is good.
    pub(crate) better: Better,
    /// What it has to reach.
    #[serde(default)]
    pub(crate) target: Option<f64>,
    /// What it is compared with.
    #[serde(default)]
    pub(crate) baseline: Option<Baseline>,
}

/// The other side of a comparison.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Baseline {
    /// What it is.
    pub(crate) name: String,
    /// Its figure, in the unit of the figure that it belongs to.
    pub(crate) value: f64,
    /// Where it comes from.
    pub(crate) source: Source,
}

/// Where a baseline comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Source {
    /// Measured in the same run.
    SameRun,
    /// Written down earlier, on another machine perhaps.
    Recorded,
}

/// A unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Unit {
    /// So many a second.
    PerSecond,
    /// Milliseconds.
    Millis,
    /// Millions of bytes.
    Megabytes,
    /// A number of things.
    Count,
}

/// Which direction is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Better {
    /// More of it.
    More,
    /// Less of it.
    Less,
}

impl Report {
    /// A report of now and here, without figures.
    pub(crate) fn new(benchmark: &str, title: &str) -> Self {
        Self {
            benchmark: benchmark.to_owned(),
            title: title.to_owned(),
            at: Timestamp::now(),
            machine: Machine::this(),
            figures: Vec::new(),
            notes: Vec::new(),
            timelines: Vec::new(),
        }
    }

    /// Adds a figure.
    pub(crate) fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// Adds something that somebody should know who reads the figures.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

impl Figure {
    /// A rate.
    pub(crate) fn per_second(name: impl Into<String>, value: f64) -> Self {
        Self::new(name, value, Unit::PerSecond, Better::More)
    }

    /// A time in milliseconds.
    pub(crate) fn millis(name: impl Into<String>, value: f64) -> Self {
        Self::new(name, value, Unit::Millis, Better::Less)
    }

    /// A size in bytes.
    pub(crate) fn bytes(name: impl Into<String>, bytes: f64) -> Self {
        Self::new(name, bytes / 1e6, Unit::Megabytes, Better::Less)
    }

    /// A number of things of which few are good.
    pub(crate) fn count(name: impl Into<String>, value: f64) -> Self {
        Self::new(name, value, Unit::Count, Better::Less)
    }

    fn new(name: impl Into<String>, value: f64, unit: Unit, better: Better) -> Self {
        Self { name: name.into(), value, unit, better, target: None, baseline: None }
    }

    /// With what it has to reach.
    pub(crate) fn target(self, target: f64) -> Self {
        Self { target: Some(target), ..self }
    }

    /// With what it is compared with, measured in the same run.
    pub(crate) fn against(self, name: impl Into<String>, value: f64) -> Self {
        Self { baseline: Some(Baseline { name: name.into(), value, source: Source::SameRun }), ..self }
    }

    /// With what it is compared with, written down earlier.
    pub(crate) fn against_recorded(self, name: impl Into<String>, value: f64) -> Self {
        Self { baseline: Some(Baseline { name: name.into(), value, source: Source::Recorded }), ..self }
    }

    /// How many times better than the baseline it is.
    pub(crate) fn ratio(&self) -> Option<f64> {
        let other = self.baseline.as_ref()?.value;
        let (good, bad) = match self.better {
            Better::More => (self.value, other),
            Better::Less => (other, self.value),
        };
        (bad > 0.0).then(|| good / bad)
    }

    /// Whether it reaches its target, if it has one.
    pub(crate) fn is_reached(&self) -> Option<bool> {
        let target = self.target?;
        Some(match self.better {
            Better::More => self.value >= target,
            Better::Less => self.value <= target,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_says_how_many_times_better_whichever_direction_is_good() {
        assert_eq!(Figure::per_second("a", 6.0).against("b", 2.0).ratio(), Some(3.0));
        assert_eq!(Figure::millis("a", 2.0).against("b", 6.0).ratio(), Some(3.0));
        assert_eq!(Figure::count("a", 0.0).against("b", 6.0).ratio(), None);
    }

    #[test]
    fn a_target_is_reached_from_the_good_side() {
        assert_eq!(Figure::per_second("a", 5_000.0).target(5_000.0).is_reached(), Some(true));
        assert_eq!(Figure::per_second("a", 4_999.0).target(5_000.0).is_reached(), Some(false));
        assert_eq!(Figure::millis("a", 24.0).target(25.0).is_reached(), Some(true));
        assert_eq!(Figure::millis("a", 26.0).is_reached(), None);
    }
}
