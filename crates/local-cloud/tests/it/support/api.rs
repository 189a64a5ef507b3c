//! A client of the API that shows everything.

use clawlets_local_cloud::Endpoint;
use reqwest::{Client, Method, header::HeaderMap};
use serde_json::{Value, json};

use super::eventually;

/// Talks to one daemon. Paths begin with `/servers`, or with `/_local` for the side channel.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    client: Client,
    pub(crate) endpoint: Endpoint,
}

/// An answer, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Api {
    pub(crate) fn of(endpoint: Endpoint) -> Self {
        // Only the first test of the process installs it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().unwrap();
        Self { client, endpoint }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string())).await.unwrap()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body.to_string())).await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await.unwrap()
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        self.send_as(method, path, body, Some(self.endpoint.token.expose())).await
    }

    pub(crate) async fn send_as(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        token: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        let base = self.endpoint.endpoint.as_str();
        let base = if path.starts_with("/_local") { base.trim_end_matches("/v1") } else { base };
        let mut request = self.client.request(method, format!("{base}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        Ok(Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    /// Orders a server with the fields of `more` on top of the usual ones.
    pub(crate) async fn order(&self, name: &str, more: Value) -> Answer {
        let mut order = json!({ "name": name, "server_type": "cx23", "image": "clawlets-cattle" });
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/servers", order).await
    }

    /// Makes a server and waits until it runs. Returns its id.
    pub(crate) async fn running_server(&self, name: &str, more: Value) -> u64 {
        let ordered = self.order(name, more).await.expect(201);
        let start = ordered.body["next_actions"][0]["id"].as_u64().unwrap();
        let started = self.finished(start).await;
        assert_eq!(started["status"], "success", "{started}");
        ordered.body["server"]["id"].as_u64().unwrap()
    }

    /// Waits until an action is over, and returns it.
    pub(crate) async fn finished(&self, action: u64) -> Value {
        eventually("the action is over", async || {
            let action = self.get(&format!("/actions/{action}")).await.expect(200).body["action"].clone();
            (action["status"] != "running").then_some(action)
        })
        .await
    }

    /// Waits until a server has a status.
    pub(crate) async fn becomes(&self, server: u64, status: &str) {
        eventually(status, async || {
            (self.get(&format!("/servers/{server}")).await.body["server"]["status"] == status).then_some(())
        })
        .await;
    }

    /// Does something to a server and waits for the end of the action.
    pub(crate) async fn act(&self, server: u64, action: &str, body: Value) -> Value {
        let begun = self.post(&format!("/servers/{server}/actions/{action}"), body).await.expect(201);
        self.finished(begun.action()).await
    }

    /// Removes a server and waits until it is gone.
    pub(crate) async fn remove(&self, server: u64) {
        let begun = self.delete(&format!("/servers/{server}")).await.expect(200);
        assert_eq!(self.finished(begun.action()).await["status"], "success");
    }
}

impl Answer {
    /// The same answer, if it has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    /// The code of the error, and the fields that it names.
    pub(crate) fn error(&self) -> (&str, Vec<&str>) {
        let error = &self.body["error"];
        let fields = error["details"]["fields"].as_array().map_or(&[][..], Vec::as_slice);
        let names = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        (error["code"].as_str().unwrap_or_default(), names)
    }

    pub(crate) fn action(&self) -> u64 {
        self.body["action"]["id"].as_u64().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The names in a list.
    pub(crate) fn names(&self, list: &str) -> Vec<&str> {
        self.body[list].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect()
    }
}
