//! Which instances and images are meant.

use std::collections::BTreeMap;

use crate::{ImageId, InstanceId, query::Parameters};

/// Tags by name.
pub type Tags = BTreeMap<String, String>;

/// Which instances are meant. What is empty says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InstanceFilter {
    /// These.
    pub ids: Vec<InstanceId>,
    /// Those that have each of these tags, with one of its values.
    pub tags: BTreeMap<String, Vec<String>>,
    /// Those in one of these states, such as `running`.
    pub states: Vec<String>,
}

/// Which images are meant. What is empty says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImageFilter {
    /// These.
    pub ids: Vec<ImageId>,
    /// Those of these accounts; `self` is the caller's own.
    pub owners: Vec<String>,
    /// Those that have each of these tags, with one of its values.
    pub tags: BTreeMap<String, Vec<String>>,
}

impl InstanceFilter {
    /// Those whose tag `name` has one of these values.
    #[must_use]
    pub fn tagged(name: &str, values: &[&str]) -> Self {
        Self { tags: one_tag(name, values), ..Self::default() }
    }

    pub(super) fn parameters(&self) -> Parameters {
        let mut parameters = numbered("InstanceId", self.ids.iter().map(InstanceId::as_str));
        let states = (!self.states.is_empty()).then(|| ("instance-state-name".to_owned(), &self.states));
        parameters.extend(filters(tag_filters(&self.tags).chain(states)));
        parameters
    }
}

impl ImageFilter {
    /// The caller's own whose tag `name` has this value.
    #[must_use]
    pub fn own_tagged(name: &str, value: &str) -> Self {
        Self { ids: Vec::new(), owners: vec!["self".to_owned()], tags: one_tag(name, &[value]) }
    }

    /// The caller's own image of that id, if it is one.
    #[must_use]
    pub fn own(id: ImageId) -> Self {
        Self { ids: vec![id], owners: vec!["self".to_owned()], tags: BTreeMap::new() }
    }

    pub(super) fn parameters(&self) -> Parameters {
        let mut parameters = numbered("ImageId", self.ids.iter().map(ImageId::as_str));
        parameters.extend(numbered("Owner", self.owners.iter().map(String::as_str)));
        parameters.extend(filters(tag_filters(&self.tags)));
        parameters
    }
}

fn one_tag(name: &str, values: &[&str]) -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([(name.to_owned(), values.iter().map(|&value| value.to_owned()).collect())])
}

fn tag_filters(tags: &BTreeMap<String, Vec<String>>) -> impl Iterator<Item = (String, &Vec<String>)> {
    tags.iter().map(|(name, values)| (format!("tag:{name}"), values))
}

fn numbered<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> Parameters {
    values.zip(1..).map(|(value, number)| (format!("{name}.{number}"), value.to_owned())).collect()
}

fn filters<'a>(wanted: impl Iterator<Item = (String, &'a Vec<String>)>) -> Parameters {
    let mut parameters = Parameters::new();
    for ((name, values), number) in wanted.zip(1..) {
        parameters.push((format!("Filter.{number}.Name"), name));
        let values = numbered(&format!("Filter.{number}.Value"), values.iter().map(String::as_str));
        parameters.extend(values);
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_numbered_from_one() {
        let mut filter = InstanceFilter::tagged("app", &["clawdinator", "clawlets"]);
        filter.states = vec!["running".to_owned()];
        let shown: Vec<_> =
            filter.parameters().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let expected = [
            "Filter.1.Name=tag:app",
            "Filter.1.Value.1=clawdinator",
            "Filter.1.Value.2=clawlets",
            "Filter.2.Name=instance-state-name",
            "Filter.2.Value.1=running",
        ];
        assert_eq!(shown, expected);
    }
}
