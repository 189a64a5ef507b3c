//! Instances and images.

mod filter;
mod image;
mod instance;

pub use filter::{ImageFilter, InstanceFilter, Tags};
pub use image::Image;
pub use instance::Instance;

use crate::{
    Aws, AwsError,
    query::{Parameters, ask_ec2},
    xml::Element,
};

/// How many things one page may have.
const PAGE: &str = "1000";
/// How many pages are read: a thousand thousand instances are no fleet of ours.
const PAGES: usize = 1_000;

/// Instances and images of one region.
#[derive(Debug, Clone)]
pub struct Ec2 {
    aws: Aws,
}

impl Ec2 {
    pub(crate) const fn new(aws: Aws) -> Self {
        Self { aws }
    }

    /// The instances that fit, also those that were terminated a while ago.
    ///
    /// # Errors
    /// [`AwsError`] when the listing is not complete.
    pub async fn instances(&self, filter: &InstanceFilter) -> Result<Vec<Instance>, AwsError> {
        let mut found = Vec::new();
        self.pages("list instances", "DescribeInstances", filter.parameters(), |page| {
            for reservation in page.items("reservationSet") {
                for item in reservation.items("instancesSet") {
                    found.push(instance::of(item)?);
                }
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The images that fit.
    ///
    /// # Errors
    /// [`AwsError`] when the listing is not complete; not found, when the filter names an image that is not there.
    pub async fn images(&self, filter: &ImageFilter) -> Result<Vec<Image>, AwsError> {
        let mut found = Vec::new();
        self.pages("list images", "DescribeImages", filter.parameters(), |page| {
            for item in page.items("imagesSet") {
                found.push(image::of(item)?);
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The newest image that fits and can be used; of two of the same moment the one with the higher id.
    ///
    /// # Errors
    /// As [`Ec2::images`].
    pub async fn newest_image(&self, filter: &ImageFilter) -> Result<Option<Image>, AwsError> {
        let images = self.images(filter).await?;
        let usable = images.into_iter().filter(Image::is_available);
        Ok(usable.max_by(|one, other| one.created_at.cmp(&other.created_at).then(one.id.cmp(&other.id))))
    }

    async fn pages(
        &self,
        tried: &str,
        action: &str,
        parameters: Parameters,
        mut read: impl FnMut(&Element) -> Result<(), String>,
    ) -> Result<(), AwsError> {
        let malformed = |why: String| AwsError::Malformed { tried: tried.to_owned(), why };
        let mut parameters = parameters;
        // A listing of named things comes as a whole, and must not be cut into pages.
        let is_named = parameters.iter().any(|(name, _)| name.contains("Id."));
        if !is_named {
            parameters.push(("MaxResults".to_owned(), PAGE.to_owned()));
        }
        for _ in 0..PAGES {
            let page = ask_ec2(&self.aws, tried, action, &parameters).await?;
            read(&page).map_err(malformed)?;
            let Some(next) = page.text("nextToken") else { return Ok(()) };
            parameters.retain(|(name, _)| name != "NextToken");
            parameters.push(("NextToken".to_owned(), next.to_owned()));
        }
        Err(malformed("it has no last page".to_owned()))
    }
}

/// The tags of a thing. Names are unique.
fn tags_of(item: &Element) -> Tags {
    let pair = |tag: &Element| {
        let value = tag.text("value").unwrap_or_default().to_owned();
        tag.text("key").map(|key| (key.to_owned(), value))
    };
    item.items("tagSet").filter_map(pair).collect()
}
