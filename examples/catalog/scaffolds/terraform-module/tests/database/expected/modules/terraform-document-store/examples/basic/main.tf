module "document_store" {
  source = "../.."

  name        = "example"
  environment = "staging"
}

output "name" {
  value = module.document_store.name
}
