//! The older way to ask: a form, answered in XML.

use reqwest::Method;

use crate::{
    Aws, AwsError,
    request::{Body, Call, Service, encoded_query},
    xml::{self, Element},
};

/// The version of EC2 that is spoken.
const VERSION_EC2: &str = "2016-11-15";
/// The version of the token service that is spoken.
pub(crate) const VERSION_STS: &str = "2011-06-15";

/// Names and values, in the order in which they are sent.
pub(crate) type Parameters = Vec<(String, String)>;

/// Asks EC2 something.
pub(crate) async fn ask_ec2(
    aws: &Aws,
    tried: &str,
    action: &str,
    parameters: &Parameters,
) -> Result<Element, AwsError> {
    let fixed = [("Action", action), ("Version", VERSION_EC2)];
    let given = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let form = encoded_query(fixed.into_iter().chain(given));
    let call = Call::new(tried.to_owned(), Service::Ec2, Method::POST, aws.root(Service::Ec2))
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(Body::bytes(form.into_bytes()));
    let reply = aws.call(&call).await?;
    xml::read(reply.body.expose()).map_err(|why| AwsError::Malformed { tried: tried.to_owned(), why })
}
