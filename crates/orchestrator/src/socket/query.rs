//! What stands behind the question mark of a URL.

use std::collections::BTreeMap;

use axum::{extract::Query, http::Uri};
use clawlets_model::document::nearest;

use super::answer::Fault;

/// The parameters of a call.
#[derive(Debug)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads the parameters of a call that knows these.
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Fault> {
        let pairs: Query<Vec<(String, String)>> =
            Query::try_from_uri(uri).map_err(|error| Fault::bad_request(error.to_string()))?;
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs.0 {
            if !known.contains(&name.as_str()) {
                let hint = nearest(&name, known.iter().copied());
                let hint = hint.map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
                return Err(Fault::bad_request(format!("unknown parameter {name:?}{hint}")));
            }
            if parameters.insert(name.clone(), value).is_some() {
                return Err(Fault::bad_request(format!("parameter {name:?} is given twice")));
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter, read by `parse`. An empty one counts as not given.
    pub(super) fn get<T, E: std::fmt::Display>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Fault> {
        match self.0.get(name).map(String::as_str) {
            None | Some("") => Ok(None),
            Some(text) => {
                parse(text).map(Some).map_err(|error| Fault::bad_request(format!("{name}: {error}")))
            }
        }
    }

    /// Whether a switch is on: `1` or `true`.
    pub(super) fn is_on(&self, name: &str) -> Result<bool, Fault> {
        let switch = |text: &str| match text {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err("expected 1, 0, true or false"),
        };
        Ok(self.get(name, switch)?.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_parameter_is_refused_with_the_one_that_was_meant() {
        let uri: Uri = "/v1/jobs?statsu=done".parse().unwrap();
        let fault = Parameters::read(&uri, &["status", "limit"]).unwrap_err();
        assert_eq!(fault, Fault::bad_request("unknown parameter \"statsu\"; did you mean \"status\"?"));
        assert!(Parameters::read(&"/x?limit=1&limit=2".parse().unwrap(), &["limit"]).is_err());
    }
}
