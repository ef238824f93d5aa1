"""The record, on PostgreSQL."""
