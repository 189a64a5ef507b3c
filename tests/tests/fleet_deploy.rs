//! What the workflow that deploys runs, as its runner would run it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use clawlets_tests::{Moto, Run, Terraform, copy_module, program, workspace_root};
use serde_json::{Value, json};

/// The script of the step that deploys, and the names of its variables.
fn step() -> (String, Vec<String>) {
    let text =
        fs::read_to_string(workspace_root().join("template/.github/workflows/fleet-deploy.yml")).unwrap();
    let workflow: Value = serde_saphyr::from_str(&text).unwrap();
    let steps = workflow["jobs"]["deploy"]["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["name"] == "Replace the hosts").unwrap();
    let names = step["env"].as_object().unwrap().keys().cloned().collect();
    (step["run"].as_str().unwrap().to_owned(), names)
}

/// A runner, whose `clawlets` is this program.
fn runner(folder: &Path, clawlets: &Path) -> Command {
    let bin = folder.join("temp/clawlets/bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(clawlets, bin.join("clawlets")).unwrap();
    let mut shell = Command::new("bash");
    shell.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &step().0]);
    shell
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("RUNNER_TEMP", folder.join("temp"))
        .stdin(Stdio::null());
    shell
}

/// What the program was called with, for these inputs.
fn called_with(inputs: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let recorder = folder.path().join("recorder");
    fs::write(&recorder, "#!/bin/sh\nprintf '%s\\0' \"$@\" >words\n").unwrap();
    fs::set_permissions(&recorder, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = runner(folder.path(), &recorder);
    command.current_dir(folder.path()).envs(inputs.iter().copied());
    Run::of(&mut command).succeeds();
    let words = fs::read_to_string(folder.path().join("words")).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else was run: {words:?}");
    words.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn inputs_are_words_and_nothing_more() {
    assert_eq!(step().1, ["TARGET", "IMAGE", "REQUEST", "HEALTH", "CONTROL_API_TOKEN"]);
    let plain = [("TARGET", "web-1"), ("REQUEST", "r-1"), ("IMAGE", ""), ("HEALTH", "")];
    assert_eq!(called_with(&plain), ["fleet", "apply", "--request-id=r-1", "--", "web-1"]);
    for hostile in ["$(touch x)", "`touch x`", "; touch x", "'\"\n touch x", "--tofu=/tmp/x", "*", "-"] {
        let inputs = [("TARGET", hostile), ("REQUEST", hostile), ("IMAGE", hostile), ("HEALTH", hostile)];
        let flag = |name: &str| format!("--{name}={hostile}");
        let expected = [
            "fleet".to_owned(),
            "apply".to_owned(),
            flag("request-id"),
            flag("image"),
            flag("health"),
            "--".to_owned(),
            hostile.to_owned(),
        ];
        assert_eq!(called_with(&inputs), expected, "{hostile:?}");
    }
}

/// A project with one host at AWS, as a runner checks it out.
fn checkout(folder: &Path, moto: &Moto) -> PathBuf {
    let project = folder.join("project");
    fs::create_dir_all(project.join("fleet")).unwrap();
    let fleet = json!({
        "schemaVersion": 13, "defaultHost": "web-1",
        "hosts": { "web-1": { "provider": "aws" }, "web-2": { "provider": "aws" } },
        "aws": { "bucket": "fleet-bundles" }, "control": { "repo": "me/fleet" },
    });
    let mut fleet = fleet;
    fleet["hosts"]["web-1"]["aws"] = json!({ "discordTokenSecret": "discord-web-1" });
    fleet["hosts"]["web-2"]["aws"] = json!({ "discordTokenSecret": "discord-web-2" });
    fs::write(project.join("fleet/clawlets.json"), fleet.to_string()).unwrap();
    let module = project.join("infra/opentofu/aws");
    copy_module(&module);
    let endpoint = moto.endpoint();
    let backend = format!(
        "bucket = \"fleet-state\"\nregion = \"eu-central-1\"\nendpoints = {{ s3 = \"{endpoint}\" }}\nuse_path_style = true\n\
         skip_credentials_validation = true\nskip_requesting_account_id = true\nskip_metadata_api_check = true\n"
    );
    fs::write(module.join("backend.hcl"), backend).unwrap();
    fs::write(module.join("settings.auto.tfvars.json"), r#"{ "state_bucket": "fleet-state" }"#).unwrap();
    project
}

#[test]
fn a_dispatch_ends_in_a_replaced_host() {
    let folder = tempfile::tempdir().unwrap();
    let test = "a_dispatch_ends_in_a_replaced_host";
    let Some(moto) = Moto::start(test) else { return };
    let Some(terraform) = Terraform::start(test, folder.path(), Some(moto.endpoint())) else { return };
    moto.make_bucket("fleet-state");
    let image = bake(&moto);
    let project = checkout(folder.path(), &moto);
    let module = project.join("infra/opentofu/aws");
    let mut tfvars = Command::new(program("clawlets"));
    tfvars
        .args(["fleet", "tfvars", "--out", "infra/opentofu/aws/fleet.auto.tfvars.json"])
        .current_dir(&project);
    Run::of(&mut tfvars).succeeds();
    let init: &[&str] = &["init", "-input=false", "-no-color", "-backend-config=backend.hcl"];
    for words in [init, &["apply", "-input=false", "-no-color", "-auto-approve"]] {
        Run::of(terraform.command(&module, words).envs(moto.environment())).succeeds();
    }
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    symlink(terraform.program(), programs.join("tofu")).unwrap();
    let dispatch = |run: usize, target: &str, request: &str, ami: &str| {
        let (name, value) = terraform.environment();
        let temp = folder.path().join(format!("run-{run}"));
        let mut command = runner(&temp, &program("clawlets"));
        command.current_dir(&project).env(name, value).envs(moto.environment());
        command.env("PATH", format!("{}:/usr/bin:/bin", programs.display())).env("HOME", folder.path());
        command.envs([
            ("TARGET", target),
            ("REQUEST", request),
            ("IMAGE", ami),
            ("HEALTH", "instance"),
            ("CONTROL_API_TOKEN", ""),
        ]);
        // Each run has a machine of its own, so nothing but the state remembers the one before.
        let ran = Run::of(&mut command);
        let _ = fs::remove_dir_all(project.join(".clawlets"));
        ran
    };
    for (at, (target, request, ami, code)) in [
        ("web-1", "r-1", "", 0),
        ("web-1", "r-1", "", 0),
        ("web-1; id", "r-2", "", 2),
        ("web-9", "r-2", "", 3),
        ("web-1", "r-2", "ami-xyz", 2),
        ("web-1", "r-2", "ami-0123456789abcdef0", 6),
    ]
    .into_iter()
    .enumerate()
    {
        let ran = dispatch(at, target, request, ami);
        assert_eq!(ran.code(), code, "{target}: {}{}", ran.out(), ran.talk());
        assert_eq!(living(&moto, "web-1").len(), 1, "{target} {request}");
    }
    let first = living(&moto, "web-1");
    let ran = dispatch(9, "all", "r-3", &image);
    assert_eq!(ran.code(), 0, "{}{}", ran.out(), ran.talk());
    let second = living(&moto, "web-1");
    assert!(second != first && second.len() == 1 && living(&moto, "web-2").len() == 1);
}

fn element(answer: &str, name: &str) -> Vec<String> {
    answer
        .split(&format!("<{name}>"))
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect()
}

fn living(moto: &Moto, host: &str) -> Vec<String> {
    let form = format!(
        "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=tag:Name&Filter.1.Value.1={host}\
         &Filter.2.Name=instance-state-name&Filter.2.Value.1=running"
    );
    element(&moto.ask_form("ec2", &form), "instanceId")
}

/// An image of the pipeline.
fn bake(moto: &Moto) -> String {
    let start = "Action=RunInstances&Version=2016-11-15&ImageId=ami-03cf127a&MinCount=1&MaxCount=1";
    let instance = element(&moto.ask_form("ec2", start), "instanceId").remove(0);
    let form = format!("Action=CreateImage&Version=2016-11-15&InstanceId={instance}&Name=first");
    let image = element(&moto.ask_form("ec2", &form), "imageId").remove(0);
    let tag = format!(
        "Action=CreateTags&Version=2016-11-15&ResourceId.1={image}&Tag.1.Key=clawdinator&Tag.1.Value=true"
    );
    let _ = moto.ask_form("ec2", &tag);
    image
}
