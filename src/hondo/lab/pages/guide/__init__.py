"""The guide in the lab: its contents, its chapters with figures, cells and exercises, its references."""
