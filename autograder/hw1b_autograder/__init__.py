"""The checks of homework 1's bonus: Adam, dropout, batch norm."""
