//! Whether a server can be reached, with a deadline.

use std::{
    net::{TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::Duration,
};

use url::Url;

/// How long a server may take, name resolution included.
const DEADLINE: Duration = Duration::from_secs(3);

/// Whether a server of this URL takes connections.
pub(crate) enum Reach {
    /// It does.
    Answers,
    /// It is there and refuses.
    Refuses(String),
    /// Nothing can be said: there is no network, or no answer in time.
    Unknown(String),
}

pub(crate) fn reach(url: &Url) -> Reach {
    let Some((host, port)) = url.host_str().zip(url.port_or_known_default()) else {
        return Reach::Refuses("its URL names no server".to_owned());
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let (told, heard) = mpsc::channel();
    // The system's name resolution knows no deadline: a thread that hangs in it ends with the program.
    thread::spawn(move || {
        let _ = told.send(connect(&host, port));
    });
    heard.recv_timeout(DEADLINE).unwrap_or_else(|_late| Reach::Unknown("no answer in 3 s".to_owned()))
}

fn connect(host: &str, port: u16) -> Reach {
    let mut addresses = match (host, port).to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(error) => return Reach::Unknown(format!("failed to find {host}: {error}")),
    };
    let Some(address) = addresses.next() else { return Reach::Unknown(format!("{host} has no address")) };
    match TcpStream::connect_timeout(&address, DEADLINE) {
        Ok(_) => Reach::Answers,
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            Reach::Refuses(format!("{host} refuses connections on port {port}"))
        }
        Err(error) => Reach::Unknown(format!("failed to connect to {host}: {error}")),
    }
}
