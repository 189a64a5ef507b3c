# What bots remember together. It outlives every instance.

resource "aws_efs_file_system" "memory" {
  creation_token = "clawlets-memory"
  encrypted      = true
  tags           = merge(local.tags, { Name = "clawlets-memory" })

  lifecycle {
    prevent_destroy = true
  }
}

# Plain NFS is refused: a mount goes through a TLS tunnel.
resource "aws_efs_file_system_policy" "memory" {
  file_system_id = aws_efs_file_system.memory.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "InstancesInTheNetwork"
        Effect    = "Allow"
        Principal = { AWS = "*" }
        Action    = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"]
        Resource  = aws_efs_file_system.memory.arn
        Condition = { Bool = { "elasticfilesystem:AccessedViaMountTarget" = "true" } }
      },
      {
        Sid       = "OnlyOverTls"
        Effect    = "Deny"
        Principal = { AWS = "*" }
        Action    = "*"
        Resource  = aws_efs_file_system.memory.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# For clients that mount through access points. They see the memory and nothing above it; who writes stays who it is.
resource "aws_efs_access_point" "memory" {
  file_system_id = aws_efs_file_system.memory.id
  tags           = merge(local.tags, { Name = "clawlets-memory" })

  root_directory {
    path = "/memory"

    creation_info {
      owner_uid   = 0
      owner_gid   = 0
      permissions = "2770"
    }
  }
}

resource "aws_security_group" "memory" {
  name        = "clawlets-memory"
  description = "The fleet's memory"
  vpc_id      = data.aws_vpc.this.id
  tags        = merge(local.tags, { Name = "clawlets-memory" })

  ingress {
    description     = "NFS from hosts of the fleet"
    from_port       = 2049
    to_port         = 2049
    protocol        = "tcp"
    security_groups = [aws_security_group.hosts.id]
  }
}

resource "aws_efs_mount_target" "memory" {
  for_each = toset(local.subnets)

  file_system_id  = aws_efs_file_system.memory.id
  subnet_id       = each.value
  security_groups = [aws_security_group.memory.id]
}
