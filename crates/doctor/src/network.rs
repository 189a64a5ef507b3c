//! Whether a server can be reached, with a deadline.

use std::{
    io,
    net::{TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use url::Url;

use crate::machine::{Answer, Machine};

/// How long all servers together may take, name resolution included.
const DEADLINE: Duration = Duration::from_secs(3);
/// How often it is looked whether the operator still wants to wait.
const LOOK: Duration = Duration::from_millis(50);

/// Whether a server takes connections, for each of these URLs. They are asked at the same time.
pub(crate) fn reach(machine: &dyn Machine, urls: &[Url]) -> Vec<Answer> {
    let (told, heard) = mpsc::channel();
    for (at, url) in urls.iter().cloned().enumerate() {
        let told = told.clone();
        // The system's name resolution knows no deadline: a thread that hangs in it ends with the program.
        thread::spawn(move || told.send((at, ask(&url))));
    }
    drop(told);
    let mut answers = vec![Answer::Unknown("no answer within 3 s".to_owned()); urls.len()];
    let end = Instant::now() + DEADLINE;
    while Instant::now() < end && !machine.is_interrupted() {
        match heard.recv_timeout(LOOK) {
            Ok((at, answer)) => answers[at] = answer,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    answers
}

fn ask(url: &Url) -> Answer {
    let Some((host, port)) = url.host_str().zip(url.port_or_known_default()) else {
        return Answer::No("its URL names no server".to_owned());
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let addresses = match (host, port).to_socket_addrs() {
        Ok(addresses) => addresses,
        Err(error) => return Answer::Unknown(format!("failed to find {host}: {error}")),
    };
    // A server may have addresses of two kinds and this machine a way to one of them.
    let mut answer = Answer::Unknown(format!("{host} has no address"));
    for address in addresses {
        match TcpStream::connect_timeout(&address, DEADLINE) {
            Ok(_) => return Answer::Yes,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                answer = Answer::No(format!("{host} refuses connections on port {port}"));
            }
            Err(error) if matches!(answer, Answer::Unknown(_)) => {
                answer = Answer::Unknown(format!("failed to connect to {host}: {error}"));
            }
            Err(_) => {}
        }
    }
    answer
}
