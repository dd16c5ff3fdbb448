"""The page that asks a trained model."""
