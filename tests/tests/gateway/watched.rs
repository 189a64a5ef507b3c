//! The watch over a real gateway.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use clawlets_tests::{Run, eventually, eventually_within, program};
use serde_json::{Value, json};

use crate::openclaw::{Bot, PATIENCE};

/// A watch that stays. Dropping it ends it.
pub(crate) struct Watch {
    process: Child,
    url: String,
}

impl Watch {
    /// Watches over a bot, whether it runs or not.
    pub(crate) fn over(bot: &Bot) -> Self {
        let config = configure(bot);
        let log = config.with_file_name("log");
        let mut command = Command::new(program("clawlets-host"));
        command.arg("--config").arg(config).arg("watch").stdin(Stdio::null()).stdout(Stdio::null());
        let process = command.stderr(fs::File::create(&log).unwrap()).spawn().unwrap();
        let mut watch = Self { process, url: String::new() };
        watch.url = eventually("the watch says where it serves", || {
            let said = fs::read_to_string(&log).unwrap();
            let (_, rest) = said.split_once("served at ")?;
            rest.lines().next()?.strip_suffix('.').map(str::to_owned)
        });
        watch
    }

    /// Where the status is served.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The status, once there is one.
    pub(crate) fn status(&self) -> Option<Value> {
        let address: SocketAddr = self.url.strip_prefix("http://")?.strip_suffix("/status")?.parse().ok()?;
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
        stream.write_all(b"GET /status HTTP/1.1\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Writes the configuration of a host that has the bot. systemd says of its service that it has run for long.
fn configure(bot: &Bot) -> PathBuf {
    let here = bot.path("watch");
    fs::create_dir_all(&here).unwrap();
    let systemctl = here.join("systemctl");
    let shown = "LoadState=loaded\\nActiveState=active\\nActiveEnterTimestampMonotonic=1\\n";
    fs::write(&systemctl, format!("#!/bin/sh\n[ \"$1\" = show ] && printf '{shown}'\n")).unwrap();
    fs::set_permissions(&systemctl, fs::Permissions::from_mode(0o700)).unwrap();
    fs::write(here.join("uptime"), "100000.00 0.00\n").unwrap();
    let config = format!(
        "host = 'web-1'\nsystem = 'x86_64-linux'\n[paths]\nuptime = '{here}/uptime'\nstate = '{here}/updates'\n\
         [health]\nsystemctl = ['{here}/systemctl']\ngateways = {{ maren = {ask} }}\ndisk_free_mib = 1\n\
         [github.host]\nenv_file = '{here}/github.env'\n[github.bots.maren]\nenv_file = '{here}/maren.env'\n\
         [watch]\nstate = '{here}/state'\nmemory = '{here}/memory'\nport = 0\nserve_on = ['loopback']\n\
         interval = '5s'\n",
        here = here.display(),
        ask = json!(bot.argv(&["health", "--json"])),
    );
    let path = here.join("host.toml");
    fs::write(&path, config).unwrap();
    path
}

/// What one look at a bot shows.
fn look(bot: &Bot) -> Value {
    let mut command = Command::new(program("clawlets-host"));
    command.arg("--config").arg(configure(bot)).args(["watch", "--once", "--json"]);
    let run = Run::of(&mut command);
    serde_json::from_str(&run.out()).unwrap_or_else(|error| panic!("{error}: {}", run.talk()))
}

#[test]
fn a_gateway_that_its_chat_refuses_is_seen_though_its_health_page_stays_green() {
    let test = "a_gateway_that_its_chat_refuses_is_seen_though_its_health_page_stays_green";
    let Some(mut bot) = Bot::new(test) else { return };
    bot.telegram.refuses_the_token();
    bot.start();
    assert!(bot.answers("/healthz") && bot.answers("/startupz"));
    let findings = eventually_within(PATIENCE, "what the chat answered is known", || {
        let status = look(&bot);
        let findings = status["bots"][0]["findings"].clone();
        (status["health"] == "unhealthy").then_some(findings)
    });
    assert_eq!(findings, json!(["its chat telegram refuses it, which only a person can mend"]));
    bot.stop();
}

#[test]
fn a_gateway_refuses_a_configuration_that_it_does_not_know_with_78() {
    let test = "a_gateway_refuses_a_configuration_that_it_does_not_know_with_78";
    let Some(bot) = Bot::new(test) else { return };
    let verdict = bot.openclaw(&["config", "validate", "--json"]).json();
    assert_eq!(verdict["valid"], true, "what we render is valid: {verdict}");
    bot.reconfigure(|config| config["gateway"]["colour"] = json!("green"));
    let run = bot.openclaw(&["gateway", "run", "--bind", "loopback"]);
    assert_eq!(run.code(), 78, "{}{}", run.out(), run.talk());
}
