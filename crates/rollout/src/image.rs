//! Which image a host gets.

use clawlets_fleet::AmiId;
use jiff::Timestamp;
use thiserror::Error;

/// The tag, with its value, of images that the fleet's pipeline made.
pub const PIPELINE_TAG: (&str, &str) = ("clawdinator", "true");

/// Why a host gets the image that it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Whoever asked for the deploy named it.
    Override,
    /// The host's declaration names it.
    Pin,
    /// It is the newest one of the pipeline.
    Newest,
}

impl Why {
    /// As it stands in records and answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::Pin => "pin",
            Self::Newest => "newest",
        }
    }

    /// Reads what [`Self::as_str`] gives.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Override, Self::Pin, Self::Newest].into_iter().find(|why| why.as_str() == text)
    }
}

/// The image of a host, and why it is that one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The image.
    pub image: AmiId,
    /// Why.
    pub why: Why,
}

/// An image of the account, as AWS describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountImage {
    /// Its id.
    pub id: AmiId,
    /// Whether instances can start from it.
    pub is_available: bool,
    /// Whether it bears [`PIPELINE_TAG`].
    pub is_of_pipeline: bool,
    /// When it was made.
    pub created: Timestamp,
}

/// Why no image can be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImageError {
    /// There is no such image in the account.
    #[error("the account owns no image {image}")]
    Unknown {
        /// The image.
        image: AmiId,
    },
    /// Somebody else's pipeline, or none, made it.
    #[error("image {image} is not tagged clawdinator=true, as those of the fleet's pipeline are")]
    Foreign {
        /// The image.
        image: AmiId,
    },
    /// It is not there yet, or no longer.
    #[error("image {image} is not available")]
    Unavailable {
        /// The image.
        image: AmiId,
    },
    /// No image of the pipeline can be used.
    #[error("the account owns no available image that is tagged clawdinator=true")]
    None,
}

/// Chooses the image of a host among those that the account owns: the one that was asked for, else the one that the host
/// declares, else the newest of the pipeline.
///
/// # Errors
/// [`ImageError`] when that image is not the account's own, not of the pipeline, or not available. An image that was named
/// is never replaced by another one.
pub fn choose(
    wanted: Option<&AmiId>,
    pin: Option<&AmiId>,
    owned: &[AccountImage],
) -> Result<Choice, ImageError> {
    let named = wanted.map(|id| (id, Why::Override)).or_else(|| pin.map(|id| (id, Why::Pin)));
    if let Some((id, why)) = named {
        let image = owned.iter().find(|image| image.id == *id);
        let image = image.ok_or_else(|| ImageError::Unknown { image: id.clone() })?;
        if !image.is_of_pipeline {
            return Err(ImageError::Foreign { image: id.clone() });
        }
        if !image.is_available {
            return Err(ImageError::Unavailable { image: id.clone() });
        }
        return Ok(Choice { image: id.clone(), why });
    }
    let usable = owned.iter().filter(|image| image.is_available && image.is_of_pipeline);
    let newest = usable.max_by(|a, b| a.created.cmp(&b.created).then_with(|| a.id.cmp(&b.id)));
    newest.map(|image| Choice { image: image.id.clone(), why: Why::Newest }).ok_or(ImageError::None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u32) -> AmiId {
        AmiId::parse(&format!("ami-{n:08x}")).unwrap()
    }

    fn image(n: u32, day: i64) -> AccountImage {
        let created = Timestamp::from_second(day * 86400).unwrap();
        AccountImage { id: id(n), is_available: true, is_of_pipeline: true, created }
    }

    #[test]
    fn the_override_wins_over_the_pin_and_the_pin_over_the_newest() {
        let owned = [image(1, 1), image(2, 3), image(3, 2)];
        for (wanted, pin, expected) in [
            (Some(1), Some(3), (1, Why::Override)),
            (None, Some(3), (3, Why::Pin)),
            (None, None, (2, Why::Newest)),
        ] {
            let (wanted, pin) = (wanted.map(id), pin.map(id));
            let choice = choose(wanted.as_ref(), pin.as_ref(), &owned).unwrap();
            assert_eq!((choice.image, choice.why), (id(expected.0), expected.1));
        }
    }

    #[test]
    fn a_named_image_that_cannot_be_used_is_refused_and_not_replaced() {
        let foreign = AccountImage { is_of_pipeline: false, ..image(2, 9) };
        let pending = AccountImage { is_available: false, ..image(3, 9) };
        let owned = [image(1, 1), foreign, pending];
        for (n, refusal) in [
            (2, ImageError::Foreign { image: id(2) }),
            (3, ImageError::Unavailable { image: id(3) }),
            (4, ImageError::Unknown { image: id(4) }),
        ] {
            assert_eq!(choose(Some(&id(n)), None, &owned), Err(refusal.clone()));
            assert_eq!(choose(None, Some(&id(n)), &owned), Err(refusal));
        }
        assert_eq!(choose(None, None, &owned).unwrap().image, id(1));
        assert_eq!(choose(None, None, &owned[1..]), Err(ImageError::None));
    }
}
