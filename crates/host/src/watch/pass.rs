//! Looking, acting and telling, one pass after the other.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use clawlets_model::{
    BotId,
    host_status::{Health, HostStatus},
};

use super::{
    Hands, Memo, WatchError,
    act::restart,
    decide::decide,
    look::look,
    memory::{Asker, question},
    report::{HostLook, status},
    token::Token,
    update::Update,
};
use crate::{Clock, Interrupt, config::Config, health::has_room, records};

/// What changed with one pass, for whoever reads the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The host itself is another way than before.
    Host {
        /// What is wrong with it; nothing when all is well again.
        findings: Vec<String>,
    },
    /// A bot is another way than before.
    Bot {
        /// The bot.
        bot: BotId,
        /// How it is.
        health: Health,
        /// What is wrong with it.
        findings: Vec<String>,
    },
    /// A bot was started anew.
    Restarted {
        /// The bot.
        bot: BotId,
        /// Which restart within the window this was, from 1.
        count: u32,
    },
    /// A bot was to be started anew, and systemd did not take the order.
    NotRestarted {
        /// The bot.
        bot: BotId,
    },
}

/// What one pass came to.
#[derive(Debug)]
pub struct Pass {
    /// How everything is.
    pub status: HostStatus,
    /// What is other than before.
    pub news: Vec<News>,
    /// Why the watch's files could not be written, if they could not. Nothing is started anew then: it could not be
    /// remembered.
    pub trouble: Option<WatchError>,
}

/// The watch over one host. There is one at a time.
#[derive(Debug)]
pub struct Watch<'a> {
    config: &'a Config,
    clock: Clock,
    memory: Asker,
    last: Option<HostStatus>,
    _lock: File,
}

impl<'a> Watch<'a> {
    /// Begins the watch, unless somebody else keeps it.
    ///
    /// # Errors
    /// [`WatchError::Busy`], or when its folder cannot be used.
    pub fn begin(config: &'a Config) -> Result<Self, WatchError> {
        let path = config.watch.state.join("lock");
        let open = || {
            records::make_folder(&config.watch.state)?;
            File::options().create(true).truncate(false).write(true).open(&path)
        };
        let lock = open().map_err(|source| WatchError::Write { path: path.clone(), source })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(WatchError::Busy),
            Err(TryLockError::Error(source)) => return Err(WatchError::Write { path, source }),
        }
        Ok(Self { config, clock: Clock::of(&config.paths), memory: Asker::new(), last: None, _lock: lock })
    }

    /// Looks at everything, does what is due and writes the status. What is to be done is remembered before it is done:
    /// a watch that is started anew in between does it no second time.
    ///
    /// A pass that `ends` leaves what it has not come to; nothing is done on what was seen by halves.
    ///
    /// # Errors
    /// [`WatchError::Clock`] when the time cannot be told.
    pub fn pass(&mut self, ends: &AtomicBool) -> Result<Pass, WatchError> {
        let config = self.config;
        let may_go_on = || if ends.load(Ordering::SeqCst) { Err(Interrupt::Terminated) } else { Ok(()) };
        let host = self.look_at_host();
        let gateways = &config.health.gateways;
        let looks = gateways.iter().map(|(bot, ask)| (bot.clone(), look(config, bot, ask, may_go_on)));
        let seen: BTreeMap<_, _> = looks.collect();
        let moment = self.clock.now().map_err(WatchError::Clock)?;
        let is_whole = may_go_on().is_ok();
        let update_hands = host.update.as_ref().map_or(Hands::On, Update::hands);
        let hands = if is_whole { update_hands } else { Hands::Off };
        let memo = self.memo().filter(|memo| memo.boot == moment.boot);
        let memo = memo.unwrap_or_else(|| Memo::new(moment.boot));
        let decision = decide(memo, &seen, moment.uptime, hands, &config.watch.restarts.policy());
        let mut status = status(config, &host, &decision.verdicts, moment.wall);
        if !is_whole {
            return Ok(Pass { status, news: Vec::new(), trouble: None });
        }
        let unremembered = self.write("memo.json", &decision.memo).err();
        if unremembered.is_some() {
            status.findings.push(format!("{} cannot be written", config.watch.state.display()));
            status.health = Health::Unhealthy;
        }
        let mut news = self.news(&status);
        let orders = if unremembered.is_none() { decision.restarts } else { Vec::new() };
        for order in orders {
            let is_done = restart(config, &order.bot, may_go_on);
            let (bot, count) = (order.bot, order.count);
            news.push(if is_done { News::Restarted { bot, count } } else { News::NotRestarted { bot } });
        }
        let untold = self.write("status.json", &status).err();
        self.last = Some(status.clone());
        Ok(Pass { status, news, trouble: unremembered.or(untold) })
    }

    fn look_at_host(&mut self) -> HostLook {
        let (watch, health) = (&self.config.watch, &self.config.health);
        let ask = question(watch.memory.clone(), watch.memory_is_mount);
        let is_full = |folder: &&PathBuf| !has_room(folder, health.disk_free_mib);
        HostLook {
            memory: self.memory.ask(watch.deadline.duration(), ask),
            token: Token::of_host(self.config),
            bot_tokens: health
                .gateways
                .keys()
                .map(|bot| (bot.clone(), Token::of_bot(self.config, bot)))
                .collect(),
            full: health.disks.iter().filter(is_full).map(|folder| folder.display().to_string()).collect(),
            update: Update::read(&self.config.paths.state),
        }
    }

    /// What is other than at the pass before; everything, at the first one.
    fn news(&self, status: &HostStatus) -> Vec<News> {
        let mut news = Vec::new();
        let before = self.last.as_ref();
        if before.map_or(&[][..], |before| &before.findings) != status.findings {
            news.push(News::Host { findings: status.findings.clone() });
        }
        for bot in &status.bots {
            let known = before.and_then(|before| before.bots.iter().find(|known| known.id == bot.id));
            let is_same =
                known.is_some_and(|known| known.health == bot.health && known.findings == bot.findings);
            if !is_same {
                let (bot, health, findings) = (bot.id.clone(), bot.health, bot.findings.clone());
                news.push(News::Bot { bot, health, findings });
            }
        }
        news
    }

    /// What was remembered; nothing where it is lost or damaged, which costs a few restarts too many.
    fn memo(&self) -> Option<Memo> {
        serde_json::from_slice(&fs::read(self.path("memo.json")).ok()?).ok()
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.config.watch.state).join(name)
    }

    fn write(&self, name: &str, value: &impl serde::Serialize) -> Result<(), WatchError> {
        let path = self.path(name);
        let bytes = document(value);
        records::replace(&path, &bytes).map_err(|source| WatchError::Write { path, source })
    }
}

/// A document as it is written and served.
pub fn document(value: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("what a watch writes has only text keys");
    bytes.push(b'\n');
    bytes
}
