//! `clawlets bundle`: built from a project, stored in a real S3 (`moto`).

use std::{fs, path::Path, process::Command};

use clawlets_instance_bundle::{Expected, verify};
use clawlets_model::HostName;
use clawlets_release::signature::PublicKey;
use clawlets_stand_in::Ran;
use clawlets_tests::Moto;
use serde_json::Value;

use crate::{bench::command_in, secrets::place::Place};

/// A project whose host web-1 boots from an image.
struct Project {
    place: Place,
    moto: Option<Moto>,
}

impl Project {
    fn new() -> Self {
        let project = Self { place: Place::whole().0, moto: None };
        project.ok(&["release", "keygen", "--out", "key", "--pub", "key.pub"]);
        project
    }

    fn at_aws(test: &str) -> Option<Self> {
        let moto = Moto::start(test)?;
        moto.make_bucket("fleet-bucket");
        let project = Self { moto: Some(moto), ..Self::new() };
        project.ok(&["config", "set", "aws.bucket", "fleet-bucket"]);
        Some(project)
    }

    fn path(&self) -> &Path {
        self.place.path()
    }

    fn run(&self, words: &[&str]) -> Ran {
        let mut command = command_in(self.path(), words);
        if let Some(moto) = &self.moto {
            command.envs(moto.environment());
        }
        Ran::of(&mut command)
    }

    #[track_caller]
    fn ok(&self, words: &[&str]) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, Some(0), "{words:?}: {ran}");
        ran
    }

    fn build(&self, more: &[&str]) -> Ran {
        let words = ["bundle", "build", "--host", "web-1", "--private-key-file", "key", "--json"];
        self.run(&[&words, more].concat())
    }

    fn upload(&self, more: &[&str]) -> Ran {
        let words = ["bundle", "upload", "--host", "web-1", "--private-key-file", "key", "--json"];
        self.run(&[&words, more].concat())
    }

    fn list(&self) -> Value {
        self.ok(&["bundle", "list", "--host", "web-1", "--json"]).json()
    }

    fn names(&self) -> Vec<String> {
        let list = self.list();
        let objects = list["objects"].as_array().unwrap();
        objects.iter().map(|object| object["name"].as_str().unwrap().to_owned()).collect()
    }

    /// What is in a folder, by name.
    fn files(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(self.path().join(folder)).unwrap();
        let file = |path: std::path::PathBuf| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
        };
        let mut files: Vec<_> = entries.map(|entry| file(entry.unwrap().path())).collect();
        files.sort();
        files
    }
}

#[test]
fn a_bundle_is_built_the_same_everywhere_and_its_version_rises_with_its_content() {
    let project = Project::new();
    let first = project.build(&["--out", "out"]).json();
    assert_eq!((&first["version"], &first["instance"]), (&1.into(), &"web-1".into()));
    let files = project.files("out");
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["manifest.json", "manifest.json.minisig", "repo-seeds.tar.zst", "secrets.tgz"]);
    let key = PublicKey::parse(&fs::read_to_string(project.path().join("key.pub")).unwrap()).unwrap();
    let web = HostName::parse("web-1").unwrap();
    let expected = Expected { instance: &web, keys: &[key], seen: None };
    verify(&files[0].1, &files[1].1, &expected).unwrap();

    assert_eq!(project.build(&["--out", "out"]).json()["version"], 1);
    assert_eq!(project.build(&["--out", "elsewhere"]).json()["version"], 1);
    assert_eq!(project.files("out"), files);
    assert_eq!(project.files("elsewhere"), files);
    fs::remove_file(project.place.secret("web-1", "gateway_token")).unwrap();
    let dry = project.build(&["--out", "out", "--dry-run"]).json();
    assert_eq!((&dry["version"], &dry["isDryRun"]), (&2.into(), &true.into()));
    assert_eq!(project.files("out"), files);
    assert_eq!(project.build(&["--out", "out"]).json()["version"], 2);
    assert_eq!(project.build(&["--out", "out", "--bundle-version", "9"]).json()["version"], 9);
}

#[test]
fn what_another_host_could_open_or_anybody_could_read_is_not_packed() {
    let project = Project::new();
    let ours = project.place.secret("web-1", "of_another");
    fs::copy(project.place.secret("web-2", "z_ai_api_key"), &ours).unwrap();
    let ran = project.build(&["--out", "out"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::bundle::refused"), "{ran}");
    fs::write(&ours, "of_another: AGE-SECRET-KEY-1XYZ\n").unwrap();
    let ran = project.build(&["--out", "out"]);
    assert_eq!(ran.code, Some(6), "{ran}");
    assert!(!project.path().join("out").exists());
    let ran = project.run(&["bundle", "build", "--host", "web-1", "--out", "out"]);
    assert_eq!(ran.code, Some(2), "there is no key: {ran}");
}

#[test]
fn a_bundle_is_stored_once_and_only_with_a_higher_version() {
    let Some(project) = Project::at_aws("a_bundle_is_stored_once_and_only_with_a_higher_version") else {
        return;
    };
    assert_eq!(project.list()["version"], Value::Null);
    let dry = project.upload(&["--dry-run"]).json();
    assert_eq!((&dry["isNew"], dry["steps"].as_array().unwrap().is_empty()), (&true.into(), false));
    assert_eq!(project.names(), Vec::<String>::new());

    assert_eq!(project.upload(&[]).json()["version"], 1);
    let names = project.names();
    for name in ["manifest.json", "manifest.json.minisig", "repo-seeds.tar.zst", "secrets.tgz"] {
        assert!(names.iter().any(|there| there == name), "{name} of {names:?}");
    }
    let again = project.upload(&[]).json();
    assert_eq!((&again["isNew"], &again["version"]), (&false.into(), &1.into()));

    fs::remove_file(project.place.secret("web-1", "gateway_token")).unwrap();
    assert_eq!(project.upload(&[]).json()["version"], 2);
    assert_eq!(project.list()["version"], 2);
    for version in ["1", "2"] {
        fs::remove_file(project.place.secret("web-1", "z_ai_api_key")).ok();
        let ran = project.run(&[
            "bundle",
            "upload",
            "--host",
            "web-1",
            "--private-key-file",
            "key",
            "--bundle-version",
            version,
        ]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(5), "clawlets::bundle::version"), "{ran}");
    }
    assert_eq!(project.list()["version"], 2);
    // One that was built before is stored as it is; the one before the last is gone then.
    assert_eq!(project.build(&["--out", "out", "--bundle-version", "7"]).json()["version"], 7);
    let stored = project.ok(&["bundle", "upload", "--host", "web-1", "--in", "out", "--json"]).json();
    assert_eq!((&stored["version"], project.list()["version"].clone()), (&7.into(), 7.into()));
    let changed = project.path().join("out/secrets.tgz");
    fs::write(changed, "other bytes").unwrap();
    let ran = project.run(&["bundle", "upload", "--host", "web-1", "--in", "out"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::bundle::refused"), "{ran}");
}

#[test]
fn repositories_travel_with_it() {
    let project = Project::new();
    let bare = project.build(&["--out", "bare"]).json();
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.current_dir(project.path()).args(["-c", "user.name=a", "-c", "user.email=a@b.example"]);
        assert!(command.args(words).output().unwrap().status.success(), "{words:?}");
    };
    git(&["init", "-q", "-b", "main", "source"]);
    fs::write(project.path().join("source/README.md"), "of the source").unwrap();
    git(&["-C", "source", "add", "."]);
    git(&["-C", "source", "commit", "-q", "-m", "first"]);
    let list = format!("source\tfile://{}/source\tmain\n", project.path().display());
    fs::write(project.path().join("repos.tsv"), list).unwrap();
    let ran = project.build(&["--out", "out"]);
    assert_ne!(ran.code, Some(0), "file:// is for trying things out: {ran}");
    let whole = project.build(&["--out", "out", "--allow-file-urls"]).json();
    let size = |document: &Value| {
        let files = document["files"].as_array().unwrap();
        files.iter().find(|file| file["name"] == "repo-seeds.tar.zst").unwrap()["bytes"].as_u64().unwrap()
    };
    assert!(size(&whole) > size(&bare), "{whole} {bare}");
    let packed = project.path().join("out/repo-seeds.tar.zst");
    let ready = project.build(&["--out", "ready", "--repo-seeds", packed.to_str().unwrap()]).json();
    assert_eq!(ready["files"], whole["files"]);
}

#[test]
fn without_a_bucket_nothing_is_stored() {
    let project = Project::new();
    let ran = project.upload(&[]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::bundle::nowhere"), "{ran}");
}
