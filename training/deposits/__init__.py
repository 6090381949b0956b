"""Training of the network that tells deposits from bone; see README.md."""
