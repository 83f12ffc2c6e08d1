"""What was known of each conversation at the instant of decision, one row each."""
