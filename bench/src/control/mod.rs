//! The control API: requests a second and the slowest hundredth on one core, and how long a Lambda function takes from its
//! start to its first answer, each beside a handler in JavaScript that does the same.

mod lambda;
mod load;
mod server;

use std::{path::PathBuf, process::Command};

use clawlets_tests::{program, workspace_root};

use crate::{
    interrupt,
    latencies::Latencies,
    report::{Figure, Report},
    scale::Scale,
};
use load::Load;
use server::Server;

/// What is asked.
#[derive(Clone, Copy)]
enum Asked {
    Status,
    RefusedDeploy,
}

impl Asked {
    const ALL: [Self; 2] = [Self::Status, Self::RefusedDeploy];

    const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::RefusedDeploy => "refused deploy",
        }
    }

    const fn body(self) -> &'static str {
        match self {
            Self::Status => r#"{"action":"status"}"#,
            Self::RefusedDeploy => r#"{"action":"deploy","target":"web-1"}"#,
        }
    }

    const fn status(self) -> &'static str {
        match self {
            Self::Status => "200",
            Self::RefusedDeploy => "403",
        }
    }
}

/// The programs that are compared.
#[derive(Clone, Copy)]
enum Side {
    Ours,
    Node,
}

/// The token of the host that asks.
const TOKEN: &str = "a-token-of-web-1-for-this-run";

/// A folder with what both need.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("the folder for temporary files can be written");
        interrupt::remember(folder.path(), None);
        let write = |name: &str, content: &str| {
            std::fs::write(folder.path().join(name), content).expect("the folder can be written");
        };
        write("instances.json", r#"{"web-1": {}, "web-2": {}, "web-3": {}}"#);
        write("tokens.json", &format!(r#"{{"web-1": "{TOKEN}"}}"#));
        write("control.toml", "requests_per_minute = 1000000000\n");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command of a side, as a server or a function, with the same environment.
    fn command(&self, side: Side, face: &str) -> Command {
        let mut command = match side {
            Side::Ours => {
                let mut command = Command::new(program("clawlets-control"));
                command.arg(face).arg("--config").arg(self.path("control.toml"));
                if face == "serve" {
                    command.args(["--listen", "127.0.0.1:0"]);
                }
                command
            }
            Side::Node => {
                let mut command = Command::new("node");
                command.arg(workspace_root().join(format!("bench/peers/control/{face}.mjs")));
                command
            }
        };
        let log = match side {
            Side::Ours => "ours.jsonl",
            Side::Node => "node.jsonl",
        };
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_PROFILE");
        command
            .env("CLAWLETS_FLEET", self.path("instances.json"))
            .env("CONTROL_API_TOKEN", "a-token-of-people-for-this-run")
            .env("CONTROL_API_TOKENS_FILE", self.path("tokens.json"))
            .env("CONTROL_AUDIT_LOG", self.path(log))
            .env("GITHUB_TOKEN", "none")
            .env("GITHUB_REPO", "acme/fleet")
            .env("HOME", self.folder.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_LAMBDA_FUNCTION_NAME", "control")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("CONTROL_LOG", "error");
        command
    }
}

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("control", "The control API");
    let place = Place::new();
    let has_node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    if !has_node {
        report.note("Node is not installed, so there is no other side.");
    }
    for asked in Asked::ALL {
        let ours = load(&place, Side::Ours, asked, scale);
        let node = has_node.then(|| load(&place, Side::Node, asked, scale));
        let (rate, slowest) = ours;
        let rate = Figure::per_second(format!("{}, one core, {} callers", asked.name(), load::CALLERS), rate);
        let slowest = Figure::millis(format!("{}, the slowest hundredth", asked.name()), slowest);
        match node {
            Some((other, other_slowest)) => {
                report.add(rate.against("Node", other));
                report.add(slowest.against("Node", other_slowest));
            }
            None => {
                report.add(rate);
                report.add(slowest);
            }
        }
    }
    cold_start(&mut report, &place, scale, has_node);
    report.note("A refused deploy is on the disk before it is answered; what comes meanwhile goes there together, on both sides.");
    report.note("The server runs on the first core, who asks on the others.");
    report
}

/// Requests a second and the slowest hundredth in milliseconds: the medians of the rounds.
fn load(place: &Place, side: Side, asked: Asked, scale: &Scale) -> (f64, f64) {
    let server = Server::start(&place.command(side, "serve"));
    let (mut rates, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let load = Load::run(server.address(), asked, scale.jobs.clamp(64, 4_000));
        rates.push(load.rate);
        slowest.push(Latencies::new(load.times).millis(0.99));
    }
    (crate::latencies::median(rates), crate::latencies::median(slowest))
}

fn cold_start(report: &mut Report, place: &Place, scale: &Scale, has_node: bool) {
    let starts = |side| {
        let times = (0..scale.starts).map(|_| lambda::first_answer(place.command(side, "lambda"))).collect();
        Latencies::new(times)
    };
    let ours = starts(Side::Ours);
    let node = has_node.then(|| starts(Side::Node));
    for (share, name) in [(0.5, "median"), (0.95, "p95")] {
        let figure =
            Figure::millis(format!("Lambda, from its start to its first answer, {name}"), ours.millis(share));
        report.add(match &node {
            Some(node) => figure.against("Node", node.millis(share)),
            None => figure,
        });
    }
}
