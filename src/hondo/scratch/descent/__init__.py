"""Going downhill: optimizers, schedules, when to stop, and landscapes to try them on."""
