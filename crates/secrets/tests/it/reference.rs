//! Both directions against the program `sops`, where it is installed.

use std::{fs, path::Path, process::Command};

use clawlets_secrets::{
    AgeIdentity,
    sops::{Sealed, Tree, seal},
};

use crate::support::{find, now, run};

/// Documents as users write them, with what is hard about them.
const DOCUMENTS: &[(&str, &str)] = &[
    ("one value", "token: s3cr3t-value\n"),
    ("nested", "a:\n    b:\n        c: deep\n    d: shallow\ne: last\n"),
    (
        "texts that look like something else",
        "a: \"true\"\nb: \"0123\"\nc: \"1.50\"\nd: \"null\"\ne: \"2026-11-21\"\nf: \"yes\"\n",
    ),
    ("types", "i: 42\nn: -7\nf: 1.5\nb: true\nc: false\nz: null\nt: 2026-11-21T08:00:00Z\n"),
    ("empty", "a: \"\"\nb: {}\nc: []\nd: x\n"),
    (
        "lists",
        "a:\n    - one\n    - two\n    - b: three\n      c: four\nd:\n    -\n        - nested\n        - list\n",
    ),
    (
        "lines",
        "key: |\n    -----BEGIN-----\n    abc  def\n\n    ghi\n    -----END-----\nfolded: \"x\\ny \\n\"\nlast: \"no newline at end\\nof it\"\n",
    ),
    (
        "odd characters",
        "a: \"tab\\there\"\nb: \"quote \\\" and \\\\\"\nc: \"ünïcödé ☃ 😀\"\nd: \" leading\"\ne: \"# no comment\"\nf: \"a: b\"\ng: \"control \\u0007\"\nh: \"line \\u2028 separator\"\n",
    ),
    ("odd keys", "\"a b\": 1\n\"a:b\": x\n\"true\": y\n\"ä\": z\n\"with # hash\": w\n"),
    (
        "line ends that only some programs know",
        "\"a\\u2028b\": \"c\\u2029d\"\n\"\\u2028\": \"\\u0085\"\n\"x\\u2029\\u2028y\": e\n\"n\\u0085m\": f\n\"\\ufeffg\\u200b\": h\nin:\n    deep:\n        \"p\\u2028q\": r\n",
    ),
    (
        "comments",
        "# first\n# second\na: one\nb: two\n# before c\nc:\n    # inside\n    d: three\n    # after d\n    e: four\n# last\n",
    ),
    ("readable", "a: hidden\nb_unencrypted: seen\nc_unencrypted:\n    d: seen too\n    e: 12\n"),
    ("readable line ends", "a_unencrypted: \"b\\u2028c\"\nd_unencrypted: \"e\\u0085f\"\nx: y\n"),
];

struct Place {
    folder: tempfile::TempDir,
    identity: AgeIdentity,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = AgeIdentity::generate();
        fs::write(folder.path().join("key"), identity.to_file(now()).expose()).unwrap();
        Self { folder, identity }
    }

    fn sops(&self, program: &Path, arguments: &[&str]) -> Result<String, String> {
        let mut command = Command::new(program);
        command
            .env("SOPS_AGE_KEY_FILE", self.folder.path().join("key"))
            .current_dir(self.folder.path())
            .arg("--disable-version-check")
            .args(arguments);
        run(&mut command)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).unwrap();
    }
}

#[test]
fn sops_reads_what_is_written_here() {
    let Some(program) = find("sops", "sops_reads_what_is_written_here") else { return };
    let place = Place::new();
    for (name, text) in DOCUMENTS {
        let tree = Tree::from_yaml(text).unwrap();
        let sealed = seal(&tree, &[place.identity.recipient().clone()], now()).unwrap();
        place.write("sealed.yaml", &sealed);
        let opened = place
            .sops(&program, &["decrypt", "sealed.yaml"])
            .unwrap_or_else(|e| panic!("{name}: {e}\n{sealed}"));
        assert_eq!(Tree::from_yaml(&opened).unwrap(), tree, "{name}:\n{opened}");
    }
}

#[test]
fn what_sops_writes_is_read_here_and_survives_a_rewrite() {
    let Some(program) = find("sops", "what_sops_writes_is_read_here_and_survives_a_rewrite") else { return };
    let place = Place::new();
    let recipient = place.identity.recipient().to_string();
    for (name, text) in DOCUMENTS {
        place.write("plain.yaml", text);
        let sealed = place
            .sops(&program, &["encrypt", "--age", &recipient, "plain.yaml"])
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        let opened = Sealed::parse(&sealed).and_then(|file| file.open(std::slice::from_ref(&place.identity)));
        let opened = opened.unwrap_or_else(|e| panic!("{name}: {e}\n{sealed}"));
        assert_eq!(opened.tree, Tree::from_yaml(text).unwrap(), "{name}:\n{sealed}");

        let rewritten = opened.seal(&[place.identity.recipient().clone()], now()).unwrap();
        place.write("rewritten.yaml", &rewritten);
        let again =
            place.sops(&program, &["decrypt", "rewritten.yaml"]).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(Tree::from_yaml(&again).unwrap(), opened.tree, "{name}");
    }
}

#[test]
fn rules_about_what_is_encrypted_are_followed_and_kept() {
    let Some(program) = find("sops", "rules_about_what_is_encrypted_are_followed_and_kept") else { return };
    let place = Place::new();
    let recipient = place.identity.recipient().to_string();
    let text = "token_secret: hidden\nname: seen\ninner:\n    token: x\n    other: y\n";
    place.write("plain.yaml", text);
    for rule in [
        "encrypted_suffix: _secret",
        "unencrypted_suffix: name",
        "encrypted_regex: ^(token|other)$",
        "unencrypted_regex: ^inner$",
    ] {
        for scope in ["", "      mac_only_encrypted: true\n"] {
            let rules = format!("creation_rules:\n    - age: {recipient}\n      {rule}\n{scope}");
            place.write(".sops.yaml", &rules);
            let sealed = place.sops(&program, &["encrypt", "plain.yaml"]).unwrap();
            assert_eq!(sealed.contains("mac_only_encrypted: true"), !scope.is_empty(), "{rule}");
            let opened = Sealed::parse(&sealed).unwrap().open(std::slice::from_ref(&place.identity)).unwrap();
            assert_eq!(opened.tree, Tree::from_yaml(text).unwrap(), "{rule}");
            let rewritten = opened.seal(&[place.identity.recipient().clone()], now()).unwrap();
            let readable = |text: &str| {
                let lines =
                    text.lines().take_while(|line| *line != "sops:").filter(|line| !line.contains("ENC["));
                lines.map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(readable(&rewritten), readable(&sealed), "{rule}");
            place.write("rewritten.yaml", &rewritten);
            let again = place.sops(&program, &["decrypt", "rewritten.yaml"]).unwrap();
            assert_eq!(Tree::from_yaml(&again).unwrap(), opened.tree, "{rule}");
        }
    }
}

#[test]
fn age_agrees_about_keys() {
    let Some(keygen) = find("age-keygen", "age_agrees_about_keys") else { return };
    let place = Place::new();
    let key = place.folder.path().join("key");
    let public = run(Command::new(&keygen).arg("-y").arg(&key)).unwrap();
    assert_eq!(public.trim(), place.identity.recipient().as_str());
    let made = run(&mut Command::new(&keygen)).unwrap();
    let parsed = AgeIdentity::parse_file(&made).unwrap();
    assert!(made.contains(parsed[0].recipient().as_str()));
}
