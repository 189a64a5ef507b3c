"""An AWS provider for tests, as Terraform and OpenTofu find one that runs already.

It knows the schema of the real provider's resources that the module uses (aws-6.62.0.json), so that a name or a type which the
real one does not know is an error. Behind it there is no AWS: resources live in the state alone, but for instances, which are
started and terminated at AWS_ENDPOINT_URL when that is set (a moto server on loopback).

Its only argument is a folder. While there is a file `pause` in it, an instance that is being made is not, and a file `waits` says
that there is one; a file `fail` names a host whose instance cannot be made.
"""

import json
import os
import re
import sys
import time
import urllib.parse
import urllib.request
import uuid
from concurrent import futures
from pathlib import Path

import grpc
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.types import Unknown
from tf.utils import Diagnostics, read_dynamic_value, to_dynamic_value

SCHEMA = json.loads((Path(__file__).parent / "aws-6.62.0.json").read_text())
# What the real provider fills in where nothing is said. The bindings that the schema comes from do not tell.
FILLED_IN = {"id", "region", "tags_all"}
# A change of these means another resource.
FORCES_NEW = {
    "aws_instance": {"ami", "subnet_id", "key_name"},
    "aws_s3_bucket": {"bucket"},
    "aws_iam_role": {"name", "path"},
    "aws_dynamodb_table": {"name", "hash_key", "range_key"},
    "aws_lambda_function": {"function_name"},
    "aws_efs_file_system": {"creation_token", "encrypted"},
}
LONGEST_PAUSE = 60
# The EC2 of the test, if it has one.
CLOUD = os.environ.get("AWS_ENDPOINT_URL")
FOLDER = Path(sys.argv[1])


def block_schema(block):
    attributes = []
    for name, said in block["attributes"].items():
        filled_in = name in FILLED_IN
        required, computed = said.get("required", False), said.get("computed", False)
        attributes.append(
            pb.Schema.Attribute(
                name=name,
                type=json.dumps(said["type"]).encode(),
                required=required,
                computed=computed or (filled_in and not required),
                optional=not required and not computed,
            )
        )
    modes = pb.Schema.NestedBlock.NestingMode
    nesting = {"list": modes.LIST, "set": modes.SET, "struct": modes.SINGLE}
    blocks = [
        pb.Schema.NestedBlock(
            type_name=name,
            block=block_schema(said),
            nesting=nesting[said["nesting"]],
            min_items=said["min"] if said["nesting"] != "struct" else 0,
            max_items=said["max"] if said["nesting"] != "struct" else 0,
        )
        for name, said in block.get("blocks", {}).items()
    ]
    return pb.Schema.Block(attributes=attributes, block_types=blocks)


def schema(block):
    return pb.Schema(version=0, block=block_schema(block))


def ec2(action, **parameters):
    """The answer of the EC2 of the test. Asked without the vendor's library, which takes longer to load than all that is asked."""
    fields = {"Action": action, "Version": "2016-11-15"}
    for name, value in parameters.items():
        for number, entry in enumerate(value, 1) if isinstance(value, list) else [(None, value)]:
            stem = name if number is None else f"{name}.{number}"
            fields.update({f"{stem}.{key}": word for key, word in entry.items()} if isinstance(entry, dict) else {stem: entry})
    region = os.environ.get("AWS_REGION", "eu-central-1")
    # The simulator looks at the scope of a signature and not at the signature.
    scope = f"AKIAIOSFODNN7TESTING/20261121/{region}/ec2/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    request = urllib.request.Request(CLOUD, urllib.parse.urlencode(fields).encode(), {"Authorization": signed})
    with urllib.request.urlopen(request, timeout=LONGEST_PAUSE) as answer:
        return answer.read().decode()


def words(answer, name):
    return re.findall(f"<{name}>([^<]*)</{name}>", answer)


def tags_of(planned):
    return [{"Key": key, "Value": value} for key, value in planned["tags"].items()]


def start_instance(planned):
    name = planned["tags"]["Name"]
    deadline = time.monotonic() + LONGEST_PAUSE
    while (FOLDER / "pause").exists() and time.monotonic() < deadline:
        (FOLDER / "waits").touch()
        time.sleep(0.02)
    fail = FOLDER / "fail"
    if fail.exists() and fail.read_text() == name:
        raise RuntimeError(f"InsufficientInstanceCapacity for {name}")
    if not CLOUD:
        return "i-" + uuid.uuid4().hex[:17]
    named = {f"Tag.{number}.{key}": word for number, tag in enumerate(tags_of(planned), 1) for key, word in tag.items()}
    specification = [{"ResourceType": "instance", **named}]
    made = ec2("RunInstances", ImageId=planned["ami"], MinCount=1, MaxCount=1, TagSpecification=specification)
    return words(made, "instanceId")[0]


def lives(instance):
    if not CLOUD:
        return True
    found = ec2("DescribeInstances", Filter=[{"Name": "instance-id", "Value.1": instance}])
    states = re.findall(r"<instanceState>.*?<name>([^<]*)</name>", found, re.S)
    return any(state not in ("terminated", "shutting-down") for state in states)


def value_for(kind, name, attribute, planned):
    """A value for what only the provider knows."""
    if name == "tags_all":
        return planned.get("tags") or {}
    if name == "region":
        return os.environ.get("AWS_REGION", "eu-central-1")
    if name == "arn":
        return f"arn:aws:{kind.removeprefix('aws_').replace('_', '-')}:eu-central-1:123456789012:{planned['id']}"
    if attribute["type"] == "string":
        return f"{name.replace('_', '-')}-{planned['id']}"
    if attribute["type"] in ("number", "bool"):
        return 0 if attribute["type"] == "number" else False
    return [] if attribute["type"][0] in ("list", "set") else {}


def resource_id(kind, planned):
    if kind == "aws_instance":
        return start_instance(planned)
    for name in ("bucket", "name", "function_name"):
        if isinstance(planned.get(name), str):
            return planned[name]
    return kind.removeprefix("aws_").replace("_", "-") + "-" + uuid.uuid4().hex[:8]


DATA = {
    "aws_vpc": lambda: {"id": "vpc-0a1b2c3d", "cidr_block": "172.31.0.0/16"},
    "aws_subnets": lambda: {"id": "eu-central-1", "ids": ["subnet-0a", "subnet-0b"]},
    "aws_caller_identity": lambda: {"id": "123456789012", "account_id": "123456789012"},
}


class Servicer(rpc.ProviderServicer):
    def __init__(self, _app):
        pass

    def GetMetadata(self, request, context):
        return pb.GetMetadata.Response(server_capabilities=pb.ServerCapabilities(plan_destroy=True))

    def GetProviderSchema(self, request, context):
        region = pb.Schema.Attribute(name="region", type=b'"string"', optional=True)
        return pb.GetProviderSchema.Response(
            provider=pb.Schema(version=0, block=pb.Schema.Block(attributes=[region])),
            resource_schemas={kind: schema(block) for kind, block in SCHEMA["resources"].items()},
            data_source_schemas={kind: schema(block) for kind, block in SCHEMA["data"].items()},
        )

    def ValidateProviderConfig(self, request, context):
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request, context):
        return pb.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request, context):
        return pb.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request, context):
        return pb.ConfigureProvider.Response()

    def UpgradeResourceState(self, request, context):
        state = json.loads(request.raw_state.json)
        return pb.UpgradeResourceState.Response(upgraded_state=to_dynamic_value(state))

    def ReadResource(self, request, context):
        state = read_dynamic_value(request.current_state)
        if request.type_name == "aws_instance" and state and not lives(state["id"]):
            state = None
        return pb.ReadResource.Response(new_state=to_dynamic_value(state))

    def PlanResourceChange(self, request, context):
        kind = request.type_name
        prior, proposed = read_dynamic_value(request.prior_state), read_dynamic_value(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        attributes = SCHEMA["resources"][kind]["attributes"]
        config = read_dynamic_value(request.config)
        for name, said in attributes.items():
            from_us = said.get("computed") or name in FILLED_IN
            if from_us and config.get(name) is None:
                if name == "tags_all":
                    proposed[name] = proposed.get("tags") or {}
                elif prior is None:
                    proposed[name] = Unknown
        replace = []
        if prior is not None:
            changed = [name for name in FORCES_NEW.get(kind, ()) if prior.get(name) != proposed.get(name)]
            replace = [pb.AttributePath(steps=[pb.AttributePath.Step(attribute_name=name)]) for name in changed]
        return pb.PlanResourceChange.Response(planned_state=to_dynamic_value(proposed), requires_replace=replace)

    def ApplyResourceChange(self, request, context):
        kind = request.type_name
        prior, planned = read_dynamic_value(request.prior_state), read_dynamic_value(request.planned_state)
        diagnostics = Diagnostics()
        if planned is None:
            if kind == "aws_instance" and CLOUD:
                ec2("TerminateInstances", InstanceId=[prior["id"]])
            return pb.ApplyResourceChange.Response(new_state=to_dynamic_value(None))
        try:
            if prior is None:
                planned["id"] = resource_id(kind, planned)
            elif kind == "aws_instance" and CLOUD:
                ec2("CreateTags", ResourceId=[planned["id"]], Tag=tags_of(planned))
        except Exception as error:
            diagnostics.add_error(f"creating {kind}", str(error))
            return pb.ApplyResourceChange.Response(
                new_state=to_dynamic_value(None), diagnostics=diagnostics.to_pb()
            )
        for name, said in SCHEMA["resources"][kind]["attributes"].items():
            if planned.get(name) is Unknown:
                planned[name] = value_for(kind, name, said, planned)
        return pb.ApplyResourceChange.Response(new_state=to_dynamic_value(planned))

    def ReadDataSource(self, request, context):
        found = read_dynamic_value(request.config)
        found.update(DATA[request.type_name]())
        for name, said in SCHEMA["data"][request.type_name]["attributes"].items():
            if found.get(name) is None and (said.get("computed") or name in FILLED_IN):
                found[name] = value_for(request.type_name, name, said, found)
        return pb.ReadDataSource.Response(state=to_dynamic_value(found))

    def GetFunctions(self, request, context):
        return pb.GetFunctions.Response()

    def StopProvider(self, request, context):
        return pb.StopProvider.Response()


def serve():
    """Serves every run of Terraform or OpenTofu until standard input ends: a start of the interpreter for each takes longer than
    all that they ask. Says on standard output what they find this by."""
    server = grpc.server(thread_pool=futures.ThreadPoolExecutor(max_workers=10))
    rpc.add_ProviderServicer_to_server(Servicer(None), server)
    socket = str(FOLDER / "provider.sock")
    server.add_insecure_port(f"unix://{socket}")
    server.start()
    place = {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": socket},
    }
    registries = ("registry.terraform.io", "registry.opentofu.org")
    print(json.dumps({f"{registry}/hashicorp/aws": place for registry in registries}), flush=True)
    sys.stdin.read()
    server.stop(grace=None)


if __name__ == "__main__":
    serve()
