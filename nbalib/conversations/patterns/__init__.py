"""The named patterns by which one text's signals are found."""
