//! Jobs, and the archives that describe them.

use serde_json::{Value, json};
use tar::{Builder, Header};

/// Everything that goes into a work archive.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) task: Value,
    pub(crate) order: Value,
    pub(crate) persona: Value,
}

/// A job that runs a program.
pub(crate) fn command(argv: &[&str]) -> Job {
    job(json!({ "schemaVersion": 1, "taskId": "t-1", "type": "command", "argv": argv }))
}

/// A job that runs a shell script.
pub(crate) fn shell(script: &str) -> Job {
    command(&["/bin/sh", "-c", script])
}

/// A job that asks an agent.
pub(crate) fn agent(message: &str) -> Job {
    job(json!({ "schemaVersion": 1, "taskId": "t-1", "type": "agent", "message": message }))
}

fn job(task: Value) -> Job {
    let order = json!({ "jobId": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "persona": "rex", "autoShutdown": true });
    Job { task, order, persona: json!({ "schemaVersion": 1 }) }
}

impl Job {
    /// Sets a field of the task.
    pub(crate) fn task(mut self, key: &str, value: Value) -> Self {
        self.task[key] = value;
        self
    }

    /// Sets a field of the order.
    pub(crate) fn order(mut self, key: &str, value: Value) -> Self {
        self.order[key] = value;
        self
    }

    /// Sets a field of the persona.
    pub(crate) fn persona(mut self, key: &str, value: Value) -> Self {
        self.persona[key] = value;
        self
    }

    /// The archive, with one input.
    pub(crate) fn archive(&self) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (name, content) in [
            ("order.json", self.order.to_string()),
            ("task.json", self.task.to_string()),
            ("persona/SOUL.md", "You are Rex.\n".to_owned()),
            ("persona/config.json", self.persona.to_string()),
            ("persona/skills/fetch/SKILL.md", "Fetch.\n".to_owned()),
            ("inputs/data/in.txt", "an input\n".to_owned()),
        ] {
            let mut header = Header::new_ustar();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap()
    }
}
