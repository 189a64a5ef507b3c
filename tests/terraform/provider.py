"""An AWS provider for tests, as Terraform and OpenTofu run one.

It knows the schema of the real provider's resources that the module uses (aws-6.62.0.json), so that a name or a type which the
real one does not know is an error. Behind it there is no AWS: resources live in the state alone, but for instances, which are
started and terminated at AWS_ENDPOINT_URL when that is set (a moto server on loopback).

STAND_IN_PAUSE names a file: while it exists, an instance that is being made is not. STAND_IN_FAIL names a host whose instance
cannot be made.
"""

import json
import os
import sys
import time
import uuid
from pathlib import Path

import tf.provider
import tf.runner
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.runner import run_provider
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
    "aws_dynamodb_table": {"name", "hash_key"},
    "aws_lambda_function": {"function_name"},
    "aws_efs_file_system": {"creation_token", "encrypted"},
}
LONGEST_PAUSE = 60


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


def ec2():
    """The EC2 of the test, if it has one."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return None
    import boto3

    region = os.environ.get("AWS_REGION", "eu-central-1")
    return boto3.client("ec2", endpoint_url=endpoint, region_name=region)


def start_instance(planned):
    name = planned["tags"]["Name"]
    deadline = time.monotonic() + LONGEST_PAUSE
    pause = os.environ.get("STAND_IN_PAUSE")
    while pause and os.path.exists(pause) and time.monotonic() < deadline:
        time.sleep(0.02)
    if os.environ.get("STAND_IN_FAIL") == name:
        raise RuntimeError(f"InsufficientInstanceCapacity for {name}")
    cloud = ec2()
    if cloud is None:
        return "i-" + uuid.uuid4().hex[:17]
    tags = [{"Key": key, "Value": value} for key, value in planned["tags"].items()]
    made = cloud.run_instances(
        ImageId=planned["ami"],
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    return made["Instances"][0]["InstanceId"]


def lives(instance):
    cloud = ec2()
    if cloud is None:
        return True
    found = cloud.describe_instances(Filters=[{"Name": "instance-id", "Values": [instance]}])
    states = [i["State"]["Name"] for r in found["Reservations"] for i in r["Instances"]]
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
            if kind == "aws_instance" and ec2() is not None:
                ec2().terminate_instances(InstanceIds=[prior["id"]])
            return pb.ApplyResourceChange.Response(new_state=to_dynamic_value(None))
        try:
            if prior is None:
                planned["id"] = resource_id(kind, planned)
            elif kind == "aws_instance" and ec2() is not None:
                tags = [{"Key": key, "Value": value} for key, value in planned["tags"].items()]
                ec2().create_tags(Resources=[planned["id"]], Tags=tags)
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


class Patient(tf.runner._ShutdownInterceptor):
    """Asked to stop, a provider ends what it has begun, and goes when it is told to go."""

    def intercept_service(self, continuation, call):
        return continuation(call)


if __name__ == "__main__":
    tf.provider.ProviderServicer = Servicer
    tf.runner._ShutdownInterceptor = Patient
    run_provider(None, sys.argv)
