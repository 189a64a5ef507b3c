//! Rules of files that hold secrets.

use std::collections::HashMap;

use crate::{
    form::Fields,
    problem::{Draft, ProblemCode},
    section::{SecretFiles, Shared},
};

/// Every file has a place of its own, and a bot's files lie in the bot's folder.
pub(super) fn targets(shared: &Shared, fields: &mut Fields<'_, '_, '_>) {
    let mut taken: HashMap<&str, String> = HashMap::new();
    check(&shared.secret_files, &["secretFiles"], None, &mut taken, fields);
    for (bot, settings) in &shared.bots {
        let folder = format!("/var/lib/clawlets/secrets/bots/{bot}/");
        let within = ["bots", bot.as_str(), "profile", "secretFiles"];
        check(&settings.profile.secret_files, &within, Some(&folder), &mut taken, fields);
    }
}

fn check<'s>(
    files: &'s SecretFiles,
    within: &[&str],
    folder: Option<&str>,
    taken: &mut HashMap<&'s str, String>,
    fields: &mut Fields<'_, '_, '_>,
) {
    for (id, file) in files {
        let path: Vec<_> = within.iter().copied().chain([id.as_str(), "targetPath"]).collect();
        let target = file.target_path.as_str();
        if let Some(folder) = folder.filter(|folder| !target.starts_with(folder)) {
            let draft =
                Draft::new(ProblemCode::InvalidValue, format!("{target} lies outside of the bot's folder"));
            let name = target.rsplit('/').next().unwrap_or_default();
            fields.rule(
                &path,
                draft.expected(format!("a path below {folder}")).suggest(Some(format!("{folder}{name}"))),
            );
        }
        match taken.get(target) {
            Some(other) => {
                let what = format!("{target} is the place of the secret file {other} already");
                fields.rule(&path, Draft::new(ProblemCode::Conflict, what));
            }
            None => {
                taken.insert(target, id.to_string());
            }
        }
    }
}
