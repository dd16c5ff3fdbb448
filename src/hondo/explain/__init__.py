"""What a trained model does: what its layers answer and hold, whom it confuses, where it errs most."""
