//! The document.

use std::path::PathBuf;

use serde::{Deserialize, Deserializer, de};

use crate::MemoryPath;

/// What the host's owner decided. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// Where the memory is.
    pub root: PathBuf,
    /// Whether something must be mounted there. Without it a memory whose server is away would look empty, and what was
    /// written meanwhile would vanish under it later.
    pub mounted: bool,
    /// The group that shares the memory; none is set if it is empty.
    pub group: String,
    /// The group of humans, besides root.
    pub operators: String,
    /// Files, and folders with all that is in them, that only humans change.
    #[serde(deserialize_with = "paths")]
    pub protected: Vec<MemoryPath>,
    /// The folder of what a fresh memory holds.
    pub seed: PathBuf,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            root: "/memory".into(),
            mounted: false,
            group: String::new(),
            operators: "clf-operators".to_owned(),
            protected: Vec::new(),
            seed: "/etc/clawlets/memory".into(),
        }
    }
}

impl Policy {
    /// Whether only humans change this file.
    #[must_use]
    pub fn protects(&self, path: &MemoryPath) -> bool {
        self.protected.iter().any(|protected| path.is_within(protected))
    }
}

/// Paths as a fleet declares them: `./` before one and `/` behind it mean nothing.
fn paths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MemoryPath>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let plain = |text: &String| {
        let text = text.strip_prefix("./").unwrap_or(text);
        MemoryPath::parse(text.strip_suffix('/').unwrap_or(text)).map_err(de::Error::custom)
    };
    texts.iter().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protected_folder_protects_what_is_in_it() {
        let policy: Policy = toml::from_str("protected = ['./project.md', 'rules/']").unwrap();
        let protects = |path| policy.protects(&MemoryPath::parse(path).unwrap());
        assert!(protects("project.md") && protects("rules") && protects("rules/a/b.md"));
        assert!(!protects("project.md.bak") && !protects("a/project.md") && !protects("rules2"));
        assert!(toml::from_str::<Policy>("protected = ['../x']").is_err());
    }
}
