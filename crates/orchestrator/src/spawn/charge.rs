//! What a spawn may cost.

use std::time::Duration;

use clawlets_jobs::Charge;
use thiserror::Error;

use super::{Snapshot, Spot};
use crate::daemon::Shared;

/// There is a budget, and it is not known what would be taken from it.
#[derive(Debug, Error)]
#[error("there is a budget, and the provider does not say what {0} costs")]
pub(crate) struct PriceUnknown(String);

/// The most that a spawn's VM may cost: for its whole TTL at the dearest of its places. `None` when there are no prices
/// and no budget either.
///
/// # Errors
/// [`PriceUnknown`].
pub(crate) async fn charge(shared: &Shared, order: &Snapshot) -> Result<Option<Charge>, PriceUnknown> {
    let spots = order.spots();
    let budget = shared.config.cattle.budget;
    let has_caps = budget.monthly.is_some() || budget.per_requester.is_some();
    let offers = shared.catalogue.offers(&*shared.cloud).await;
    let rates = offers.iter().flat_map(|offers| spots.iter().filter_map(|spot| offers.rate(spot)));
    let Some(rate) = rates.reduce(clawlets_jobs::Rate::or_dearer) else {
        let named = spots.first().map_or_else(|| "a VM".to_owned(), Spot::to_string);
        return if has_caps { Err(PriceUnknown(named)) } else { Ok(None) };
    };
    Ok(Some(Charge { rate, lifetime: Duration::from_secs(order.ttl.seconds()), budget }))
}
