"""From predictions and targets to one number."""
