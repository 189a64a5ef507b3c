//! A fleet at AWS: the project with its module, the real Terraform with a provider for tests, its state in a bucket, and AWS
//! played by moto.

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command};

use clawlets_stand_in::Ran;
use clawlets_tests::{Moto, Terraform, copy_module};
use serde_json::{Value, json};

use crate::declared::Declared;

pub(crate) struct World {
    pub(crate) project: Declared,
    pub(crate) moto: Moto,
    pub(crate) terraform: Terraform,
}

impl World {
    /// A fleet of two hosts that are declared, with everything but the hosts made; none where something is missing.
    pub(crate) fn start(test: &str) -> Option<Self> {
        let moto = Moto::start(test)?;
        moto.make_bucket("fleet-state");
        let project = Declared::of(&declaration(&["web-1", "web-2"]).to_string());
        let terraform = Terraform::start(test, project.folder(), Some(moto.endpoint()))?;
        let world = Self { project, moto, terraform };
        world.lay_out();
        world.make_infrastructure();
        Some(world)
    }

    fn module(&self) -> PathBuf {
        self.project.folder().join("infra/opentofu/aws")
    }

    /// The module of the template, and where its state is.
    fn lay_out(&self) {
        let module = self.module();
        copy_module(&module);
        let endpoint = self.moto.endpoint();
        let backend = format!(
            "bucket = \"fleet-state\"\nregion = \"eu-central-1\"\nendpoints = {{ s3 = \"{endpoint}\" }}\n\
             use_path_style = true\nskip_credentials_validation = true\nskip_requesting_account_id = true\n\
             skip_metadata_api_check = true\nskip_region_validation = true\n"
        );
        fs::write(module.join("backend.hcl"), backend).unwrap();
        fs::write(module.join("settings.auto.tfvars.json"), r#"{ "state_bucket": "fleet-state" }"#).unwrap();
    }

    /// What an operator does by hand: everything but the instances.
    pub(crate) fn make_infrastructure(&self) {
        self.project.ok("fleet tfvars --out fleet.tfvars.json");
        self.run(&["init", "-input=false", "-no-color", "-backend-config=backend.hcl"]);
        let file = self.project.folder().join("fleet.tfvars.json");
        let file = format!("-var-file={}", file.display());
        self.run(&["apply", "-input=false", "-no-color", "-auto-approve", &file]);
    }

    fn run(&self, words: &[&str]) -> String {
        let mut command = self.terraform.command(&self.module(), words);
        let ran: Ran = command.envs(self.moto.environment()).output().unwrap().into();
        assert_eq!(ran.code, Some(0), "terraform {words:?}: {ran}");
        ran.out
    }

    /// `clawlets fleet apply` with these words, against AWS.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = self.project.command(&format!("fleet apply {line} --json"));
        let (name, value) = self.terraform.environment();
        command.arg("--tofu").arg(self.terraform.program()).env(name, value).envs(self.moto.environment());
        command
    }

    pub(crate) fn apply(&self, line: &str) -> Ran {
        Ran::of(&mut self.command(line))
    }

    #[track_caller]
    pub(crate) fn ok(&self, line: &str) -> Value {
        let ran = self.apply(line);
        assert_eq!(ran.code, Some(0), "{line}: {ran}");
        ran.json()
    }

    /// Declares these hosts and no others.
    pub(crate) fn declare(&self, declaration: &Value) {
        fs::write(self.project.path(), declaration.to_string()).unwrap();
    }

    /// Everything in the state, by address.
    pub(crate) fn state(&self) -> BTreeMap<String, Value> {
        let shown: Value = serde_json::from_str(&self.run(&["show", "-json"])).unwrap();
        let resources = shown["values"]["root_module"]["resources"].as_array().unwrap().clone();
        let entry =
            |resource: Value| (resource["address"].as_str().unwrap().to_owned(), resource["values"].clone());
        resources.into_iter().map(entry).collect()
    }

    /// The instance of a host, with its image, by the state.
    pub(crate) fn instance(&self, host: &str) -> (String, String) {
        let instance = &self.state()[&format!("aws_instance.host[\"{host}\"]")];
        let text = |name: &str| instance[name].as_str().unwrap().to_owned();
        (text("id"), text("ami"))
    }

    /// An image of the pipeline that is in the account.
    pub(crate) fn bake(&self, name: &str) -> String {
        let start = "Action=RunInstances&Version=2016-11-15&ImageId=ami-03cf127a&MinCount=1&MaxCount=1";
        let instance = element(&self.moto.ask_form("ec2", start), "instanceId");
        let bake = format!("Action=CreateImage&Version=2016-11-15&InstanceId={instance}&Name={name}");
        let image = element(&self.moto.ask_form("ec2", &bake), "imageId");
        let tag = format!(
            "Action=CreateTags&Version=2016-11-15&ResourceId.1={image}&Tag.1.Key=clawdinator&Tag.1.Value=true"
        );
        let _ = self.moto.ask_form("ec2", &tag);
        image
    }

    /// The instances of a host that live, by AWS.
    pub(crate) fn living(&self, host: &str) -> Vec<String> {
        let form = format!(
            "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag:Name&Filter.1.Value.1={host}\
             &Filter.2.Name=instance-state-name&Filter.2.Value.1=running&Filter.2.Value.2=pending"
        );
        let answer = self.moto.ask_form("ec2", &form);
        answer.split("<instanceId>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }
}

/// A fleet with these hosts at AWS.
pub(crate) fn declaration(hosts: &[&str]) -> Value {
    let host = |name: &&str| {
        let aws = json!({ "bootstrapPrefix": format!("bootstrap/{name}"), "discordTokenSecret": format!("discord-{name}") });
        ((*name).to_owned(), json!({ "enable": true, "provider": "aws", "aws": aws }))
    };
    json!({
        "schemaVersion": 13, "defaultHost": hosts[0],
        "fleet": { "botOrder": [], "bots": {} },
        "hosts": hosts.iter().map(host).collect::<serde_json::Map<_, _>>(),
        "aws": { "bucket": "fleet-bundles" },
        "control": { "repo": "me/fleet" },
    })
}

fn element(answer: &str, name: &str) -> String {
    let begin = answer.split(&format!("<{name}>")).nth(1).unwrap_or_else(|| panic!("no {name}: {answer}"));
    begin.split('<').next().unwrap().to_owned()
}

/// The code of the fault that a run ended in, behind what it said on the way.
#[track_caller]
pub(crate) fn fault(ran: &Ran) -> String {
    let from = ran.talk.find("{\n  \"error\"").unwrap_or_else(|| panic!("no fault: {ran}"));
    let document: Value = serde_json::from_str(&ran.talk[from..]).unwrap();
    document["error"]["code"].as_str().unwrap().to_owned()
}
