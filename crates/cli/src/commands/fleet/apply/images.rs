//! The images that the account owns.

use clawlets_aws::{AwsError, Ec2, Image, ImageFilter};
use clawlets_fleet::AmiId;
use clawlets_rollout::image::{AccountImage, PIPELINE_TAG};
use jiff::Timestamp;

/// Lists the account's own images.
///
/// # Errors
/// [`AwsError`].
pub(super) async fn owned(ec2: &Ec2) -> Result<Vec<AccountImage>, AwsError> {
    let filter = ImageFilter { owners: vec!["self".to_owned()], ..ImageFilter::default() };
    Ok(ec2.images(&filter).await?.iter().filter_map(of_image).collect())
}

fn of_image(image: &Image) -> Option<AccountImage> {
    let (name, value) = PIPELINE_TAG;
    Some(AccountImage {
        id: AmiId::parse(image.id.as_str()).ok()?,
        is_available: image.is_available(),
        is_of_pipeline: image.tags.get(name).is_some_and(|found| found == value),
        created: image.created_at.unwrap_or(Timestamp::MIN),
    })
}
