//! Which secrets a VM is given.

use std::collections::{BTreeMap, BTreeSet};

use clawlets_model::{EnvVarName, ModelName, Persona, Requester, Secret, task::Work};

use crate::config::{Config, SecretFileError};

/// Secrets by the variable that holds them.
pub(crate) type Secrets = BTreeMap<EnvVarName, Secret<String>>;

/// The variables whose values a VM is given.
///
/// A `command` task gets no secret, whoever asked for it. An `agent` task gets the key of its model. Beyond that, one of
/// an operator gets the keys of the persona's fallback models as far as they are configured, and one of a bot gets the
/// variables in that bot's `secret_env`.
#[must_use]
pub(crate) fn variables(
    config: &Config,
    requester: &Requester,
    work: &Work,
    model: Option<&ModelName>,
    persona: &Persona,
) -> BTreeSet<EnvVarName> {
    match work {
        Work::Command { .. } => return BTreeSet::new(),
        Work::Agent { .. } => {}
    }
    let mut variables: BTreeSet<EnvVarName> = model.map(ModelName::key_variable).into_iter().collect();
    if *requester == Requester::operator() {
        let fallbacks = persona.config().model.fallbacks.iter().map(ModelName::key_variable);
        variables.extend(fallbacks.filter(|name| config.secrets.contains_key(name)));
        return variables;
    }
    let policy = config.bots.iter().find(|(bot, _)| Requester::from(*bot) == *requester);
    if let Some((_, policy)) = policy {
        variables.extend(policy.secret_env.iter().cloned());
    }
    variables
}

/// Reads the values of variables. One that is not configured any more is left out. Blocks on the disk.
///
/// # Errors
/// [`SecretFileError`] for the first file that cannot be used.
pub(crate) fn read_values(
    config: &Config,
    variables: &BTreeSet<EnvVarName>,
) -> Result<Secrets, SecretFileError> {
    let files = variables.iter().filter_map(|name| Some((name, config.secrets.get(name)?)));
    files.map(|(name, file)| Ok((name.clone(), file.read()?))).collect()
}
