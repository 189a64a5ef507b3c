# The hosts. Each has a role of its own, which reads its own bundle and its own secrets.
#
# An instance that stands keeps its image until somebody replaces it on purpose: 'clawlets fleet apply' does, one host at a time.
# What a host runs is therefore in the state, as its image and the tag deploy-request, and a new ami_id changes nothing by itself.

locals {
  account    = data.aws_caller_identity.current.account_id
  bucket_arn = "arn:aws:s3:::${var.bucket}"
  secrets    = "arn:aws:secretsmanager:${var.aws_region}:${local.account}:secret:${var.secrets_prefix}"
  # The service puts a dash and six characters behind the name of a secret.
  shared_secrets = [for name in ["anthropic-api-key", "github-app-pem", "openai-api-key"] : "${local.secrets}${name}-??????"]
}

# No role below this path can ever do more than this, whoever writes its policy.
resource "aws_iam_policy" "boundary" {
  name = "clawlets-instance-boundary"
  path = "/clawlets/"
  tags = local.tags
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetObject", "s3:ListBucket"], Resource = [local.bucket_arn, "${local.bucket_arn}/*"] },
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
        Resource = "${local.secrets}*"
      },
      # The control API's tokens: whoever has them deploys all.
      { Effect = "Deny", Action = "secretsmanager:*", Resource = "${local.secrets}control/*" },
      # What Session Manager's agent does. The vendor's policy for it would also let it read every parameter of the account.
      {
        Effect = "Allow"
        Action = [
          "ssm:Describe*", "ssm:GetDeployablePatchSnapshotForInstance", "ssm:GetDocument", "ssm:GetManifest", "ssm:List*",
          "ssm:PutComplianceItems", "ssm:PutInventory", "ssm:PutConfigurePackageResult", "ssm:UpdateAssociationStatus",
          "ssm:UpdateInstance*", "ssmmessages:*", "ec2messages:*",
        ]
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_role" "host" {
  for_each = var.instances

  name                 = "clawlets-${each.key}"
  path                 = "/clawlets/"
  permissions_boundary = aws_iam_policy.boundary.arn
  tags                 = local.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "host" {
  for_each = var.instances

  name = "own-bundle-and-secrets"
  role = aws_iam_role.host[each.key].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "s3:GetObject", Resource = "${local.bucket_arn}/${each.value.bootstrapPrefix}/*" },
      {
        Effect    = "Allow"
        Action    = "s3:ListBucket"
        Resource  = local.bucket_arn
        Condition = { StringLike = { "s3:prefix" = "${each.value.bootstrapPrefix}/*" } }
      },
      {
        Effect = "Allow"
        Action = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
        Resource = concat(local.shared_secrets, [
          "${local.secrets}${each.value.discordTokenSecret == "" ? "discord-token" : each.value.discordTokenSecret}-??????",
          # What opens the secrets of its bundle.
          "${local.secrets}${each.key}-age-key-??????",
        ])
      },
    ]
  })
}

# Session Manager: the way in where SSH is closed.
resource "aws_iam_role_policy_attachment" "session_manager" {
  for_each = var.instances

  role       = aws_iam_role.host[each.key].name
  policy_arn = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_instance_profile" "host" {
  for_each = var.instances

  name = "clawlets-${each.key}"
  path = "/clawlets/"
  role = aws_iam_role.host[each.key].name
  tags = local.tags
}

resource "aws_key_pair" "operator" {
  count = var.ssh_public_key == "" ? 0 : 1

  key_name   = "clawlets-operator"
  public_key = var.ssh_public_key
  tags       = local.tags
}

resource "aws_instance" "host" {
  for_each = var.ami_id == "" ? {} : var.instances

  ami                         = var.ami_id
  instance_type               = each.value.instanceType
  iam_instance_profile        = aws_iam_instance_profile.host[each.key].name
  key_name                    = one(aws_key_pair.operator[*].key_name)
  subnet_id                   = local.subnets[0]
  vpc_security_group_ids      = [aws_security_group.hosts.id, aws_security_group.host[each.key].id]
  associate_public_ip_address = true
  ebs_optimized               = true
  user_data = templatefile("${path.module}/user-data.sh.tftpl", {
    name        = each.key
    prefix      = each.value.bootstrapPrefix
    bucket      = var.bucket
    region      = var.aws_region
    control_url = var.control_url
    discord     = each.value.discordTokenSecret
  })
  tags        = merge(local.tags, { Name = each.key, deploy-request = var.deploy_request })
  volume_tags = merge(local.tags, { Name = each.key })

  # Only the second version, which a request that somebody forges through the host cannot use.
  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = coalesce(each.value.rootVolumeGb, var.root_volume_size_gb)
    encrypted   = true
  }

  lifecycle {
    # The old instance goes first: two of one host would both be the same bot.
    create_before_destroy = false
    ignore_changes        = [ami, user_data, key_name, subnet_id, tags["deploy-request"]]
  }

  depends_on = [aws_iam_role_policy.host, aws_iam_role_policy_attachment.session_manager]
}
