//! A persona: the character and the model that a disposable VM plays.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    ArtifactName, ModelName, PersonaName,
    document::{self, DocumentError},
    limits,
};

/// `config.json` of a persona.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(title = "Clawlets persona", rename = "Persona")]
pub struct PersonaConfig {
    /// Always 1.
    pub schema_version: u32,
    /// The models that the persona thinks with.
    #[serde(default)]
    pub model: PersonaModel,
    /// The skills that it may use.
    #[serde(default)]
    pub skills: PersonaSkills,
    /// Further settings for the agent that plays it; passed on as they are.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub defaults: serde_json::Map<String, serde_json::Value>,
}

/// The models of a persona.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonaModel {
    /// The model that it uses unless a spawn names another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary: Option<ModelName>,
    /// Models to use when the primary one does not answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<ModelName>,
}

/// The skills of a persona.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PersonaSkills {
    /// Bundled skills of the agent that are switched on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow_bundled: Vec<String>,
}

/// A checked persona with all its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Persona {
    name: PersonaName,
    soul: String,
    config: PersonaConfig,
    files: BTreeMap<ArtifactName, Vec<u8>>,
}

/// The name of the file that holds the persona's character.
pub const SOUL: &str = "SOUL.md";
/// The name of the file that holds the persona's settings.
pub const CONFIG: &str = "config.json";

impl Persona {
    /// Checks a persona given as its files, by path under its folder.
    ///
    /// # Errors
    /// [`DocumentError`], whose path begins with the file's name: `SOUL.md` or `config.json` missing, larger than
    /// 16 KiB, or faulty; a file that is neither of these nor under `skills/` or `memory/`; more than 1 MiB together.
    pub fn from_files(
        name: PersonaName,
        mut files: BTreeMap<ArtifactName, Vec<u8>>,
    ) -> Result<Self, DocumentError> {
        let total: usize = files.values().map(Vec::len).sum();
        if total > limits::PERSONA_TOTAL {
            let message = format!("the persona is {total} bytes, {} at most", limits::PERSONA_TOTAL);
            return Err(DocumentError::at("", message));
        }
        let soul = take(&mut files, SOUL)?;
        let soul = String::from_utf8(soul).map_err(|_| DocumentError::at(SOUL, "is not UTF-8 text"))?;
        let config: PersonaConfig =
            document::from_json(&take(&mut files, CONFIG)?).map_err(|mut error| {
                error.path = if error.path.is_empty() {
                    CONFIG.to_owned()
                } else {
                    format!("{CONFIG}: {}", error.path)
                };
                error
            })?;
        if config.schema_version != 1 {
            let message = format!("{} is not supported, expected 1", config.schema_version);
            return Err(DocumentError::at(&format!("{CONFIG}: schemaVersion"), message));
        }
        let foreign = files.keys().find(|name| {
            let folder = name.as_str().split_once('/').map(|(folder, _)| folder);
            !matches!(folder, Some("skills" | "memory"))
        });
        match foreign {
            Some(name) => {
                Err(DocumentError::at(name.as_str(), "is not SOUL.md, config.json, skills/ or memory/"))
            }
            None => Ok(Self { name, soul, config, files }),
        }
    }

    /// The persona's name.
    #[must_use]
    pub const fn name(&self) -> &PersonaName {
        &self.name
    }

    /// The text of `SOUL.md`.
    #[must_use]
    pub fn soul(&self) -> &str {
        &self.soul
    }

    /// The settings.
    #[must_use]
    pub const fn config(&self) -> &PersonaConfig {
        &self.config
    }

    /// Every file by its path under the persona's folder, `SOUL.md` and `config.json` included.
    #[must_use]
    pub fn to_files(&self) -> BTreeMap<ArtifactName, Vec<u8>> {
        let mut files = self.files.clone();
        let config =
            serde_json::to_vec_pretty(&self.config).expect("a persona's settings have only text keys");
        files.insert(file_name(SOUL), self.soul.clone().into_bytes());
        files.insert(file_name(CONFIG), config);
        files
    }
}

fn file_name(text: &str) -> ArtifactName {
    ArtifactName::parse(text).expect("the fixed names of a persona's files are valid")
}

fn take(files: &mut BTreeMap<ArtifactName, Vec<u8>>, name: &str) -> Result<Vec<u8>, DocumentError> {
    let content = files.remove(&file_name(name)).ok_or_else(|| DocumentError::at(name, "is missing"))?;
    if content.len() > limits::PERSONA_FILE {
        let message = format!("is {} bytes, {} at most", content.len(), limits::PERSONA_FILE);
        return Err(DocumentError::at(name, message));
    }
    Ok(content)
}
