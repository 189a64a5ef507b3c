output "bucket_name" {
  description = "The bucket that instances start from."
  value       = aws_s3_bucket.bundles.id
}

output "aws_region" {
  description = "Where everything is."
  value       = var.aws_region
}

output "instance_ids" {
  description = "The instance of each host."
  value       = { for name, instance in aws_instance.host : name => instance.id }
}

output "instance_public_ips" {
  description = "The public address of each host."
  value       = { for name, instance in aws_instance.host : name => instance.public_ip }
}

output "instance_public_dns" {
  description = "The public name of each host."
  value       = { for name, instance in aws_instance.host : name => instance.public_dns }
}

output "efs_file_system_id" {
  description = "The file system of the memory."
  value       = aws_efs_file_system.memory.id
}

output "control_api_url" {
  description = "Where the control API is: for control.url in fleet/clawlets.json."
  value       = aws_lambda_function_url.control.function_url
}

output "deploy_role_arn" {
  description = "The role of the workflow that deploys: for the secret AWS_DEPLOY_ROLE of the repository."
  value       = aws_iam_role.deploy.arn
}

output "image_role_arn" {
  description = "The role of the workflow that makes images: for the secret AWS_IMAGE_ROLE of the repository."
  value       = aws_iam_role.image.arn
}

output "memory_server" {
  description = "The server of the memory: for memory.server in fleet/clawlets.json."
  value       = aws_efs_file_system.memory.dns_name
}
