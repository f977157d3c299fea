"""The portfolio: what a player has to show, as one page that opens in any browser."""
