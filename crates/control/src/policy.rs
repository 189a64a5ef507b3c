//! Who may deploy what. Pure: it knows a caller, a deploy and the rules, and decides.

use clawlets_model::control::ControlErrorCode;

use crate::{
    caller::Caller,
    refusal::Refusal,
    registry::Registry,
    request::{Deploy, Target},
};

/// Whether a bot may name the image of what it deploys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImagesByBots {
    /// It may not.
    Refused,
    /// It may, among those of the pipeline.
    Allowed,
}

/// Judges a deploy by what does not change while it is judged. How often a target was deployed, and whether a deploy is
/// under way, is for the ledger to say; whether an image is one of ours, for AWS.
///
/// # Errors
/// A refusal of status 403.
pub fn judge(
    caller: &Caller,
    deploy: &Deploy,
    registry: &Registry,
    images: ImagesByBots,
) -> Result<(), Refusal> {
    let refused = |code, words: &str| Err(Refusal::new(code, words));
    let Some(bot) = caller.bot() else { return Ok(()) };
    if registry.host(bot.as_str()).is_none() {
        return refused(ControlErrorCode::CallerRefused, "the instance is not in the registry");
    }
    match &deploy.target {
        Target::All => return refused(ControlErrorCode::AllByBot, "only people deploy all"),
        Target::One(host) if host == bot => {
            return refused(ControlErrorCode::SelfDeploy, "a bot does not deploy itself");
        }
        Target::One(_) => {}
    }
    if deploy.image.is_some() && images == ImagesByBots::Refused {
        return refused(ControlErrorCode::ImageByBot, "a bot does not name the image");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::{ChatUser, Identity};
    use clawlets_fleet::AmiId;
    use clawlets_model::HostName;

    fn code(caller: &Caller, target: &str, image: bool, images: ImagesByBots) -> Option<ControlErrorCode> {
        let registry = Registry::of_hosts(&["web-1", "web-2"]);
        let target = match target {
            "all" => Target::All,
            name => Target::One(HostName::parse(name).unwrap()),
        };
        let image = image.then(|| AmiId::parse("ami-0123456789abcdef0").unwrap());
        judge(caller, &Deploy { target, image, key: None }, &registry, images)
            .err()
            .map(|refusal| refusal.code())
    }

    #[test]
    fn the_matrix_of_who_may_deploy_what() {
        use ControlErrorCode::{AllByBot, CallerRefused, ImageByBot, SelfDeploy};
        use ImagesByBots::{Allowed, Refused};
        let registry = Registry::of_hosts(&["web-1", "web-2", "gone"]);
        let caller = |identity, named| Caller::new(identity, named, &registry).unwrap();
        let instance = |name| caller(Identity::Instance(HostName::parse(name).unwrap()), None);
        let people = [
            caller(Identity::Human, None),
            caller(Identity::Discord(ChatUser::parse("1").unwrap()), None),
            caller(Identity::Telegram(ChatUser::parse("1").unwrap()), None),
        ];
        for person in &people {
            for target in ["web-1", "web-2", "all"] {
                for image in [false, true] {
                    assert_eq!(code(person, target, image, Refused), None, "{person:?} {target}");
                }
            }
        }
        for bot in [instance("web-1"), caller(Identity::Human, Some("web-1"))] {
            for (target, image, images, expected) in [
                ("web-2", false, Refused, None),
                ("web-1", false, Refused, Some(SelfDeploy)),
                ("web-1", true, Allowed, Some(SelfDeploy)),
                ("all", false, Refused, Some(AllByBot)),
                ("all", true, Allowed, Some(AllByBot)),
                ("web-2", true, Refused, Some(ImageByBot)),
                ("web-2", true, Allowed, None),
            ] {
                assert_eq!(code(&bot, target, image, images), expected, "{bot:?} {target} {image}");
            }
        }
        assert_eq!(code(&instance("gone"), "web-1", false, Refused), Some(CallerRefused));
    }
}
