//! The host that a template's fleet begins with.

use clawlets_fleet::{Fleet, JsonPath, edit::FleetText};
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};
use serde_json::Value;

/// Gives a template's first host the name that was asked for, and says how it is called then. The rest of the text stays
/// as the template has it.
///
/// # Errors
/// A fault when the template's fleet is not valid, before or with the name.
pub(super) fn first_host(text: &str, wanted: Option<&HostName>) -> Result<(String, HostName), Fault> {
    let found = host_of(text)?;
    let Some(wanted) = wanted.filter(|wanted| **wanted != found) else {
        return Ok((text.to_owned(), found));
    };
    let mut edited = FleetText::parse(text).map_err(|error| invalid(&error))?;
    let is_default = JsonPath::of(["defaultHost"]);
    if edited.get(&is_default) == Some(Value::from(found.as_str())) {
        edited.set(&is_default, &Value::from(wanted.as_str())).map_err(|error| invalid(&error))?;
    }
    let host = JsonPath::of(["hosts", found.as_str()]);
    edited.rename(&host, wanted.as_str()).map_err(|error| invalid(&error))?;
    host_of(edited.as_str())?;
    Ok((edited.as_str().to_owned(), wanted.clone()))
}

fn host_of(text: &str) -> Result<HostName, Fault> {
    let fleet = Fleet::read(text).map_err(|error| invalid(&error))?.fleet;
    let first = fleet.implied_host().or_else(|| fleet.hosts.keys().next());
    Ok(first.expect("a fleet declares a host").clone())
}

fn invalid(error: &dyn std::error::Error) -> Fault {
    Fault::new(FaultCode::TemplateInvalid, "the template's fleet/clawlets.json is not valid").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = include_str!("../../../../../template/fleet/clawlets.json");

    fn name(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    #[test]
    fn the_first_host_is_renamed_wherever_it_is_meant_and_nothing_else_is() {
        let (text, host) = first_host(TEMPLATE, Some(&name("db-7"))).unwrap();
        assert_eq!(host, name("db-7"));
        assert_eq!(text, TEMPLATE.replace("web-1", "db-7"));
        assert_eq!(first_host(TEMPLATE, None).unwrap(), (TEMPLATE.to_owned(), name("web-1")));
    }

    #[test]
    fn a_template_with_a_faulty_fleet_is_refused() {
        let fault = first_host(r#"{"schemaVersion": 13, "hosts": {}}"#, None).unwrap_err();
        assert_eq!(fault.code(), FaultCode::TemplateInvalid);
    }
}
