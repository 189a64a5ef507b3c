//! The calls.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use clawlets_model::Secret;
use reqwest::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{SecretName, SecretSummary, SecretValue, SecretVersion};
use crate::{
    Aws, AwsError,
    request::{Body, Call, Service},
};

const CURRENT: &str = "AWSCURRENT";
const PAGES: usize = 1_000;

/// Secrets of one region.
#[derive(Debug, Clone)]
pub struct SecretsManager {
    aws: Aws,
}

/// Wiped when it is dropped.
#[derive(Deserialize)]
#[serde(from = "String")]
struct Text(Secret<String>);

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

#[derive(Deserialize)]
struct Got {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "VersionId")]
    version: String,
    #[serde(rename = "VersionStages", default)]
    stages: Vec<String>,
    #[serde(rename = "SecretString")]
    text: Option<Text>,
    #[serde(rename = "SecretBinary")]
    binary: Option<Text>,
}

#[derive(Deserialize)]
struct Described {
    #[serde(rename = "VersionIdsToStages", default)]
    versions: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(rename = "SecretList", default)]
    secrets: Vec<Row>,
    #[serde(rename = "NextToken")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    #[serde(rename = "Name")]
    name: String,
    #[serde(rename = "SecretVersionsToStages", default)]
    versions: BTreeMap<String, Vec<String>>,
}

impl SecretsManager {
    pub(crate) const fn new(aws: Aws) -> Self {
        Self { aws }
    }

    /// A secret's value.
    ///
    /// # Errors
    /// [`AwsError`]; not found when there is no such secret, or no such version of it.
    pub async fn value(&self, name: &SecretName, version: &SecretVersion) -> Result<SecretValue, AwsError> {
        let tried = format!("read the secret {name}");
        let mut question = Map::new();
        question.insert("SecretId".to_owned(), json!(name.as_str()));
        match version {
            SecretVersion::Current => {}
            SecretVersion::Stage(stage) => {
                question.insert("VersionStage".to_owned(), json!(stage));
            }
            SecretVersion::Id(id) => {
                question.insert("VersionId".to_owned(), json!(id));
            }
        }
        let got: Got = self.ask(&tried, "GetSecretValue", &Value::Object(question)).await?;
        let value = match (got.text, got.binary) {
            (Some(Text(text)), _) => Some(Secret::new(text.expose().clone().into_bytes())),
            (None, Some(Text(binary))) => STANDARD.decode(binary.expose()).ok().map(Secret::new),
            (None, None) => None,
        };
        let why = || AwsError::Malformed { tried, why: "it has no value".to_owned() };
        Ok(SecretValue {
            name: got.name,
            version: got.version,
            stages: got.stages,
            value: value.ok_or_else(why)?,
        })
    }

    /// The version of a secret that counts now, without its value; `None` when there is no such secret.
    ///
    /// # Errors
    /// [`AwsError`] when it cannot be said.
    pub async fn current_version(&self, name: &SecretName) -> Result<Option<String>, AwsError> {
        let tried = format!("look at the secret {name}");
        let question = json!({ "SecretId": name.as_str() });
        match self.ask::<Described>(&tried, "DescribeSecret", &question).await {
            Ok(described) => Ok(current(described.versions)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The secrets whose names begin with `prefix`.
    ///
    /// # Errors
    /// [`AwsError`] when the listing is not complete.
    pub async fn list(&self, prefix: &str) -> Result<Vec<SecretSummary>, AwsError> {
        let tried = format!("list the secrets below {prefix:?}");
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES {
            let mut question = json!({ "MaxResults": 100 });
            if !prefix.is_empty() {
                question["Filters"] = json!([{ "Key": "name", "Values": [prefix] }]);
            }
            if let Some(next) = &next {
                question["NextToken"] = json!(next);
            }
            let page: Page = self.ask(&tried, "ListSecrets", &question).await?;
            let fitting = page.secrets.into_iter().filter(|row| row.name.starts_with(prefix));
            found.extend(
                fitting.map(|row| SecretSummary { name: row.name, current_version: current(row.versions) }),
            );
            next = page.next;
            if next.is_none() {
                return Ok(found);
            }
        }
        Err(AwsError::Malformed { tried, why: "it has no last page".to_owned() })
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        tried: &str,
        target: &str,
        question: &Value,
    ) -> Result<T, AwsError> {
        let root = self.aws.root(Service::SecretsManager);
        let call = Call::new(tried.to_owned(), Service::SecretsManager, Method::POST, root)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("secretsmanager.{target}"))
            .body(Body::bytes(question.to_string().into_bytes()));
        let reply = self.aws.call(&call).await?;
        serde_json::from_slice(reply.body.expose()).map_err(|error| AwsError::Malformed {
            tried: tried.to_owned(),
            // The error itself may quote a value.
            why: format!("it is not the expected JSON at line {} column {}", error.line(), error.column()),
        })
    }
}

fn current(versions: BTreeMap<String, Vec<String>>) -> Option<String> {
    let is_current = |stages: &[String]| stages.iter().any(|stage| stage == CURRENT);
    versions.into_iter().find(|(_, stages)| is_current(stages)).map(|(version, _)| version)
}
