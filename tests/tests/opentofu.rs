//! The OpenTofu module that a project begins with: it is well-formed, and what it plans keeps to the rules.
//!
//! The real provider of AWS is not asked. One for tests has its schema, so that a name or a type which the real one does not
//! know is found; what AWS itself would say of the values is not.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{collections::BTreeMap, fs, path::PathBuf};

use clawlets_tests::{Run, Terraform, copy_module, workspace_root};
use serde_json::{Value, json};

/// A copy of the module, with its state in a file.
struct Module {
    folder: tempfile::TempDir,
    terraform: Terraform,
}

impl Module {
    fn start(test: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let terraform = Terraform::start(test, folder.path(), None)?;
        let module = Self { folder, terraform };
        copy_module(&module.path());
        // What is given there is not what these tests are about.
        fs::remove_file(module.path().join("settings.auto.tfvars.json")).unwrap();
        // Takes the place of the bucket.
        fs::write(module.path().join("override.tf"), "terraform {\n  backend \"local\" {}\n}\n").unwrap();
        module.run(&["init", "-input=false", "-no-color"]).succeeds();
        Some(module)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("module")
    }

    fn run(&self, words: &[&str]) -> Run {
        Run::of(&mut self.terraform.command(&self.path(), words))
    }

    /// What is planned with these variables: the values of each resource by its address, and the plan as a whole.
    fn plan(&self, variables: &Value) -> (BTreeMap<String, Value>, Value) {
        self.write(variables);
        self.run(&["plan", "-input=false", "-no-color", "-out=plan"]).succeeds();
        let plan: Value = serde_json::from_str(&self.run(&["show", "-json", "plan"]).succeeds()).unwrap();
        let resources = plan["planned_values"]["root_module"]["resources"].as_array().unwrap();
        let entry =
            |resource: &Value| (resource["address"].as_str().unwrap().to_owned(), resource["values"].clone());
        (resources.iter().map(entry).collect(), plan)
    }

    fn write(&self, variables: &Value) {
        fs::write(self.path().join("test.auto.tfvars.json"), variables.to_string()).unwrap();
    }

    /// The module's variables in a folder of their own, where they are judged and nothing else is planned.
    fn variables_alone(&self) -> PathBuf {
        let folder = self.folder.path().join("variables");
        fs::create_dir_all(&folder).unwrap();
        fs::copy(self.path().join("variables.tf"), folder.join("variables.tf")).unwrap();
        folder
    }

    /// What it says of variables that it refuses.
    fn refuses(&self, variables: &Value) -> String {
        let folder = self.variables_alone();
        fs::write(folder.join("test.auto.tfvars.json"), variables.to_string()).unwrap();
        let ran = Run::of(&mut self.terraform.command(&folder, &["plan", "-input=false", "-no-color"]));
        assert!(!ran.ok(), "{variables}: {}", ran.out());
        ran.talk().split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
    }
}

fn variables() -> Value {
    let host = |name: &str, cidrs: Value| {
        json!({
            "host": name, "instanceType": "t3.large", "bootstrapPrefix": format!("bootstrap/{name}"),
            "discordTokenSecret": format!("discord-{name}"), "rootVolumeGb": 50, "sshCidrs": cidrs,
        })
    };
    json!({
        "aws_region": "eu-central-1", "bucket": "fleet-bundles", "secrets_prefix": "clawdinator/",
        "control_repo": "me/fleet", "state_bucket": "fleet-state", "ami_id": "ami-01234567",
        "control_settings": { "DISCORD_USERS": "42" },
        "instances": { "web-1": host("web-1", json!(["203.0.113.0/24"])), "web-2": host("web-2", json!([])) },
    })
}

/// A policy, as it stands in a resource.
fn policy(value: &Value) -> Vec<Value> {
    let document: Value = serde_json::from_str(value.as_str().unwrap()).unwrap();
    document["Statement"].as_array().unwrap().clone()
}

/// One thing or several, as policies have it.
fn words(value: &Value) -> Vec<String> {
    let several = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    several.iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_module_is_formatted_and_valid() {
    let Some(module) = Module::start("the_module_is_formatted_and_valid") else { return };
    let formatted = module.run(&["fmt", "-check", "-diff", "-no-color"]);
    assert!(formatted.ok(), "{}", formatted.out());
    module.run(&["validate", "-no-color"]).succeeds();
    // The schema is looked at.
    fs::write(module.path().join("wrong.tf"), "resource \"aws_key_pair\" \"x\" {\n  public_keys = \"\"\n}\n")
        .unwrap();
    assert!(module.run(&["validate", "-no-color"]).talk().contains("public_keys"));
}

#[test]
fn an_instance_reads_its_own_bundle_and_secrets_and_nothing_else() {
    let Some(module) = Module::start("an_instance_reads_its_own_bundle_and_secrets_and_nothing_else") else {
        return;
    };
    let mut variables = variables();
    module.write(&variables);
    // Addresses of things that are there are known to a plan.
    variables["ami_id"] = json!("");
    module.write(&variables);
    module.run(&["apply", "-input=false", "-no-color", "-auto-approve"]).succeeds();
    variables["ami_id"] = json!("ami-01234567");
    let (planned, _) = module.plan(&variables);
    for host in ["web-1", "web-2"] {
        let statements = policy(&planned[&format!("aws_iam_role_policy.host[\"{host}\"]")]["policy"]);
        let secret = |name: &str| {
            format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:clawdinator/{name}-??????")
        };
        let mut allowed = vec![
            format!("arn:aws:s3:::fleet-bundles/bootstrap/{host}/*"),
            "arn:aws:s3:::fleet-bundles".to_owned(),
        ];
        let shared = ["anthropic-api-key", "github-app-pem", "openai-api-key"].map(secret);
        allowed.extend(shared);
        allowed.push(secret(&format!("discord-{host}")));
        allowed.push(secret(&format!("{host}-age-key")));
        let named: Vec<String> =
            statements.iter().flat_map(|statement| words(&statement["Resource"])).collect();
        assert_eq!(named, allowed, "{host}");
        let listing = statements.iter().find(|statement| statement["Action"] == "s3:ListBucket").unwrap();
        assert_eq!(
            listing["Condition"],
            json!({ "StringLike": { "s3:prefix": format!("bootstrap/{host}/*") } })
        );
        for action in statements.iter().flat_map(|statement| words(&statement["Action"])) {
            assert!(
                !action.contains('*') && !action.contains("Put") && !action.contains("Delete"),
                "{action}"
            );
        }
        let role = &planned[&format!("aws_iam_role.host[\"{host}\"]")];
        assert!(role["permissions_boundary"].as_str().unwrap().contains("clawlets-instance-boundary"));
    }
}

#[test]
fn nothing_is_open_to_the_world_but_the_function_that_checks_tokens() {
    let Some(module) = Module::start("nothing_is_open_to_the_world_but_the_function_that_checks_tokens")
    else {
        return;
    };
    let (planned, _) = module.plan(&variables());
    let mut open = Vec::new();
    for (address, values) in planned.iter().filter(|(address, _)| address.starts_with("aws_security_group."))
    {
        for rule in values["ingress"].as_array().into_iter().flatten() {
            let cidrs = [&rule["cidr_blocks"], &rule["ipv6_cidr_blocks"]];
            let cidrs = cidrs.into_iter().flat_map(|list| list.as_array().into_iter().flatten());
            open.extend(
                cidrs.map(|cidr| format!("{address} {} {}", rule["from_port"], cidr.as_str().unwrap())),
            );
        }
    }
    assert_eq!(open, ["aws_security_group.host[\"web-1\"] 22 203.0.113.0/24"]);
    // Whoever cannot get in over SSH gets in with Session Manager.
    for host in ["web-1", "web-2"] {
        let attached = &planned[&format!("aws_iam_role_policy_attachment.session_manager[\"{host}\"]")];
        assert_eq!(attached["policy_arn"], "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
        let instance = &planned[&format!("aws_instance.host[\"{host}\"]")];
        assert_eq!(instance["metadata_options"][0]["http_tokens"], "required");
        assert_eq!(
            (
                &instance["root_block_device"][0]["encrypted"],
                &instance["root_block_device"][0]["volume_size"]
            ),
            (&json!(true), &json!(50))
        );
        assert_eq!(instance["tags"]["app"], "clawdinator");
        assert_eq!(instance["tags"]["Name"], host);
    }
    let closed = &planned["aws_s3_bucket_public_access_block.bundles"];
    for side in ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]
    {
        assert_eq!(closed[side], true, "{side}");
    }
    assert_eq!(planned["aws_efs_file_system.memory"]["encrypted"], true);
    // A public function URL needs both.
    let permissions: Vec<_> =
        planned.iter().filter(|(address, _)| address.starts_with("aws_lambda_permission.")).collect();
    let given = |action: &str| {
        permissions.iter().find(|(_, values)| values["action"] == action).map(|(_, values)| values)
    };
    assert_eq!(given("lambda:InvokeFunctionUrl").unwrap()["function_url_auth_type"], "NONE");
    assert_eq!(given("lambda:InvokeFunction").unwrap()["invoked_via_function_url"], true);
    assert_eq!(permissions.len(), 2);
}

#[test]
fn ci_proves_who_it_is_and_may_replace_hosts_only() {
    let Some(module) = Module::start("ci_proves_who_it_is_and_may_replace_hosts_only") else { return };
    let mut variables = variables();
    variables["github_oidc_provider_arn"] =
        json!("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com");
    let (planned, plan) = module.plan(&variables);
    let trust = policy(&planned["aws_iam_role.deploy"]["assume_role_policy"]);
    assert_eq!(trust.len(), 1);
    assert_eq!(trust[0]["Action"], "sts:AssumeRoleWithWebIdentity");
    assert_eq!(
        trust[0]["Condition"]["StringEquals"],
        json!({
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:me/fleet:environment:fleet-deploy",
        })
    );
    assert!(
        !planned
            .keys()
            .any(|address| address.contains("aws_iam_access_key") || address.contains("aws_iam_user"))
    );
    // What it may do is known once the boundary that it names is there: so it is read where it is written.
    let source = fs::read_to_string(module.path().join("ci.tf")).unwrap();
    for never in [
        "\"iam:*\"",
        "\"s3:*\"",
        "\"ec2:*\"",
        "\"*\"]",
        "lambda:",
        "dynamodb:",
        "DeleteBucket",
        "DeleteRole",
        "UpdateAssumeRolePolicy",
    ] {
        assert!(!source.contains(never), "{never}");
    }
    assert!(plan["planned_values"]["outputs"]["bucket_name"].is_object());
}

#[test]
fn the_workflow_that_makes_images_reaches_nothing_that_runs() {
    let Some(module) = Module::start("the_workflow_that_makes_images_reaches_nothing_that_runs") else {
        return;
    };
    let mut variables = variables();
    variables["github_oidc_provider_arn"] =
        json!("arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com");
    let (planned, plan) = module.plan(&variables);
    let trust = policy(&planned["aws_iam_role.image"]["assume_role_policy"]);
    assert_eq!(trust.len(), 1);
    assert_eq!(
        trust[0]["Condition"]["StringEquals"],
        json!({
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": "repo:me/fleet:environment:image-build",
        })
    );
    let disks = "arn:aws:s3:::fleet-bundles/images/*";
    let allowed: Vec<(String, Vec<String>)> = policy(&planned["aws_iam_role_policy.image"]["policy"])
        .iter()
        .flat_map(|statement| {
            let places = words(&statement["Resource"]);
            words(&statement["Action"]).into_iter().map(move |action| (action, places.clone()))
        })
        .collect();
    let actions: Vec<&str> = allowed.iter().map(|(action, _)| action.as_str()).collect();
    let expected = [
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "ec2:ImportSnapshot",
        "iam:PassRole",
        "ec2:DescribeImportSnapshotTasks",
        "ec2:RegisterImage",
        "ec2:CreateTags",
    ];
    assert_eq!(actions, expected);
    for (action, places) in &allowed {
        let is_everywhere = places.iter().any(|place| place == "*");
        assert_eq!(is_everywhere, action.contains("Describe"), "{action}: {places:?}");
        assert!(!action.starts_with("s3:") || *places == [disks], "{action}: {places:?}");
    }
    // The role in which a disk is read is the one that the workflow names, and nobody else's.
    let reader = &planned["aws_iam_role.image_reader"];
    let workflow =
        fs::read_to_string(workspace_root().join("template/.github/workflows/image-build.yml")).unwrap();
    assert!(workflow.contains(&format!("--role-name {} ", reader["name"].as_str().unwrap())));
    let trust = policy(&reader["assume_role_policy"]);
    assert_eq!(trust[0]["Principal"], json!({ "Service": "vmie.amazonaws.com" }));
    let read = policy(&planned["aws_iam_role_policy.image_reader"]["policy"]);
    let of_objects =
        read.iter().filter(|statement| words(&statement["Action"]).contains(&"s3:GetObject".to_owned()));
    assert!(of_objects.map(|statement| &statement["Resource"]).eq([&json!(disks)]));
    // A disk does not stay.
    let rule = &planned["aws_s3_bucket_lifecycle_configuration.bundles"]["rule"][0];
    assert_eq!((&rule["filter"][0]["prefix"], &rule["status"]), (&json!("images/"), &json!("Enabled")));
    assert!(plan["planned_values"]["outputs"]["image_role_arn"].is_object());
}

#[test]
fn the_function_finds_its_table_and_its_secrets_and_holds_neither_token_nor_right() {
    let Some(module) =
        Module::start("the_function_finds_its_table_and_its_secrets_and_holds_neither_token_nor_right")
    else {
        return;
    };
    let (planned, _) = module.plan(&variables());
    // The key that the program asks for.
    let table = &planned["aws_dynamodb_table.control"];
    assert_eq!((&table["hash_key"], &table["range_key"]), (&json!("pk"), &json!("sk")));
    let given = &planned["aws_lambda_function.control"]["environment"][0]["variables"];
    let names: Vec<&str> = given.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "CLAWLETS_FLEET",
        "CONTROL_SECRETS",
        "CONTROL_STATE_TABLE",
        "DISCORD_USERS",
        "GITHUB_REF",
        "GITHUB_REPO",
        "GITHUB_WORKFLOW",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        (&given["CONTROL_SECRETS"], &given["CONTROL_STATE_TABLE"]),
        (&json!("clawdinator/control/"), &table["name"])
    );
    // What its role may do is known once the table is there: so it is read where it is written.
    let source = fs::read_to_string(module.path().join("control.tf")).unwrap();
    for expected in ["\"dynamodb:GetItem\", \"dynamodb:PutItem\"]", "\"${local.secrets}control/*\""] {
        assert!(source.contains(expected), "{expected}");
    }
    for never in ["dynamodb:Delete", "ec2:Run", "ec2:Terminate", "iam:", "s3:"] {
        assert!(!source.contains(never), "{never}");
    }
    // No host reads what the function reads, whatever its own policy says.
    let boundary = policy(&planned["aws_iam_policy.boundary"]["policy"]);
    let denied = boundary.iter().find(|statement| statement["Effect"] == "Deny").unwrap();
    let secrets = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:clawdinator/control/*";
    assert_eq!((&denied["Action"], &denied["Resource"]), (&json!("secretsmanager:*"), &json!(secrets)));
}

#[test]
fn the_outputs_are_those_that_others_read() {
    let Some(module) = Module::start("the_outputs_are_those_that_others_read") else { return };
    let (_, plan) = module.plan(&variables());
    for output in [
        "bucket_name",
        "aws_region",
        "instance_ids",
        "instance_public_ips",
        "instance_public_dns",
        "efs_file_system_id",
        "control_api_url",
    ] {
        assert!(plan["planned_values"]["outputs"][output].is_object(), "{output}");
    }
}

#[test]
fn variables_that_are_half_set_end_nothing() {
    let Some(module) = Module::start("variables_that_are_half_set_end_nothing") else { return };
    module.write(&variables());
    module.run(&["apply", "-input=false", "-no-color", "-auto-approve"]).succeeds();
    for name in ["aws_region", "bucket", "secrets_prefix", "control_repo", "state_bucket", "instances"] {
        let mut half = variables();
        half.as_object_mut().unwrap().remove(name);
        assert!(module.refuses(&half).contains(name), "{name}");
        half[name] = json!(null);
        assert!(module.refuses(&half).contains(name), "{name}");
        if name != "instances" {
            half[name] = json!("");
            assert!(module.refuses(&half).contains(name), "{name}");
        }
    }
    // No image is no instances, and all the rest stays.
    let mut without = variables();
    without["ami_id"] = json!("");
    let (_, plan) = module.plan(&without);
    let ended = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["change"]["actions"] != json!(["no-op"]));
    let ended: Vec<_> = ended.map(|change| change["address"].as_str().unwrap()).collect();
    assert_eq!(ended, ["aws_instance.host[\"web-1\"]", "aws_instance.host[\"web-2\"]"]);
    // Another image changes nothing by itself.
    let mut other = variables();
    other["ami_id"] = json!("ami-89abcdef");
    let (_, plan) = module.plan(&other);
    assert!(
        plan["resource_changes"]
            .as_array()
            .unwrap()
            .iter()
            .all(|change| change["change"]["actions"] == json!(["no-op"]))
    );
    // What must outlive a mistake cannot be destroyed at all.
    module.write(&variables());
    let destroyed = module.run(&["plan", "-destroy", "-input=false", "-no-color"]);
    assert!(!destroyed.ok());
    for kept in ["aws_s3_bucket.bundles", "aws_efs_file_system.memory", "aws_lambda_function_url.control"] {
        assert!(destroyed.talk().contains(kept), "{kept}: {}", destroyed.talk());
    }
}

#[test]
fn what_would_be_dangerous_is_refused_with_words() {
    let Some(module) = Module::start("what_would_be_dangerous_is_refused_with_words") else { return };
    let with = |pointer: &str, value: Value| {
        let mut changed = variables();
        *changed.pointer_mut(pointer).unwrap() = value;
        changed
    };
    for (changed, expected) in [
        (with("/instances/web-1/sshCidrs", json!(["0.0.0.0/0"])), "SSH is never open to the world"),
        (with("/instances/web-1/sshCidrs", json!(["::/0"])), "SSH is never open to the world"),
        (with("/instances/web-1/bootstrapPrefix", json!("bootstrap/web-2/x")), "could read what is there"),
        (with("/instances/web-1/bootstrapPrefix", json!("bootstrap/web-2")), "could read what is there"),
        (with("/instances/web-1/bootstrapPrefix", json!("bootstrap/'; reboot; '")), "A prefix is words"),
        (with("/instances/web-1/discordTokenSecret", json!("x*")), "The name of a secret"),
        (with("/ami_id", json!("ami-01234567; id")), "An image such as"),
        (with("/secrets_prefix", json!("")), "every secret of the account"),
        (
            with("/instances/web-1/discordTokenSecret", json!("control/api-token")),
            "none of the control API's",
        ),
        (with("/instances/web-1/bootstrapPrefix", json!("images/web-1")), "Below images/ lie disks"),
        (with("/control_settings", json!({ "GITHUB_TOKEN": "x" })), "Only settings that are no secrets"),
    ] {
        let said = module.refuses(&changed);
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn an_instance_is_told_who_it_is_and_starts_its_boot() {
    let Some(module) = Module::start("an_instance_is_told_who_it_is_and_starts_its_boot") else { return };
    module.write(&variables());
    module.run(&["apply", "-input=false", "-no-color", "-auto-approve"]).succeeds();
    let shown: Value = serde_json::from_str(&module.run(&["show", "-json"]).succeeds()).unwrap();
    let resources = shown["values"]["root_module"]["resources"].as_array().unwrap();
    let instance = resources.iter().find(|one| one["address"] == "aws_instance.host[\"web-1\"]").unwrap();
    let script = instance["values"]["user_data"].as_str().unwrap();
    for line in ["put instance-name 'web-1'", "put bootstrap-prefix 'bootstrap/web-1'"] {
        assert!(script.contains(line), "{line}: {script}");
    }
    assert!(!script.contains("control-url"), "there is none yet");
    let file = module.folder.path().join("user-data");
    fs::write(&file, script).unwrap();
    let mut shell = std::process::Command::new("sh");
    assert!(Run::of(shell.arg("-n").arg(&file)).ok(), "{script}");
    assert!(workspace_root().join("template/infra/opentofu/aws/user-data.sh.tftpl").is_file());
}

#[test]
fn the_package_of_the_function_holds_the_program_and_no_token() {
    let folder = tempfile::tempdir().unwrap();
    let module = folder.path().join("infra/opentofu/aws");
    copy_module(&module);
    fs::create_dir(folder.path().join("fleet")).unwrap();
    fs::write(folder.path().join("fleet/clawlets.json"), "{}").unwrap();
    fs::write(folder.path().join("program"), "what is started").unwrap();
    let mut pack = std::process::Command::new(module.join("package-control"));
    Run::of(pack.arg("program").current_dir(folder.path())).succeeds();
    let list = "import sys, zipfile\nfor entry in zipfile.ZipFile(sys.argv[1]).infolist():\n    print(entry.filename, oct(entry.external_attr >> 16)[-3:])";
    let mut python = std::process::Command::new("python3");
    let listed = Run::of(python.args(["-c", list]).arg(module.join("clawlets-control.zip"))).succeeds();
    assert_eq!(listed, "bootstrap 755\nclawlets-control 755\nclawlets.json 644\n");
}
