# The control API: who may ask for a deploy asks here. It holds no right to change an instance; it starts the workflow that does.

resource "aws_cloudwatch_log_group" "control" {
  name              = "/aws/lambda/clawlets-control"
  retention_in_days = 90
  tags              = local.tags
}

resource "aws_dynamodb_table" "control" {
  name         = "clawlets-control"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"
  tags         = local.tags

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_iam_role" "control" {
  name = "clawlets-control"
  tags = local.tags
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "control" {
  name = "look-and-ask"
  role = aws_iam_role.control.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = ["ec2:DescribeInstances", "ec2:DescribeImages"], Resource = "*" },
      {
        Effect   = "Allow"
        Action   = ["dynamodb:GetItem", "dynamodb:PutItem"]
        Resource = aws_dynamodb_table.control.arn
      },
      # Its tokens. No host may read what lies there.
      {
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "${local.secrets}control/*"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.control.arn}:*"
      },
    ]
  })
}

resource "aws_lambda_function" "control" {
  function_name                  = "clawlets-control"
  role                           = aws_iam_role.control.arn
  runtime                        = "provided.al2023"
  architectures                  = ["x86_64"]
  handler                        = "bootstrap"
  filename                       = var.control_package
  source_code_hash               = fileexists(var.control_package) ? filebase64sha256(var.control_package) : null
  memory_size                    = 128
  timeout                        = 15
  reserved_concurrent_executions = 10
  tags                           = local.tags

  environment {
    # Settings of a function are read by whoever may look at it, so its tokens are in Secrets Manager.
    variables = merge(var.control_settings, {
      CLAWLETS_FLEET      = "/var/task/clawlets.json"
      CONTROL_SECRETS     = "${var.secrets_prefix}control/"
      CONTROL_STATE_TABLE = aws_dynamodb_table.control.name
      GITHUB_REPO         = var.control_repo
      GITHUB_WORKFLOW     = var.control_workflow
      GITHUB_REF          = var.control_ref
    })
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [aws_iam_role_policy.control]
}

# Who calls is known by the token in the request, which the function checks.
resource "aws_lambda_function_url" "control" {
  function_name      = aws_lambda_function.control.function_name
  authorization_type = "NONE"

  lifecycle {
    prevent_destroy = true
  }
}

# Since October 2025 a public URL needs both of these.
resource "aws_lambda_permission" "url" {
  statement_id           = "public-url"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.control.function_name
  principal              = "*"
  function_url_auth_type = "NONE"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_lambda_permission" "function" {
  statement_id             = "public-url-invokes-function"
  action                   = "lambda:InvokeFunction"
  function_name            = aws_lambda_function.control.function_name
  principal                = "*"
  invoked_via_function_url = true

  lifecycle {
    prevent_destroy = true
  }
}
