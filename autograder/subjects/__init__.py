"""Subject matter that the checks of several homeworks share."""
