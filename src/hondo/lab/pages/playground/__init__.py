"""The playground's page."""
