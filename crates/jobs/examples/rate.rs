#![expect(clippy::all, reason = "scratch")]
use clawlets_jobs::*;
use clawlets_model::{socket::WhenFull, *};
use jiff::Timestamp;
use std::time::{Duration, Instant};
fn spawn(n: u128) -> NewJob {
    NewJob {
        id: JobId::from_parts(1_800_000_000_000, n),
        requester: Requester::parse(["maren", "otto", "zoe"][(n % 3) as usize]).unwrap(),
        idempotency_key: Some(format!("key-{n}")),
        kind: JobKind::CattleSpawn,
        payload: serde_json::json!({"persona":"rex","task":{"schemaVersion":1,"taskId":"t","type":"command","argv":["echo","hello"]}}),
        snapshot: None,
        about: About::default(),
        run_at: None,
        priority: Priority::default(),
        max_attempts: MaxAttempts::default(),
        when_full: WhenFull::Queue,
    }
}
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    let dir = std::path::PathBuf::from(&args[1]);
    let rows: u64 = args[2].parse().unwrap();
    let path = dir.join("state.sqlite");
    let store = Store::open(&StoreOptions::new(&path)).unwrap();
    let now = Timestamp::now();
    if rows > 0 && store.counts().await.unwrap().done == 0 {
        drop(store);
        let db = rusqlite::Connection::open(&path).unwrap();
        let t = Instant::now();
        db.execute_batch(&format!("PRAGMA synchronous=OFF; BEGIN; WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i<{rows})
         INSERT INTO jobs (id,requester,kind,priority,max_attempts,when_full,status,phase,reason,attempt,failures,takeovers,lease_epoch,vm,redeemed,cancel_requested,created_at,run_at,ended_at,in_hand,slot,server_id,server_name)
         SELECT printf('01AAAAAAAAAAAAAAAAAA%06d',i), 'bot'||(i%5), 'cattle.spawn',0,3,'refuse', CASE WHEN i%3=0 THEN 'failed' ELSE 'done' END,'gone','finished',1,0,0,1,'gone',1,0,i,i,1700000000000+i,0,0,i,'cattle-x-'||i FROM c;
         COMMIT;")).unwrap();
        println!("filled in {:?}", t.elapsed());
        drop(db);
    } else {
        drop(store);
    }
    let store = Store::open(&StoreOptions::new(&path)).unwrap();
    let base: u128 =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() << 20;
    let before = *store.commits().borrow();
    let t = Instant::now();
    let mut tasks = vec![];
    for c in 0..32u128 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            let mut lat = vec![];
            for i in 0..1000u128 {
                let t = Instant::now();
                store.enqueue(spawn(base + c * 100_000 + i), Admission::default(), now).await.unwrap();
                lat.push(t.elapsed());
            }
            lat
        }));
    }
    let mut lat = vec![];
    for t in tasks {
        lat.extend(t.await.unwrap());
    }
    let e = t.elapsed();
    lat.sort();
    println!(
        "enqueue {:.0}/s p50 {:?} p99 {:?} max {:?} commits {}",
        lat.len() as f64 / e.as_secs_f64(),
        lat[lat.len() / 2],
        lat[lat.len() * 99 / 100],
        lat.last().unwrap(),
        *store.commits().borrow() - before
    );
    macro_rules! time {
        ($n:literal, $e:expr) => {{
            let t = Instant::now();
            for _ in 0..20 {
                let _ = $e;
            }
            println!("{} {:?}", $n, t.elapsed() / 20);
        }};
    }
    time!("claim", store.claim(WorkerId::parse("w").unwrap(), LEASE, None, now).await.unwrap().unwrap());
    time!("list", store.list(Filter::default()).await.unwrap());
    time!(
        "list req",
        store
            .list(Filter { requester: Some(Requester::parse("bot1").unwrap()), ..Filter::default() })
            .await
            .unwrap()
    );
    time!(
        "list status",
        store.list(Filter { status: Some(Status::Canceled), ..Filter::default() }).await.unwrap()
    );
    time!(
        "list status running",
        store.list(Filter { status: Some(Status::Running), ..Filter::default() }).await.unwrap()
    );
    time!(
        "list both",
        store
            .list(Filter {
                requester: Some(Requester::parse("bot1").unwrap()),
                status: Some(Status::Running),
                ..Filter::default()
            })
            .await
            .unwrap()
    );
    time!(
        "list kind",
        store.list(Filter { kind: Some(JobKind::CattleReap), ..Filter::default() }).await.unwrap()
    );
    time!(
        "list status+kind",
        store
            .list(Filter { status: Some(Status::Done), kind: Some(JobKind::CattleReap), ..Filter::default() })
            .await
            .unwrap()
    );
    time!("counts", store.counts().await.unwrap());
    time!("active", store.active_vms().await.unwrap());
    time!("find name", store.find(Scope::All, "cattle-x-77").await.unwrap());
    time!("find id", store.find(Scope::All, "01AAAAAAAAAAAAAAAAAA000077").await.unwrap());
    time!("find none", store.find(Scope::Of(Requester::parse("otto").unwrap()), "cattle-x-").await.unwrap());
    time!("get", store.get(JobId::from_parts(1_800_000_000_000, base)).await.unwrap());
    time!("prune", store.prune(Duration::from_secs(86400 * 365 * 100), now).await.unwrap());
    time!("prune250", store.prune(Duration::from_secs(0), now).await.unwrap());
}
