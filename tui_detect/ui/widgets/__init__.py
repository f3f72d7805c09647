"""Widgets that know nothing of projects: canvas, grid, plot."""
