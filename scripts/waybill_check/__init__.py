"""The house rules, each a small file under rules/, and what they stand on. scripts/check runs them."""
