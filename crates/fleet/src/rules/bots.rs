//! Rules of a bot.

use super::{credentials, gateway};
use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{Bot, GitHub},
};

pub(crate) fn bot(bot: &Bot, fields: &mut Fields<'_, '_, '_>) {
    gateway::inline_secrets(&bot.openclaw, &["openclaw"], fields);
    for (skill, settings) in &bot.profile.skills.entries {
        gateway::inline_secrets(settings, &["profile", "skills", "entries", skill.as_str()], fields);
    }
    gateway::discord_interrupts(&bot.openclaw, fields);
    credentials::mapped_twice(&bot.profile.secret_env, &["profile", "secretEnv"], fields);
}

/// An App acts with all of its id, its installation and its key, or not at all.
pub(crate) fn github(github: &GitHub, fields: &mut Fields<'_, '_, '_>) {
    let settings = [
        ("appId", github.app_id > 0),
        ("installationId", github.installation_id > 0),
        ("privateKeySecret", github.private_key_secret.is_some()),
    ];
    let is_wanted = github.sync.enable || settings.iter().any(|(_, is_set)| *is_set);
    for (key, _) in settings.iter().filter(|(_, is_set)| is_wanted && !is_set) {
        let what = "is not set: the bot's GitHub App needs appId, installationId and privateKeySecret";
        fields.rule(&[key], Draft::new(ProblemCode::Incomplete, what));
    }
}
