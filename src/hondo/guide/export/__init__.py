"""The guide outside the lab: notebooks for Jupyter and Colab, plain Python, a site that anyone can publish."""
