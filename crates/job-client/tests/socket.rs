//! The client against a scripted orchestrator.

use std::{ops::ControlFlow, time::Duration};

use clawlets_job_client::{Client, ClientError, JobFilter, LogRange, Reference, Until};
use clawlets_model::{
    JobKind, Phase, Reason, Status, Ttl, limits,
    socket::{ApiErrorCode, ArtifactView, EnqueueRequest, ReapRequest},
};
use clawlets_stand_in::{Answer, StandIn, examples};
use serde_json::{Value, json};

fn job() -> Reference {
    Reference::parse(examples::JOB).expect("the example id is a reference")
}

fn route(method: &str, rest: &str) -> String {
    format!("{method} /v1/jobs/{}{rest}", examples::JOB)
}

fn client(stand_in: &StandIn) -> Client {
    Client::new(stand_in.socket())
}

fn enqueue(payload: Value) -> EnqueueRequest {
    EnqueueRequest {
        protocol_version: limits::PROTOCOL_VERSION,
        requester: None,
        idempotency_key: Some("k".to_owned()),
        kind: JobKind::CattleSpawn,
        payload,
        run_at: None,
        priority: None,
        max_attempts: None,
        when_full: None,
    }
}

fn in_phase(phase: Phase, outcome: Option<(Status, Reason)>) -> Answer {
    Answer::json(&examples::job_answer(&examples::job(phase, outcome)))
}

const DONE: Option<(Status, Reason)> = Some((Status::Done, Reason::Finished));

#[tokio::test]
async fn every_call_asks_for_what_it_is_named_after() {
    let view = examples::job(Phase::Running, None);
    let change = json!({ "protocolVersion": 1, "serverId": 42, "name": "a", "expiresAt": null });
    let stand_in = StandIn::start()
        .on("GET /healthz", [Answer::json(&json!({ "ok": true }))])
        .on("POST /v1/jobs/enqueue", [Answer::json(&examples::enqueued())])
        .on(&route("GET", ""), [Answer::json(&examples::job_answer(&view))])
        .on(&route("POST", "/cancel"), [Answer::json(&examples::job_answer(&view))])
        .on(&route("GET", "/result"), [Answer::json(&examples::result(Status::Done, Reason::Finished))])
        .on(&route("GET", "/events"), [Answer::json(&json!({ "protocolVersion": 1, "events": [] }))])
        .on(&route("GET", "/artifacts"), [Answer::json(&examples::artifacts())])
        .on("GET /v1/cattle", [Answer::json(&examples::cattle(&[examples::vm()]))])
        .on("GET /v1/cattle/leaks", [Answer::json(&examples::cattle(&[]))])
        .on("DELETE /v1/cattle/42", [Answer::json(&change)])
        .on("POST /v1/cattle/42/extend", [Answer::json(&change)])
        .on(
            "POST /v1/cattle/reap",
            [Answer::json(&json!({ "protocolVersion": 1, "dryRun": true, "reaped": [] }))],
        );
    let client = client(&stand_in);
    client.health().await.unwrap();
    let enqueued = client.enqueue(&enqueue(json!({ "persona": "rex" }))).await.unwrap();
    assert_eq!(enqueued.job_id.to_string(), examples::JOB);
    assert_eq!(client.job(&job()).await.unwrap().job, view);
    assert_eq!(client.cancel(&job()).await.unwrap().job, view);
    assert_eq!(client.result(&job()).await.unwrap().exit_code, Some(0));
    assert!(client.events(&job()).await.unwrap().events.is_empty());
    assert_eq!(client.artifacts(&job()).await.unwrap().artifacts.len(), 1);
    assert_eq!(client.cattle().await.unwrap().cattle, [examples::vm()]);
    assert!(client.leaks().await.unwrap().cattle.is_empty());
    let vm = Reference::from(42);
    client.destroy(&vm).await.unwrap();
    client.extend(&vm, Ttl::parse("2h").unwrap()).await.unwrap();
    assert!(client.reap(&ReapRequest { protocol_version: 1, dry_run: true }).await.unwrap().dry_run);
    let asked = stand_in.asked();
    assert_eq!(asked[1].body["idempotencyKey"], "k");
    assert_eq!(asked[10].body, json!({ "protocolVersion": 1, "ttl": "2h" }));
}

#[tokio::test]
async fn a_list_goes_on_through_every_page() {
    let view = examples::job(Phase::Queued, None);
    let page = |next: Option<&str>| {
        Answer::json(&json!({ "protocolVersion": 1, "jobs": [view], "nextCursor": next }))
    };
    let stand_in = StandIn::start().on("GET /v1/jobs", [page(Some("a&b")), page(None)]);
    let all = client(&stand_in).all_jobs(JobFilter::default()).await.unwrap();
    assert_eq!((all.jobs.len(), all.next_cursor), (2, None));
    assert_eq!(stand_in.asked()[1].query, "cursor=a%26b");
}

#[tokio::test]
async fn a_list_that_never_ends_is_no_list() {
    let page = Answer::json(&json!({ "protocolVersion": 1, "jobs": [], "nextCursor": "again" }));
    let stand_in = StandIn::start().on("GET /v1/jobs", [page]);
    let error = client(&stand_in).all_jobs(JobFilter::default()).await.unwrap_err();
    assert!(matches!(error, ClientError::Protocol { .. }), "{error}");
}

#[tokio::test]
async fn a_refusal_keeps_its_code_and_its_words() {
    let refusal = Answer::refusal(ApiErrorCode::Capacity, "maxInstances reached (10/10)");
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [refusal]);
    let error = client(&stand_in).enqueue(&enqueue(json!({}))).await.unwrap_err();
    assert!(matches!(&error, ClientError::Api(api) if api.code == ApiErrorCode::Capacity), "{error:?}");
    assert_eq!(error.to_string(), "maxInstances reached (10/10)");
}

#[tokio::test]
async fn what_is_not_the_orchestrators_protocol_is_said_so() {
    let cases: [(&str, Answer, &str); 7] = [
        ("no HTTP", Answer::raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), "parse"),
        (
            "another document",
            Answer::json(&json!({ "protocolVersion": 1, "cat": "meow" })),
            "missing field `job`",
        ),
        ("no version", Answer::json(&json!({ "job": 1 })), "missing field `protocolVersion`"),
        ("another version", Answer::json(&json!({ "protocolVersion": 9 })), "protocol version 9"),
        ("no JSON", Answer::bytes(b"<html>"), "expected value"),
        (
            "an unexplained refusal",
            Answer::raw(b"HTTP/1.1 502 Bad\r\ncontent-length: 2\r\n\r\nno"),
            "status 502",
        ),
        ("endless", Answer::raw(&endless()), "larger than"),
    ];
    for (case, answer, expected) in cases {
        let stand_in = StandIn::start().on(&route("GET", ""), [answer]);
        let error = client(&stand_in).job(&job()).await.unwrap_err();
        assert!(matches!(error, ClientError::Protocol { .. }), "{case}: {error:?}");
        assert!(error.to_string().contains(expected), "{case}: {error}");
    }
}

fn endless() -> Vec<u8> {
    let size = 17 * 1024 * 1024;
    [format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").as_bytes(), &vec![b' '; size]].concat()
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_lost_connection() {
    for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"] {
        let stand_in = StandIn::start().on(&route("GET", ""), [Answer::raw(bytes)]);
        let error = client(&stand_in).job(&job()).await.unwrap_err();
        assert!(matches!(error, ClientError::Lost { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn without_a_socket_nobody_is_reached() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [folder.path().join("absent"), file, folder.path().join("x".repeat(200))] {
        let error = Client::new(&path).health().await.unwrap_err();
        assert!(matches!(error, ClientError::Unreachable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_too_large_is_not_sent() {
    let stand_in = StandIn::start();
    let error = client(&stand_in).enqueue(&enqueue(json!("x".repeat(256 * 1024)))).await.unwrap_err();
    assert!(matches!(error, ClientError::TooLarge { most: 262_144, .. }), "{error:?}");
    assert!(stand_in.asked().is_empty());
}

#[tokio::test]
async fn a_log_is_read_to_its_present_end_or_until_the_reader_has_enough() {
    let records = [examples::record(0, "stdout", "a"), examples::record(1, "stderr", "b")];
    let stand_in = StandIn::start().on(&route("GET", "/logs"), [Answer::lines(&records)]);
    for (enough_after, expected) in [(9, vec!["a", "b"]), (1, vec!["a"])] {
        let mut seen = Vec::new();
        let each = |record: clawlets_model::guest::LogRecord| {
            seen.push(record.data);
            if seen.len() >= enough_after { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        client(&stand_in).logs(&job(), LogRange { from: Some(3), since: None }, each).await.unwrap();
        assert_eq!(seen, expected);
    }
    assert_eq!(stand_in.asked()[0].query, "from=3");
}

#[tokio::test]
async fn a_followed_log_goes_on_where_the_connection_was_lost() {
    let event = |seq, data| format!("id: {seq}\ndata: {}\n\n", examples::record(seq, "stdout", data));
    let stand_in = StandIn::start().on(
        &route("GET", "/logs"),
        [
            Answer::broken_events(&format!("{}{}: half a com", event(0, "a"), event(1, "b"))),
            Answer::refusal(ApiErrorCode::Stopping, "stopping"),
            Answer::raw(b""),
            Answer::events(&event(1, "b")),
            Answer::events(&format!(
                "{}event: news\ndata: x\n\n{}event: end\n\n",
                event(1, "b"),
                event(2, "c")
            )),
        ],
    );
    let client = client(&stand_in);
    let mut follow = client.follow(job(), LogRange::default());
    let mut seen = Vec::new();
    while let Some(record) = follow.next().await.unwrap() {
        seen.push((record.seq, record.data));
    }
    assert_eq!(seen, [(0, "a".to_owned()), (1, "b".to_owned()), (2, "c".to_owned())]);
    assert_eq!(follow.next_seq(), Some(3));
    let queries: Vec<_> = stand_in.asked().into_iter().map(|asked| asked.query).collect();
    assert_eq!(
        queries,
        ["follow=1", "follow=1&from=2", "follow=1&from=2", "follow=1&from=2", "follow=1&from=2"]
    );
}

#[tokio::test]
async fn a_refused_follow_is_not_tried_again() {
    let stand_in = StandIn::start();
    let client = client(&stand_in);
    let error = client.follow(job(), LogRange::default()).next().await.unwrap_err();
    assert!(matches!(error, ClientError::Api(_)), "{error:?}");
    assert_eq!(stand_in.asked().len(), 1);
}

#[tokio::test]
async fn a_wait_sees_every_change_and_sits_out_a_restart() {
    let stand_in = StandIn::start().on(
        &route("GET", ""),
        [
            in_phase(Phase::Booting, None),
            in_phase(Phase::Booting, None),
            Answer::raw(b""),
            Answer::refusal(ApiErrorCode::Stopping, "stopping"),
            in_phase(Phase::Running, None),
            in_phase(Phase::Ended, DONE),
            in_phase(Phase::Gone, DONE),
        ],
    );
    let mut phases = Vec::new();
    let ended =
        client(&stand_in).wait(&job(), Until::Gone, None, |job| phases.push(job.phase)).await.unwrap();
    assert_eq!(ended.status, Status::Done);
    assert_eq!(phases, [Phase::Booting, Phase::Running, Phase::Ended, Phase::Gone]);
}

#[tokio::test]
async fn a_wait_for_the_end_does_not_wait_for_the_vm() {
    let stand_in = StandIn::start().on(&route("GET", ""), [in_phase(Phase::Ended, DONE)]);
    let ended = client(&stand_in).wait(&job(), Until::Ended, None, |_| ()).await.unwrap();
    assert_eq!(ended.phase, Phase::Ended);
}

#[tokio::test]
async fn a_wait_ends_when_its_time_is_over() {
    let stand_in = StandIn::start().on(&route("GET", ""), [in_phase(Phase::Running, None)]);
    let within = Some(Duration::from_millis(20));
    let error = client(&stand_in).wait(&job(), Until::Ended, within, |_| ()).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::StillRunning { last, .. } if last.phase == Phase::Running),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_artifact_is_proved_by_its_size_and_hash() {
    let artifact: ArtifactView = serde_json::from_value(examples::artifact()).unwrap();
    let route = route("GET", "/artifacts/out%2Fabc.txt");
    for (content, expected) in [
        (examples::ARTIFACT, Ok(())),
        (b"abd", Err("SHA-256")),
        (b"ab", Err("2 of its 3")),
        (b"abcd", Err("larger")),
    ] {
        let stand_in = StandIn::start().on(&route, [Answer::bytes(content)]);
        let mut sink = Vec::new();
        let outcome = client(&stand_in).artifact(&job(), &artifact, &mut sink).await;
        match (outcome, expected) {
            (Ok(()), Ok(())) => assert_eq!(sink, content),
            (Err(error), Err(what)) => assert!(error.to_string().contains(what), "{error}"),
            (outcome, expected) => panic!("{outcome:?} is not {expected:?}"),
        }
    }
}
