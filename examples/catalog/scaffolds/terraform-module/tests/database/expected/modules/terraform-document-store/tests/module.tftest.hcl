variables {
  name        = "example"
  environment = "staging"
}

run "it_is_named_after_its_environment" {
  command = plan

  assert {
    condition     = output.labels.environment == var.environment
    error_message = "The environment is not among the labels."
  }

  assert {
    condition     = output.labels.owner == "data"
    error_message = "The owner is not among the labels."
  }
}

run "an_environment_that_it_is_not_for_is_refused" {
  command = plan

  variables {
    environment = "somewhere"
  }

  expect_failures = [var.environment]
}
