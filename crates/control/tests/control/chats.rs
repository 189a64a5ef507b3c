//! People who ask from a chat.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use clawlets_github_stand_in::DispatchMishap;
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use crate::support::{Kind, Reply, World};

/// A chat's API on loopback that keeps what it is sent, and after some time for the first answer when it is slow.
struct ChatApi {
    url: String,
    sent: Arc<Mutex<Vec<(String, Value)>>>,
}

impl ChatApi {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sent: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let kept = Arc::clone(&sent);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut first, mut length, mut line) = (String::new(), 0, String::new());
                let _ = reader.read_line(&mut first);
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if reader.read_exact(&mut body).is_err() {
                    continue;
                }
                let place = first.split(' ').take(2).collect::<Vec<_>>().join(" ");
                kept.lock().unwrap().push((place, serde_json::from_slice(&body).unwrap_or_default()));
                let _ =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
            }
        });
        Self { url, sent }
    }

    fn sent(&self) -> Vec<(String, Value)> {
        self.sent.lock().unwrap().clone()
    }

    fn last_words(&self) -> String {
        let sent = self.sent();
        let (_, message) = sent.last().cloned().unwrap_or_default();
        let text = message.get("content").or_else(|| message.get("text"));
        text.and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// A Discord that signs, and the server that it calls.
struct Discord {
    pair: Ed25519KeyPair,
    api: ChatApi,
    world: World,
}

impl Discord {
    fn start(kind: Kind) -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let api = ChatApi::start();
        let mut world = World::prepare(kind, "");
        world.set("DISCORD_PUBLIC_KEY", &hex::encode(pair.public_key().as_ref()));
        world.set("DISCORD_USERS", "42,43");
        world.set("DISCORD_API_URL", &format!("{}/api/v10", api.url));
        world.restart();
        Self { pair, api, world }
    }

    fn call_at(&self, timestamp: i64, body: &Value) -> Reply {
        let (timestamp, body) = (timestamp.to_string(), body.to_string());
        let signature = hex::encode(self.pair.sign(format!("{timestamp}{body}").as_bytes()));
        let headers = [("X-Signature-Ed25519", signature.as_str()), ("X-Signature-Timestamp", &timestamp)];
        self.world.call("POST", "/discord", &headers, body.as_bytes())
    }

    fn call(&self, body: &Value) -> Reply {
        self.call_at(jiff::Timestamp::now().as_second(), body)
    }

    fn command(&self, id: &str, user: &str, verb: &Value) -> Reply {
        self.call(&json!({
            "type": 2, "id": id, "application_id": "900", "token": "an-interaction.token_1",
            "member": { "user": { "id": user, "username": "somebody" } },
            "data": { "id": "1", "name": "fleet", "type": 1, "options": [verb] },
        }))
    }

    /// What somebody reads in the end: the answer itself, or what takes its place.
    fn read(&self, reply: &Reply) -> String {
        match reply.body["type"].as_u64() {
            Some(4) => reply.body["data"]["content"].as_str().unwrap().to_owned(),
            Some(5) => {
                crate::support::until("the answer is sent", || !self.api.sent().is_empty());
                self.api.last_words()
            }
            other => panic!("{other:?}"),
        }
    }
}

fn deploy(target: &str) -> Value {
    json!({ "name": "deploy", "type": 1, "options": [{ "name": "target", "type": 3, "value": target }] })
}

#[test]
fn discord_is_answered_when_it_asks_who_is_there() {
    for kind in [Kind::Http, Kind::Lambda] {
        let discord = Discord::start(kind);
        let reply = discord.call(&json!({ "type": 1 }));
        assert_eq!((reply.status, reply.body), (200, json!({ "type": 1 })));
    }
}

#[test]
fn what_discord_did_not_sign_is_refused() {
    for kind in [Kind::Http, Kind::Lambda] {
        let discord = Discord::start(kind);
        let now = jiff::Timestamp::now().as_second();
        for stale in [now - 3600, now + 3600] {
            assert_eq!(discord.call_at(stale, &json!({ "type": 1 })).status, 401);
        }
        let timestamp = now.to_string();
        let signature = hex::encode(discord.pair.sign(format!("{timestamp}{{\"type\":1}}").as_bytes()));
        let headers = [("x-signature-ed25519", signature.as_str()), ("x-signature-timestamp", &timestamp)];
        let other = discord.world.call("POST", "/discord", &headers, b"{\"type\":2}");
        assert_eq!((other.status, other.code()), (401, "unauthorized"));
        assert_eq!(discord.world.call("POST", "/discord", &headers[..1], b"{\"type\":1}").status, 401);
        assert_eq!(discord.world.call("POST", "/discord", &[], b"{\"type\":1}").status, 401);
        assert_eq!(discord.world.decisions().len(), 5);
    }
}

#[test]
fn somebody_who_may_deploys_all_from_discord_once() {
    for kind in [Kind::Http, Kind::Lambda] {
        let discord = Discord::start(kind);
        let reply = discord.command("1001", "42", &deploy("all"));
        assert_eq!(reply.status, 200);
        let words = discord.read(&reply);
        assert!(
            words.contains("The deploy of all is started") && words.contains("/actions/runs/7000"),
            "{words}"
        );
        if kind == Kind::Http {
            let (place, message) = discord.api.sent().pop().unwrap();
            assert_eq!(place, "PATCH /api/v10/webhooks/900/an-interaction.token_1/messages/@original");
            assert_eq!(message["allowed_mentions"], json!({ "parse": [] }));
        }
        // Discord delivers a call again that it is not sure of.
        discord.command("1001", "42", &deploy("all"));
        let decisions = || discord.world.decisions();
        crate::support::until("the second call is answered", || decisions().len() == 3);
        assert_eq!(discord.world.github.dispatches().len(), 1);
        assert_eq!(decisions()[0], "discord:42 deploy allow all");
        assert_eq!(decisions()[2], "discord:42 deploy replay all");
    }
}

#[test]
fn what_takes_longer_than_discord_waits_is_announced_and_told_before_a_function_answers() {
    let discord = Discord::start(Kind::Lambda);
    discord.world.github.on_next_dispatch(DispatchMishap::Hangs);
    let reply = discord.command("1001", "42", &deploy("all"));
    // From its answer on a function is frozen, so by then both were sent. There is nothing left for the answer to say.
    let sent = discord.api.sent();
    let places: Vec<&str> = sent.iter().map(|(place, _)| place.as_str()).collect();
    let expected = [
        "POST /api/v10/interactions/1001/an-interaction.token_1/callback",
        "PATCH /api/v10/webhooks/900/an-interaction.token_1/messages/@original",
    ];
    assert_eq!(places, expected);
    assert_eq!(sent[0].1, json!({ "type": 5 }));
    assert_eq!(discord.api.last_words(), "Refused: GitHub did not answer in time.");
    assert_eq!((reply.status, reply.body), (202, Value::Null));
    // A function that was frozen for long is thawed by the next call, and answers that.
    assert_eq!(discord.call(&json!({ "type": 1 })).body, json!({ "type": 1 }));
    let decisions = ["discord:42 deploy allow all", "discord:42 deploy failed all upstream_timeout"];
    assert_eq!(discord.world.decisions(), decisions);
    assert!(!discord.world.log().contains("an-interaction.token_1"));
}

#[test]
fn discord_shows_how_the_fleet_is() {
    let discord = Discord::start(Kind::Http);
    let reply = discord.command("1002", "43", &json!({ "name": "status", "type": 1 }));
    let words = discord.read(&reply);
    assert!(
        words.contains("web-1: unknown") && words.contains("not all of this")
            || words.contains("Not all of this"),
        "{words}"
    );
}

#[test]
fn a_stranger_on_discord_is_refused_and_logged() {
    for kind in [Kind::Http, Kind::Lambda] {
        let discord = Discord::start(kind);
        for user in ["41", "4", "421"] {
            let reply = discord.command("1003", user, &deploy("all"));
            assert!(discord.read(&reply).starts_with("Refused: you are not on the list"), "{reply:?}");
        }
        assert_eq!(discord.world.github.dispatches(), []);
        assert_eq!(discord.world.decisions()[0], "discord:41 unknown deny user_refused");
    }
}

#[test]
fn what_is_typed_in_a_chat_is_judged_as_everything_else() {
    let discord = Discord::start(Kind::Http);
    for target in ["; rm -rf /", "web-9", "ALL", "$(id)"] {
        let reply = discord.command("1004", "42", &deploy(target));
        assert!(discord.read(&reply).starts_with("Refused: the target is neither"), "{target}");
    }
    assert_eq!(discord.world.github.dispatches(), []);
}

/// A Telegram, and the server that it calls.
fn telegram(kind: Kind) -> (ChatApi, World) {
    let api = ChatApi::start();
    let mut world = World::prepare(kind, "");
    world.set("TELEGRAM_WEBHOOK_SECRET", "the-secret-of-telegram");
    world.set("TELEGRAM_BOT_TOKEN", "12:the-token-of-the-bot");
    world.set("TELEGRAM_USERS", "42 43");
    world.set("TELEGRAM_API_ROOT", &api.url);
    world.restart();
    (api, world)
}

fn write(world: &World, secret: &str, update: u64, user: u64, text: &str) -> Reply {
    let body = json!({
        "update_id": update,
        "message": { "message_id": 1, "date": 1, "from": { "id": user, "is_bot": false, "first_name": "A" },
                     "chat": { "id": -100_200, "type": "group" }, "text": text },
    });
    let headers = [("X-Telegram-Bot-Api-Secret-Token", secret)];
    world.call("POST", "/telegram", &headers, body.to_string().as_bytes())
}

#[test]
fn somebody_who_may_deploys_from_telegram_once() {
    for kind in [Kind::Http, Kind::Lambda] {
        let (api, world) = telegram(kind);
        for _ in 0..2 {
            let reply = write(&world, "the-secret-of-telegram", 7, 42, "/fleet@our_bot deploy web-1");
            assert_eq!(reply.status, 200);
        }
        crate::support::until("both are answered", || api.sent().len() == 2);
        assert_eq!(world.github.dispatches().len(), 1);
        let (place, message) = api.sent().pop().unwrap();
        assert_eq!(place, "POST /bot12:the-token-of-the-bot/sendMessage");
        assert_eq!(message["chat_id"], -100_200);
        assert!(api.last_words().contains("The deploy of web-1 is started"), "{message}");
        assert!(
            !world.log().contains("the-token-of-the-bot") && !world.log().contains("the-secret-of-telegram")
        );
    }
}

#[test]
fn a_stranger_on_telegram_hears_nothing_and_is_logged() {
    for kind in [Kind::Http, Kind::Lambda] {
        let (api, world) = telegram(kind);
        assert_eq!(write(&world, "the-secret-of-telegram", 7, 41, "/fleet deploy all").status, 200);
        assert_eq!(world.decisions(), ["telegram:41 unknown deny user_refused"]);
        for secret in ["", "wrong", "the-secret-of-telegra", "THE-SECRET-OF-TELEGRAM"] {
            assert_eq!(write(&world, secret, 8, 42, "/fleet deploy all").status, 401, "{secret}");
        }
        // What is no command is none of ours.
        assert_eq!(write(&world, "the-secret-of-telegram", 9, 42, "good morning").status, 200);
        assert_eq!((api.sent(), world.github.dispatches()), (vec![], vec![]));
    }
}

#[test]
fn what_is_half_a_command_is_answered_with_how_it_goes() {
    let (api, world) = telegram(Kind::Lambda);
    write(&world, "the-secret-of-telegram", 7, 42, "/fleet deploy");
    assert!(api.last_words().contains("/fleet deploy TARGET"), "{}", api.last_words());
}
