//! Which images may be deployed: those of the account that the pipeline made.

use std::{sync::Arc, time::Duration};

use clawlets_aws::{Aws, AwsError, Image, ImageFilter, ImageId};
use clawlets_fleet::AmiId;
use clawlets_model::control::ControlErrorCode;

use crate::{late::Late, refusal::Refusal};

/// The tag of images that the fleet's pipeline made, and its value.
const PIPELINE: (&str, &str) = ("clawdinator", "true");
/// How long AWS may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// The images of the account.
#[derive(Debug, Clone)]
pub struct Images(pub Arc<Late<Aws>>);

impl Images {
    /// Whether an image may be deployed.
    ///
    /// # Errors
    /// `image_refused` when it is not the account's own, was not made by the pipeline, or cannot be started from; an
    /// upstream refusal when AWS does not say. What cannot be checked is not deployed.
    pub async fn check(&self, image: &AmiId) -> Result<(), Refusal> {
        let upstream = |words: &str| Refusal::new(ControlErrorCode::Upstream, words);
        let aws = self.0.get().map_err(|error| {
            tracing::warn!(%error, "images cannot be checked");
            upstream("AWS cannot be asked about the image")
        })?;
        let id = ImageId::parse(image.as_str())
            .map_err(|_| Refusal::new(ControlErrorCode::BadImage, "ami_override is no image"))?;
        let ec2 = aws.ec2();
        let filter = ImageFilter::own(id);
        let silent =
            || Refusal::new(ControlErrorCode::UpstreamTimeout, "AWS did not answer about the image in time");
        let images = tokio::time::timeout(PATIENCE, ec2.images(&filter)).await.map_err(|_| silent())?;
        let images = match images {
            Ok(images) => images,
            Err(error) if error.is_not_found() => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, "AWS does not say whose an image is");
                if matches!(error, AwsError::Timeout { .. }) {
                    return Err(silent());
                }
                let may_not = matches!(error, AwsError::Denied { .. });
                let words = if may_not {
                    "does not let this server look at images"
                } else {
                    "does not say whose the image is"
                };
                return Err(upstream(&format!("AWS {words}")));
            }
        };
        judge(images.iter().find(|found| found.id.as_str() == image.as_str()))
    }
}

fn judge(image: Option<&Image>) -> Result<(), Refusal> {
    let refused = |words| Err(Refusal::new(ControlErrorCode::ImageRefused, words));
    match image {
        None => refused("the account owns no such image"),
        Some(image) if image.tags.get(PIPELINE.0).map(String::as_str) != Some(PIPELINE.1) => {
            refused("the image is not tagged clawdinator=true, as those of the fleet's pipeline are")
        }
        Some(image) if !image.is_available() => refused("the image is not available"),
        Some(_) => Ok(()),
    }
}
