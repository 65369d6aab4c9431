module "message_queue" {
  source = "../.."

  name        = "example"
  environment = "development"
}

output "name" {
  value = module.message_queue.name
}
