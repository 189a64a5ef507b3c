//! `control`: the program that takes deploy requests from chats.

use super::fixed;
use crate::{
    form::section,
    value::{HttpUrl, Line, RepositoryName},
};

section! {
    /// The program that takes deploy requests from chats.
    Control {
        /// Where it is reached. Empty: there is none.
        url: Option<HttpUrl> = "url" or None;
        /// The GitHub repository whose workflow deploys, as `owner/name`.
        repo: Option<RepositoryName> = "repo" or None;
        /// The file name of the workflow that deploys.
        workflow: Line = "workflow" or fixed(Line::parse("fleet-deploy.yml"));
        /// The branch or tag that the workflow is started on.
        git_ref: Line = "ref" or fixed(Line::parse("main"));
        /// Whether a bot may name the image of the instance that it deploys.
        bots_may_pin_image: bool = "botsMayPinImage" or false;
    }
}
