//! One image.

use jiff::Timestamp;

use super::{Tags, tags_of};
use crate::{ImageId, xml::Element};

/// One machine image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// Its name; empty if it has none.
    pub name: String,
    /// The account that it belongs to.
    pub owner: String,
    /// Its state in the provider's word, such as `available`.
    pub state: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Its tags.
    pub tags: Tags,
}

impl Image {
    /// Whether instances can be started from it.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.state == "available"
    }
}

pub(super) fn of(item: &Element) -> Result<Image, String> {
    let id = item.text("imageId").and_then(|text| ImageId::parse(text).ok());
    let text = |name| item.text(name).unwrap_or_default().to_owned();
    Ok(Image {
        id: id.ok_or("an image has no id")?,
        name: text("name"),
        owner: item.text("imageOwnerId").or_else(|| item.text("ownerId")).unwrap_or_default().to_owned(),
        state: text("imageState"),
        created_at: item.text("creationDate").and_then(|text| text.parse().ok()),
        tags: tags_of(item),
    })
}
