"""The words that go to a customer: a template for the situation, or a checked text of a language model."""
