//! The nouns of the model as values of the file.

use clawlets_model::{
    BotId, Channel, EnvVarName, HostName, LabelKey, LabelValue, ModelName, PersonaName, SecretName,
    egress::EgressRule,
    net::{AdminCidr, TargetHost, WorldOpen},
};
use serde_json::{Value as Json, json};

use super::{Text, text::text_form};
use crate::problem::{ProblemCode, looks_like_a_secret};

text_form!(BotId, Channel, EnvVarName, ModelName, PersonaName);

impl Text for HostName {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        let mut generator = schemars::SchemaGenerator::default();
        let mut schema = <Self as schemars::JsonSchema>::json_schema(&mut generator).to_value();
        schema["not"] = json!({ "enum": ["all", "clawlets-cattle"] });
        schema
    }
}

impl Text for SecretName {
    fn parse(text: &str) -> Result<Self, String> {
        if looks_like_a_secret(text) {
            return Err("the name of a secret, not its value".to_owned());
        }
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        let mut generator = schemars::SchemaGenerator::default();
        <Self as schemars::JsonSchema>::json_schema(&mut generator).to_value()
    }
}

impl Text for LabelKey {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?$" })
    }
}

impl Text for LabelValue {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$" })
    }
}

impl Text for TargetHost {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.as_str().to_owned()
    }
    fn schema() -> Json {
        let name = "[A-Za-z0-9._][A-Za-z0-9._-]{0,252}";
        json!({ "type": "string", "pattern": format!(r"^({name}@)?({name}|\[[0-9A-Fa-f:.]+\])$") })
    }
    fn suggest(text: &str) -> Option<String> {
        let without_port = text.trim().rsplit_once(':')?.0;
        Self::parse(without_port).is_ok().then(|| without_port.to_owned())
    }
}

/// Whether it is open to the world is decided by the object that it stands in.
impl Text for AdminCidr {
    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text, WorldOpen::Allow).map_err(|error| error.expected.to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        json!({ "type": "string", "pattern": "^[0-9A-Fa-f:.]+/[0-9]{1,3}$" })
    }
    fn suggest(text: &str) -> Option<String> {
        if let Ok(address) = text.trim().parse::<std::net::IpAddr>() {
            return Some(format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 }));
        }
        let net: ipnet::IpNet = text.trim().parse().ok()?;
        Some(net.trunc().to_string())
    }
}

impl Text for EgressRule {
    const CODE: ProblemCode = ProblemCode::InvalidValue;

    fn parse(text: &str) -> Result<Self, String> {
        Self::parse(text)
            .map_err(|_| "a domain, or host:port, such as api.example.com or [2001:db8::1]:8443".to_owned())
    }
    fn text(&self) -> String {
        self.to_string()
    }
    fn schema() -> Json {
        let label = "[A-Za-z0-9_][A-Za-z0-9_-]*";
        json!({ "type": "string", "pattern": format!(r"^({label}(\.{label})*|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?$") })
    }
    fn suggest(text: &str) -> Option<String> {
        let rest = text.trim();
        let rest = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://")).unwrap_or(rest);
        let host = rest.split('/').next()?;
        Self::parse(host).is_ok().then(|| host.to_owned())
    }
}
