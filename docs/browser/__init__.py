"""What runs inside the live pages, in the reader's browser, beside MyTorch. Tests run it in an ordinary Python."""
