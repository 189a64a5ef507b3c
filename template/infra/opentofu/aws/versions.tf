terraform {
  # The state's lock is a file in its bucket, which 1.10 of both programs knows.
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.62, < 7.0"
    }
  }

  # Bucket and region are in backend.hcl, beside this file.
  backend "s3" {
    key          = "clawlets/fleet.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.aws_region
}
