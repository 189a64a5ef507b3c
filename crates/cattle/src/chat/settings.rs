//! What the chat runner is told.

use std::{collections::BTreeMap, fs, io::Read, path::PathBuf, time::Duration};

use clawlets_model::{ModelName, Scrubber, Secret};

use super::ChatError;

/// The variable that names the model, as `provider/model`.
pub const MODEL: &str = "CLAWLETS_MODEL";
/// The variable that names models to try next, separated by spaces.
pub const FALLBACK_MODELS: &str = "CLAWLETS_FALLBACK_MODELS";
/// The variable with the OpenAI-style base URL of the model's provider, where it is not the usual one.
pub const MODEL_BASE_URL: &str = "CLAWLETS_MODEL_BASE_URL";
/// The variable with the path of the file that holds the question.
pub const MESSAGE_FILE: &str = "CLAWLETS_MESSAGE_FILE";
/// The variable with the path of the file that holds the persona's character.
pub const SOUL_FILE: &str = "CLAWLETS_SOUL_FILE";
/// The variable that says how many seconds there are for it all.
pub const SECONDS_LEFT: &str = "CLAWLETS_SECONDS_LEFT";
const PROXY: &str = "HTTPS_PROXY";

/// How long it may take when nobody says.
const USUAL_TIME: Duration = Duration::from_secs(600);
/// The longest question or character that is read, in bytes.
const TEXT_LIMIT: u64 = 1024 * 1024;

/// What the chat runner is told.
#[derive(Debug)]
pub struct Settings {
    /// Models in the order in which they are tried; at least one.
    pub models: Vec<ModelName>,
    /// Where the first model's provider is reached, if not at its usual address. Without trailing slash.
    pub base_url: Option<String>,
    /// The way out, if there is only one.
    pub proxy: Option<String>,
    /// Who answers.
    pub soul: String,
    /// What is asked.
    pub message: String,
    /// How long it may take.
    pub time_left: Duration,
    /// Everything whose name ends like a key's.
    keys: BTreeMap<String, Secret<String>>,
}

impl Settings {
    /// Reads the settings from environment variables and the files that they name.
    ///
    /// # Errors
    /// [`ChatError`] names the variable or file.
    pub fn from_variables(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, ChatError> {
        let variables: BTreeMap<String, String> = variables.into_iter().collect();
        let get = |name: &'static str| variables.get(name).filter(|value| !value.is_empty());
        let required = |name: &'static str| get(name).ok_or(ChatError::Unset(name));
        let mut models = vec![model(MODEL, required(MODEL)?)?];
        for name in get(FALLBACK_MODELS).into_iter().flat_map(|names| names.split_whitespace()) {
            models.push(model(FALLBACK_MODELS, name)?);
        }
        let soul = get(SOUL_FILE).map(read).transpose()?.unwrap_or_default();
        let seconds = get(SECONDS_LEFT).and_then(|seconds| seconds.parse().ok());
        Ok(Self {
            models,
            base_url: get(MODEL_BASE_URL).map(|url| url.trim_end_matches('/').to_owned()),
            proxy: get(PROXY).cloned(),
            soul,
            message: read(required(MESSAGE_FILE)?)?,
            time_left: seconds.map_or(USUAL_TIME, Duration::from_secs),
            keys: variables
                .iter()
                .filter(|(name, value)| name.ends_with("_API_KEY") && !value.is_empty())
                .map(|(name, value)| (name.clone(), Secret::from(value.as_str())))
                .collect(),
        })
    }

    /// The key for a model.
    ///
    /// # Errors
    /// [`ChatError::NoKey`].
    pub fn key(&self, model: &ModelName) -> Result<&Secret<String>, ChatError> {
        let variable = model.key_variable();
        match self.keys.get(variable.as_str()) {
            Some(key) => Ok(key),
            None => Err(ChatError::NoKey { model: model.clone(), variable }),
        }
    }

    /// Where a model is reached. The given base URL is for every model of the first one's provider.
    ///
    /// # Errors
    /// [`ChatError::NoBaseUrl`].
    pub fn base_url(&self, model: &ModelName) -> Result<&str, ChatError> {
        let given = self.base_url.as_deref().filter(|_| model.provider() == self.models[0].provider());
        given.or(model.base_url()).ok_or_else(|| ChatError::NoBaseUrl(model.clone()))
    }

    /// Knows every key.
    #[must_use]
    pub fn scrubber(&self) -> Scrubber {
        Scrubber::new(self.keys.values())
    }
}

fn model(variable: &'static str, name: &str) -> Result<ModelName, ChatError> {
    ModelName::parse(name).map_err(|source| ChatError::Model { variable, source })
}

fn read(path: &String) -> Result<String, ChatError> {
    let failed = |source| ChatError::File { action: "read", path: PathBuf::from(path), source };
    let mut text = String::new();
    let file = fs::File::open(path).map_err(failed)?;
    file.take(TEXT_LIMIT).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}
