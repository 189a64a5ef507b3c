//! Whether a token is good for what was asked, and no more.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Access, Scope};

/// What GitHub lets every token read, whatever was asked for.
const ALWAYS: &str = "metadata";

/// What GitHub says that a token is good for.
#[derive(Deserialize)]
pub(crate) struct Granted {
    #[serde(default)]
    permissions: BTreeMap<String, String>,
    #[serde(default)]
    repository_selection: Option<String>,
    #[serde(default)]
    repositories: Vec<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    name: String,
}

impl Granted {
    /// What goes beyond a scope, in words; `None` when nothing does. What is not said is not beyond it: an answer without
    /// a list of repositories must at least say that they were selected.
    pub(crate) fn beyond(&self, scope: &Scope) -> Option<String> {
        if self.repository_selection.as_deref() != Some("selected") {
            return Some("all repositories".to_owned());
        }
        let is_asked =
            |name: &str| scope.repositories().iter().any(|asked| asked.as_str().eq_ignore_ascii_case(name));
        if let Some(other) = self.repositories.iter().find(|repository| !is_asked(&repository.name)) {
            return Some(format!("repository {:?}", short(&other.name)));
        }
        let is_within = |name: &str, access: &str| {
            let granted = access.parse::<Access>().ok();
            let asked = scope
                .permissions()
                .iter()
                .find(|(asked, _)| asked.as_str() == name)
                .map(|(_, access)| *access);
            let asked = asked.or((name == ALWAYS).then_some(Access::Read));
            // A word that is not known may be more than any that is.
            granted.is_some() && granted <= asked
        };
        let other = self.permissions.iter().find(|(name, access)| !is_within(name, access));
        other.map(|(name, access)| format!("permission {:?}", short(&format!("{name}={access}"))))
    }
}

fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Permission, RepositoryName};
    use serde_json::{Value, json};

    #[test]
    fn a_token_that_can_do_more_than_was_asked_is_noticed() {
        let scope = Scope::new(
            [RepositoryName::parse("Clawlets").unwrap()],
            [
                (Permission::parse("contents").unwrap(), Access::Write),
                (Permission::parse("issues").unwrap(), Access::Read),
            ],
        )
        .unwrap();
        let granted = |selection: Value, repositories: Value, permissions: Value| json!({ "repository_selection": selection, "repositories": repositories, "permissions": permissions });
        let ours = json!([{ "name": "clawlets" }]);
        let fine = json!({ "contents": "read", "issues": "read", "metadata": "read" });
        let cases = [
            (granted(json!("selected"), ours.clone(), fine.clone()), None),
            (granted(json!("selected"), json!([]), json!({ "contents": "write" })), None),
            (granted(json!("all"), ours.clone(), fine.clone()), Some("all repositories")),
            (granted(Value::Null, ours.clone(), fine.clone()), Some("all repositories")),
            (
                granted(json!("selected"), json!([{ "name": "payroll" }]), fine),
                Some("repository \"payroll\""),
            ),
            (
                granted(json!("selected"), ours.clone(), json!({ "issues": "write" })),
                Some("permission \"issues=write\""),
            ),
            (
                granted(json!("selected"), ours.clone(), json!({ "secrets": "read" })),
                Some("permission \"secrets=read\""),
            ),
            (
                granted(json!("selected"), ours.clone(), json!({ "metadata": "write" })),
                Some("permission \"metadata=write\""),
            ),
            (
                granted(json!("selected"), ours, json!({ "contents": "all" })),
                Some("permission \"contents=all\""),
            ),
        ];
        for (answer, expected) in cases {
            let granted: Granted = serde_json::from_value(answer.clone()).unwrap();
            assert_eq!(granted.beyond(&scope).as_deref(), expected, "{answer}");
        }
    }
}
