//! Tells the story of an attack to the real program.

use std::{fs, path::Path};

use clawlets_tests::Run;
use serde_json::Value;

use super::{
    as_it_was::AsItWas,
    served::{Maker, NOW, time},
    story::{CacheDeed, Served, Step, Story},
};
use crate::{hostile::Answer, machine::Candidate, site::Site, world::World};

/// Reads the story in this folder, and tells it.
pub(super) fn tell(folder: &Path, test: &str) {
    let text = fs::read_to_string(folder.join("attack.toml")).unwrap();
    let story: Story = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let Some(mut teller) = Teller::new(test, story.needs_nix) else { return };
    for (number, step) in story.steps.iter().enumerate() {
        teller.step(step, &format!("step {}", number + 1));
    }
}

/// Serves a document as it is in a release that is right otherwise. The host must refuse it for this reason.
pub(super) fn tell_of_document(file: &str, bytes: Vec<u8>, must: &Step, test: &str) {
    let Some(mut teller) = Teller::new(test, file == "secrets.tgz") else { return };
    if file != "secrets.tgz" {
        teller.config = CACHE.to_owned();
    }
    let place = teller.world.folder().join("mirror-1");
    teller.maker.make_around(file, bytes, &place);
    teller.urls = teller.world.mirrors.iter().take(1).flatten().map(Site::url).collect();
    teller.step(must, file);
}

struct Teller {
    maker: Maker,
    world: World,
    config: String,
    urls: Vec<String>,
    boots: u128,
}

/// What every host of these stories trusts.
const TRUST: &str =
    "[updates]\npublic_keys = ['@trusted@']\nrecovery_public_keys = ['@recovery@']\ndeadline = '2s'\n";
/// The cache of a host that never asks it.
const CACHE: &str = "[cache]\nsubstituters = ['https://cache.example.org/']\ntrusted_public_keys = ['cache.example.org-1:AAAA']\n";
/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1";

impl Teller {
    fn new(test: &str, needs_nix: bool) -> Option<Self> {
        let world = if needs_nix { World::new(test)? } else { World::bare() };
        world.clock_shows(time(NOW));
        let maker = Maker::new(needs_nix);
        let teller = Self { maker, world, config: String::new(), urls: vec![NOBODY.to_owned()], boots: 1 };
        teller.configure();
        // Its updater ran before: what it does for the first time is none of the attack's.
        teller.world.run(&["update", "resume"]).succeeds();
        Some(teller)
    }

    fn configure(&self) {
        let authority = self.world.authority_file().display().to_string();
        let more = self.maker.fill_in(&self.config).replace("@authority@", &authority);
        self.world.write_config_with(&self.urls, &[&self.maker.fill_in(TRUST), &more]);
    }

    fn step(&mut self, step: &Step, at: &str) {
        self.happens(step);
        let before = AsItWas::of(&self.world);
        let floor = self.floor();
        let ran = self.world.run(&["update", &step.verb]);
        let status = self.world.status();
        let at = format!("{at}: {}\n{status:#}", ran.talk());
        assert_eq!(ran.code(), step.exit, "{at}");
        assert_eq!(status["result"], *step.result, "{at}");
        must_say(&ran, &status, step, &at);
        if let Some(code) = &step.code {
            let state: Value = serde_json::from_str(&self.world.text("state/state.json")).unwrap();
            assert_eq!(state["outcome"]["refused"]["code"], **code, "{at}");
        }
        let seen = step.floor.as_ref().or(floor.as_ref());
        assert_eq!(self.floor().as_ref(), seen, "the floor, {at}");
        if let Some(number) = step.runs {
            assert_eq!(self.world.secrets_in_use(), [format!("token_{number}.yaml")], "{at}");
            assert!(self.world.text("switches.log").contains(&format!("boot {number}\n")), "{at}");
            return;
        }
        let after = AsItWas::of(&self.world);
        let mut changed = after.differences(&before);
        // A release that was believed is held by a root before its parts are there.
        changed.retain(|name| !(status["result"] == "trouble" && name.contains("gcroots/clawlets/release-")));
        if step.is_tried {
            changed.retain(|name| is_what_runs(name));
        }
        assert!(changed.is_empty(), "{changed:?} changed, {at}");
    }

    /// The highest release that was seen, by the records.
    fn floor(&self) -> Option<String> {
        let seen = &self.world.status()["seen"];
        seen.is_object().then(|| format!("{}/{}", seen["epoch"], seen["releaseId"]))
    }

    fn happens(&mut self, step: &Step) {
        if step.reboots {
            self.boots += 1;
            self.world.comes_up(self.boots, Candidate::ComesUp);
        }
        if let Some(clock) = step.clock {
            self.world.clock_shows(clock);
        }
        for name in &step.lose {
            fs::remove_file(self.world.host().join(name)).unwrap();
        }
        if let Some(config) = &step.config {
            self.config = toml::to_string(config).unwrap();
        }
        if let Some(mirrors) = &step.mirrors {
            self.serve(mirrors);
        }
        if let Some(deed) = step.cache {
            self.spoil_cache(deed);
        }
        self.configure();
    }

    fn serve(&mut self, mirrors: &[Served]) {
        let folder = self.world.folder().to_owned();
        let place = |number: usize| folder.join(format!("mirror-{}", number + 1));
        let mut sites = Vec::new();
        for (number, served) in mirrors.iter().enumerate() {
            let _ = fs::remove_dir_all(place(number));
            self.maker.make(served, &place(number));
            sites.push(match served.tls {
                true => Site::over_tls(&place(number), self.world.authority().server()),
                false => Site::of(&place(number)),
            });
        }
        let urls: Vec<_> = sites.iter().map(Site::url).collect();
        self.urls = urls
            .iter()
            .zip(mirrors)
            .filter(|(_, served)| served.is_asked)
            .map(|(url, _)| url.clone())
            .collect();
        for (site, served) in sites.iter().zip(mirrors) {
            for (path, answer) in &served.answers {
                site.answers(path, with_places(answer, &urls, &folder));
            }
        }
        let sites = sites.into_iter().zip(mirrors).map(|(site, served)| (!served.is_down).then_some(site));
        self.world.mirrors = sites.collect();
    }

    fn spoil_cache(&mut self, deed: CacheDeed) {
        let cache = self.world.own_cache();
        let (place, is_spoilt) = match deed {
            CacheDeed::ServesOtherBytes => (cache.join("nar"), "nar"),
            CacheDeed::IsEmptied => (cache, "narinfo"),
        };
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != is_spoilt) {
                continue;
            }
            match deed {
                CacheDeed::IsEmptied => fs::remove_file(path).unwrap(),
                CacheDeed::ServesOtherBytes => {
                    let mut bytes = fs::read(&path).unwrap();
                    let at = bytes.len() / 2;
                    bytes[at] ^= 1;
                    fs::write(path, bytes).unwrap();
                }
            }
        }
    }
}

/// What runs, what boots, and whose secrets are in use.
fn is_what_runs(name: &str) -> bool {
    name.starts_with("run/") && name != "run/health"
        || name == "boot-default"
        || name.contains("gcroots/clawlets/good")
}

/// The reason is in the status and on standard error, where the first letter may be a capital.
fn must_say(ran: &Run, status: &Value, step: &Step, at: &str) {
    let talk = ran.talk().to_lowercase();
    if let Some(words) = &step.says {
        assert!(
            status["why"].as_str().unwrap_or_default().contains(words),
            "the status says {words:?}, {at}"
        );
        assert!(talk.contains(&words.to_lowercase()), "the program says {words:?}, {at}");
    }
    if let Some(words) = &step.says_of_a_mirror {
        let mut mirrors = status["mirrors"].as_array().unwrap().iter().filter_map(Value::as_str);
        assert!(mirrors.any(|mirror| mirror.contains(words)), "the status says {words:?} of a mirror, {at}");
        assert!(talk.contains(&words.to_lowercase()), "the program says {words:?} of a mirror, {at}");
    }
}

/// Answers may name the mirrors, and the folder of all of them.
fn with_places(answer: &Answer, urls: &[String], folder: &Path) -> Answer {
    let Answer::Raw(text) = answer else { return answer.clone() };
    let places = urls.iter().enumerate().map(|(at, url)| (format!("@mirror-{}@", at + 1), url.clone()));
    let places = places.chain([("@folder@".to_owned(), folder.display().to_string())]);
    Answer::Raw(places.fold(text.clone(), |text, (name, place)| text.replace(&name, &place)))
}
