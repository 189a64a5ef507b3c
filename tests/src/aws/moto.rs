//! The simulator of AWS's services from PyPI, as a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::skip;

/// A running simulator, empty at first. Dropping it ends it.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    endpoint: String,
}

impl Moto {
    /// Starts one on a free port of loopback; `None` where it is not installed, which is an error in CI.
    ///
    /// # Panics
    /// When it is installed and does not start within a minute.
    #[must_use]
    pub fn start(test: &str) -> Option<Self> {
        let Some(server) = program() else {
            assert!(std::env::var_os("CI").is_none(), "moto is missing: run scripts/setup --tests");
            skip(test, "moto_server is not installed; scripts/setup --tests installs it");
            return None;
        };
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p", "0"]).env("MOTO_IAM_LOAD_MANAGED_POLICIES", "false");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).process_group(0);
        let mut process = command.spawn().expect("an installed program starts");
        let talk = process.stderr.take().expect("standard error is a pipe");
        let (found, finds) = mpsc::channel();
        thread::spawn(move || {
            // Read to its end, so that the server never waits for a reader.
            for line in BufReader::new(talk).lines().map_while(Result::ok) {
                if let Some((_, endpoint)) = line.split_once("Running on ") {
                    let _ = found.send(endpoint.trim().to_owned());
                }
            }
        });
        let endpoint = finds.recv_timeout(Duration::from_secs(60)).expect("moto says where it listens");
        Some(Self { process, endpoint })
    }

    /// Its base URL, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Asks a service that speaks JSON, such as `secretsmanager`, and gives its answer: for what a test prepares and the
    /// product never does.
    ///
    /// # Panics
    /// When the simulator refuses.
    #[must_use]
    pub fn ask_json(&self, service: &str, target: &str, question: &str) -> String {
        let headers = format!("content-type: application/x-amz-json-1.1\r\nx-amz-target: {target}\r\n");
        self.post(service, &headers, question)
    }

    /// Asks a service that takes forms, such as `ec2`, and gives its answer.
    ///
    /// # Panics
    /// When the simulator refuses.
    #[must_use]
    pub fn ask_form(&self, service: &str, form: &str) -> String {
        self.post(service, "content-type: application/x-www-form-urlencoded\r\n", form)
    }

    /// Makes a bucket.
    ///
    /// # Panics
    /// When the simulator refuses.
    pub fn make_bucket(&self, bucket: &str) {
        let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
        let _ = self.send("PUT", &format!("/{bucket}"), "s3", "", place);
    }

    fn post(&self, service: &str, headers: &str, body: &str) -> String {
        self.send("POST", "/", service, headers, body)
    }

    fn send(&self, method: &str, path: &str, service: &str, headers: &str, body: &str) -> String {
        let address = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("the simulator listens");
        // It looks at the scope of a signature and not at the signature.
        let scope = format!("AKIAIOSFODNN7TESTING/20261121/eu-central-1/{service}/aws4_request");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0\r\n{headers}\r\n{body}",
            body.len()
        )
        .expect("the simulator reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the simulator answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        assert!(head.contains(" 200 "), "{service} {method} {path}: {answer}");
        body.to_owned()
    }

    /// The variables with which a program asks it.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7TESTING".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "a-secret-key-of-a-test".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
        ]
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn program() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map_or_else(PathBuf::new, PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), PathBuf::from);
    let venv = std::env::var_os("CLAWLETS_VENV").map_or_else(|| cache.join("clawlets/venv"), PathBuf::from);
    let server = venv.join("bin/moto_server");
    server.is_file().then_some(server)
}
