//! Providers of models that take one of two credentials.

use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::SecretEnv,
};

/// Variables of which a provider takes one: the API key, and what may stand in its place.
pub(crate) const ALTERNATIVES: [[&str; 2]; 1] = [["ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN"]];

/// Reports a secret that stands for both credentials of a provider.
pub(super) fn mapped_twice(map: &SecretEnv, within: &[&str], fields: &mut Fields<'_, '_, '_>) {
    let secret =
        |variable: &str| map.iter().find(|(name, _)| name.as_str() == variable).map(|(_, secret)| secret);
    for [key, token] in ALTERNATIVES {
        if let (Some(one), Some(other)) = (secret(key), secret(token))
            && one == other
        {
            let what = format!("is the secret of {key} as well; one of them is not meant");
            let path: Vec<_> = within.iter().copied().chain([token]).collect();
            fields.rule(&path, Draft::new(ProblemCode::CredentialTwice, what));
        }
    }
}
