//! What people in a chat are told.

use clawlets_model::control::{DeployAnswer, StatusAnswer};

use crate::{control::Done, refusal::Refusal};

/// The most that a message holds, in characters. Discord takes 2000.
const MOST: usize = 1900;

/// What a request came to, as text.
pub(super) fn of(outcome: &Result<Done, Refusal>) -> String {
    let text = match outcome {
        Ok(Done::Status(answer)) => status(answer),
        Ok(Done::Deploy(answer)) => deploy(answer),
        Err(refusal) => format!("Refused: {}.", refusal.words()),
    };
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain("\n…".chars()).collect() }
}

fn status(answer: &StatusAnswer) -> String {
    let mut lines: Vec<String> = Vec::new();
    for instance in &answer.instances {
        let mut line = format!("{}: {}", plain(&instance.name), plain(&instance.state));
        for (name, value) in [("image", &instance.ami), ("release", &instance.release)] {
            if let Some(value) = value {
                line.push_str(&format!(", {name} {}", plain(value)));
            }
        }
        if let Some(health) = &instance.health {
            line.push_str(&format!(", {}", plain(health)));
        }
        lines.push(line);
    }
    if lines.is_empty() {
        lines.push("No host is declared.".to_owned());
    }
    if let Some(deploy) = &answer.deploy {
        let run = deploy.run.as_ref().map(|run| format!(" {}", run.url)).unwrap_or_default();
        let (target, by, state) = (&deploy.target, &deploy.by, deploy.state.as_str());
        lines.push(format!("Last deploy: {target} by {by}, {state}{run}"));
    }
    if answer.stale {
        let age = answer.age_seconds.unwrap_or_default();
        lines.push(format!("Not all of this is from now; the oldest part is {age} s old:"));
        lines.extend(answer.unavailable.iter().map(|why| format!("  {why}")));
    }
    lines.join("\n")
}

/// What others wrote, on one line: whoever names a machine does not write lines of ours.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn deploy(answer: &DeployAnswer) -> String {
    let run = answer.run.as_ref().map(|run| format!("\n{}", run.url)).unwrap_or_default();
    format!("{}\nRequest {}{run}", answer.message, answer.request_id)
}

#[cfg(test)]
mod tests {
    use clawlets_model::control::InstanceView;

    use super::*;

    #[test]
    fn a_machine_with_an_odd_name_is_one_line() {
        let instance = InstanceView {
            name: "stray\nweb-1: running".to_owned(),
            id: None,
            state: "running".to_owned(),
            ami: None,
            ip: None,
            release: Some("1/7\r".to_owned()),
            health: Some("healthy".to_owned()),
        };
        let answer = StatusAnswer {
            ok: true,
            instances: vec![instance],
            as_of: jiff::Timestamp::UNIX_EPOCH,
            stale: false,
            age_seconds: None,
            unavailable: Vec::new(),
            deploy: None,
        };
        assert_eq!(status(&answer), "stray?web-1: running: running, release 1/7?, healthy");
    }
}
