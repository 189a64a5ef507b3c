//! Checking a spawn and fixing what it refers to.

use std::collections::BTreeMap;

use clawlets_jobs::About;
use clawlets_model::{
    BotId, ModelName, Persona, Task, Ttl,
    document::{self, DocumentError},
    duration::InvalidDuration,
    socket::SpawnPayload,
    task::Work,
};
use clawlets_persona_folder::{PersonaError, read_persona};
use serde_json::Value;
use thiserror::Error;

use super::{
    Spot,
    snapshot::{Place, Snapshot},
};
use crate::{
    config::{BotPolicy, Config},
    identity::Caller,
};

/// A spawn that may be enqueued.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    /// What people recognise it by.
    pub(crate) about: About,
    /// What it was resolved to.
    pub(crate) snapshot: Snapshot,
}

/// Why a spawn is not accepted.
#[derive(Debug, Error)]
pub(crate) enum SpawnRefusal {
    /// The payload or something in it is malformed.
    #[error("{}{}", .0, suggestion(.0))]
    Document(Box<DocumentError>),
    /// The persona cannot be used.
    #[error("{}{}", .0, cause(.0))]
    Persona(PersonaError),
    /// The TTL is out of bounds.
    #[error("payload.ttl: {0}")]
    Ttl(InvalidDuration),
    /// There is neither a TTL nor a default.
    #[error("the spawn has no ttl, and there is no cattle.default_ttl")]
    NoTtl,
    /// The bot may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// A setting or a secret is missing.
    #[error("{0}")]
    Unconfigured(String),
}

fn suggestion(error: &DocumentError) -> String {
    error.suggestion.as_ref().map(|key| format!("; did you mean {key:?}?")).unwrap_or_default()
}

fn cause(error: &PersonaError) -> String {
    std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default()
}

/// Checks what a caller asks for on behalf of `bot` (none: of the operators) and fixes what it refers to. Blocks on the
/// disk.
///
/// # Errors
/// [`SpawnRefusal`].
pub(crate) fn resolve(
    config: &Config,
    caller: &Caller,
    bot: Option<&BotId>,
    payload: &Value,
) -> Result<Resolved, SpawnRefusal> {
    let within = |prefix: &str, mut error: DocumentError| {
        error.path =
            if error.path.is_empty() { prefix.to_owned() } else { format!("{prefix}.{}", error.path) };
        // Positions count within a part of the request that nobody sees as such.
        (error.line, error.column) = (None, None);
        SpawnRefusal::Document(Box::new(error))
    };
    let spawn: SpawnPayload =
        document::from_value(payload.clone()).map_err(|error| within("payload", error))?;
    let is_operator = *caller == Caller::Operator;
    if let (false, Some(field)) = (is_operator, spawn.operator_only_field()) {
        return Err(SpawnRefusal::Forbidden(format!("payload.{field} is for operators only")));
    }
    if spawn.with_github_token == Some(true) {
        may_have_github_token(config, bot)?;
    }
    let policy = match bot {
        Some(bot) => Some(policy(config, bot, &spawn)?),
        None => None,
    };
    let task = Task::from_value(&spawn.task).map_err(|error| within("payload.task", error))?;
    let persona = persona(config, &spawn).map_err(|error| match error {
        Fault::Inline(error) => within("payload.personaFiles", error),
        Fault::Folder(error) => SpawnRefusal::Persona(error),
    })?;
    let ttl = ttl(config, policy, spawn.ttl)?;
    let model = model(config, &spawn, &task, &persona)?;
    let cattle = &config.cattle;
    let mut spots = Spot::of(spawn.server_type.as_deref(), spawn.location.as_deref(), cattle).into_iter();
    let first = spots.next().expect("there is a type and a location, named or configured");
    let place = Place {
        image: spawn.image.unwrap_or_else(|| cattle.image.clone()),
        first,
        elsewhere: spots.collect(),
    };
    let auto_shutdown = spawn.auto_shutdown.unwrap_or(cattle.auto_shutdown);
    let about = About {
        persona: Some(persona.name().clone()),
        task_id: Some(task.id().to_owned()),
        model: model.clone(),
    };
    Ok(Resolved { about, snapshot: Snapshot::new(&persona, model, ttl, auto_shutdown, place) })
}

/// A bot's VM is given nothing but what its policy lists, also when an operator spawns it.
fn may_have_github_token(config: &Config, bot: Option<&BotId>) -> Result<(), SpawnRefusal> {
    match (bot, &config.github) {
        (Some(bot), _) => {
            let message = format!("payload.withGithubToken: a VM of bot {bot} gets no GitHub token");
            Err(SpawnRefusal::Forbidden(message))
        }
        (None, None) => {
            let message = "no GitHub App is configured, so there is no token to give: set [github]";
            Err(SpawnRefusal::Unconfigured(message.to_owned()))
        }
        (None, Some(_)) => Ok(()),
    }
}

fn policy<'a>(config: &'a Config, bot: &BotId, spawn: &SpawnPayload) -> Result<&'a BotPolicy, SpawnRefusal> {
    let policy = config.bots.get(bot).filter(|policy| policy.allow);
    let Some(policy) = policy else {
        return Err(SpawnRefusal::Forbidden(format!("bot {bot} may not spawn cattle")));
    };
    if !policy.personas.is_empty() && !policy.personas.contains(&spawn.persona) {
        return Err(SpawnRefusal::Forbidden(format!("bot {bot} may not use persona {}", spawn.persona)));
    }
    Ok(policy)
}

enum Fault {
    Inline(DocumentError),
    Folder(PersonaError),
}

fn persona(config: &Config, spawn: &SpawnPayload) -> Result<Persona, Fault> {
    match &spawn.persona_files {
        Some(files) => {
            let files: BTreeMap<_, _> =
                files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
            Persona::from_files(spawn.persona.clone(), files).map_err(Fault::Inline)
        }
        None => read_persona(&config.personas, &spawn.persona).map_err(Fault::Folder),
    }
}

fn ttl(config: &Config, policy: Option<&BotPolicy>, asked: Option<Ttl>) -> Result<Ttl, SpawnRefusal> {
    let most = policy.map_or(config.cattle.max_ttl, |policy| policy.max_ttl);
    match (asked, config.cattle.default_ttl) {
        (Some(ttl), _) => ttl.within(Ttl::MIN, most).map_err(SpawnRefusal::Ttl),
        // A default is shortened to what the caller may have; what was asked for in so many words is not.
        (None, Some(ttl)) => Ok(ttl.min(most)),
        (None, None) => Err(SpawnRefusal::NoTtl),
    }
}

fn model(
    config: &Config,
    spawn: &SpawnPayload,
    task: &Task,
    persona: &Persona,
) -> Result<Option<ModelName>, SpawnRefusal> {
    match task.work() {
        Work::Command { .. } => return Ok(None),
        Work::Agent { .. } => {}
    }
    let primary = persona.config().model.primary.as_ref();
    let model = spawn.model.as_ref().or(primary).or(config.agent_model_primary.as_ref());
    let Some(model) = model else {
        let message = "an agent task needs a model: name one in the spawn, in the persona's config.json, or as agent_model_primary";
        return Err(SpawnRefusal::Unconfigured(message.to_owned()));
    };
    let key = model.key_variable();
    if config.secrets.contains_key(&key) {
        return Ok(Some(model.clone()));
    }
    let provider = model.provider();
    Err(SpawnRefusal::Unconfigured(format!("no secret for provider {provider}: set cattle.secretEnv.{key}")))
}
