//! Asks the models, one after the other, until one answers.

use std::time::{Duration, Instant};

use clawlets_model::ModelName;
use ureq::{Agent, Proxy};

use super::{ChatError, Settings, completion};
use crate::session::http::fault_message;

/// The longest answer, in bytes.
const ANSWER_LIMIT: u64 = 4 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(15);

/// Asks the first model, and where that fails the fallbacks whose key is present. `warn` hears of every model that
/// failed and was not the last.
///
/// # Errors
/// The [`ChatError`] of the first model, when none answers.
pub fn answer(settings: &Settings, mut warn: impl FnMut(&str)) -> Result<String, ChatError> {
    let end = Instant::now() + settings.time_left;
    let (first, fallbacks) = settings.models.split_first().expect("settings name at least one model");
    let first_error = match ask(settings, first, end) {
        Ok(answer) => return Ok(answer),
        Err(error) => error,
    };
    let mut said = first_error.to_string();
    for model in fallbacks.iter().filter(|model| settings.key(model).is_ok()) {
        warn(&format!("{said}; trying {model}"));
        match ask(settings, model, end) {
            Ok(answer) => return Ok(answer),
            Err(error) => said = error.to_string(),
        }
    }
    Err(first_error)
}

fn ask(settings: &Settings, model: &ModelName, end: Instant) -> Result<String, ChatError> {
    let key = settings.key(model)?;
    let url = format!("{}/chat/completions", settings.base_url(model)?);
    let scrubber = settings.scrubber();
    let unreachable = |error: ureq::Error| ChatError::Unreachable {
        model: model.clone(),
        message: scrubber.scrub(&error.to_string()),
    };
    let question = completion::Question::new(model.model(), &settings.soul, &settings.message);
    let question = serde_json::to_vec(&question).expect("a question is text");
    let mut answer = agent(settings, end)?
        .post(&url)
        .header("Authorization", format!("Bearer {}", key.expose()))
        .header("Accept", "application/json")
        .header("Content-Type", "application/json")
        .send(&question)
        .map_err(unreachable)?;
    let status = answer.status().as_u16();
    let body = match answer.body_mut().with_config().limit(ANSWER_LIMIT).read_to_vec() {
        Ok(body) => body,
        Err(ureq::Error::BodyExceedsLimit(_)) => {
            return Err(ChatError::Answer { model: model.clone(), why: "its answer is longer than 4 MiB" });
        }
        Err(error) => return Err(unreachable(error)),
    };
    if !(200..300).contains(&status) {
        // Endpoints like to quote a part of the key that they refuse.
        let message = scrubber.scrub(&fault_message(&body));
        return Err(ChatError::Status { model: model.clone(), status, message });
    }
    completion::text(&body).map_err(|why| ChatError::Answer { model: model.clone(), why })
}

fn agent(settings: &Settings, end: Instant) -> Result<Agent, ChatError> {
    let proxy = settings.proxy.as_deref().map(Proxy::new).transpose().map_err(|_| ChatError::Proxy)?;
    Ok(Agent::config_builder()
        .proxy(proxy)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("clawlets-cattle/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(end.saturating_duration_since(Instant::now())))
        .build()
        .new_agent())
}
