//! The real control API of the fleet, in front of a GitHub that stands in.

use std::{
    fs,
    process::{Child, Command, Stdio},
};

use clawlets_github_stand_in::{Dispatch, Github};
use clawlets_tests::{eventually, program};
use serde_json::json;

use crate::openclaw::Bot;

/// A running server. Dropping it ends it.
pub(crate) struct Control {
    server: Child,
    github: Github,
    url: String,
}

impl Control {
    /// Serves the fleet of a bot, whose host `web-1` says at `status` how it is. The bot's host gets its token.
    pub(crate) fn start(bot: &Bot, status: &str) -> Self {
        let github = Github::start();
        let [person, web_1, web_2, at_github] = [(); 4].map(|()| secret());
        github.know_token(&at_github);
        fs::write(bot.path("control-token"), &web_1).unwrap();
        fs::write(bot.path("tokens.json"), json!({ "web-1": web_1, "web-2": web_2 }).to_string()).unwrap();
        fs::write(bot.path("control.toml"), format!("[hosts.web-1]\nstatus = '{status}'\n")).unwrap();
        let log = fs::File::create(bot.path("control.log")).unwrap();
        let server = Command::new(program("clawlets-control"))
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(bot.path("control.toml"))
            .env("CONTROL_API_TOKEN", person)
            .env("CONTROL_API_TOKENS_FILE", bot.path("tokens.json"))
            .env("CONTROL_AUDIT_LOG", bot.path("audit.jsonl"))
            .env("CLAWLETS_FLEET", bot.path("project/fleet/clawlets.json"))
            .env("CLAWLETS_STATE_DIR", bot.path("control-state"))
            .env("GITHUB_API_URL", github.api())
            .env("GITHUB_TOKEN", at_github)
            .env("GITHUB_REPO", "acme/fleet")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut control = Self { server, github, url: String::new() };
        control.url = eventually("the control API says where it listens", || {
            let log = fs::read_to_string(bot.path("control.log")).unwrap();
            let (_, rest) = log.split_once("listening on ")?;
            rest.lines().next().map(str::to_owned)
        });
        control
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What reached GitHub.
    pub(crate) fn dispatches(&self) -> Vec<Dispatch> {
        self.github.dispatches()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Something that nobody guesses.
fn secret() -> String {
    let uuid = || fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap().trim().replace('-', "");
    format!("{}{}", uuid(), uuid())
}
