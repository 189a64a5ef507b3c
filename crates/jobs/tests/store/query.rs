use clawlets_jobs::{Cursor, Event, Fence, Filter, Found, MAX_EVENTS, MAX_PAGE, NewJob, Note, Scope};
use clawlets_model::{JobId, JobKind, Status};

use crate::fixture::{Bed, at, bot, id, spawn, spawn_of};

#[tokio::test]
async fn a_listing_is_newest_first_in_pages() {
    let bed = Bed::new();
    for number in 0..7 {
        bed.enqueue(spawn(number), 0).await;
    }
    let mut filter = Filter { limit: Some(3), ..Filter::default() };
    let mut pages = Vec::new();
    loop {
        let page = bed.store.list(filter.clone()).await.unwrap();
        pages.push(page.jobs.iter().map(|job| job.id).collect::<Vec<_>>());
        let Some(next) = page.next else { break };
        filter.cursor = Some(Cursor::parse(&next.to_string()).unwrap());
    }
    assert_eq!(pages, [vec![id(6), id(5), id(4)], vec![id(3), id(2), id(1)], vec![id(0)]]);
    for bad in ["", "j", "7", "j-1", "jx", "j99999999999999999999"] {
        assert!(Cursor::parse(bad).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_page_is_never_longer_than_the_longest() {
    let bed = Bed::new();
    for number in 0..=u128::from(MAX_PAGE) {
        bed.enqueue(spawn(number), 0).await;
    }
    let page = bed.store.list(Filter { limit: Some(100_000), ..Filter::default() }).await.unwrap();
    assert_eq!((page.jobs.len(), page.next.is_some()), (MAX_PAGE as usize, true));
    assert_eq!(bed.store.list(Filter::default()).await.unwrap().jobs.len(), 50);
}

#[tokio::test]
async fn filters_narrow_a_listing() {
    let bed = Bed::new();
    bed.enqueue(spawn_of("maren", 1), 0).await;
    bed.enqueue(spawn_of("otto", 2), 0).await;
    bed.enqueue(NewJob { kind: JobKind::CattleReap, ..spawn_of("otto", 3) }, 0).await;
    bed.store.apply(id(2), Fence::Open, Event::CancelRequested, at(1)).await.unwrap();
    let otto = Filter { requester: Some(bot("otto")), ..Filter::default() };
    let cases = [
        (otto.clone(), vec![3, 2]),
        (Filter { status: Some(Status::Canceled), ..otto.clone() }, vec![2]),
        (Filter { kind: Some(JobKind::CattleReap), ..otto }, vec![3]),
        (Filter { status: Some(Status::Queued), ..Filter::default() }, vec![3, 1]),
        (Filter { status: Some(Status::Done), ..Filter::default() }, vec![]),
    ];
    for (filter, expected) in cases {
        let page = bed.store.list(filter.clone()).await.unwrap();
        let found: Vec<JobId> = page.jobs.iter().map(|job| job.id).collect();
        assert_eq!(found, expected.into_iter().map(id).collect::<Vec<_>>(), "{filter:?}");
    }
}

#[tokio::test]
async fn a_job_is_found_by_its_id_its_vm_or_the_beginning_of_either() {
    let bed = Bed::new();
    let one = bed.booting(1, 0).await;
    let two = bed.booting(10, 0).await;
    let whole = one.id.to_string();
    let find = |text: &str| {
        let text = text.to_owned();
        let store = bed.store.clone();
        async move { store.find(Scope::All, &text).await.unwrap() }
    };
    for text in [&whole, &whole.to_lowercase(), "1001", "cattle-rex-1-1", "cattle-rex-1-"] {
        assert_eq!(find(text).await, Found::One(Box::new(one.clone())), "{text}");
    }
    assert_eq!(find("101").await, Found::One(Box::new(two.clone())));
    assert_eq!(find("cattle-rex-1").await, Found::Several(vec![one.id, two.id]));
    assert_eq!(find(&whole[..10]).await, Found::Several(vec![one.id, two.id]));
    for text in ["", "nothing", "%", "cattle-rex-1-1x"] {
        assert_eq!(find(text).await, Found::Nothing, "{text:?}");
    }
}

#[tokio::test]
async fn somebody_elses_job_is_not_found() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    for text in [job.id.to_string(), "1001".to_owned(), "cattle".to_owned()] {
        assert_eq!(bed.store.find(Scope::Of(bot("otto")), &text).await.unwrap(), Found::Nothing, "{text}");
        let own = bed.store.find(Scope::Of(bot("maren")), &text).await.unwrap();
        assert!(matches!(own, Found::One(_)), "{text}");
    }
}

#[tokio::test]
async fn a_history_that_grows_too_long_is_cut_but_has_its_end() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    for number in 0..MAX_EVENTS {
        let noted = Event::Noted { note: Note::Provider, detail: format!("answer {number}") };
        bed.store.apply(job.id, Fence::Open, noted, at(1)).await.unwrap();
    }
    let end = Event::Ended { reason: clawlets_model::Reason::Ttl, message: None };
    let job = bed.work(&job, end, 2).await;
    bed.work(&job, Event::VmGone { attempt: 1 }, 3).await;
    let events = bed.store.events(job.id, 0).await.unwrap();
    let seqs: Vec<u64> = events.iter().map(|line| line.seq).collect();
    assert_eq!(seqs, (0..MAX_EVENTS + 3).collect::<Vec<_>>());
    let tail: Vec<_> = events[events.len() - 4..].iter().map(|line| line.event.as_str()).collect();
    assert_eq!(tail, ["provider", "truncated", "ended", "gone"]);
    assert_eq!(bed.store.events(job.id, MAX_EVENTS + 1).await.unwrap().len(), 2);
}
