//! From nothing to a whole project.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use clawlets_stand_in::Ran;
use serde_json::json;

use super::place::{Place, new_secret};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn what_can_be_made_is_made_and_what_is_missing_is_named() {
    let place = Place::bare();
    let ran = place.run(&["init", "--json"]);
    assert_eq!(ran.code, Some(6), "{ran}");
    let document = ran.json();
    assert_eq!(document["newHosts"], json!(["web-1", "web-2"]), "{ran}");
    assert_eq!(document["missing"][0]["secret"], "z_ai_api_key");
    assert_eq!(document["missing"][0]["at"], json!(["fleet.secretEnv.ZAI_API_KEY"]));
    assert_eq!(document["made"].as_array().unwrap().len(), 4, "{ran}");
    assert!(place.value("web-1", "admin_password_hash").starts_with("$y$"));
    assert_ne!(place.value("web-1", "admin_password_hash"), place.value("web-2", "admin_password_hash"));
    assert_eq!(
        place.value("web-1", "gateway_token"),
        place.value("web-2", "gateway_token"),
        "a shared token is one"
    );

    assert_eq!((mode(&place.key()), mode(&place.path().join(".clawlets"))), (0o600, 0o700));
    let extra = place.path().join(".clawlets/extra-files/web-1");
    assert_eq!(mode(&extra.join("var/lib/clawlets/keys/host.agekey")), 0o400);
    let password = place.path().join(".clawlets/passwords/web-1.admin_password_hash");
    assert_eq!((mode(&password), mode(password.parent().unwrap())), (0o600, 0o700));
    assert!(!ran.to_string().contains(fs::read_to_string(password).unwrap().trim()));
    for path in place.encrypted() {
        for value in place.values(&path) {
            assert!(!ran.to_string().contains(value.trim()), "{}", path.display());
        }
    }
}

#[test]
fn a_second_run_changes_nothing_and_a_whole_project_is_verified() {
    let (place, _) = Place::whole();
    let texts = || place.encrypted().iter().map(|path| fs::read_to_string(path).unwrap()).collect::<Vec<_>>();
    let before = texts();
    let ran = place.run(&["init"]);
    assert!(ran.code == Some(0) && ran.talk.contains("Every secret is there already."), "{ran}");
    assert_eq!(texts(), before);
    let ran = place.run(&["verify", "--json"]);
    assert_eq!((ran.code, ran.json()), (Some(0), json!({ "ok": true, "findings": [] })), "{ran}");
    let listed = place.run(&["list", "--json"]).json();
    assert!(listed["secrets"].as_array().unwrap().iter().all(|row| row["state"] == "there"), "{listed}");
    assert_eq!(place.run(&["list"]).out.lines().count(), 7);
}

#[test]
fn an_interrupted_init_goes_on_where_it_stopped() {
    let (place, value) = Place::whole();
    fs::remove_file(place.secret("web-2", "z_ai_api_key")).unwrap();
    fs::remove_file(place.secret("web-2", "gateway_token")).unwrap();
    fs::remove_dir_all(place.path().join(".clawlets/extra-files")).unwrap();
    let ran = place.run(&["init"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(place.value("web-2", "z_ai_api_key"), value, "what another host has is not asked for again");
    assert_eq!(place.run(&["verify"]).code, Some(0));
    assert!(place.path().join(".clawlets/extra-files/web-2/etc/ssh/ssh_host_ed25519_key").is_file());
}

#[test]
fn answers_that_are_wrong_change_nothing() {
    let secret = new_secret();
    for (answers, code, fault) in [
        (format!(r#"{{"secrets":{{"z_ai_api_kex":"{secret}"}}}}"#), 3, "clawlets::secrets::unknown"),
        (format!(r#"{{"secret":{{"z_ai_api_key":"{secret}"}}}}"#), 2, "clawlets::usage::value"),
        (format!(r#"{{"secrets":{{"z_ai_api_key":["{secret}"]}}}}"#), 2, "clawlets::usage::value"),
        (format!(r#"{{"secrets":{{"z_ai_api_key":"{secret}"#), 2, "clawlets::usage::value"),
        (r#"{"secrets":{"z_ai_api_key":"CHANGE_ME"}}"#.to_owned(), 6, "clawlets::secrets::placeholder"),
        (r#"{"secrets":{"z_ai_api_key":"<your key>"}}"#.to_owned(), 6, "clawlets::secrets::placeholder"),
        (
            format!(r#"{{"secrets":{{"admin_password_hash":"{secret}"}}}}"#),
            6,
            "clawlets::secrets::placeholder",
        ),
        (format!(r#"{{"hosts":{{"web-9":{{"z_ai_api_key":"{secret}"}}}}}}"#), 3, "clawlets::host::unknown"),
    ] {
        let place = Place::bare();
        let ran = place.fed(&answers, &["init", "--from-json", "-"]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(code), fault), "{ran}");
        assert!(!place.path().join("secrets").exists() && !place.path().join(".clawlets").exists(), "{ran}");
    }
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let place = Place::bare();
    let ran = place.run(&["init", "--interactive"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert!(!place.path().join("secrets").exists());
}

#[test]
fn a_value_is_stored_from_standard_input_or_made_and_never_shown() {
    let (place, before) = Place::whole();
    let value = new_secret();
    let ran = place.fed(&format!("{value}\n"), &["set", "z_ai_api_key"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(
        (place.value("web-1", "z_ai_api_key"), place.value("web-2", "z_ai_api_key")),
        (value.clone(), value.clone())
    );
    assert_ne!(value, before);
    let made = place.run(&["set", "gateway_token", "--generate", "token:32", "--json"]);
    assert_eq!(made.json()["hosts"], json!(["web-1", "web-2"]), "{made}");
    assert!(!made.to_string().contains(&place.value("web-1", "gateway_token")));
    for (input, name, code, fault) in [
        ("TODO\n", "z_ai_api_key", 6, "clawlets::secrets::placeholder"),
        ("", "z_ai_api_key", 6, "clawlets::secrets::placeholder"),
        ("a\0b", "z_ai_api_key", 2, "clawlets::usage::value"),
        ("hunter2hunter2\n", "admin_password_hash", 6, "clawlets::secrets::placeholder"),
        ("hunter2hunter2\n", "nobody_asks", 3, "clawlets::secrets::unknown"),
    ] {
        let ran = place.fed(input, &["set", name]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(code), fault), "{name}: {ran}");
    }
    assert_eq!(place.run(&["set", "z_ai_api_key", "on-the-command-line"]).code, Some(2));
    assert_eq!(place.value("web-1", "z_ai_api_key"), value);
}

#[test]
fn an_editor_changes_a_value_and_leaves_nothing_behind() {
    let (place, before) = Place::whole();
    let after = new_secret();
    let edit =
        |editor: &str| Ran::of(place.command(&["edit", "z_ai_api_key", "--json"]).env("EDITOR", editor));
    let memory = || {
        fs::read_dir("/dev/shm")
            .unwrap()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("clawlets-"))
            .count()
    };
    let ran = edit("true");
    assert_eq!(ran.json()["changed"], false, "{ran}");
    let ran = edit(&format!("sed -i s/{before}/{after}/"));
    assert_eq!(ran.json()["changed"], true, "{ran}");
    assert_eq!(
        (place.value("web-1", "z_ai_api_key"), place.value("web-2", "z_ai_api_key")),
        (after.clone(), before)
    );
    for (editor, fault) in [
        ("false", "clawlets::secrets::editor"),
        ("sed -i s/z_ai/zz_ai/", "clawlets::secrets::unreadable"),
        ("sed -i 's/: .*/: CHANGE_ME/'", "clawlets::secrets::placeholder"),
        ("rm", "clawlets::secrets::unknown"),
        ("sed -i s/^/\\\"/", "clawlets::secrets::unreadable"),
    ] {
        let ran = edit(editor);
        assert_eq!(ran.fault(), fault, "{editor}: {ran}");
        assert_eq!(place.value("web-1", "z_ai_api_key"), after, "{editor}");
    }
    assert_eq!(memory(), 0, "the readable text is gone");
}

#[test]
fn an_agenix_repository_is_imported() {
    let (place, _) = Place::whole();
    let old = tempfile::tempdir().unwrap();
    let value = new_secret();
    let age = |name: &str, text: &str| {
        let mut child = std::process::Command::new("age")
            .args(["-r", place.identity().recipient().as_str(), "-o"])
            .arg(old.path().join(name))
            .stdin(place.input(text))
            .spawn()
            .unwrap();
        assert!(child.wait().unwrap().success());
    };
    age("brave-key.age", &format!("{value}\n"));
    age("z_ai_api_key.age", "another-value-for-it\n");
    age("empty.age", "");
    let ran = place.run(&["import-agenix", old.path().to_str().unwrap(), "--json"]);
    assert_eq!(
        ran.json(),
        json!({ "imported": ["brave_key"], "skipped": ["empty", "z_ai_api_key"] }),
        "{ran}"
    );
    assert_eq!(place.value("web-1", "brave_key"), value);
    let found = place.run(&["verify", "--json"]).json();
    assert_eq!(found["findings"][0]["id"], "secrets.unreferenced", "{found}");
}
