//! What a watch decides, over single looks and over any sequence of them.

use std::collections::BTreeMap;

use clawlets_model::{BotId, host_status::Health};
use clawlets_release::update::BootId;
use proptest::prelude::*;

use super::{BotLook, Decision, Hands, Memo, Policy, Unit, decide};
use crate::health::{Account, Complaint};

const POLICY: Policy =
    Policy { most: 3, window: 3_600, backoff: 120, patience: 180, cut_off_patience: 900, starting: 360 };

fn maren() -> BotId {
    BotId::parse("maren").unwrap()
}

fn nothing() -> Memo {
    Memo::new(BootId::parse(&"1".repeat(32)).unwrap())
}

fn running(account: Account) -> BotLook {
    BotLook { unit: Unit::Active { since: 0 }, account }
}

fn down(unit: Unit) -> BotLook {
    BotLook { unit, account: Account::Silent }
}

fn answers(complaints: Vec<Complaint>) -> BotLook {
    running(Account::Answers { complaints, last_inbound_at: None })
}

fn cut_off() -> BotLook {
    answers(vec![Complaint::CutOff("discord".to_owned())])
}

/// A bot under watch.
struct Watched {
    memo: Memo,
    last: Option<Decision>,
}

impl Watched {
    fn new() -> Self {
        Self { memo: nothing(), last: None }
    }

    /// Looks once; whether the bot was started anew.
    fn sees(&mut self, look: &BotLook, now: u64, hands: Hands) -> bool {
        let decision = decide(self.memo.clone(), &[(maren(), look.clone())].into(), now, hands, &POLICY);
        self.memo = decision.memo.clone();
        let is_restarted = !decision.restarts.is_empty();
        self.last = Some(decision);
        is_restarted
    }

    /// Looks every minute from one time to another; when the bot was started anew.
    fn sees_always(&mut self, look: &BotLook, times: std::ops::Range<u64>) -> Vec<u64> {
        times.step_by(60).filter(|now| self.sees(look, *now, Hands::On)).collect()
    }

    fn health(&self) -> Health {
        self.last.as_ref().unwrap().verdicts[&maren()].health
    }

    fn findings(&self) -> String {
        self.last.as_ref().unwrap().verdicts[&maren()].findings.join("; ")
    }
}

#[test]
fn a_gateway_that_does_not_answer_is_started_anew_a_few_times_and_then_left_to_a_person() {
    let mut bot = Watched::new();
    let silent = running(Account::Silent);
    let restarts = bot.sees_always(&silent, 1_000..4_000);
    assert_eq!(restarts, [1_180, 1_420, 1_660], "patience, then patience and what is left of the backoff");
    assert!(bot.findings().ends_with("started anew 3 times within 1h 0m and is left to a person"));
    let later = bot.sees_always(&silent, 4_000..6_000);
    assert_eq!(later.first(), Some(&4_780), "the first restart has left the window");
}

#[test]
fn each_restart_waits_longer_than_the_one_before() {
    let slow = Policy { backoff: 600, ..POLICY };
    let (mut memo, mut at) = (nothing(), Vec::new());
    for now in (1_000..9_000).step_by(60) {
        let seen: BTreeMap<_, _> = [(maren(), running(Account::Silent))].into();
        let decision = decide(memo, &seen, now, Hands::On, &slow);
        at.extend(decision.restarts.iter().map(|_| now));
        memo = decision.memo;
    }
    assert_eq!(at[1] - at[0], 600);
    assert_eq!(at[2] - at[1], 1_200);
}

#[test]
fn what_a_restart_does_not_cure_is_left_to_a_person() {
    for look in [
        down(Unit::ConfigRefused),
        down(Unit::Stopped),
        down(Unit::Missing),
        down(Unit::Unknown),
        down(Unit::Changing),
        answers(vec![Complaint::Refused("telegram".to_owned())]),
        answers(vec![Complaint::Plugin("discord".to_owned())]),
        answers(Vec::new()),
    ] {
        let mut bot = Watched::new();
        assert_eq!(bot.sees_always(&look, 1_000..20_000), [0; 0], "{look:?}");
    }
    let mut bot = Watched::new();
    bot.sees(&down(Unit::ConfigRefused), 1_000, Hands::On);
    assert_eq!(bot.health(), Health::Unhealthy);
    assert!(bot.findings().contains("exit 78"), "{}", bot.findings());
}

#[test]
fn a_bot_that_comes_up_is_left_alone_for_a_while() {
    for account in [Account::Starting, Account::Silent] {
        let mut bot = Watched::new();
        let look = BotLook { unit: Unit::Active { since: 1_000 }, account };
        assert_eq!(bot.sees_always(&look, 1_000..1_360), [0; 0]);
        assert_eq!(bot.health(), Health::Starting);
        assert_eq!(bot.sees_always(&look, 1_360..1_600), [1_540], "it does not come up");
    }
}

#[test]
fn a_chat_that_is_cut_off_is_the_gateways_to_mend_first() {
    let mut bot = Watched::new();
    assert_eq!(bot.sees_always(&cut_off(), 1_000..2_000), [1_900]);
    let mut bot = Watched::new();
    bot.sees_always(&cut_off(), 1_000..1_800);
    assert!(!bot.sees(&answers(Vec::new()), 1_800, Hands::On));
    assert_eq!(bot.sees_always(&cut_off(), 1_860..2_700), [0; 0], "it was well in between");
}

#[test]
fn nothing_is_touched_while_an_update_is_proven() {
    let mut bot = Watched::new();
    let silent = running(Account::Silent);
    assert!((1_000..3_000).step_by(60).all(|now| !bot.sees(&silent, now, Hands::Off)));
    assert_eq!(bot.health(), Health::Unhealthy);
    assert!(bot.sees(&silent, 3_000, Hands::On), "it was due");
}

#[test]
fn a_bot_that_is_gone_from_the_host_is_forgotten() {
    let mut bot = Watched::new();
    bot.sees(&running(Account::Silent), 1_000, Hands::On);
    assert_eq!(bot.memo.bots.len(), 1);
    let decision = decide(bot.memo, &BTreeMap::new(), 1_060, Hands::On, &POLICY);
    assert_eq!(decision.memo, nothing());
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop_oneof![
        6 => (0_u64..20_000).prop_map(|since| Unit::Active { since }),
        1 => Just(Unit::Changing),
        1 => Just(Unit::Stopped),
        1 => Just(Unit::ConfigRefused),
        2 => Just(Unit::Failed),
        1 => Just(Unit::Missing),
        1 => Just(Unit::Unknown),
    ]
}

fn any_account() -> impl Strategy<Value = Account> {
    let complaint = prop_oneof![
        Just(Complaint::CutOff("discord".to_owned())),
        Just(Complaint::Refused("discord".to_owned())),
        Just(Complaint::Plugin("discord".to_owned())),
    ];
    let answers = prop::collection::vec(complaint, 0..3)
        .prop_map(|complaints| Account::Answers { complaints, last_inbound_at: None });
    prop_oneof![1 => Just(Account::Starting), 3 => Just(Account::Silent), 3 => answers]
}

fn any_looks() -> impl Strategy<Value = Vec<(u64, BotLook, bool)>> {
    let look = (any_unit(), any_account()).prop_map(|(unit, account)| BotLook { unit, account });
    prop::collection::vec((1_u64..400, look, prop::bool::weighted(0.9)), 1..200)
}

proptest! {
    #[test]
    fn no_window_holds_more_restarts_than_it_may_whatever_is_seen(looks in any_looks()) {
        let mut bot = Watched::new();
        let (mut now, mut restarts) = (10_000, Vec::new());
        for (passed, look, may_touch) in looks {
            now += passed;
            let hands = if may_touch { Hands::On } else { Hands::Off };
            if bot.sees(&look, now, hands) {
                prop_assert!(may_touch);
                let is_curable = matches!(look.unit, Unit::Active { .. } | Unit::Failed);
                prop_assert!(is_curable, "{look:?} was started anew");
                prop_assert_ne!(look.unit, Unit::ConfigRefused);
                restarts.push(now);
            }
        }
        for (at, first) in restarts.iter().enumerate() {
            let within = restarts[at..].iter().filter(|time| *time - first < POLICY.window).count();
            prop_assert!(within <= POLICY.most as usize, "{within} restarts within the window of {first}");
        }
        for pair in restarts.windows(2) {
            prop_assert!(pair[1] - pair[0] >= POLICY.backoff.min(POLICY.patience));
        }
    }

    #[test]
    fn one_that_flaps_faster_than_patience_is_never_touched(
        gaps in prop::collection::vec(1_u64..89, 2..200),
    ) {
        let mut bot = Watched::new();
        let mut now = 10_000;
        for (at, gap) in gaps.into_iter().enumerate() {
            now += gap;
            let look = if at % 2 == 0 { running(Account::Silent) } else { answers(Vec::new()) };
            prop_assert!(!bot.sees(&look, now, Hands::On));
        }
    }

    #[test]
    fn one_that_stays_sick_is_started_anew_in_time(gaps in prop::collection::vec(1_u64..60, 10..60)) {
        let mut bot = Watched::new();
        let mut now = 10_000;
        let begun = now + gaps[0];
        for gap in gaps {
            now += gap;
            if bot.sees(&running(Account::Silent), now, Hands::On) {
                prop_assert!(now - begun < POLICY.patience + 60);
                return Ok(());
            }
        }
        prop_assert!(now - begun < POLICY.patience);
    }
}
