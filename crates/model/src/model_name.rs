//! Language models: `provider/model`, the variable that holds a provider's key, and where it is reached.

use std::fmt;

use crate::{EnvVarName, ident::InvalidName};

/// A language model as `provider/model`, such as `zai/glm-4.7`. The model part may hold further slashes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelName(String);

/// What is known of a provider of models beyond the rule.
struct Provider {
    name: &'static str,
    key: &'static str,
    base_url: &'static str,
}

/// Providers with an OpenAI-style endpoint, and those whose key variable does not follow from the name.
const PROVIDERS: [Provider; 8] = [
    Provider { name: "anthropic", key: "ANTHROPIC_API_KEY", base_url: "https://api.anthropic.com/v1" },
    Provider { name: "openai", key: "OPENAI_API_KEY", base_url: "https://api.openai.com/v1" },
    Provider { name: "zai", key: "ZAI_API_KEY", base_url: "https://api.z.ai/api/paas/v4" },
    Provider { name: "openrouter", key: "OPENROUTER_API_KEY", base_url: "https://openrouter.ai/api/v1" },
    Provider {
        name: "google",
        key: "GEMINI_API_KEY",
        base_url: "https://generativelanguage.googleapis.com/v1beta/openai",
    },
    Provider { name: "groq", key: "GROQ_API_KEY", base_url: "https://api.groq.com/openai/v1" },
    Provider { name: "mistral", key: "MISTRAL_API_KEY", base_url: "https://api.mistral.ai/v1" },
    Provider { name: "xai", key: "XAI_API_KEY", base_url: "https://api.x.ai/v1" },
];

impl ModelName {
    /// Reads a model name.
    ///
    /// # Errors
    /// [`InvalidName`] when it is not `provider/model` of printable ASCII, at most 128 characters.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let fault = || {
            InvalidName::new("model", text, "provider/model, such as 'zai/glm-4.7', at most 128 characters")
        };
        let (provider, model) = text.split_once('/').ok_or_else(fault)?;
        let provider_is_valid = provider.starts_with(|c: char| c.is_ascii_lowercase())
            && provider.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let model_is_valid = !model.is_empty() && model.bytes().all(|b| b.is_ascii_graphic());
        if text.len() <= 128 && provider_is_valid && model_is_valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(fault())
        }
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first slash.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(provider, _)| provider)
    }

    /// The part behind the first slash: the name that the provider itself uses.
    #[must_use]
    pub fn model(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, model)| model)
    }

    /// The one variable that holds the key of this model's provider: `ZAI_API_KEY` for `zai`.
    #[must_use]
    pub fn key_variable(&self) -> EnvVarName {
        let name = match self.known() {
            Some(provider) => provider.key.to_owned(),
            None => format!("{}_API_KEY", self.provider().to_ascii_uppercase().replace('-', "_")),
        };
        EnvVarName::parse(&name).expect("a provider name is lower-case letters, digits and dashes")
    }

    /// The provider's OpenAI-style base URL, where it is known.
    #[must_use]
    pub fn base_url(&self) -> Option<&'static str> {
        self.known().map(|provider| provider.base_url)
    }

    fn known(&self) -> Option<&'static Provider> {
        PROVIDERS.iter().find(|provider| provider.name == self.provider())
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for ModelName {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::parse(text.trim())
    }
}

impl TryFrom<String> for ModelName {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<ModelName> for String {
    fn from(model: ModelName) -> String {
        model.0
    }
}

impl schemars::JsonSchema for ModelName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ModelName".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": 128, "pattern": "^[a-z][a-z0-9-]*/[!-~]+$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_variable_follows_from_the_provider() {
        for (model, variable) in [
            ("zai/glm-4.7", "ZAI_API_KEY"),
            ("google/gemini-3", "GEMINI_API_KEY"),
            ("my-lab/a/b", "MY_LAB_API_KEY"),
        ] {
            assert_eq!(ModelName::parse(model).unwrap().key_variable().as_str(), variable);
        }
        assert_eq!(ModelName::parse("my-lab/a/b").unwrap().model(), "a/b");
    }

    #[test]
    fn a_model_without_a_provider_is_refused() {
        for bad in ["glm", "/glm", "zai/", "Zai/x", "zai/a b", "zai/é"] {
            assert!(ModelName::parse(bad).is_err(), "{bad}");
        }
    }
}
