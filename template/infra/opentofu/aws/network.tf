data "aws_caller_identity" "current" {}

data "aws_vpc" "this" {
  id      = var.vpc_id == "" ? null : var.vpc_id
  default = var.vpc_id == "" ? true : null
}

data "aws_subnets" "default" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.this.id]
  }

  filter {
    name   = "default-for-az"
    values = ["true"]
  }
}

locals {
  subnets = length(var.subnet_ids) > 0 ? var.subnet_ids : sort(data.aws_subnets.default.ids)
  tags    = { app = "clawdinator", managed-by = "clawlets" }
}

# What all instances have in common: they may go out, but not to mail servers.
resource "aws_security_group" "hosts" {
  name        = "clawlets-hosts"
  description = "Hosts of the fleet"
  vpc_id      = data.aws_vpc.this.id
  tags        = merge(local.tags, { Name = "clawlets-hosts" })

  dynamic "egress" {
    for_each = { "0" = 24, "26" = 464, "466" = 586, "588" = 65535 }

    content {
      description      = "Everything but mail"
      from_port        = tonumber(egress.key)
      to_port          = egress.value
      protocol         = "tcp"
      cidr_blocks      = ["0.0.0.0/0"]
      ipv6_cidr_blocks = ["::/0"]
    }
  }

  egress {
    description      = "Names, time, and the tailnet"
    from_port        = 0
    to_port          = 65535
    protocol         = "udp"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

# Who may come in over SSH, instance by instance. With nobody in it, Session Manager is the way in.
resource "aws_security_group" "host" {
  for_each = var.instances

  name        = "clawlets-host-${each.key}"
  description = "Who reaches ${each.key}"
  vpc_id      = data.aws_vpc.this.id
  tags        = merge(local.tags, { Name = "clawlets-host-${each.key}" })

  dynamic "ingress" {
    for_each = length(each.value.sshCidrs) > 0 ? [each.value.sshCidrs] : []

    content {
      description      = "SSH"
      from_port        = 22
      to_port          = 22
      protocol         = "tcp"
      cidr_blocks      = [for cidr in ingress.value : cidr if !strcontains(cidr, ":")]
      ipv6_cidr_blocks = [for cidr in ingress.value : cidr if strcontains(cidr, ":")]
    }
  }
}
