//! From flags and configuration to what is to be in which file.

use clawlets_model::BotId;
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::value::Period;
use jiff::SignedDuration;

use super::mint::Mint;
use crate::{
    config::{AppAccess, GithubSettings},
    github::{Access, AccessError, Force, Group, Order},
};

/// What is to be done, with what is wrong with each part of it: one that is wrong does not keep the others from being done.
pub(super) fn orders(mint: &Mint, settings: &GithubSettings) -> Result<Vec<Result<Order, Fault>>, Fault> {
    let force = if mint.force { Force::Always } else { Force::WhenDue };
    let margin = |access: &AppAccess| span(mint.margin.unwrap_or(access.margin));
    if let Some(access) = by_flags(mint) {
        let file = access.env_file.clone().unwrap_or_default();
        let group = mint.app.group.as_deref().map(found).transpose()?;
        let access_of =
            Access::of(&access).map_err(|error| wrong("the flags", &error, FaultCode::UsageArguments))?;
        let margin = margin(&access);
        return Ok(vec![Ok(Order { access: access_of, file, alias: None, group, margin, force })]);
    }
    let of_bot = |bot: &BotId, access: &AppAccess| {
        let usual = format!("bot-{bot}");
        let group = if access.group.is_empty() { &usual } else { &access.group };
        let place = format!("github.bots.{bot}");
        Ok(Order {
            access: Access::of(access).map_err(|error| wrong(&place, &error, FaultCode::ConfigInvalid))?,
            file: settings.bot_file(bot),
            alias: None,
            group: Some(found(group)?),
            margin: margin(access),
            force,
        })
    };
    if let Some(bot) = &mint.bot {
        let access = settings.bots.get(bot).ok_or_else(|| {
            Fault::new(FaultCode::UsageValue, format!("bot {bot} has no access to GitHub"))
                .hint(format!("the table [github.bots.{bot}] of the configuration gives it some"))
        })?;
        return Ok(vec![of_bot(bot, access)]);
    }
    let mut orders = Vec::new();
    if settings.host.app_id != 0 {
        orders.push(of_host(settings, margin(&settings.host), force));
    }
    orders.extend(settings.bots.iter().map(|(bot, access)| of_bot(bot, access)));
    Ok(orders)
}

fn of_host(settings: &GithubSettings, margin: SignedDuration, force: Force) -> Result<Order, Fault> {
    let host = &settings.host;
    let access = Access::of(host);
    Ok(Order {
        access: access.map_err(|error| wrong("github.host", &error, FaultCode::ConfigInvalid))?,
        file: settings.host_file(),
        alias: Some(settings.alias.clone()).filter(|alias| !alias.as_os_str().is_empty()),
        group: if host.group.is_empty() { None } else { Some(found(&host.group)?) },
        margin,
        force,
    })
}

/// The App of the command line.
fn by_flags(mint: &Mint) -> Option<AppAccess> {
    let app = &mint.app;
    Some(AppAccess {
        app_id: app.app_id?,
        installation_id: app.installation_id.unwrap_or_default(),
        private_key_file: app.private_key_file.clone().unwrap_or_default(),
        repositories: app.repositories.clone(),
        permissions: app.permissions.iter().cloned().collect(),
        env_file: app.out.clone(),
        ..AppAccess::default()
    })
}

fn found(group: &str) -> Result<Group, Fault> {
    Group::find(group).map_err(|error| Fault::new(FaultCode::ConfigInvalid, error.to_string()))
}

fn wrong(place: &str, error: &AccessError, code: FaultCode) -> Fault {
    Fault::new(code, format!("{place}: no token can be made of this")).because(error)
}

/// A period as a span that may be compared with one between two times.
fn span(period: Period) -> SignedDuration {
    SignedDuration::try_from(period.duration()).unwrap_or(SignedDuration::MAX)
}
