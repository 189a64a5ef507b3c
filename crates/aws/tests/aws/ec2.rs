//! Instances and images, in moto.

use clawlets_aws::{Image, ImageFilter, ImageId, Instance, InstanceFilter};
use clawlets_tests::Moto;

use crate::client;

/// The text of the first element of that name.
fn element(answer: &str, name: &str) -> String {
    let begin = answer.split(&format!("<{name}>")).nth(1).unwrap_or_else(|| panic!("no {name}: {answer}"));
    begin.split('<').next().unwrap().to_owned()
}

fn start(moto: &Moto, app: &str, name: &str) -> String {
    let form = format!(
        "Action=RunInstances&Version=2016-11-15&ImageId=ami-03cf127a&MinCount=1&MaxCount=1&InstanceType=t3.large\
         &TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=app&TagSpecification.1.Tag.1.Value={app}\
         &TagSpecification.1.Tag.2.Key=Name&TagSpecification.1.Tag.2.Value={name}"
    );
    element(&moto.ask_form("ec2", &form), "instanceId")
}

fn bake(moto: &Moto, instance: &str, name: &str) -> String {
    let form = format!("Action=CreateImage&Version=2016-11-15&InstanceId={instance}&Name={name}");
    let image = element(&moto.ask_form("ec2", &form), "imageId");
    let form = format!(
        "Action=CreateTags&Version=2016-11-15&ResourceId.1={image}&Tag.1.Key=clawdinator&Tag.1.Value=true"
    );
    let _ = moto.ask_form("ec2", &form);
    image
}

#[tokio::test]
async fn the_instances_of_a_fleet_are_found_by_their_tags() {
    let Some(moto) = Moto::start("the_instances_of_a_fleet_are_found_by_their_tags") else { return };
    let ids =
        [start(&moto, "clawdinator", "old-1"), start(&moto, "clawlets", "web-1"), start(&moto, "other", "x")];
    let ec2 = client(moto.endpoint()).ec2();
    let fleet = InstanceFilter::tagged("app", &["clawdinator", "clawlets"]);
    let mut found = ec2.instances(&fleet).await.unwrap();
    found.sort_by_key(|instance| instance.name().map(str::to_owned));
    let shown: Vec<_> = found.iter().map(|one| (one.id.as_str(), one.name(), one.state.as_str())).collect();
    assert_eq!(
        shown,
        [(ids[0].as_str(), Some("old-1"), "running"), (ids[1].as_str(), Some("web-1"), "running")]
    );
    assert!(
        found.iter().all(|one| one.image.is_some() && one.kind == "t3.large" && one.private_ip.is_some())
    );
    assert!(!found.iter().any(Instance::is_gone));
    let one = InstanceFilter { ids: vec![found[1].id.clone()], ..InstanceFilter::default() };
    assert_eq!(ec2.instances(&one).await.unwrap().len(), 1);
    let stopped = InstanceFilter { states: vec!["stopped".to_owned()], ..fleet };
    assert_eq!(ec2.instances(&stopped).await.unwrap(), []);
}

#[tokio::test]
async fn the_newest_image_of_our_own_is_found() {
    let Some(moto) = Moto::start("the_newest_image_of_our_own_is_found") else { return };
    let instance = start(&moto, "clawlets", "web-1");
    let images = [bake(&moto, &instance, "one"), bake(&moto, &instance, "two")];
    let ec2 = client(moto.endpoint()).ec2();
    let ours = ImageFilter::own_tagged("clawdinator", "true");
    let mut found: Vec<Image> = ec2.images(&ours).await.unwrap();
    found.sort_by_key(|image| image.name.clone());
    let shown: Vec<_> = found.iter().map(|image| image.id.as_str()).collect();
    assert_eq!(shown, images.each_ref().map(String::as_str));
    assert!(found.iter().all(|image| image.is_available() && image.tags["clawdinator"] == "true"));
    let newest = ec2.newest_image(&ours).await.unwrap().unwrap();
    let latest = found.iter().map(|image| image.created_at).max().unwrap();
    assert_eq!(newest.created_at, latest);
    let own = |id: &str| ImageFilter::own(ImageId::parse(id).unwrap());
    assert_eq!(ec2.images(&own(&images[0])).await.unwrap().len(), 1);
    assert!(ec2.images(&own("ami-0123456789abcdef0")).await.unwrap_err().is_not_found());
    assert_eq!(ec2.newest_image(&ImageFilter::own_tagged("clawdinator", "false")).await.unwrap(), None);
}
