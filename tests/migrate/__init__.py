"""The migration of whole trees."""
