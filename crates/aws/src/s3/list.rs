//! One page of a listing.

use jiff::Timestamp;

use crate::xml::Element;

/// An object in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key. Others may have stored it under one that we never would.
    pub key: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was stored.
    pub modified_at: Option<Timestamp>,
    /// What names this content of it; empty when the provider did not say.
    pub etag: String,
}

/// A page, and how to go on behind it.
pub(super) fn page(root: &Element) -> Result<(Vec<Listed>, Option<String>), String> {
    let listed = |item: &Element| {
        let bytes = item.text("Size").and_then(|text| text.parse().ok());
        Ok::<_, String>(Listed {
            key: item.text("Key").ok_or("an object has no key")?.to_owned(),
            bytes: bytes.ok_or("an object has no size")?,
            modified_at: item.text("LastModified").and_then(|text| text.parse().ok()),
            etag: item.text("ETag").unwrap_or_default().to_owned(),
        })
    };
    if root.name != "ListBucketResult" {
        return Err("it is no listing".to_owned());
    }
    let objects = root.all("Contents").map(listed).collect::<Result<_, _>>()?;
    let is_cut = root.text("IsTruncated") == Some("true");
    let next = root.text("NextContinuationToken").map(str::to_owned);
    match (is_cut, next) {
        (true, Some(next)) => Ok((objects, Some(next))),
        (true, None) => Err("it is cut and does not say how to go on".to_owned()),
        (false, _) => Ok((objects, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml;

    fn read(text: &str) -> Result<(Vec<Listed>, Option<String>), String> {
        page(&xml::read(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_page_says_how_to_go_on() {
        let whole = "<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a&amp;b</Key><Size>7</Size>\
            <LastModified>2026-11-21T10:00:00.000Z</LastModified><ETag>&quot;x&quot;</ETag></Contents></ListBucketResult>";
        let (objects, next) = read(whole).unwrap();
        let shown: Vec<_> =
            objects.iter().map(|one| (one.key.as_str(), one.bytes, one.etag.as_str())).collect();
        assert_eq!((shown, next), (vec![("a&b", 7, "\"x\"")], None));
        assert!(objects[0].modified_at.is_some());
        let cut = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>\
            </ListBucketResult>";
        assert_eq!(read(cut).unwrap().1.as_deref(), Some("t"));
        for wrong in [
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents></ListBucketResult>",
            "<ListBucketResult><Contents><Size>7</Size></Contents></ListBucketResult>",
            "<html/>",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
