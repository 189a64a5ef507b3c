# What the workflow that deploys may do. It proves with GitHub's word who it is and holds no key.

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github_oidc_provider_arn == "" ? 1 : 0

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
  tags           = local.tags

  lifecycle {
    prevent_destroy = true
  }
}

locals {
  github = var.github_oidc_provider_arn == "" ? one(aws_iam_openid_connect_provider.github[*].arn) : var.github_oidc_provider_arn
  roles  = "arn:aws:iam::${local.account}:role/clawlets/*"
  # What a deploy may start, stop and guard bears this tag.
  ours = { "aws:ResourceTag/managed-by" = "clawlets" }
  new  = { "aws:RequestTag/managed-by" = "clawlets" }
  # Who may take on a role: jobs of the control repository that run in this environment of its, and nobody else.
  trust = {
    for environment in ["fleet-deploy", "image-build"] : environment => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = local.github }
        Condition = {
          StringEquals = {
            "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
            "token.actions.githubusercontent.com:sub" = "repo:${var.control_repo}:environment:${environment}"
          }
        }
      }]
    })
  }
}

resource "aws_iam_role" "deploy" {
  name                 = "clawlets-deploy"
  max_session_duration = 14400
  tags                 = local.tags
  assume_role_policy   = local.trust["fleet-deploy"]
}

resource "aws_iam_role_policy" "deploy" {
  name = "replace-hosts"
  role = aws_iam_role.deploy.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "State"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "arn:aws:s3:::${var.state_bucket}/clawlets/fleet.tfstate"
      },
      {
        Sid      = "StateLock"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        Resource = "arn:aws:s3:::${var.state_bucket}/clawlets/fleet.tfstate.tflock"
      },
      { Sid = "StateBucket", Effect = "Allow", Action = "s3:ListBucket", Resource = "arn:aws:s3:::${var.state_bucket}" },
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "ec2:Describe*", "elasticfilesystem:Describe*", "iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies",
          "iam:ListAttachedRolePolicies", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetInstanceProfile", "sts:GetCallerIdentity",
        ]
        Resource = "*"
      },
      {
        Sid       = "StartInstances"
        Effect    = "Allow"
        Action    = "ec2:RunInstances"
        Resource  = ["arn:aws:ec2:*:${local.account}:instance/*", "arn:aws:ec2:*:${local.account}:volume/*"]
        Condition = { StringEquals = local.new }
      },
      {
        Sid    = "FromWhatIsThere"
        Effect = "Allow"
        Action = "ec2:RunInstances"
        Resource = [
          "arn:aws:ec2:*:${local.account}:subnet/*", "arn:aws:ec2:*:${local.account}:security-group/*",
          "arn:aws:ec2:*:${local.account}:network-interface/*", "arn:aws:ec2:*:${local.account}:key-pair/*",
        ]
      },
      {
        Sid       = "FromImagesOfThePipeline"
        Effect    = "Allow"
        Action    = "ec2:RunInstances"
        Resource  = "arn:aws:ec2:*::image/*"
        Condition = { StringEquals = { "aws:ResourceTag/clawdinator" = "true", "ec2:Owner" = local.account } }
      },
      {
        Sid       = "EndOurInstances"
        Effect    = "Allow"
        Action    = ["ec2:TerminateInstances", "ec2:ModifyInstanceAttribute", "ec2:ModifyInstanceMetadataOptions"]
        Resource  = "arn:aws:ec2:*:${local.account}:instance/*"
        Condition = { StringEquals = local.ours }
      },
      {
        Sid       = "NameWhatIsMade"
        Effect    = "Allow"
        Action    = "ec2:CreateTags"
        Resource  = "arn:aws:ec2:*:${local.account}:*/*"
        Condition = { StringEquals = { "ec2:CreateAction" = ["RunInstances", "CreateSecurityGroup"] } }
      },
      {
        Sid       = "FirewallOfANewHost"
        Effect    = "Allow"
        Action    = "ec2:CreateSecurityGroup"
        Resource  = "arn:aws:ec2:*:${local.account}:security-group/*"
        Condition = { StringEquals = local.new }
      },
      {
        Sid      = "InTheNetwork"
        Effect   = "Allow"
        Action   = "ec2:CreateSecurityGroup"
        Resource = "arn:aws:ec2:*:${local.account}:vpc/*"
      },
      {
        Sid       = "RulesOfOurFirewalls"
        Effect    = "Allow"
        Action    = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"]
        Resource  = "arn:aws:ec2:*:${local.account}:security-group/*"
        Condition = { StringEquals = local.ours }
      },
      {
        Sid       = "RoleOfANewHost"
        Effect    = "Allow"
        Action    = ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"]
        Resource  = local.roles
        Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.boundary.arn } }
      },
      {
        Sid      = "ProfileOfANewHost"
        Effect   = "Allow"
        Action   = ["iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile", "iam:TagInstanceProfile", "iam:TagRole"]
        Resource = [local.roles, "arn:aws:iam::${local.account}:instance-profile/clawlets/*"]
      },
      {
        Sid       = "GiveHostsTheirRole"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.roles
        Condition = { StringEquals = { "iam:PassedToService" = "ec2.amazonaws.com" } }
      },
    ]
  })
}
