//! Generated values, bundles and imports, as the programs see them that they are for.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use clawlets_model::Secret;
use clawlets_secrets::{
    AgeIdentity, Bundle, BundleError, Generator, hash_password, is_placeholder, open_age_file,
    sops::{Tree, seal},
};

use crate::support::{find, now, run};

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

#[test]
fn the_systems_own_hash_of_a_password_is_the_same() {
    let Some(mkpasswd) = find("mkpasswd", "the_systems_own_hash_of_a_password_is_the_same") else { return };
    let password = Secret::from("correct horse battery ünïcödé");
    let hash = hash_password(&password).unwrap();
    let parts: Vec<&str> = hash.expose().split('$').collect();
    assert_eq!(parts[1], "y");
    let salt = format!("$y${}${}$", parts[2], parts[3]);
    let theirs = run(Command::new(mkpasswd).args(["-S", &salt, password.expose()])).unwrap();
    assert_eq!(theirs.trim(), hash.expose());
}

#[test]
fn a_generated_password_fits_its_hash() {
    let Some(mkpasswd) = find("mkpasswd", "a_generated_password_fits_its_hash") else { return };
    let made = Generator::PasswordHash.generate("admin", now()).unwrap();
    let parts: Vec<&str> = made.value.expose().split('$').collect();
    let salt = format!("$y${}${}$", parts[2], parts[3]);
    let theirs = run(Command::new(mkpasswd).args(["-S", &salt, made.password.unwrap().expose()])).unwrap();
    assert_eq!(theirs.trim(), made.value.expose());
}

#[test]
fn ssh_keygen_reads_a_generated_key() {
    let Some(keygen) = find("ssh-keygen", "ssh_keygen_reads_a_generated_key") else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = Generator::SshKey.generate("root@web-1", now()).unwrap();
    let key = write(folder.path(), "key", made.value.expose());
    let public = run(Command::new(keygen).arg("-y").arg("-f").arg(key)).unwrap();
    assert_eq!(Some(public.trim()), made.public.as_deref());
    assert!(public.starts_with("ssh-ed25519 ") && public.trim().ends_with(" root@web-1"));
}

#[test]
fn minisign_signs_with_a_generated_key() {
    let Some(minisign) = find("minisign", "minisign_signs_with_a_generated_key") else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = Generator::MinisignKey.generate("update_key", now()).unwrap();
    let key = write(folder.path(), "key", made.value.expose());
    let file = write(folder.path(), "file", "what is signed");
    run(Command::new(&minisign).arg("-S").arg("-s").arg(key).arg("-m").arg(&file)).unwrap();
    run(Command::new(&minisign).arg("-V").arg("-P").arg(made.public.unwrap()).arg("-m").arg(&file)).unwrap();
}

#[test]
fn age_opens_what_is_for_a_generated_key() {
    let Some(age) = find("age", "age_opens_what_is_for_a_generated_key") else { return };
    let folder = tempfile::tempdir().unwrap();
    let made = Generator::AgeKey.generate("backup", now()).unwrap();
    let key = write(folder.path(), "key", made.value.expose());
    let plain = write(folder.path(), "plain", "hello");
    let sealed = folder.path().join("sealed");
    run(Command::new(&age).args(["-r", &made.public.unwrap(), "-o"]).arg(&sealed).arg(plain)).unwrap();
    assert_eq!(run(Command::new(&age).arg("-d").arg("-i").arg(key).arg(sealed)).unwrap(), "hello");
}

#[test]
fn no_generated_value_is_a_placeholder() {
    for generator in [
        Generator::PasswordHash,
        Generator::Token(16),
        Generator::AgeKey,
        Generator::SshKey,
        Generator::MinisignKey,
    ] {
        assert!(!is_placeholder(generator.generate("x", now()).unwrap().value.expose()), "{generator}");
    }
}

#[test]
fn files_of_an_agenix_repository_are_opened() {
    let Some(age) = find("age", "files_of_an_agenix_repository_are_opened") else { return };
    let folder = tempfile::tempdir().unwrap();
    let identity = AgeIdentity::generate();
    let text = write(folder.path(), "plain", "token-from-agenix\n");
    let lines = write(folder.path(), "lines", "-----BEGIN-----\nx\n-----END-----\n");
    let bytes = folder.path().join("bytes");
    fs::write(&bytes, [0xff, 0x00, 0xfe]).unwrap();
    let seal = |path: &Path, armour: &[&str]| {
        let sealed = path.with_extension("age");
        run(Command::new(&age)
            .args(armour)
            .args(["-r", identity.recipient().as_str(), "-o"])
            .arg(&sealed)
            .arg(path))
        .unwrap();
        fs::read(sealed).unwrap()
    };
    for armour in [&[][..], &["-a"][..]] {
        let opened =
            open_age_file(&seal(&text, armour), &[AgeIdentity::generate(), identity.clone()]).unwrap();
        assert_eq!(opened.expose(), "token-from-agenix");
    }
    let opened = open_age_file(&seal(&lines, &[]), std::slice::from_ref(&identity)).unwrap();
    assert_eq!(opened.expose(), "-----BEGIN-----\nx\n-----END-----\n");
    assert!(open_age_file(&seal(&bytes, &[]), std::slice::from_ref(&identity)).is_err());
    assert!(open_age_file(&seal(&text, &[]), &[AgeIdentity::generate()]).is_err());
    let mut damaged = seal(&text, &[]);
    *damaged.last_mut().unwrap() ^= 1;
    assert!(open_age_file(&damaged, &[identity]).is_err());
}

fn sealed_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let recipient = AgeIdentity::generate().recipient().clone();
    for name in ["hcloud_token", "admin_password_hash", "a-b"] {
        let tree = Tree::single(name, &Secret::from("value"));
        write(
            folder.path(),
            &format!("{name}.yaml"),
            &seal(&tree, std::slice::from_ref(&recipient), now()).unwrap(),
        );
    }
    folder
}

#[test]
fn tar_reads_a_bundle_and_the_bytes_do_not_depend_on_the_folder() {
    let folder = sealed_folder();
    let bundle = Bundle::of_folder(folder.path()).unwrap();
    assert_eq!(bundle.names, ["a-b.yaml", "admin_password_hash.yaml", "hcloud_token.yaml"]);
    let copy = tempfile::tempdir().unwrap();
    for name in bundle.names.iter().rev() {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    assert_eq!(Bundle::of_folder(copy.path()).unwrap(), bundle);

    let archive = copy.path().join("bundle.tgz");
    fs::write(&archive, &bundle.bytes).unwrap();
    let listed = run(Command::new("tar").arg("--utc").arg("-tvzf").arg(&archive)).unwrap();
    for line in listed.lines() {
        assert!(line.starts_with("-r-------- 0/0 ") && line.contains("1970-01-01 00:00"), "{line}");
    }
    assert_eq!(listed.lines().count(), 3);
    run(Command::new("gzip").arg("--test").arg(&archive)).unwrap();
    let text = run(Command::new("tar").arg("-xOzf").arg(&archive).arg("a-b.yaml")).unwrap();
    assert_eq!(text, fs::read_to_string(folder.path().join("a-b.yaml")).unwrap());
    assert!(run(Command::new("file").arg(&archive)).map_or(true, |said| !said.contains("was \"")));
}

#[test]
fn nothing_but_ciphertext_goes_into_a_bundle() {
    type Spoil = fn(&Path);
    let spoils: [(&str, Spoil); 7] = [
        ("link", |folder| symlink("/etc/passwd", folder.join("x.yaml")).unwrap()),
        ("folder", |folder| fs::create_dir(folder.join("x.yaml")).unwrap()),
        ("other", |folder| fs::write(folder.join("x.txt"), "x").unwrap()),
        ("hidden", |folder| fs::write(folder.join(".x.yaml"), "x").unwrap()),
        ("plain", |folder| fs::write(folder.join("x.yaml"), "x: y\n").unwrap()),
        ("bytes", |folder| fs::write(folder.join("x.yaml"), [0xff]).unwrap()),
        ("one readable value", |folder| {
            let path = folder.join("hcloud_token.yaml");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, format!("extra: readable\n{text}")).unwrap();
        }),
    ];
    for (what, spoil) in spoils {
        let folder = sealed_folder();
        spoil(folder.path());
        let refused = Bundle::of_folder(folder.path()).unwrap_err();
        assert!(
            matches!(refused, BundleError::Foreign { .. } | BundleError::NotSealed { .. }),
            "{what}: {refused}"
        );
    }
}
