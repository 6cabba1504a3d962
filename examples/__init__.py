"""The course handouts' exercises, solved with MyTorch. Each file is a script; see README.md here."""
