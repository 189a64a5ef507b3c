//! `clawlets fleet audit verify`, where the log is in a table.

use clawlets_audit::{
    Decision, Entry, Face, Head, Kind,
    table::{HEAD, LINE, LOG, MARKER, line_id},
};
use clawlets_stand_in::Ran;
use clawlets_tests::Moto;
use serde_json::{Value, json};

use crate::declared::Declared;

const TABLE: &str = "clawlets-control";

/// A table as the control API keeps it, and a project whose operator may read it.
struct Table {
    moto: Moto,
    project: Declared,
}

impl Table {
    fn start(test: &str) -> Option<Self> {
        let moto = Moto::start(test)?;
        let table = Self { moto, project: Declared::fresh() };
        let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
        let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
        table.ask(
            "CreateTable",
            &json!({
                "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [text("pk"), text("sk")], "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
            }),
        );
        Some(table)
    }

    fn ask(&self, target: &str, question: &Value) {
        let target = format!("DynamoDB_20120810.{target}");
        let _ = self.moto.ask_json("dynamodb", &target, &question.to_string());
    }

    fn put(&self, second: &str, name: &str, text: &str) {
        let item = json!({ "pk": { "S": LOG }, "sk": { "S": second }, name: { "S": text } });
        self.ask("PutItem", &json!({ "TableName": TABLE, "Item": item }));
    }

    fn remove(&self, second: &str) {
        let key = json!({ "pk": { "S": LOG }, "sk": { "S": second } });
        self.ask("DeleteItem", &json!({ "TableName": TABLE, "Key": key }));
    }

    /// Writes a whole log; its lines.
    fn write(&self, lines: u64, actor: &str) -> Vec<(String, Head)> {
        let (mut head, mut written) = (Head::default(), Vec::new());
        for number in 1..=lines {
            let (line, next) = head.append(&entry(actor));
            self.put(&line_id(number), LINE, &line);
            written.push((line, next));
            head = next;
        }
        self.put(MARKER, HEAD, &head.to_string());
        written
    }

    fn verify(&self, flags: &str) -> Ran {
        let mut command = self.project.command(&format!("fleet audit verify {flags}"));
        Ran::of(command.envs(self.moto.environment()))
    }

    #[track_caller]
    fn is_broken(&self, flags: &str, why: &str) {
        let ran = self.verify(flags);
        let code = "clawlets::control::audit_broken";
        assert!(ran.code == Some(6) && ran.talk.contains(code) && ran.talk.contains(why), "{why}: {ran}");
    }
}

fn entry(actor: &str) -> Entry {
    Entry {
        at: "2026-11-21T12:00:00Z".parse().unwrap(),
        kind: Kind::Decision,
        actor: actor.to_owned(),
        caller: None,
        face: Face::Lambda,
        action: "deploy".to_owned(),
        target: Some("web-1".to_owned()),
        image: None,
        decision: Decision::Allow,
        code: None,
        deploy: None,
    }
}

#[test]
fn a_log_in_a_table_is_read_to_its_end_and_whatever_was_done_to_it_is_found() {
    let test = "a_log_in_a_table_is_read_to_its_end_and_whatever_was_done_to_it_is_found";
    let Some(table) = Table::start(test) else { return };
    let named = format!("--table {TABLE}");
    assert_eq!(table.verify(&format!("{named} --json")).json()["lines"], 0, "nobody decided anything yet");
    // More than the database gives at once.
    let lines = table.write(400, &"x".repeat(3_000));
    let request = format!("{named} --request-id 01kb0000000000000000000000-{}", lines[7].1.mark());
    let ran = table.verify(&request);
    assert!(ran.code == Some(0) && ran.talk.contains("400 lines, with 1 head that was published"), "{ran}");
    assert_eq!(ran.out.trim(), format!("head  {}", lines[399].1));

    let (third, last) = (&lines[2].0, &lines[399].0);
    table.put(&line_id(3), LINE, &third.replace("web-1", "web-9"));
    table.is_broken(&named, "line 3");
    table.remove(&line_id(3));
    table.is_broken(&named, "line 3");
    table.put(&line_id(3), LINE, third);
    table.put("line-00000000000000000003x", LINE, third);
    table.is_broken(&named, "line 4");
    table.remove("line-00000000000000000003x");
    // Its end is missed by what says how far it is, and without that by what was published.
    table.remove(&line_id(400));
    table.is_broken(&named, "ends before the line that was its last one");
    table.put(MARKER, HEAD, "nonsense");
    table.is_broken(&named, "does not say how far its log is");
    table.remove(MARKER);
    assert_eq!(table.verify(&named).code, Some(0));
    table.is_broken(
        &format!("{named} --request-id r-{}", lines[399].1.mark()),
        "holds no line with the published head",
    );
    table.put(&line_id(400), LINE, last);
    assert_eq!(table.verify(&request).code, Some(0));
}

#[test]
fn the_table_is_found_by_the_variables_of_the_server_and_a_file_goes_first() {
    let test = "the_table_is_found_by_the_variables_of_the_server_and_a_file_goes_first";
    let Some(table) = Table::start(test) else { return };
    table.write(2, "human");
    let run = |flags: &str, set: &[(&str, &str)], unset: &str| {
        let mut command = table.project.command(&format!("fleet audit verify {flags} --json"));
        command.envs(table.moto.environment()).env_remove(unset).envs(set.iter().copied());
        Ran::of(&mut command)
    };
    let lines = |ran: Ran| ran.json()["lines"].clone();
    let in_table = ("CONTROL_STATE_TABLE", TABLE);
    assert_eq!(lines(run("", &[in_table], "")), 2);
    // The region of the fleet.
    assert_eq!(lines(run("", &[in_table], "AWS_REGION")), 2);
    let file = table.project.folder().join("audit.jsonl");
    std::fs::write(&file, "").unwrap();
    let in_file = ("CONTROL_AUDIT_LOG", file.to_str().unwrap());
    assert_eq!(lines(run("", &[in_table, in_file], "")), 0);
    assert_eq!(lines(run(&format!("--table {TABLE}"), &[in_file], "")), 2);
    assert_eq!(run(&format!("--table {TABLE} --log {}", file.display()), &[], "").code, Some(2));
    assert_eq!(run("--table no-such-table", &[], "").code, Some(7));
    assert_eq!(
        run("", &[in_table], "AWS_SECRET_ACCESS_KEY").code,
        Some(7),
        "nothing can be read without keys"
    );
}
