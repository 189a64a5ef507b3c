//! The metadata service of an instance, version 2 only.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

/// The most that one request may hold, in bytes.
const REQUEST: u64 = 64 << 10;
const TOKEN: &str = "a-token-of-the-metadata-service";

/// A running service. A question without its token is refused with 401, as an instance refuses it that was told to
/// speak version 2 only. Dropping it ends it.
pub struct MetadataServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    answers: Mutex<BTreeMap<String, String>>,
    requests: Mutex<Vec<String>>,
    gives_tokens: AtomicBool,
    stopped: AtomicBool,
}

impl MetadataServer {
    /// Serves an instance in `eu-central-1` with a role on a free port of loopback.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let shared = Shared {
            answers: Mutex::default(),
            requests: Mutex::default(),
            gives_tokens: AtomicBool::new(true),
            stopped: AtomicBool::new(false),
        };
        let server = Self { address: listener.local_addr()?, shared: Arc::new(shared) };
        server.answer("meta-data/instance-id", "i-0123456789abcdef0");
        server.answer("meta-data/placement/region", "eu-central-1");
        server.answer("meta-data/iam/security-credentials/", "fleet-instance");
        server.role_until("2099-01-01T00:00:00Z");
        let shared = Arc::clone(&server.shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away is no concern of the service.
                let _ = stream.and_then(|stream| serve(stream, &shared));
            }
        });
        Ok(server)
    }

    /// Its base URL, for `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on the answer to a question below `latest`.
    pub fn answer(&self, path: &str, text: &str) {
        let mut answers = self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.insert(format!("/latest/{path}"), text.to_owned());
    }

    /// From now on the role's credentials end then.
    pub fn role_until(&self, end: &str) {
        let keys = format!(
            r#"{{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"ASIAIOSFODNN7TESTING","SecretAccessKey":"a-secret-of-the-role","Token":"a-session-of-the-role","Expiration":"{end}"}}"#
        );
        self.answer("meta-data/iam/security-credentials/fleet-instance", &keys);
    }

    /// From now on it gives no token, as one that speaks version 1 only.
    pub fn give_no_tokens(&self) {
        self.shared.gives_tokens.store(false, Ordering::SeqCst);
    }

    /// What it was asked, as `GET /latest/…`, oldest first; ` without a token` stands behind what it refused.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for MetadataServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut writer = stream.try_clone()?;
    let mut lines = BufReader::new(stream.take(REQUEST)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let headers: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .map(|line| line.to_lowercase())
        .collect();
    let has = |name: &str, value: &str| {
        headers.iter().any(|header| header.starts_with(name) && header.ends_with(value))
    };
    let is_known = has("x-aws-ec2-metadata-token:", TOKEN);
    let note = if method == "PUT" || is_known { "" } else { " without a token" };
    let mut requests = shared.requests.lock().unwrap_or_else(PoisonError::into_inner);
    requests.push(format!("{method} {path}{note}"));
    drop(requests);
    let answers = shared.answers.lock().unwrap_or_else(PoisonError::into_inner);
    let answer = match (method, path) {
        ("PUT", "/latest/api/token") if !shared.gives_tokens.load(Ordering::SeqCst) => Err(403),
        ("PUT", "/latest/api/token") if has("x-aws-ec2-metadata-token-ttl-seconds:", "") => Ok(TOKEN),
        ("PUT", _) => Err(400),
        (_, _) if !is_known => Err(401),
        (_, path) => answers.get(path).map(String::as_str).ok_or(404),
    };
    let (status, body) = answer.map_or_else(|status| (status, ""), |body| (200, body));
    let length = body.len();
    write!(writer, "HTTP/1.1 {status} .\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}
