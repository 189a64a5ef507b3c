//! `self-update run`: releases of the instance, not of the image.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::fs::symlink,
    process::Command,
    sync::mpsc,
    thread,
};

use clawlets_release::signature::SecretKey;
use clawlets_tests::Run;
use zeroize::Zeroizing;

#[test]
fn an_instance_follows_the_releases_of_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    // A mirror that has nothing, and tells what it was asked for.
    let mirror = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = mirror.local_addr().unwrap().port();
    let (asked, asks) = mpsc::channel();
    thread::spawn(move || {
        for mut stream in mirror.incoming().map_while(Result::ok) {
            let mut line = String::new();
            let _ = BufReader::new(stream.try_clone().unwrap()).read_line(&mut line);
            let _ = stream.write_all(b"HTTP/1.1 404 .\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            if asked.send(line).is_err() {
                return;
            }
        }
    });
    fs::write(folder.path().join("instance-name"), "web-7\n").unwrap();
    symlink("/nix/store/00000000000000000000000000000000-installed", folder.path().join("system")).unwrap();
    let key = SecretKey::from_seed(&Zeroizing::new([1; 32]), [1; 8]).public();
    let config = format!(
        "host = 'image'\nsystem = 'x86_64-linux'\n[paths]\nstate = '{}'\nfloor = '{}'\ncurrent_system = '{}'\n\
         [updates]\nbase_urls = ['http://127.0.0.1:{port}/deploy']\npublic_keys = ['{key}']\n\
         [nix]\ngc_roots = '{}'\nprofile = '{}'\n[bootstrap]\ninstance_files = ['{}']\n",
        at("state"),
        at("floor/floor.json"),
        at("system"),
        at("roots"),
        at("profile"),
        at("instance-name"),
    );
    fs::write(folder.path().join("host.toml"), config).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
    command.args(["self-update", "run", "--config", &at("host.toml")]);
    let run = Run::of(&mut command);
    assert_ne!(run.code(), 0, "there is no release: {}", run.talk());
    let requests: Vec<String> = asks.try_iter().collect();
    assert!(
        requests.iter().any(|line| line.starts_with("GET /deploy/web-7/prod/latest.json ")),
        "{requests:?} {}",
        run.talk()
    );
}
