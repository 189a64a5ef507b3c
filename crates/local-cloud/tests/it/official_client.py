"""What a client of the vendor does with its Python library, from the first key to the last deletion."""

import os

from hcloud import APIException, Client
from hcloud.firewalls import FirewallResource, FirewallRule
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.server_types import ServerType

client = Client(token=os.environ["HCLOUD_TOKEN"], api_endpoint=os.environ["HCLOUD_ENDPOINT"], poll_interval=0.05)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f maren@laptop"
key = client.ssh_keys.create(name="laptop", public_key=KEY)
assert client.ssh_keys.get_by_fingerprint(key.fingerprint).id == key.id

types = {one.name: one for one in client.server_types.get_all()}
assert types["cx23"].prices and types["cx22"].deprecation is not None
assert client.locations.get_by_name("nbg1").network_zone == "eu-central"
image = client.images.get_by_name_and_architecture("clawlets-cattle", "x86")
assert image.labels == {"clawlets/image": "cattle"}

created = client.servers.create(
    name="web-1",
    server_type=ServerType(name="cx23"),
    image=Image(name="clawlets-cattle"),
    location=Location(name="fsn1"),
    ssh_keys=[key],
    user_data="#cloud-config\n",
    labels={"cattle": "true", "job-id": "j1"},
)
assert created.root_password is None
created.action.wait_until_finished()
for action in created.next_actions:
    action.wait_until_finished()
server = client.servers.get_by_name("web-1")
assert server.status == "running" and server.location.name == "fsn1", server.status

try:
    client.servers.create(name="web-1", server_type=ServerType("cx23"), image=Image(name="clawlets-cattle"))
    raise AssertionError("the name was accepted twice")
except APIException as error:
    assert error.code == "uniqueness_error", error.code

server = server.update(labels={"cattle": "true", "expires-at": "1"})
found = client.servers.get_all(label_selector="cattle=true,expires-at in (1,2),!job-id")
assert [one.id for one in found] == [server.id]

for name in ["power_off", "power_on", "reset", "reboot"]:
    getattr(server, name)().wait_until_finished()
snapshot = server.create_image(description="before", type="snapshot", labels={"k": "v"})
snapshot.action.wait_until_finished()
assert snapshot.image.type == "snapshot" and snapshot.image.name is None
server.change_protection(delete=True, rebuild=True).wait_until_finished()
try:
    server.delete()
    raise AssertionError("a protected server was deleted")
except APIException as error:
    assert error.code == "protected", error.code
server.change_protection(delete=False, rebuild=False).wait_until_finished()
server.rebuild(Image(name="clawlets-cattle")).action.wait_until_finished()
server.enable_rescue(type="linux64").action.wait_until_finished()
assert client.servers.get_by_id(server.id).rescue_enabled

rule = FirewallRule(direction="in", protocol="tcp", port="22", source_ips=["10.0.0.0/8"])
firewall = client.firewalls.create(name="closed", rules=[rule]).firewall
target = FirewallResource(type="server", server=server)
for action in firewall.apply_to_resources([target]):
    action.wait_until_finished()
assert client.servers.get_by_id(server.id).public_net.firewalls[0].firewall.id == firewall.id
for action in firewall.remove_from_resources([target]):
    action.wait_until_finished()
firewall.delete()

assert len(client.primary_ips.get_all()) == 2
assert len(server.get_actions()) > 5
for absent in [client.isos, client.volumes, client.networks, client.placement_groups, client.load_balancers]:
    assert absent.get_all() == []

deletion = server.delete()
assert client.servers.get_by_name("web-1") is None
deletion.wait_until_finished()
snapshot.image.delete()
key.delete()
assert client.servers.get_all() == [] and client.ssh_keys.get_all() == []
print("all done")
