"""The lab: Hondo in the browser."""
