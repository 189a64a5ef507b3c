//! The form of a record. Programs of other versions read it too, so keys that nobody knows are passed over.

use clawlets_fleet::AmiId;
use clawlets_model::HostName;
use serde::{Deserialize, Serialize, de::Error as _};

use crate::{
    InstanceId, RequestId, Target,
    deploy::{HostRecord, Record, Stage},
    image::{Choice, Why},
};

/// The version of the form.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    schema_version: u32,
    request: RequestId,
    target: Target,
    hosts: Vec<HostForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HostForm {
    host: HostName,
    image: String,
    why: String,
    stage: StageName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance: Option<InstanceId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum StageName {
    Waiting,
    Applying,
    Replaced,
    Healthy,
    Failed,
}

/// Writes a record.
pub(super) fn write(record: &Record) -> Result<Vec<u8>, serde_json::Error> {
    let form = Form {
        schema_version: VERSION,
        request: record.request.clone(),
        target: record.target.clone(),
        hosts: record.hosts.iter().map(of_host).collect(),
    };
    let mut text = serde_json::to_vec_pretty(&form)?;
    text.push(b'\n');
    Ok(text)
}

/// Reads a record.
pub(super) fn read(bytes: &[u8]) -> Result<Record, serde_json::Error> {
    let form: Form = serde_json::from_slice(bytes)?;
    if form.schema_version != VERSION {
        return Err(serde_json::Error::custom(format!("version {} is not known", form.schema_version)));
    }
    let hosts = form.hosts.into_iter().map(to_host).collect::<Result<_, _>>()?;
    Ok(Record { request: form.request, target: form.target, hosts })
}

fn of_host(host: &HostRecord) -> HostForm {
    let (stage, instance, failure) = match &host.stage {
        Stage::Waiting => (StageName::Waiting, None, None),
        Stage::Applying => (StageName::Applying, None, None),
        Stage::Replaced(instance) => (StageName::Replaced, Some(instance.clone()), None),
        Stage::Healthy(instance) => (StageName::Healthy, Some(instance.clone()), None),
        Stage::Failed(why) => (StageName::Failed, None, Some(why.clone())),
    };
    HostForm {
        host: host.host.clone(),
        image: host.choice.image.to_string(),
        why: host.choice.why.as_str().to_owned(),
        stage,
        instance,
        failure,
    }
}

fn to_host(form: HostForm) -> Result<HostRecord, serde_json::Error> {
    let custom = |text: String| serde_json::Error::custom(text);
    let instance = || form.instance.clone().ok_or_else(|| custom(format!("{} has no instance", form.host)));
    let stage = match form.stage {
        StageName::Waiting => Stage::Waiting,
        StageName::Applying => Stage::Applying,
        StageName::Replaced => Stage::Replaced(instance()?),
        StageName::Healthy => Stage::Healthy(instance()?),
        StageName::Failed => Stage::Failed(form.failure.clone().unwrap_or_default()),
    };
    let image = AmiId::parse(&form.image).map_err(|error| custom(error.to_string()))?;
    let why = Why::parse(&form.why).ok_or_else(|| custom(format!("{:?} is no reason", form.why)))?;
    Ok(HostRecord { host: form.host, choice: Choice { image, why }, stage })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_as_it_was() {
        let instance = InstanceId::parse("i-0123456789abcdef0").unwrap();
        let stages = [
            Stage::Waiting,
            Stage::Applying,
            Stage::Replaced(instance.clone()),
            Stage::Healthy(instance),
            Stage::Failed("it has stopped".into()),
        ];
        let host = |(at, stage)| HostRecord {
            host: HostName::parse(&format!("web-{at}")).unwrap(),
            choice: Choice { image: AmiId::parse("ami-01234567").unwrap(), why: Why::Pin },
            stage,
        };
        let record = Record {
            request: RequestId::parse("r").unwrap(),
            target: Target::All,
            hosts: stages.into_iter().enumerate().map(host).collect(),
        };
        let text = write(&record).unwrap();
        assert_eq!(read(&text).unwrap(), record);
        let newer = String::from_utf8(text).unwrap().replacen('{', "{\"new\": true,", 1);
        assert_eq!(read(newer.as_bytes()).unwrap(), record);
        assert!(read(newer.replace("\"schemaVersion\": 1", "\"schemaVersion\": 2").as_bytes()).is_err());
    }
}
