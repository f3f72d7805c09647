"""Recipes, run folder, training worker, predictor."""
