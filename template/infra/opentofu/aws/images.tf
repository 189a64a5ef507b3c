# What the workflow that makes images may do: bring a disk, have it read, and register what came of it. It cannot start, stop or
# change anything that runs, and sees neither bundles nor secrets.

locals {
  # Where a disk lies while it is read.
  disks = "${local.bucket_arn}/images/*"
}

resource "aws_iam_role" "image" {
  name                 = "clawlets-image"
  max_session_duration = 7200
  tags                 = local.tags
  assume_role_policy   = local.trust["image-build"]
}

resource "aws_iam_role_policy" "image" {
  name = "make-images"
  role = aws_iam_role.image.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Sid = "Disk", Effect = "Allow", Action = ["s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], Resource = local.disks },
      {
        Sid      = "HaveItRead"
        Effect   = "Allow"
        Action   = "ec2:ImportSnapshot"
        Resource = ["arn:aws:ec2:*:${local.account}:import-snapshot-task/*", "arn:aws:ec2:*::snapshot/*"]
      },
      {
        Sid       = "ByTheReader"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = "arn:aws:iam::${local.account}:role/clawlets-image-reader"
        Condition = { StringEquals = { "iam:PassedToService" = "vmie.amazonaws.com" } }
      },
      { Sid = "Look", Effect = "Allow", Action = "ec2:DescribeImportSnapshotTasks", Resource = "*" },
      {
        Sid      = "Register"
        Effect   = "Allow"
        Action   = "ec2:RegisterImage"
        Resource = ["arn:aws:ec2:*::image/*", "arn:aws:ec2:*::snapshot/*"]
      },
      # Nothing that is there can be made to look like an image of the pipeline.
      {
        Sid    = "NameWhatIsMade"
        Effect = "Allow"
        Action = "ec2:CreateTags"
        Resource = [
          "arn:aws:ec2:*:${local.account}:import-snapshot-task/*", "arn:aws:ec2:*::image/*", "arn:aws:ec2:*::snapshot/*",
        ]
        Condition = { StringEquals = { "ec2:CreateAction" = ["ImportSnapshot", "RegisterImage"] } }
      },
    ]
  })
}

# The service that reads a disk does so in this role.
resource "aws_iam_role" "image_reader" {
  name = "clawlets-image-reader"
  tags = local.tags
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vmie.amazonaws.com" }
      Condition = { StringEquals = { "sts:Externalid" = "vmimport", "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "image_reader" {
  name = "read-disks"
  role = aws_iam_role.image_reader.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["s3:GetBucketLocation", "s3:ListBucket"], Resource = local.bucket_arn },
      { Effect = "Allow", Action = "s3:GetObject", Resource = local.disks },
      {
        Effect   = "Allow"
        Action   = ["ec2:CopySnapshot", "ec2:ModifySnapshotAttribute", "ec2:RegisterImage", "ec2:DescribeSnapshots", "ec2:DescribeImages"]
        Resource = "*"
      },
      # The snapshot is encrypted with the account's key for disks.
      {
        Effect    = "Allow"
        Action    = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        Resource  = "arn:aws:kms:${var.aws_region}:${local.account}:key/*"
        Condition = { StringEquals = { "kms:ViaService" = "ec2.${var.aws_region}.amazonaws.com" } }
      },
    ]
  })
}

# A disk is gigabytes, and the bucket keeps old versions of bundles for good.
resource "aws_s3_bucket_lifecycle_configuration" "bundles" {
  bucket = aws_s3_bucket.bundles.id

  rule {
    id     = "disks"
    status = "Enabled"

    filter {
      prefix = "images/"
    }

    expiration {
      days = 2
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }

  depends_on = [aws_s3_bucket_versioning.bundles]
}
