//! `clawlets release`: from a key to a signed pointer, and what is refused on the way.

use std::{fs, path::PathBuf, process::Command};

use serde_json::Value;

use crate::{bench::command_in, declared::Declared};

const TOPLEVEL: &str = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1";
const REV: &str = "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";

/// A project with a key pair and a bundle of secrets.
fn project() -> Declared {
    let project = Declared::fresh();
    fs::write(project.folder().join("a.yaml"), "a: ENC[]\n").unwrap();
    let packed = Command::new("tar")
        .args(["--format=ustar", "-czf", "secrets.tgz", "a.yaml"])
        .current_dir(project.folder())
        .status();
    assert!(packed.unwrap().success());
    project.ok("release keygen --out key --pub key.pub");
    project
}

fn at(project: &Declared, name: &str) -> PathBuf {
    project.folder().join(name)
}

fn json(project: &Declared, name: &str) -> Value {
    serde_json::from_slice(&fs::read(at(project, name)).unwrap()).unwrap()
}

fn build(channel: &str, more: &str) -> String {
    format!(
        "release manifest build --channel {channel} --toplevel {TOPLEVEL} --rev {REV} --secrets secrets.tgz {more}"
    )
}

fn sign(project: &Declared, name: &str) {
    project.ok(&format!("release sign --in {name} --private-key-file key"));
}

/// A signed release of a channel, with its signed pointer.
fn publish(project: &Declared, channel: &str) {
    let built = project.ok(&build(channel, ""));
    let folder = format!("deploy/web-1/{channel}");
    let manifest = built.out.trim().rsplit_once('/').unwrap().1.to_owned();
    sign(project, &format!("{folder}/{manifest}"));
    project.ok(&format!("release pointer write --channel {channel}"));
    sign(project, &format!("{folder}/latest.json"));
}

#[test]
fn a_release_is_built_signed_pointed_to_and_verified_by_minisign_too() {
    let project = project();
    publish(&project, "prod");
    for name in ["deploy/web-1/prod/1.json", "deploy/web-1/prod/latest.json"] {
        let verified = project.ok(&format!("release verify --in {name} --public-key-file key.pub"));
        assert!(verified.talk.contains("is web-1/prod/0/1, signed by key"), "{verified}");
        let minisign = Command::new("minisign")
            .args(["-V", "-Q", "-p", "key.pub", "-m", name])
            .current_dir(project.folder())
            .output()
            .expect("minisign can be started: scripts/setup --tests installs it");
        assert_eq!(String::from_utf8_lossy(&minisign.stdout), "web-1/prod/0/1\n");
    }
    let secrets = json(&project, "deploy/web-1/prod/1.json")["secrets"]["url"].as_str().unwrap().to_owned();
    let published = fs::read(at(&project, &format!("deploy/web-1/prod/{secrets}"))).unwrap();
    assert_eq!(published, fs::read(at(&project, "secrets.tgz")).unwrap());
}

#[test]
fn the_next_release_has_the_next_number_and_none_is_replaced() {
    let project = project();
    publish(&project, "prod");
    project.ok(&build("prod", "--release-id next"));
    assert_eq!(json(&project, "deploy/web-1/prod/2.json")["releaseId"], 2);
    let again = project.refused(&build("prod", "--release-id 2"));
    assert_eq!(again, (5, "clawlets::release::exists".to_owned()));
    // The pointer stays where it is until somebody moves it.
    project.ok("release pointer write --channel prod --halted");
    let pointer = json(&project, "deploy/web-1/prod/latest.json");
    assert_eq!((&pointer["releaseId"], &pointer["halted"]), (&Value::from(1), &Value::from(true)));
    assert!(
        !at(&project, "deploy/web-1/prod/latest.json.minisig").exists(),
        "its signature does not fit any more"
    );
    project.ok("release pointer write --channel prod --release-id 2");
    let list = project.ok("release list --channel prod --json").json();
    assert_eq!(
        (&list["releases"][0]["release"], &list["releases"][0]["pointer"]),
        (&"0/2".into(), &"latest".into())
    );
    assert_eq!(
        (&list["releases"][0]["isSigned"], &list["releases"][1]["isSigned"]),
        (&false.into(), &true.into())
    );
}

#[test]
fn a_release_of_staging_becomes_one_of_prod_only_if_it_is_signed() {
    let project = project();
    let promote = "release promote --from staging --to prod --public-key-file key.pub";
    publish(&project, "prod");
    project.ok(&build("staging", ""));
    project.ok("release pointer write --channel staging");
    let unsigned = (6, "clawlets::release::unsigned".to_owned());
    assert_eq!(project.refused(promote), unsigned, "anybody can say which release is the latest");
    sign(&project, "deploy/web-1/staging/latest.json");
    assert_eq!(project.refused(promote), unsigned);
    sign(&project, "deploy/web-1/staging/1.json");
    project.ok(promote);
    let promoted = json(&project, "deploy/web-1/prod/2.json");
    let source = json(&project, "deploy/web-1/staging/1.json");
    assert_eq!((&promoted["channel"], &promoted["toplevel"]), (&"prod".into(), &source["toplevel"]));
    assert_eq!(promoted["secrets"], source["secrets"]);
    fs::write(at(&project, "deploy/web-1/staging/1.json"), "{}").unwrap();
    assert_eq!(project.refused(promote), (6, "clawlets::release::signature".to_owned()));
}

#[test]
fn what_was_changed_or_not_signed_is_refused() {
    let project = project();
    publish(&project, "prod");
    let manifest = "deploy/web-1/prod/1.json";
    let verify = format!("release verify --in {manifest} --public-key-file key.pub");
    project.ok("release keygen --out other --pub other.pub");
    let by_another = project.refused(&format!("release verify --in {manifest} --public-key-file other.pub"));
    assert_eq!(by_another, (6, "clawlets::release::signature".to_owned()));
    let text = fs::read_to_string(at(&project, manifest)).unwrap();
    fs::write(at(&project, manifest), text.replace("x86_64", "aarch64")).unwrap();
    assert_eq!(project.refused(&verify), (6, "clawlets::release::signature".to_owned()));
    fs::remove_file(at(&project, "deploy/web-1/prod/1.json.minisig")).unwrap();
    assert_eq!(project.refused(&verify), (6, "clawlets::release::unsigned".to_owned()));
    fs::write(at(&project, manifest), text.replace("\"schemaVersion\": 1", "\"schemaVersion\": 2")).unwrap();
    let unreadable = project.refused(&format!("release sign --in {manifest} --private-key-file key"));
    assert_eq!(unreadable, (6, "clawlets::release::unreadable".to_owned()));
}

#[test]
fn the_key_may_come_from_the_environment_and_never_shows() {
    let project = project();
    project.ok(&build("prod", ""));
    let arguments =
        ["release", "sign", "--in", "deploy/web-1/prod/1.json", "--private-key-env", "MINISIGN_PRIVATE_KEY"];
    let key = fs::read_to_string(at(&project, "key")).unwrap();
    let signed = command_in(project.folder(), &arguments).env("MINISIGN_PRIVATE_KEY", &key).output().unwrap();
    assert!(signed.status.success(), "{signed:?}");
    let secret = key.lines().nth(1).unwrap();
    let said = [signed.stdout, signed.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains(secret));
    let without = command_in(project.folder(), &arguments).output().unwrap();
    assert_eq!(without.status.code(), Some(6));
}

#[test]
fn a_key_is_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let project = project();
    assert_eq!(fs::metadata(at(&project, "key")).unwrap().permissions().mode() & 0o7777, 0o600);
    let before = fs::read(at(&project, "key")).unwrap();
    let again = project.refused("release keygen --out key --pub new.pub");
    assert_eq!(again, (5, "clawlets::release::exists".to_owned()));
    assert_eq!(fs::read(at(&project, "key")).unwrap(), before);
    let both = project.refused("release keygen --out new --pub new");
    assert_eq!(both, (2, "clawlets::usage::arguments".to_owned()));
    let spelled = project.refused("release keygen --out new --pub ./new");
    assert_eq!(spelled, (5, "clawlets::release::exists".to_owned()));
    assert!(fs::read_to_string(at(&project, "new")).unwrap().contains("secret key"));
}

#[test]
fn two_releases_differ_in_what_they_say() {
    let project = project();
    project.ok(&build("prod", ""));
    project.ok(&build("prod", "--min-updater-version 0.2.0"));
    let (one, other) = ("deploy/web-1/prod/1.json", "deploy/web-1/prod/2.json");
    let diff = project.ok(&format!("release diff {one} {other} --json")).json();
    let paths: Vec<_> =
        diff["differences"].as_array().unwrap().iter().map(|found| found["path"].clone()).collect();
    assert!(paths.contains(&"minUpdaterVersion".into()) && paths.contains(&"releaseId".into()), "{diff}");
    assert!(!paths.contains(&"toplevel".into()), "{diff}");
    let same = project.ok(&format!("release diff {one} {one}"));
    assert_eq!(same.talk, "They say the same.\n");
    project.ok("release pointer write --channel prod");
    assert_eq!(project.refused(&format!("release diff {one} deploy/web-1/prod/latest.json")).0, 2);
}

#[test]
fn releases_are_compared_by_number_with_their_secrets() {
    let project = project();
    project.ok(&build("prod", ""));
    fs::write(at(&project, "b.yaml"), "b: ENC[]\n").unwrap();
    let packed = Command::new("tar")
        .args(["--format=ustar", "-czf", "secrets.tgz", "b.yaml"])
        .current_dir(project.folder())
        .status();
    assert!(packed.unwrap().success());
    project.ok(&build("prod", ""));
    project.ok("release pointer write --channel prod --release-id 2");
    let diff = project.ok("release diff 1 latest --channel prod --json").json();
    assert_eq!((&diff["secrets"]["added"][0], &diff["secrets"]["removed"][0]), (&"b".into(), &"a".into()));
    let shown = project.ok("release diff 1 latest --channel prod");
    assert!(shown.out.contains("secret b") && shown.out.contains("added"), "{shown}");
    assert_eq!(project.refused("release diff 1 9 --channel prod").1, "clawlets::release::unknown");
}

#[test]
fn a_halt_stays_until_it_is_lifted_and_nobody_promotes_what_is_halted() {
    let project = project();
    publish(&project, "staging");
    let pointer = |more: &str| {
        project.ok(&format!("release pointer write --channel staging {more}"));
        json(&project, "deploy/web-1/staging/latest.json")["halted"].clone()
    };
    assert_eq!((pointer("--halted"), pointer("")), (true.into(), true.into()));
    sign(&project, "deploy/web-1/staging/latest.json");
    let promote = "release promote --from staging --to prod --public-key-file key.pub";
    assert_eq!(project.refused(promote), (6, "clawlets::release::halted".to_owned()));
    assert_eq!(pointer("--lift-halt"), Value::Null);
    sign(&project, "deploy/web-1/staging/latest.json");
    project.ok(promote);
}

#[test]
fn without_a_key_file_the_keys_of_the_host_count() {
    let project = project();
    publish(&project, "prod");
    let verify = "release verify --in deploy/web-1/prod/1.json";
    assert_eq!(project.refused(verify), (6, "clawlets::release::key".to_owned()));
    let key = fs::read_to_string(at(&project, "key.pub")).unwrap();
    let key = key.lines().last().unwrap();
    project.ok("release keygen --out other --pub other.pub");
    let other = fs::read_to_string(at(&project, "other.pub")).unwrap();
    let other = other.lines().last().unwrap();
    let trusts = |public: &str, previous: &str, until: &str| {
        project.ok(&format!(
            r#"config set hosts.web-1.selfUpdate {{"publicKeys":["{public}"],"previousPublicKeys":["{previous}"],"previousPublicKeysValidUntil":"{until}"}}"#
        ));
    };
    trusts(other, key, "2999-01-01T00:00:00Z");
    project.ok(verify);
    trusts(other, key, "2020-01-01T00:00:00Z");
    assert_eq!(project.refused(verify), (6, "clawlets::release::signature".to_owned()));
    trusts(key, other, "2020-01-01T00:00:00Z");
    project.ok(verify);
}
