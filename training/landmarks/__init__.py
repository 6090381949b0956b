"""Train the network that finds a hand's 21 landmarks, on simulated films only; see README.md beside this file."""
