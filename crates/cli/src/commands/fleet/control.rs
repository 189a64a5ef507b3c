//! The control API as an operator asks it.

use clawlets_control_client::{Client, ControlUrl};
use clawlets_printer::{Fault, FaultCode, Printer};
use clawlets_verbs::environment::{CONTROL_API_TOKEN, CONTROL_API_URL};

use crate::{
    env_file::{Key, Settings},
    fleet_file::ProjectFlag,
};

/// A client with the operators' token: of the URL that the variable says, or else the fleet. Without a project, variables
/// say everything.
pub(super) fn client(project: &ProjectFlag, printer: &Printer) -> Result<Client, Fault> {
    let unconfigured = |what: &str| Fault::new(FaultCode::ControlUnconfigured, what);
    let refused =
        |error: &dyn std::error::Error| unconfigured("the control API cannot be asked").because(error);
    let build = |url: &str, token| {
        let url = ControlUrl::parse(url).map_err(|error| refused(&error))?;
        Client::new(url, token).map_err(|error| refused(&error))
    };
    let (url, token) = (CONTROL_API_URL.value(), CONTROL_API_TOKEN.value());
    if let (Some(url), Some(token)) = (&url, &token) {
        return build(url.expose(), token.clone());
    }
    let project = project.find(printer)?;
    let settings = Settings::load(&project.runtime())?;
    let token = settings.get(Key::ControlApiToken).map(|(_, token)| token.clone());
    let token = token.ok_or_else(|| {
        unconfigured("there is no token for the control API").hint(
            "put one into CONTROL_API_TOKEN, or into .clawlets/env with 'clawlets env set CONTROL_API_TOKEN'",
        )
    })?;
    if let Some(url) = url {
        return build(url.expose(), token);
    }
    let fleet = project.load(printer)?;
    let url = fleet.control.url.as_ref().ok_or_else(|| {
        unconfigured("the fleet declares no control API")
            .hint("'clawlets config set control.url https://…' says where it is")
    })?;
    build(url.as_str(), token)
}
