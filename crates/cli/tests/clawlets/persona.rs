//! `clawlets cattle persona`.

use std::{fs, os::unix::fs::symlink};

use crate::bench::{add_rex, clawlets_in, snapshot};

#[test]
fn a_new_persona_can_be_used_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let ran =
        clawlets_in(folder.path(), &["cattle", "persona", "add", "--name", "rex", "--model", "zai/glm-4.7"]);
    assert_eq!(ran.out, format!("{}\n", folder.path().join("cattle/personas/rex").display()), "{ran}");
    snapshot!(clawlets_in(folder.path(), &["cattle", "persona", "list"]));
}

#[test]
fn a_persona_joins_the_project_around() {
    let folder = tempfile::tempdir().unwrap();
    add_rex(folder.path());
    let deep = folder.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(clawlets_in(&deep, &["cattle", "persona", "add", "--name", "max"]).code, Some(0));
    assert!(folder.path().join("cattle/personas/max/SOUL.md").is_file());
    let listed = clawlets_in(&deep, &["cattle", "persona", "list", "--json"]).json();
    assert_eq!(
        (&listed["personas"][0]["name"], &listed["personas"][1]["name"]),
        (&"max".into(), &"rex".into())
    );
}

#[test]
fn a_persona_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    add_rex(folder.path());
    fs::write(folder.path().join("cattle/personas/rex/SOUL.md"), "mine").unwrap();
    let ran = clawlets_in(folder.path(), &["cattle", "persona", "add", "--name", "rex"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(5), "clawlets::persona::exists"), "{ran}");
    assert_eq!(fs::read_to_string(folder.path().join("cattle/personas/rex/SOUL.md")).unwrap(), "mine");
}

#[test]
fn a_name_that_could_leave_the_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["../rex", "Rex", "", "a/b", ".", "rex rex"] {
        let ran = clawlets_in(folder.path(), &["cattle", "persona", "add", "--name", name]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{name}: {ran}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_list_says_what_is_wrong_and_fails_then() {
    let folder = tempfile::tempdir().unwrap();
    add_rex(folder.path());
    let personas = folder.path().join("cattle/personas");
    fs::create_dir(personas.join("empty")).unwrap();
    symlink(personas.join("rex"), personas.join("linked")).unwrap();
    fs::write(personas.join("README.md"), "not a persona's name").unwrap();
    let ran = clawlets_in(folder.path(), &["cattle", "persona", "list"]);
    assert_eq!(ran.code, Some(1));
    snapshot!(ran);
}

#[test]
fn outside_of_a_project_there_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["cattle", "persona", "list"]);
    assert!(ran.code == Some(0) && ran.talk.contains("persona add"), "{ran}");
    assert_eq!(
        clawlets_in(folder.path(), &["cattle", "persona", "list", "--json"]).json()["personas"],
        serde_json::json!([])
    );
}
