//! What a rehearsal works on: a task that says one word, as a shell.

use clawlets_model::guest::work_archive;
use tar::{Builder, Header};

const ORDER: &str = r#"{"jobId":"00000000000000000000000000","persona":"rehearsal","autoShutdown":true}"#;
const TASK: &str =
    r#"{"schemaVersion":1,"taskId":"rehearsal","type":"command","argv":["/bin/sh","-c","echo rehearsal"]}"#;
const SOUL: &str = "You rehearse.\n";
const CONFIG: &str = r#"{"schemaVersion":1}"#;

/// The work archive of a rehearsal, as an orchestrator would have sent it.
#[must_use]
pub fn archive() -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    let persona = |file: &str| format!("{}/{file}", work_archive::PERSONA);
    for (name, content) in [
        (work_archive::ORDER.to_owned(), ORDER),
        (work_archive::TASK.to_owned(), TASK),
        (persona("SOUL.md"), SOUL),
        (persona("config.json"), CONFIG),
    ] {
        let mut header = Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder
            .append_data(&mut header, name, content.as_bytes())
            .expect("writing to memory does not fail, and the names are short");
    }
    builder.into_inner().expect("writing to memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_work_like_any_other() {
        let work = crate::work::unpack(&archive()).unwrap();
        assert!(work.order.auto_shutdown && work.task.artifacts().is_empty() && work.inputs.is_empty());
    }
}
