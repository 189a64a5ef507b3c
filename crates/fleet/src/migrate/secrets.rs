//! Secrets: every earlier way of naming one became a variable in a `secretEnv`.

use clawlets_model::{EnvVarName, ModelName};

use super::edit::{Editor, Taken, entry, find_mut, in_place_of, is_blank, keys, put, put_back, take, text};
use crate::{
    json::{Entry, JsonPath, Node, Value},
    rules::ALTERNATIVES,
};

/// Where variables with secrets stand: with the fleet, and with each bot.
fn owners(tree: &Node) -> Vec<Vec<String>> {
    let bot = |bot: String| ["fleet", "bots", &bot, "profile"].map(str::to_owned).to_vec();
    let bots = keys(tree, &["fleet", "bots"]).into_iter().map(bot);
    std::iter::once(vec!["fleet".to_owned()]).chain(bots).collect()
}

fn joined<'p>(owner: &'p [String], key: &'p str) -> Vec<&'p str> {
    owner.iter().map(String::as_str).chain([key]).collect()
}

/// `envSecrets` became `secretEnv`.
pub(super) fn environment(tree: &mut Node, editor: &mut Editor) {
    for owner in owners(tree) {
        let old = joined(&owner, "envSecrets");
        let Some((taken, entries)) = take_object(tree, &old) else { continue };
        let shown = old.join(".");
        for Entry { key, node, .. } in entries {
            let byte = node.span.start;
            let target = joined(&owner, "secretEnv");
            match put(tree, &target, &key, taken.part(node)) {
                Ok(()) => editor.done(&old, byte, format!("{shown}.{key}: moved to {}", target.join("."))),
                Err(_) => {
                    editor.done(&old, byte, format!("{shown}.{key}: removed, since secretEnv has {key}"));
                }
            }
        }
    }
}

/// `modelSecrets` became the variables of the providers' keys: of the bots and of disposable VMs, or of one bot.
pub(super) fn models(tree: &mut Node, editor: &mut Editor) {
    for owner in owners(tree) {
        let old = joined(&owner, "modelSecrets");
        let Some((taken, entries)) = take_object(tree, &old) else { continue };
        let shown = old.join(".");
        let mut unknown = Vec::new();
        for entry in entries {
            let Some(variable) = variable(&entry) else {
                unknown.push(entry);
                continue;
            };
            let mut targets = vec![joined(&owner, "secretEnv")];
            if owner.len() == 1 {
                targets.push(vec!["cattle", "secretEnv"]);
            }
            for target in targets {
                let filled = fill(tree, &target, &variable, taken.part(entry.node.clone()));
                let what = if filled {
                    format!("became {}.{variable}", target.join("."))
                } else {
                    kept(&target, &variable)
                };
                editor.done(&old, entry.node.span.start, format!("{shown}.{}: {what}", entry.key));
            }
        }
        // What nobody can place stays, so that the reader points at it.
        if !unknown.is_empty() {
            put_back(tree, "modelSecrets", taken.map(|node| in_place_of(node, Value::Object(unknown))));
        }
    }
}

fn kept(target: &[&str], variable: &str) -> String {
    format!("removed, since {} has a credential in place of {variable}", target.join("."))
}

/// Puts a secret under a variable, unless the provider has a credential there already.
fn fill(tree: &mut Node, target: &[&str], variable: &str, secret: Taken) -> bool {
    let taken = keys(tree, target);
    let alternatives = ALTERNATIVES.iter().find(|pair| pair.contains(&variable));
    let is_taken = |name: &str| taken.iter().any(|taken| taken == name);
    if alternatives.is_some_and(|pair| pair.iter().any(|name| is_taken(name))) {
        return false;
    }
    put(tree, target, variable, secret).is_ok()
}

/// The one variable of a provider's credential. Anthropic takes a key or a token: the secret's name tells which it is.
/// Some files name the variable itself in the provider's place.
fn variable(entry: &Entry) -> Option<String> {
    let secret = entry.node.text()?;
    if entry.key.contains('_') && EnvVarName::parse(entry.key.trim()).is_ok() {
        return Some(entry.key.trim().to_owned());
    }
    let provider = entry.key.trim().to_ascii_lowercase();
    let model = ModelName::parse(&format!("{provider}/model")).ok()?;
    let key = model.key_variable().to_string();
    let is_token = secret.to_ascii_lowercase().contains("oauth");
    let pair = ALTERNATIVES.iter().find(|pair| pair[0] == key).filter(|_| is_token);
    Some(pair.map_or(key, |pair| pair[1].to_owned()))
}

/// `discordTokenSecret` became the variable `DISCORD_BOT_TOKEN`, to which the gateway's settings refer.
pub(super) fn discord_tokens(tree: &mut Node, editor: &mut Editor) {
    for bot in keys(tree, &["fleet", "bots"]) {
        let old = ["fleet", "bots", bot.as_str(), "profile", "discordTokenSecret"];
        let Some(secret) = take(tree, &old) else { continue };
        let byte = secret.byte();
        if is_blank(&secret.node) {
            editor.done(&old, byte, format!("{}: removed, since it was empty", old.join(".")));
            continue;
        }
        let target = ["fleet", "bots", bot.as_str(), "profile", "secretEnv"];
        let what = match put(tree, &target, "DISCORD_BOT_TOKEN", secret) {
            Ok(()) => "became DISCORD_BOT_TOKEN in the bot's secretEnv",
            Err(_) => "removed, since the bot's secretEnv has DISCORD_BOT_TOKEN",
        };
        editor.done(&old, byte, format!("{}: {what}", old.join(".")));
        refer_to_token(tree, &bot, editor);
    }
}

/// A channel that had no token of its own now names the variable.
fn refer_to_token(tree: &mut Node, bot: &str, editor: &mut Editor) {
    for gateway in ["clawdbot", "openclaw"] {
        let path = ["fleet", "bots", bot, gateway, "channels", "discord"];
        let Some(discord) = find_mut(tree, &path) else { continue };
        let is_off = matches!(discord.child("enabled").map(|node| &node.value), Some(Value::Bool(false)));
        let span = discord.span;
        let Some(entries) = discord.entries_mut().filter(|_| !is_off) else { continue };
        let reference = text("${DISCORD_BOT_TOKEN}", span);
        match entries.iter_mut().find(|entry| entry.key == "token") {
            Some(entry) if is_blank(&entry.node) => entry.node = reference,
            Some(_) => continue,
            None => entries.push(entry("token", reference)),
        }
        editor.done(&path, span.start, format!("{}.token: refers to ${{DISCORD_BOT_TOKEN}}", path.join(".")));
    }
}

/// Earlier migrations mapped one secret to both credentials of a provider; one of the two is kept.
pub(super) fn credentials(tree: &mut Node, editor: &mut Editor) {
    for owner in owners(tree) {
        let map = joined(&owner, "secretEnv");
        for [key, token] in ALTERNATIVES {
            let secret = |name: &str| {
                let path: Vec<_> = map.iter().copied().chain([name]).collect();
                path.iter()
                    .try_fold(&*tree, |node, key| node.child(key))
                    .and_then(Node::text)
                    .map(str::to_owned)
            };
            let (Some(one), Some(other)) = (secret(key), secret(token)) else { continue };
            if one != other {
                continue;
            }
            let (keep, drop) =
                if one.to_ascii_lowercase().contains("oauth") { (token, key) } else { (key, token) };
            let path: Vec<_> = map.iter().copied().chain([drop]).collect();
            if let Some(taken) = take(tree, &path) {
                let shown = path.join(".");
                editor.done(
                    &path,
                    taken.byte(),
                    format!("{shown}: removed, since {keep} is the same secret"),
                );
            }
        }
    }
}

/// Takes an object away, and its entries, which remember their paths.
fn take_object(tree: &mut Node, path: &[&str]) -> Option<(Taken, Vec<Entry>)> {
    find_mut(tree, path)?.entries()?;
    let taken = take(tree, path)?;
    let mut entries = taken.node.entries()?.to_vec();
    for entry in &mut entries {
        let origin = JsonPath::of(path.iter().copied()).child(&entry.key);
        entry.node.origin.get_or_insert(origin);
    }
    Some((taken, entries))
}
