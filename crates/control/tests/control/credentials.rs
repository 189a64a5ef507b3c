//! Who gets in.

use serde_json::json;

use crate::support::both;

#[test]
fn without_a_known_token_nobody_is_answered() {
    both(|world| {
        let good = world.token("human");
        let body = json!({ "action": "status" }).to_string();
        let headers = [
            vec![],
            vec![("Authorization", "Bearer wrong".to_owned())],
            vec![("Authorization", "Bearer ".to_owned())],
            vec![("Authorization", format!("Basic {good}"))],
            vec![("Authorization", good.clone())],
            vec![("Authorization", format!("Bearer {good}x"))],
            vec![("X-Api-Token", good)],
        ];
        for headers in headers {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let reply = world.call("POST", "/", &headers, body.as_bytes());
            assert_eq!((reply.status, reply.code()), (401, "unauthorized"), "{headers:?}");
            assert_eq!(reply.body["ok"], false);
        }
        assert_eq!(world.decisions(), vec!["nobody unknown deny unauthorized"; 7]);
    });
}

#[test]
fn the_scheme_is_known_in_any_case() {
    both(|world| {
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            for who in ["human", "web-1"] {
                let bearer = format!("{scheme} {}", world.token(who));
                let reply = world.call("POST", "/", &[("authorization", &bearer)], br#"{"action":"STATUS"}"#);
                assert_eq!((reply.status, &reply.body["ok"]), (200, &json!(true)), "{scheme} {who}");
            }
        }
    });
}

#[test]
fn the_identity_is_the_credential_and_not_the_body() {
    both(|world| {
        let ask = |who: &str, target: &str, caller: &str| {
            world.ask(who, &json!({ "action": "deploy", "target": target, "caller": caller }))
        };
        for caller in ["web-2", "WEB-1", "Web-1", "human", "all", "", "w\u{435}b-1", "web-9"] {
            let reply = ask("web-1", "web-3", caller);
            assert_eq!((reply.status, reply.code()), (403, "caller_refused"), "{caller}");
        }
        // A person who names a bot is judged as it, and no name gives a bot more.
        let reply = ask("human", "web-1", "web-1");
        assert_eq!((reply.status, reply.code()), (403, "self_deploy"));
        let reply = ask("human", "all", "web-1");
        assert_eq!((reply.status, reply.code()), (403, "all_by_bot"));
        for caller in ["WEB-1", "web-9", ""] {
            let reply = ask("human", "web-1", caller);
            assert_eq!((reply.status, reply.code()), (403, "caller_refused"), "{caller}");
        }
        assert_eq!(world.github.dispatches(), []);
        assert_eq!(ask("web-1", "web-3", "web-1").status, 200);
        assert_eq!(world.github.dispatches().len(), 1);
    });
}

#[test]
fn a_token_that_was_replaced_is_used_without_a_restart() {
    both(|world| {
        let old = world.token("web-1");
        let text = std::fs::read_to_string(world.path("tokens.json")).unwrap();
        std::fs::write(world.path("tokens.json"), text.replace(&old, "another-token-of-web-1")).unwrap();
        assert_eq!(world.ask("web-1", &json!({ "action": "status" })).status, 200);
        let reply = world.call(
            "POST",
            "/",
            &[("authorization", &format!("Bearer {old}"))],
            br#"{"action":"status"}"#,
        );
        assert_eq!(reply.status, 401);
    });
}

#[test]
fn whether_it_is_up_is_for_everybody() {
    both(|world| {
        let reply = world.call("GET", "/healthz", &[], b"");
        assert_eq!((reply.status, reply.body), (200, json!({ "ok": true })));
        for (method, path, status) in [
            ("GET", "/", 405),
            ("PUT", "/", 405),
            ("POST", "/healthz", 405),
            ("GET", "/x", 404),
            ("POST", "/discord", 404),
            ("POST", "/telegram", 404),
        ] {
            assert_eq!(world.call(method, path, &[], b"").status, status, "{method} {path}");
        }
    });
}

#[test]
fn a_file_of_tokens_that_is_not_understood_changes_nothing() {
    both(|world| {
        let (old, status) = (world.token("web-1"), json!({ "action": "status" }));
        let bearer = format!("Bearer {old}");
        let ask = || {
            let body = status.to_string();
            world.call("POST", "/", &[("authorization", &bearer)], body.as_bytes()).status
        };
        assert_eq!(ask(), 200);
        for text in [
            // Which of the two is meant?
            r#"{"web-1":"one","web-1":"two"}"#,
            r#"{"web-1":"one","web-2":"one"}"#,
            r#"{"web-1":""}"#,
            r#"{"WEB 1":"one"}"#,
            r#"{"web-1":"#,
            "[]",
        ] {
            std::fs::write(world.path("tokens.json"), text).unwrap();
            assert_eq!(ask(), 200, "{text}");
        }
        assert!(!world.log().contains(&old));
        std::fs::write(world.path("tokens.json"), json!({ "web-1": "another" }).to_string()).unwrap();
        assert_eq!(ask(), 401);
    });
}
