"""What a trained model does: its activations, its weights, what it confuses, and what it makes of one's own inputs.

Everything is worked out from a run as its folder holds it, and comes out as plain data: numbers, texts, pictures as
PNG. Whoever shows it needs neither Keras nor the data.
"""
