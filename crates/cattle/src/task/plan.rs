//! From a task to a command line, an environment and an input.

use std::{collections::BTreeMap, time::Duration};

use clawlets_model::{EnvVarName, ModelName, Secret, task};

use super::TaskError;
use crate::{chat, layout::Layout, work::Work};

/// Where programs are looked for: what a NixOS and what any other image has.
const PATH: &str = "/run/current-system/sw/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What is known besides the work itself.
pub struct Circumstances<'a> {
    /// Where everything is.
    pub layout: &'a Layout,
    /// Public variables that came with the machine's birth.
    pub public_env: &'a BTreeMap<EnvVarName, String>,
    /// Variables that came with the session.
    pub secret_env: &'a BTreeMap<EnvVarName, Secret<String>>,
    /// How long the task may take.
    pub time_left: Duration,
}

/// What is started. It holds secrets, hence no `Debug`.
pub struct Plan {
    /// The program and its arguments. Never a secret.
    pub argv: Vec<String>,
    /// All of its environment.
    pub env: BTreeMap<String, String>,
    /// What it reads on standard input.
    pub stdin: String,
}

impl Plan {
    /// Plans a task.
    ///
    /// A `command` task gets its arguments, its input and its variables as they are; its own variables win over all
    /// others. An `agent` task goes to the order's runner, or to the built-in one.
    ///
    /// # Errors
    /// [`TaskError::NoModel`] for an agent task that the built-in runner should do without a model.
    pub fn new(work: &Work, around: &Circumstances<'_>) -> Result<Self, TaskError> {
        let mut env = surroundings(work, around);
        match work.task.work() {
            task::Work::Command { argv, env: own, stdin } => {
                env.extend(own.iter().map(|(name, value)| (name.to_string(), value.clone())));
                Ok(Self { argv: argv.clone(), env, stdin: stdin.clone() })
            }
            task::Work::Agent { message } => {
                let model = work.order.model.as_ref().or(work.persona.config().model.primary.as_ref());
                if model.is_none() && work.order.runner.is_empty() {
                    return Err(TaskError::NoModel);
                }
                describe_agent(work, around, model, &mut env);
                Ok(Self { argv: runner(work, around, model, message), env, stdin: message.clone() })
            }
        }
    }
}

/// The variables that every task finds.
fn surroundings(work: &Work, around: &Circumstances<'_>) -> BTreeMap<String, String> {
    let workspace = around.layout.workspace().to_string_lossy().into_owned();
    let mut env: BTreeMap<String, String> = [
        ("PATH", PATH.to_owned()),
        ("HOME", workspace.clone()),
        ("USER", super::TASK_USER.to_owned()),
        ("LOGNAME", super::TASK_USER.to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("CLAWLETS_WORKSPACE", workspace),
        ("CLAWLETS_JOB", work.order.job_id.to_string()),
        ("CLAWLETS_PERSONA", work.order.persona.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
        env.extend(work.order.egress_proxy.iter().map(|proxy| (name.to_owned(), proxy.clone())));
    }
    env.extend(around.public_env.iter().map(|(name, value)| (name.to_string(), value.clone())));
    env.extend(around.secret_env.iter().map(|(name, value)| (name.to_string(), value.expose().clone())));
    env
}

/// The variables that a runner of agent tasks finds.
fn describe_agent(
    work: &Work,
    around: &Circumstances<'_>,
    model: Option<&ModelName>,
    env: &mut BTreeMap<String, String>,
) {
    let fallbacks: Vec<&str> = work.persona.config().model.fallbacks.iter().map(ModelName::as_str).collect();
    let soul = around.layout.workspace().join(clawlets_model::persona::SOUL);
    let mut set = |name: &str, value: Option<String>| env.extend(value.map(|value| (name.to_owned(), value)));
    set(chat::MODEL, model.map(ToString::to_string));
    set(chat::FALLBACK_MODELS, (!fallbacks.is_empty()).then(|| fallbacks.join(" ")));
    set(chat::MODEL_BASE_URL, work.order.model_base_url.clone());
    set(chat::MESSAGE_FILE, Some(around.layout.message().to_string_lossy().into_owned()));
    set(chat::SOUL_FILE, Some(soul.to_string_lossy().into_owned()));
    set(chat::SECONDS_LEFT, Some(around.time_left.as_secs().to_string()));
}

fn runner(work: &Work, around: &Circumstances<'_>, model: Option<&ModelName>, message: &str) -> Vec<String> {
    if work.order.runner.is_empty() {
        return ["/proc/self/exe", "chat"].map(str::to_owned).to_vec();
    }
    let message_file = around.layout.message().to_string_lossy().into_owned();
    let workspace = around.layout.workspace().to_string_lossy().into_owned();
    let values = [
        ("{message}", message),
        ("{model}", model.map_or("", ModelName::as_str)),
        ("{messageFile}", &message_file),
        ("{workspace}", &workspace),
    ];
    work.order.runner.iter().map(|word| fill(word, &values)).collect()
}

/// Fills the blanks of a word, in one pass: what a value holds is not looked at again.
fn fill(word: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        let (value, length) = match values.iter().find(|(name, _)| from.starts_with(name)) {
            Some((name, value)) => (*value, name.len()),
            None => ("{", 1),
        };
        filled.push_str(value);
        rest = &from[length..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_once() {
        let values = [("{message}", "say {model}"), ("{model}", "zai/glm")];
        for (word, expected) in [
            ("--message={message}", "--message=say {model}"),
            ("{model}{model}", "zai/glmzai/glm"),
            ("{other} {", "{other} {"),
            ("plain", "plain"),
        ] {
            assert_eq!(fill(word, &values), expected);
        }
    }
}
