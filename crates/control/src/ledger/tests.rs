use std::time::Duration;

use clawlets_model::control::{ControlErrorCode, DeployState, RunView};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;

const SPANS: Spans = Spans {
    lease: Duration::from_secs(3600),
    between: Duration::from_secs(1800),
    claim: Duration::from_secs(15),
    run: Duration::from_secs(60),
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

fn wanted(id: &str, bot: Option<&str>, target: &str, key: Option<&str>) -> Wanted {
    Wanted {
        id: id.to_owned(),
        key: key.map(str::to_owned),
        actor: "human".to_owned(),
        bot: bot.map(str::to_owned),
        target: target.to_owned(),
        image: None,
    }
}

fn run(status: &str, conclusion: Option<&str>) -> RunView {
    RunView {
        id: 7,
        status: status.to_owned(),
        conclusion: conclusion.map(str::to_owned),
        url: String::new(),
    }
}

fn word(reserved: &Reserved) -> &'static str {
    match reserved {
        Reserved::Taken(_) => "taken",
        Reserved::Resumed(_) => "resumed",
        Reserved::Replay(_) => "replay",
        Reserved::InFlight(_) => "in flight",
        Reserved::Busy(_) => "busy",
        Reserved::KeyReused => "key reused",
        Reserved::TooSoon(_) => "too soon",
    }
}

/// A ledger whose deploy `a` of `web-1` by a person is with GitHub since second 0.
fn with_one_dispatched() -> Ledger {
    let mut ledger = Ledger::default();
    assert_eq!(word(&ledger.reserve(&wanted("a", None, "web-1", Some("k")), at(0), &SPANS)), "taken");
    assert_eq!(ledger.intend("a", "mark", at(0)).as_deref(), Some("a-mark"));
    ledger.dispatched("a", None);
    ledger
}

#[test]
fn a_deploy_keeps_others_out_until_its_run_ends() {
    for (conclusion, state) in [
        ("success", DeployState::Succeeded),
        ("failure", DeployState::Failed),
        ("cancelled", DeployState::Cancelled),
        ("timed_out", DeployState::Failed),
    ] {
        let mut ledger = with_one_dispatched();
        let next = wanted("b", None, "web-2", None);
        assert_eq!(word(&ledger.reserve(&next, at(1), &SPANS)), "busy");
        ledger.observed("a", run("in_progress", None));
        assert_eq!(word(&ledger.reserve(&next, at(2), &SPANS)), "busy");
        ledger.observed("a", run("completed", Some(conclusion)));
        assert_eq!(ledger.deploy("a").unwrap().state(), state);
        assert_eq!(word(&ledger.reserve(&next, at(3), &SPANS)), "taken");
    }
}

#[test]
fn a_deploy_without_a_run_keeps_others_out_for_a_while_only() {
    let mut ledger = with_one_dispatched();
    ledger.unseen("a", at(60), &SPANS);
    assert_eq!(ledger.deploy("a").unwrap().state(), DeployState::Dispatched);
    ledger.unseen("a", at(61), &SPANS);
    assert_eq!(ledger.deploy("a").unwrap().state(), DeployState::Missing);
    assert_eq!(word(&ledger.reserve(&wanted("b", None, "web-1", None), at(61), &SPANS)), "taken");
}

#[test]
fn a_lease_that_is_over_keeps_nobody_out() {
    let mut ledger = with_one_dispatched();
    ledger.observed("a", run("in_progress", None));
    ledger.expire(at(3599));
    assert_eq!(word(&ledger.reserve(&wanted("b", None, "web-2", None), at(3599), &SPANS)), "busy");
    ledger.expire(at(3600));
    assert_eq!(ledger.deploy("a").unwrap().state(), DeployState::Expired);
    assert_eq!(word(&ledger.reserve(&wanted("b", None, "web-2", None), at(3600), &SPANS)), "taken");
}

#[test]
fn the_same_key_is_the_same_deploy() {
    let mut ledger = with_one_dispatched();
    let again = wanted("b", None, "web-1", Some("k"));
    assert_eq!(word(&ledger.reserve(&again, at(1), &SPANS)), "replay");
    ledger.observed("a", run("completed", Some("failure")));
    assert_eq!(word(&ledger.reserve(&again, at(2), &SPANS)), "replay");
    assert_eq!(word(&ledger.reserve(&wanted("c", None, "web-2", Some("k")), at(3), &SPANS)), "key reused");
    assert_eq!(
        word(&ledger.reserve(&wanted("c", Some("x"), "web-1", Some("k")), at(3), &SPANS)),
        "key reused"
    );
}

#[test]
fn a_deploy_whose_server_died_is_taken_up_under_its_old_name() {
    let mut ledger = Ledger::default();
    let wish = wanted("a", None, "web-1", Some("k"));
    ledger.reserve(&wish, at(0), &SPANS);
    ledger.intend("a", "mark", at(0));
    assert_eq!(word(&ledger.reserve(&wanted("b", None, "web-1", Some("k")), at(14), &SPANS)), "in flight");
    assert_eq!(ledger.deploy("a").unwrap().due(at(14)), Due::Nothing);
    assert_eq!(ledger.deploy("a").unwrap().due(at(15)), Due::Run("a-mark".to_owned()));
    let resumed = ledger.reserve(&wanted("b", None, "web-1", Some("k")), at(15), &SPANS);
    assert!(matches!(&resumed, Reserved::Resumed(deploy) if deploy.id == "a"), "{resumed:?}");
    assert_eq!(ledger.intend("a", "other", at(15)).as_deref(), Some("a-mark"));
}

#[test]
fn what_github_did_not_take_may_be_tried_again() {
    let mut ledger = Ledger::default();
    let wish = wanted("a", Some("web-2"), "web-1", Some("k"));
    ledger.reserve(&wish, at(0), &SPANS);
    ledger.intend("a", "mark", at(0));
    ledger.refused("a", ControlErrorCode::Upstream, "no");
    assert_eq!(word(&ledger.reserve(&wanted("b", Some("web-3"), "web-1", None), at(1), &SPANS)), "taken");
    ledger.abandon("b");
    assert_eq!(word(&ledger.reserve(&wish, at(2), &SPANS)), "resumed");
}

#[test]
fn bots_deploy_a_target_once_in_a_while_and_people_whenever() {
    let mut ledger = Ledger::default();
    ledger.reserve(&wanted("a", Some("web-2"), "web-1", None), at(0), &SPANS);
    ledger.intend("a", "mark", at(0));
    ledger.dispatched("a", Some(run("completed", Some("success"))));
    for (bot, target, seconds, expected) in [
        (Some("web-2"), "web-1", 1, "too soon"),
        (Some("web-3"), "web-1", 1799, "too soon"),
        (Some("web-1"), "web-2", 1, "taken"),
        (None, "web-1", 1, "taken"),
        (Some("web-2"), "web-1", 1800, "taken"),
    ] {
        let mut ledger = ledger.clone();
        let reserved = ledger.reserve(&wanted("b", bot, target, None), at(seconds), &SPANS);
        assert_eq!(word(&reserved), expected, "{bot:?} {target} {seconds}");
    }
}

#[test]
fn what_was_never_begun_leaves_nothing() {
    let mut ledger = Ledger::default();
    let wish = wanted("a", Some("web-2"), "web-1", Some("k"));
    ledger.reserve(&wish, at(0), &SPANS);
    ledger.abandon("a");
    assert_eq!(ledger, Ledger::default());
}

#[derive(Debug, Clone)]
enum Event {
    Reserve { key: Option<u8>, bot: bool, target: u8 },
    Intend,
    Dispatched,
    Refused,
    Unsettled,
    Abandon,
    Observed(&'static str, Option<&'static str>),
    Unseen,
    Expire,
    Wait(u16),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (proptest::option::of(0_u8..3), any::<bool>(), 0_u8..2)
            .prop_map(|(key, bot, target)| Event::Reserve { key, bot, target }),
        Just(Event::Intend),
        Just(Event::Dispatched),
        Just(Event::Refused),
        Just(Event::Unsettled),
        Just(Event::Abandon),
        Just(Event::Observed("in_progress", None)),
        Just(Event::Observed("completed", Some("success"))),
        Just(Event::Unseen),
        Just(Event::Expire),
        (0_u16..4000).prop_map(Event::Wait),
    ]
}

proptest! {
    /// Whatever happens in whatever order: at most one deploy is under way, a key stands for one deploy, and a deploy has
    /// one name at GitHub for ever.
    #[test]
    fn deploys_never_overlap(events in proptest::collection::vec(event(), 0..60)) {
        let mut ledger = Ledger::default();
        let (mut seconds, mut count, mut current) = (0_i64, 0, String::new());
        let mut names = std::collections::BTreeMap::new();
        for event in events {
            let now = at(seconds);
            match event {
                Event::Reserve { key, bot, target } => {
                    count += 1;
                    let key = key.map(|key| key.to_string());
                    let bot = bot.then_some("web-9");
                    let wish = wanted(&count.to_string(), bot, &format!("web-{target}"), key.as_deref());
                    ledger.expire(now);
                    if let Reserved::Taken(deploy) | Reserved::Resumed(deploy) = ledger.reserve(&wish, now, &SPANS) {
                        current = deploy.id;
                    }
                }
                Event::Intend => {
                    if ledger.deploy(&current).is_some_and(|deploy| !deploy.is_over())
                        && let Some(name) = ledger.intend(&current, &format!("m{seconds}"), now) {
                        let first = names.entry(current.clone()).or_insert_with(|| name.clone());
                        prop_assert_eq!(&*first, &name);
                    }
                }
                Event::Dispatched => {
                    if ledger.deploy(&current).is_some_and(|deploy| deploy.stage == Stage::Dispatching) {
                        ledger.dispatched(&current, None);
                    }
                }
                Event::Refused => {
                    if ledger.deploy(&current).is_some_and(|deploy| deploy.stage == Stage::Dispatching) {
                        ledger.refused(&current, ControlErrorCode::Upstream, "no");
                    }
                }
                Event::Unsettled => ledger.unsettled(&current, now),
                Event::Abandon => {
                    if ledger.deploy(&current).is_some_and(|deploy| deploy.stage == Stage::Reserved) {
                        ledger.abandon(&current);
                    }
                }
                Event::Observed(status, conclusion) => ledger.observed(&current, run(status, conclusion)),
                Event::Unseen => ledger.unseen(&current, now, &SPANS),
                Event::Expire => ledger.expire(now),
                Event::Wait(span) => seconds += i64::from(span),
            }
            let open: Vec<_> = ledger.deploys.iter().filter(|deploy| !deploy.is_over()).map(|d| &d.id).collect();
            let holder = ledger.lease.as_ref().map(|lease| &lease.owner);
            prop_assert!(open.len() <= 1, "{open:?}");
            prop_assert!(open.iter().all(|id| Some(*id) == holder), "{open:?} {holder:?}");
            let keys: Vec<_> = ledger.deploys.iter().filter_map(|deploy| deploy.key.as_ref()).collect();
            let unique: std::collections::BTreeSet<_> = keys.iter().collect();
            prop_assert_eq!(keys.len(), unique.len());
        }
    }
}

#[test]
fn a_clock_that_was_a_year_ahead_keeps_nobody_out_for_a_year() {
    let year = 365 * 24 * 3600;
    let mut ledger = Ledger::default();
    assert_eq!(word(&ledger.reserve(&wanted("a", Some("web-2"), "web-1", None), at(year), &SPANS)), "taken");
    // Whoever took it is gone, and the clock was set right.
    let next = wanted("b", None, "web-2", None);
    assert_eq!(word(&ledger.reserve(&next, at(0), &SPANS)), "busy");
    assert_eq!(ledger.deploy("a").unwrap().due(at(16)), Due::GiveUp);
    assert_eq!(word(&ledger.reserve(&next, at(3601), &SPANS)), "taken");
    ledger.observed("b", run("completed", Some("success")));
    let by_bot = wanted("c", Some("web-2"), "web-1", None);
    assert_eq!(word(&ledger.reserve(&by_bot, at(1799), &SPANS)), "too soon");
    assert_eq!(word(&ledger.reserve(&by_bot, at(3602), &SPANS)), "taken");
}
