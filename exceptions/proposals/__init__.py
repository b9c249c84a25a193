"""Changes by a system that does not keep the field, decided by people; and drift between the systems."""
