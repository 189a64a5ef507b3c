//! `clawlets release serve`: what it gives, what it keeps, and how it ends.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use crate::bench::{clawlets_in, command_in};

/// A server of a folder, which ends with the test.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
}

impl Served {
    pub(crate) fn folder(folder: &Path) -> Self {
        let mut command = command_in(folder, &["release", "serve", ".", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Self { child, url: said["url"].as_str().unwrap().to_owned() }
    }

    /// The status, the headers and the body of an answer.
    fn ask(&self, method: &str, path: &str, header: &str) -> (u16, String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.url.strip_prefix("http://").unwrap()).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{header}\r\n")
            .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, answer[end + 4..].to_vec())
    }

    fn tag(&self, path: &str) -> String {
        let (_, head, _) = self.ask("GET", path, "");
        head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("web-1/prod")).unwrap();
    let latest = folder.path().join("web-1/prod/latest.json");
    fs::write(&latest, "{}\n").unwrap();
    let served = Served::folder(folder.path());
    let path = "/web-1/prod/latest.json";
    let (status, head, body) = served.ask("GET", path, "");
    assert_eq!((status, body.as_slice()), (200, &b"{}\n"[..]), "{head}");
    assert!(head.contains("content-type: application/json"), "{head}");
    let tag = served.tag(path);
    for header in [format!("If-None-Match: {tag}"), format!("If-None-Match: \"x\", W/{tag}")] {
        let (status, _, body) = served.ask("GET", path, &format!("{header}\r\n"));
        assert_eq!((status, body.len()), (304, 0), "{header}");
    }
    fs::write(&latest, "{ }\n").unwrap();
    let (status, _, body) = served.ask("GET", path, &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((status, body.as_slice()), (200, &b"{ }\n"[..]));
    let (status, head, body) = served.ask("HEAD", path, "");
    assert_eq!((status, body.len()), (200, 0));
    assert!(head.contains("content-length: 4"), "{head}");
}

#[test]
fn nothing_but_the_folder_is_served() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("key"), "secret").unwrap();
    let folder = outside.path().join("site");
    fs::create_dir_all(folder.join(".staged")).unwrap();
    fs::write(folder.join(".staged/latest.json"), "{}").unwrap();
    fs::create_dir(folder.join("web-1")).unwrap();
    std::os::unix::fs::symlink("../key", folder.join("link")).unwrap();
    let served = Served::folder(&folder);
    for path in
        ["/../key", "/%2e%2e/key", "//key", "/link", "/web-1", "/web-1/", "/", "/.staged/latest.json", "/no"]
    {
        assert_eq!(served.ask("GET", path, "").0, 404, "{path}");
    }
    assert_eq!(served.ask("POST", "/web-1", "Content-Length: 0\r\n").0, 405);
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::folder(folder.path());
    // Neither a client that stays connected keeps it, nor one in the middle of a question.
    let connect = || TcpStream::connect(served.url.strip_prefix("http://").unwrap()).unwrap();
    let (_open, mut asking) = (connect(), connect());
    asking.write_all(b"GET / HTT").unwrap();
    // Accepted behind the two, so that both are known.
    served.ask("GET", "/", "");
    kill(Pid::from_raw(served.child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let missing = clawlets_in(folder.path(), &["release", "serve", "no"]);
    assert_eq!((missing.code, missing.fault().as_str()), (Some(3), "clawlets::release::unknown"));
    assert_eq!(clawlets_in(folder.path(), &["release", "serve", "file"]).fault(), "clawlets::usage::value");
}
