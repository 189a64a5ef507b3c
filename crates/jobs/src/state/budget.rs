//! What a VM may cost, and how much may be spent in a month. Exact: no floating point decides about money.

use std::{fmt, time::Duration};

use clawlets_model::{MicroEuros, Requester};

use super::caps::Full;

const HOUR: u64 = 60 * 60;
/// The hours of the shortest month: a monthly price never covers more.
const MONTH: u64 = 28 * 24;

/// What a VM costs, its public address included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// For every hour that has begun.
    pub hourly: MicroEuros,
    /// At most, for one month.
    pub monthly: MicroEuros,
}

/// How much may be spent or reserved in one calendar month, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// By everybody together; none is no cap.
    pub monthly: Option<MicroEuros>,
    /// By each requester; none is no cap.
    pub per_requester: Option<MicroEuros>,
}

/// What a VM that is about to be asked for may cost, and against what that counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Charge {
    /// Its price. Of several places where it may come to be, the dearest one's.
    pub rate: Rate,
    /// How long it may live.
    pub lifetime: Duration,
    /// The caps.
    pub budget: Budget,
}

/// Whose money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purse {
    /// [`Budget::monthly`].
    Everybody,
    /// The requester's [`Budget::per_requester`].
    Of(Requester),
}

/// A budget that does not suffice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdraft {
    /// Whose.
    pub purse: Purse,
    /// What is spent or reserved in this month.
    pub committed: MicroEuros,
    /// What it allows.
    pub limit: MicroEuros,
    /// What would be added at most.
    pub needs: MicroEuros,
}

impl Rate {
    /// The price of a VM that exists for so long: each hour that has begun, the monthly price at most.
    #[must_use]
    pub fn for_span(self, span: Duration) -> MicroEuros {
        let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
        let hours = seconds.div_ceil(HOUR).max(1);
        self.hourly.times(hours).min(self.monthly.times(hours.div_ceil(MONTH)))
    }

    /// The dearer of two, in each respect.
    #[must_use]
    pub fn or_dearer(self, other: Self) -> Self {
        Self { hourly: self.hourly.max(other.hourly), monthly: self.monthly.max(other.monthly) }
    }
}

impl Budget {
    /// Whether `needs` more may be spent for `requester`, when he has committed `own` and everybody `total`.
    ///
    /// # Errors
    /// The first cap that forbids it.
    pub fn admit(
        &self,
        requester: &Requester,
        own: MicroEuros,
        total: MicroEuros,
        needs: MicroEuros,
    ) -> Result<(), Overdraft> {
        let caps = [
            (Purse::Everybody, self.monthly, total),
            (Purse::Of(requester.clone()), self.per_requester, own),
        ];
        for (purse, limit, committed) in caps {
            if let Some(limit) = limit
                && committed.plus(needs) > limit
            {
                return Err(Overdraft { purse, committed, limit, needs });
            }
        }
        Ok(())
    }
}

impl Charge {
    /// What the VM costs at most.
    #[must_use]
    pub fn worst(&self) -> MicroEuros {
        self.rate.for_span(self.lifetime)
    }

    pub(crate) fn admit(
        &self,
        requester: &Requester,
        own: MicroEuros,
        total: MicroEuros,
    ) -> Result<(), Full> {
        self.budget.admit(requester, own, total, self.worst()).map_err(Full::Money)
    }
}

impl fmt::Display for Overdraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match &self.purse {
            Purse::Everybody => String::new(),
            Purse::Of(requester) => format!(" of {requester}"),
        };
        let [committed, limit, needs] =
            [self.committed, self.limit, self.needs].map(MicroEuros::to_cents_text);
        write!(
            f,
            "monthly budget{whose}: {committed} of {limit} EUR spent or reserved, this VM needs up to {needs} EUR"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn euros(text: &str) -> MicroEuros {
        MicroEuros::parse(text).unwrap()
    }

    #[test]
    fn every_hour_that_has_begun_counts_up_to_the_monthly_price() {
        let rate = Rate { hourly: euros("0.01"), monthly: euros("4") };
        let cases = [
            (Duration::ZERO, "0.01"),
            (Duration::from_secs(3_600), "0.01"),
            (Duration::from_millis(3_600_001), "0.02"),
            (Duration::from_secs(7_200), "0.02"),
            (Duration::from_secs(500 * 3_600), "4"),
            (Duration::from_secs(700 * 3_600), "7"),
        ];
        for (span, expected) in cases {
            assert_eq!(rate.for_span(span), euros(expected), "{span:?}");
        }
    }

    #[test]
    fn a_refusal_names_the_sum() {
        let maren = Requester::parse("maren").unwrap();
        let budget = Budget { monthly: Some(euros("10")), per_requester: Some(euros("2")) };
        let refusal = |own, total, needs| {
            budget.admit(&maren, euros(own), euros(total), euros(needs)).err().map(|full| full.to_string())
        };
        assert_eq!(
            refusal("0", "9.98", "0.05").as_deref(),
            Some("monthly budget: 9.98 of 10.00 EUR spent or reserved, this VM needs up to 0.05 EUR")
        );
        assert_eq!(
            refusal("1.99", "2", "0.02").as_deref(),
            Some("monthly budget of maren: 1.99 of 2.00 EUR spent or reserved, this VM needs up to 0.02 EUR")
        );
        assert_eq!(refusal("1.98", "9.98", "0.02"), None, "exactly the whole budget");
    }

    proptest! {
        #[test]
        fn a_longer_life_is_never_cheaper(hourly in 0..10_000_000_u64, monthly in 0..10_000_000_000_u64, a in 0..10_000_000_u64, b in 0..10_000_000_u64) {
            let rate = Rate { hourly: MicroEuros::new(hourly), monthly: MicroEuros::new(monthly) };
            let (short, long) = (a.min(b), a.max(b));
            prop_assert!(rate.for_span(Duration::from_secs(short)) <= rate.for_span(Duration::from_secs(long)));
        }
    }
}
